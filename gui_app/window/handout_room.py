"""Handouts in the window: pictures are taken as a person goes through a lesson, and go into what is exported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QDockWidget

from gui_app.window.watched import CANVAS, DIAGRAM, LANES

if TYPE_CHECKING:
    from gui_app.exporting.handout.actions import HandoutActions
    from gui_app.exporting.handout.album import Album, Shown
    from gui_app.session.lesson_player import LessonPlayer
    from gui_app.window.main_window import MainWindow


class HandoutRoom(QObject):
    """Holds what ``window`` has for handouts. ``reported(sentence)`` names the file that was written."""

    reported = Signal(str)

    def __init__(self, window: MainWindow, settings: QSettings) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        self.player.leaving.connect(lambda: self.keep())

    @property
    def player(self) -> LessonPlayer:
        return self._window.lessons.player

    @cached_property
    def album(self) -> Album:
        """The pictures of this session."""
        from gui_app.exporting.handout.album import Album

        return Album()

    def keep(self, fetches: bool = False) -> None:
        """Take pictures of what the open step watches; ``fetches`` waits for the values of views that nobody sees."""
        lesson, step, latest = self.player.lesson, self.player.step, self._window.link.latest
        if lesson is not None and step is not None:
            epochs = {} if latest is None else {lane.name: lane.now.epoch for lane in latest.lanes}
            # A plot has nothing to show before training.
            trained = any(epochs.values())
            keys = [key for key in step.watch if trained or key in (CANVAS, DIAGRAM, LANES)]
            views = list(self._views(keys))
            if fetches:
                from gui_app.exporting.unseen import fetch_values

                fetch_values(views, self._window.link)
            self.album.keep(lesson, step, views, epochs)

    def export_lesson(self) -> None:
        """Export the handout of the open lesson."""
        lesson = self.player.lesson
        if lesson is not None:
            self.keep(fetches=True)
            self._actions.lesson(lesson)

    def export_course(self) -> None:
        """Export the handout of the open lesson's course, or of the built-in one."""
        self.keep(fetches=True)
        self._actions.course(self.player.course or self._window.lessons.course)

    @cached_property
    def _actions(self) -> HandoutActions:
        from gui_app.exporting.handout.actions import HandoutActions

        actions = HandoutActions(self.album, self._settings, self._window)
        actions.reported.connect(self.reported)
        return actions

    def _views(self, keys: Sequence[str]) -> Iterator[Shown]:
        """Yield the views of these keys that can be drawn, each once."""
        watched = self._window.lessons.watched
        for key in dict.fromkeys(CANVAS if key == LANES else key for key in keys):
            view = watched.view(key)
            shown = view.widget() if isinstance(view, QDockWidget) else view
            if shown is not None and hasattr(shown, "paint_export"):
                yield shown  # type: ignore[misc]
