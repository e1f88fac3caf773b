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
    arranged it. ``has_guest()`` says whether a lesson or a presentation has the window; then only the dock appears,
    and the window is arranged when the guest has left.
    """

    def __init__(
        self, sweep: Sweep, layout: WholeLayout, docks: DockArrangement, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._sweep, self._layout, self._docks = sweep, layout, docks
        self.has_guest: Callable[[], bool] = lambda: False
        self._lent = False
        """Whether the dock has appeared in the window of a guest."""
        layout.settle = self._settle
        sweep.started.connect(self._begin)
        sweep.ended.connect(self._end)

    def without_sweep(self, state: LayoutState | None = None) -> LayoutState:
        """Return a layout, or else the present one, as it is to be in a window without a sweep."""
        if state is None:
            state = self._layout.take()
            if self._docks.tables[SWEEP].isHidden():
                return state
        return state.before or state

    def _settle(self) -> None:
        """Make a layout that was put back one with a sweep, or without, as the document is."""
        arranged = self._layout.before is not None
        if arranged == self._sweep.is_on or self.has_guest():
            return
        if arranged:
            self._end()
        else:
            self._begin()

    def _begin(self) -> None:
        dock = self._docks.tables[SWEEP]
        if self.has_guest():
            self._lent = dock.isHidden()
            dock.show()
            dock.raise_()
            return
        self._layout.before = self._layout.before or self._layout.take()
        if dock.isHidden():
            self._layout.arrange(schemes.SWEEP)

    def _end(self) -> None:
        dock, lent, self._lent = self._docks.tables[SWEEP], self._lent, False
        if self.has_guest():
            # The layout that the guest leaves behind follows.
            dock.setHidden(lent or dock.isHidden())
            return
        before, self._layout.before = self._layout.before, None
        if before is not None and not dock.isHidden():
            self._layout.put(before)
