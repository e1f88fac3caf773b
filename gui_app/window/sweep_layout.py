"""Gives a sweep its room: the dock appears large when one starts, and the window is as before when it has ended."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from gui_app.session.sweep import Sweep
from gui_app.window.layout import schemes
from gui_app.window.layout.dock_arrangement import SWEEP, DockArrangement
from gui_app.window.layout.whole_layout import LayoutState, WholeLayout


class SweepLayout(QObject):
    """Arranges the window while there is a sweep.

    What a person does comes first: the dock that they close stays closed, and the window then stays as they have
    arranged it. ``has_guest()`` says whether a lesson or a presentation has the window; then only the dock appears.
    """

    def __init__(
        self, sweep: Sweep, layout: WholeLayout, docks: DockArrangement, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._layout, self._docks = layout, docks
        self.has_guest: Callable[[], bool] = lambda: False
        self._before: LayoutState | None = None
        sweep.started.connect(self._begin)
        sweep.ended.connect(self._end)

    def _begin(self) -> None:
        dock = self._docks.tables[SWEEP]
        if self.has_guest():
            dock.show()
            dock.raise_()
            return
        if dock.isHidden():
            self._before = self._layout.take()
            self._layout.arrange(schemes.SWEEP)

    def _end(self) -> None:
        before, self._before = self._before, None
        dock = self._docks.tables[SWEEP]
        if before is not None and not dock.isHidden() and not self.has_guest():
            self._layout.put(before)
