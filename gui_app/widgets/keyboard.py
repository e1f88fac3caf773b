"""Where the keyboard focus returns to from a control: a window's home, the canvas in the main window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QWidget

_LEAVING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class KeyboardHome(QObject):
    """Moves the focus to ``home`` when the focused control of ``window`` is hidden or disabled.

    Qt would focus its neighbour, possibly a list or a slider, and the next key press would change that.
    """

    def __init__(self, window: QWidget, home: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("keyboardHome")
        self._window, self._home = window, home
        QApplication.instance().focusChanged.connect(self._follow)  # type: ignore[union-attr]

    def take(self) -> None:
        """Move the keyboard focus home."""
        self._home.setFocus()

    def _follow(self, old: QWidget | None, new: QWidget | None) -> None:
        gone = old is not None and old.window() is self._window and not (old.isVisible() and old.isEnabled())
        stays = new is None or new.window() is self._window
        if gone and stays and new is not self._home and self._window.isActiveWindow():
            self.take()


def refocus_after_list(control: QWidget, by_key: bool) -> None:
    """Set the focus after the list of a control has closed.

    It stays on the control if the person reached it ``by_key``, and goes to the window's home otherwise.
    """
    window = control.window()
    home = window.findChild(KeyboardHome, "keyboardHome", Qt.FindChildOption.FindDirectChildrenOnly)
    if by_key:
        # Qt has reset this attribute while the list was open.
        window.setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
    elif home is not None:
        home.take()


def reached_by_key(control: QWidget) -> bool:
    """Whether the person reached the focused control by keyboard."""
    return control.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)


def ends_typing(event: QKeyEvent, focused: QWidget | None) -> bool:
    """Whether a key that a text field has not handled ends the typing: Escape, and Enter if the text was accepted."""
    if event.key() not in _LEAVING or not isinstance(focused, (QLineEdit, QAbstractSpinBox)):
        return False
    note = getattr(focused, "note", None)
    return note is None or not note.refuses
