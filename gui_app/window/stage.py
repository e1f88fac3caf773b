"""Brings what the tour or a lesson speaks of into view, and puts the window back when that is over."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDockWidget, QWidget

from gui_app.widgets.section import Section
from gui_app.window.layout.central_plan import CANVAS, NETWORK
from gui_app.window.layout.column import Column

if TYPE_CHECKING:
    from gui_app.window.main_window import MainWindow


class Stage:
    """Shows parts of ``window`` that are closed, floating, behind a tab, folded or scrolled away.

    Nothing is touched that is in view already. ``restore`` undoes all of it, and only that, with what others have told
    it to undo (``later``).
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._undo: list[Callable[[], object]] = []
        self._kept = False

    def later(self, undo: Callable[[], object]) -> None:
        """Undo something else, too, when all is put back."""
        self._undo.append(undo)

    def show_dock(self, title: str) -> None:
        """Bring a dock into the window and to the front of its tabs."""
        dock = self._dock(title)
        if not dock.isFloating() and not dock.visibleRegion().isEmpty():
            return
        self.keep_layout()
        dock.setFloating(False)
        dock.show()
        dock.raise_()

    def show_panel(self, panel: QWidget, title: str) -> None:
        """Bring a panel of the dock ``title`` into view, with its sections unfolded."""
        self.show_dock(title)
        self.keep_folds(panel)
        for section in panel.findChildren(Section):
            section.set_open(True)
        column = self._dock(title).widget()
        if isinstance(column, Column):
            self._scroll_to(column, panel)

    def keep_folds(self, panel: QWidget) -> None:
        """Remember which sections of a panel are folded."""
        for section in panel.findChildren(Section):
            if not section.is_open:
                self._undo.append(partial(section.set_open, False))

    def show_canvas(self) -> None:
        self._bring_to_front(CANVAS)

    def show_network(self) -> None:
        centre = self._window.central_area
        if not centre.diagram_shown:
            self.keep_layout()
            centre.show_diagram(True)
        self._bring_to_front(NETWORK)

    def restore(self) -> None:
        """Put everything back."""
        undo, self._undo, self._kept = self._undo[::-1], [], False
        for step in undo:
            step()

    def _dock(self, title: str) -> QDockWidget:
        return next(
            dock for dock in self._window.dock_layout.arrangement.all_docks if dock.windowTitle() == title
        )

    def _bring_to_front(self, part: str) -> None:
        centre = self._window.central_area
        before = centre.front
        if before != part:
            self._undo.append(lambda: centre.bring_to_front(before))
            centre.bring_to_front(part)

    def keep_layout(self) -> None:
        """Remember the layout before the first change of it."""
        if self._kept:
            return
        self._kept = True
        state, layout = self._window.whole_layout.take(), self._window.whole_layout
        self._undo.append(lambda: layout.put(state))

    def _scroll_to(self, column: Column, panel: QWidget) -> None:
        bar = column.verticalScrollBar()
        value = bar.value()

        def put_back() -> None:
            bar.setValue(value)
            # The range follows a layout that has just been put back.
            QTimer.singleShot(0, bar, lambda: bar.setValue(value))

        self._undo.append(put_back)
        layout = column.inside.layout()
        if layout is not None:
            layout.activate()
        top = panel.mapTo(column.inside, panel.rect().topLeft()).y()
        if not (value <= top and top + panel.height() <= value + column.viewport().height()):
            bar.setValue(top)
