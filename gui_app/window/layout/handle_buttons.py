"""The buttons of a docked dock, which appear over its content beside the handle that the mouse is on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPalette
from PySide6.QtWidgets import QDockWidget, QFrame, QHBoxLayout, QWidget

from gui_app.widgets.buttons import icon_button, tint
from gui_app.widgets.guarded import guarded
from gui_app.widgets.tips import tip

FLOAT, CLOSE = "Float", "Close"
SIDE, BESIDE = 22, 20
"""Side of a button, and its distance from the middle of the handle, which drags the dock, in pixels."""


class HandleButtons(QFrame):
    """*Float* and *Close* of a dock. They lie over its content, so that nothing moves when they come and go."""

    def __init__(self, dock: QDockWidget, handle: QWidget) -> None:
        super().__init__(dock)
        self._handle = handle
        self.setProperty("kind", "overlay")
        title = dock.windowTitle()
        self.float_button = icon_button(
            "undock", FLOAT, tip(FLOAT, f"Make {title} a window of its own."), side=SIDE
        )
        self.close_button = icon_button(
            "close", CLOSE, tip(CLOSE, f"Hide {title}; the View menu shows it again."), side=SIDE
        )
        self.float_button.clicked.connect(lambda: dock.setFloating(True))
        self.close_button.clicked.connect(dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        for button in (self.float_button, self.close_button):
            # The keyboard has the menu of the handle.
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(self.hide)
            row.addWidget(button)
        self.hide()

    @guarded
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        # Qt may tell a hidden widget no more that the mouse has left it.
        self.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)

    def appear(self) -> None:
        """Show the buttons at the right of the handle's middle."""
        tint(self, self.palette().color(QPalette.ColorRole.WindowText).name())
        self.adjustSize()
        handle = self._handle.geometry()
        self.move(handle.center().x() + BESIDE, handle.top())
        self.raise_()
        self.show()

    def leave(self) -> None:
        """Hide the buttons, unless the mouse has gone from the handle to them or back."""
        QTimer.singleShot(0, self, self._hide_unless_wanted)

    def _hide_unless_wanted(self) -> None:
        if not (self.underMouse() or self._handle.underMouse()):
            self.hide()

    @guarded
    def leaveEvent(self, event: QEvent) -> None:
        self.leave()
