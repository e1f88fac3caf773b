"""Where the keyboard goes when a control has no more use for it: home, which is the canvas in the main window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QWidget

_LEAVING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class KeyboardHome(QObject):
    """Keeps the keyboard of ``window`` from going to the neighbour of what is hidden or switched off: that may be a
    list or a slider, and the next key would change it.
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


def back_from_list(control: QWidget, by_key: bool) -> None:
    """The list of a control is closed: who came ``by_key`` stays there, or else the keyboard goes home in a window
    that has a home.
    """
    window = control.window()
    home = window.findChild(KeyboardHome, "keyboardHome", Qt.FindChildOption.FindDirectChildrenOnly)
    if by_key:
        # Qt has forgotten it over the list.
        window.setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
    elif home is not None:
        home.take()


def came_by_key(control: QWidget) -> bool:
    """Whether it was the keyboard that went from control to control."""
    return control.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)


def leaves_field(event: QKeyEvent, focused: QWidget | None) -> bool:
    """Whether a key that a field of text has passed on says that nothing more will be typed: Enter, when what was
    typed is taken, and Escape.
    """
    if event.key() not in _LEAVING or not isinstance(focused, (QLineEdit, QAbstractSpinBox)):
        return False
    note = getattr(focused, "note", None)
    return note is None or not note.refuses
