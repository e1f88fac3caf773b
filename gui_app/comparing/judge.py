"""Verdicts are found beside the window: importing scipy alone takes a second."""

from __future__ import annotations

from threading import Thread

from PySide6.QtCore import QObject, Qt, Signal

from engine.observation.verdict import Group, verdict_on
from gui_app.comparing.verdict import Asked


class Judge(QObject):
    """Compares two groups of seeds in a thread. ``judged(asked)`` follows in the window's thread, unless another
    question was asked, or all are forgotten, meanwhile. Where the comparison fails, ``failed()`` follows instead.
    """

    judged = Signal(object)
    failed = Signal()
    _found = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._question = 0
        self.is_busy = False
        self._found.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def ask(self, first: Group, second: Group, task: str) -> None:
        """Compare the groups; the answer to an earlier question is not told any more."""
        self._question += 1
        self.is_busy = True
        given = (self._question, first, second, task)
        Thread(target=self._compare, args=given, name="verdict", daemon=True).start()

    def forget(self) -> None:
        """Tell no answer to what was asked until now."""
        self._question += 1
        self.is_busy = False

    def _compare(self, question: int, first: Group, second: Group, task: str) -> None:
        asked = None
        try:
            asked = Asked(first, second, verdict_on(first, second, task))
        finally:
            try:
                self._found.emit(question, asked)
            except RuntimeError:
                # The window was closed meanwhile.
                return

    def _tell(self, question: int, asked: Asked | None) -> None:
        if question == self._question:
            self.is_busy = False
            if asked is None:
                self.failed.emit()
            else:
                self.judged.emit(asked)
