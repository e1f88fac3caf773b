"""A lesson before a class: its text, the canvas and what the step watches, all large; keys go through the steps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence

from gui_app.window.layout.present import LARGER, Present
from gui_app.window.watched import CANVAS, DIAGNOSIS, LANES, names_of

if TYPE_CHECKING:
    from gui_app.window.main_window import MainWindow

BESIDE = 2
"""The most views that stand beside the canvas."""
WIDEST = 0.36
"""The largest share of the window's width that the text gets."""
HEIGHT = 720
"""Pixels of a window in which text is as large as in any presentation; in a higher one it is larger."""
MOST_LARGER = 4 / 3
Key = Qt.Key
ON, BACK = (Key.Key_PageDown, Key.Key_Right), (Key.Key_PageUp, Key.Key_Left)
"""The keys that remote controls for presentations send, and their like."""


class LessonPresentation(QObject):
    """Shows in a presentation of ``window`` what the open step of a lesson needs; without a lesson, nothing changes."""

    def __init__(self, window: MainWindow, present: Present) -> None:
        super().__init__(present)
        self._window, self._present, self._player = window, present, window.lessons.player
        self._keys = [
            self._key("Next step of the lesson that is presented", ON, self._player.go_on),
            self._key("Previous step of the lesson that is presented", BACK, self._player.go_back),
        ]
        present.parts, present.larger = self._parts, self._larger
        present.changed.connect(self._follow)
        self._player.step_changed.connect(self._show_step)

    def _key(self, text: str, keys: Sequence[Qt.Key], work: object) -> QAction:
        action = QAction(text, self._window, enabled=False)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setAutoRepeat(False)
        action.triggered.connect(work)
        self._window.addAction(action)
        return action

    def _parts(self) -> Sequence[str] | None:
        """Return the titles of what the step watches beside the canvas."""
        step = self._player.step
        if step is None:
            return None
        return names_of([key for key in step.watch if key not in (CANVAS, LANES, DIAGNOSIS)])[:BESIDE]

    def _larger(self) -> float:
        """Return how much larger text is, so that the last row can read it on a large screen as on a small one."""
        if self._player.step is None:
            return LARGER
        return LARGER * min(max(self._window.height() / HEIGHT, 1.0), MOST_LARGER)

    def _follow(self, on: bool) -> None:
        for action in self._keys:
            action.setEnabled(on and self._player.lesson is not None)
        if self._player.lesson is None:
            return
        if on:
            self._show_control()
            self._give_width()
        else:
            # The layout of the step in which it began may not be what the present one needs.
            QTimer.singleShot(0, self, self._window.lessons.show_where)

    def _show_step(self) -> None:
        if self._present.is_on and self._player.step is not None:
            self._present.arrange()
            self._show_control()
            self._give_width()

    def _show_control(self) -> None:
        """Show the strength that the step is about in the bar, also while it is 0."""
        step, bar = self._player.step, self._present.bar
        if step is not None and bar is not None:
            bar.controls.ask_for(re.sub(r"^lanes\.\d+\.", "", step.control))

    def _give_width(self) -> None:
        """Give the text the width that its size needs, and the views what is left."""
        layout = self._window.dock_layout
        lesson = layout.arrangement.lesson
        wanted = min(lesson.widget().sizeHint().width(), round(WIDEST * self._window.width()))
        self._window.resizeDocks([lesson], [wanted], Qt.Orientation.Horizontal)
        layout.plot_room.fit_soon()
