"""Opens the dock of differences as soon as there is something to compare."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSettings
from PySide6.QtWidgets import QDockWidget

from gui_app.session.current_lane import CurrentLane
from gui_app.widgets.guarded import guarded

KEY = "layout/differences"
OPENED, CLOSED = "opened by itself", "closed"


class DifferencesDock(QObject):
    """Shows a dock, behind the other tabs, while there are several lanes.

    What a person does comes first: a dock that they have opened stays open with one lane, and one that they have closed
    stays closed. ``may_open`` says whether there is room for it.
    """

    def __init__(
        self,
        dock: QDockWidget,
        current: CurrentLane,
        settings: QSettings | None,
        may_open: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._dock, self._current, self._settings, self._may_open = dock, current, settings, may_open
        state = settings.value(KEY) if settings is not None else ""
        self._state = state if state in (OPENED, CLOSED) else ""
        self._several = False
        current.looks_changed.connect(self.follow)
        dock.installEventFilter(self)

    @property
    def by_default(self) -> bool:
        """Whether it is open in a new arrangement."""
        return len(self._current.own_looks) > 1

    def begin(self) -> None:
        """Follow what the remembered layout shows."""
        if self._state == OPENED and self._dock.isHidden():
            # The app ended before it had saved the layout: nobody has closed the dock, which is noted at once.
            self._note("")
        elif self._state == OPENED and not self.by_default:
            self._note("")
            self._dock.hide()
        self.follow()

    def follow(self) -> None:
        """Open or close the dock where there have come to be several lanes, or only one."""
        before, self._several = self._several, self.by_default
        if before == self._several:
            return
        hidden = self._dock.isHidden()
        if hidden and self._state == OPENED:
            # A person has closed it meanwhile.
            self._note(CLOSED)
        elif not hidden and self._state == CLOSED:
            self._note("")
        if self._several and hidden and not self._state and self._may_open():
            self._note(OPENED)
            self._dock.show()
        elif not self._several and self._state == OPENED:
            self._note("")
            self._dock.hide()

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Close and self._state == OPENED:
            self._note(CLOSED)
        return False

    def _note(self, state: str) -> None:
        self._state = state
        if self._settings is not None:
            self._settings.setValue(KEY, state)
