"""The order of windows on the screen: no question may be covered, and what asks nothing waits until it is answered."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from gui_app.widgets.guarded import guarded


def when_nothing_is_asked(window: QWidget, show: Callable[[], object]) -> None:
    """Call ``show``, which opens a window that is not modal: now, or once no modal dialog is open any more.

    Over a modal dialog it would cover the question, and neither could be answered. Who waits goes with ``window``.
    """
    if QApplication.activeModalWidget() is None:
        show()
    else:
        _Waiting(window, show)


def front_of(window: QWidget) -> QWidget:
    """Return the parent for a modal dialog: a dialog of ``window`` that is open already, so that it stays below."""
    opened = [dialog for dialog in window.window().findChildren(QDialog) if dialog.isVisible()]
    active = QApplication.activeWindow()
    return next((dialog for dialog in opened if dialog is active), opened[-1] if opened else window)


class _Waiting(QObject):
    """Calls ``show`` once ``window`` can be used again."""

    def __init__(self, window: QWidget, show: Callable[[], object]) -> None:
        super().__init__(window)
        self._window, self._show = window.window(), show
        self._shown = False
        self._window.installEventFilter(self)

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowUnblocked:
            # The dialog is still open, and another one may follow at once.
            QTimer.singleShot(0, self, self._look)
        return False

    def _look(self) -> None:
        # Two dialogs that end in the same moment make it look twice.
        if not self._shown and QApplication.activeModalWidget() is None:
            self._shown = True
            self._window.removeEventFilter(self)
            self.deleteLater()
            self._show()
