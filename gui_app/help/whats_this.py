"""The mode in which a click explains what it hits, and the explanation of the focused control."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QWhatsThis, QWidget

from gui_app.help.explanation import Explanation, explanation_of
from gui_app.help.popover import TopicPopover
from gui_app.help.topics import topic
from gui_app.theme.tokens import Theme
from gui_app.widgets.guarded import guarded


class WhatsThis(QObject):
    """Explains the controls of ``window`` in the colours that ``theme`` returns.

    ``more_requested(words)`` asks for the glossary; ``reported(sentence)`` says that there is no explanation.
    """

    more_requested = Signal(str)
    reported = Signal(str)

    def __init__(self, window: QMainWindow, theme: Callable[[], Theme]) -> None:
        super().__init__(window)
        self._window, self._theme = window, theme
        self._tops: list[QWidget] = []
        self.popover: TopicPopover | None = None

    def begin(self) -> None:
        """Explain what is clicked next; Escape ends that."""
        # Qt asks a widget and all that it is in; at the end, a window.
        self._tops = [top for top in QApplication.topLevelWidgets() if top.isVisible()]
        for top in self._tops:
            top.installEventFilter(self)
        QWhatsThis.enterWhatsThisMode()
        self.reported.emit("Click what you want to have explained; Esc to leave it.")

    def explain_focused(self) -> None:
        """Explain the control that has the keyboard, or the window's middle."""
        self.explain(QApplication.focusWidget() or self._window.centralWidget())

    def explain(self, widget: QWidget | None) -> None:
        """Open the explanation of a control beside it."""
        explanation = None if widget is None else explanation_of(widget)
        if widget is None or explanation is None:
            self.reported.emit("There is no explanation of this.")
            return
        self._open(explanation, widget, self._window)

    def show_topic(self, key: str, window: QWidget) -> None:
        """Open the explanation of a topic beside a window that asked for it."""
        self._open(Explanation(topic(key)), window, window)

    def _open(self, explanation: Explanation, subject: QWidget, parent: QWidget) -> None:
        self.popover = TopicPopover(explanation, self._theme(), parent)
        self.popover.more_requested.connect(self.more_requested)
        self.popover.open_beside(subject)

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LeaveWhatsThisMode:
            for top in self._tops:
                top.removeEventFilter(self)
        elif isinstance(event, QHelpEvent) and event.type() == QEvent.Type.QueryWhatsThis:
            event.accept()
            return True
        elif isinstance(event, QHelpEvent) and event.type() == QEvent.Type.WhatsThis:
            event.accept()
            QWhatsThis.leaveWhatsThisMode()
            hit = QApplication.widgetAt(event.globalPos())
            # After the release of the button, which would close a popup.
            QTimer.singleShot(0, self, lambda: self.explain(hit))
            return True
        return False
