"""The keyboard of a window: whose a key is, and where the focus returns to from a control."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QMenuBar,
    QPlainTextEdit,
    QSpinBox,
    QTextEdit,
    QWidget,
)

from gui_app.widgets.guarded import guarded

_LEAVING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
_KEPT = "kept keys"
COMMANDS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
"""Keys with one of these are shortcuts of the window, and no control's own."""
_PRESSED_BY_SPACE = (QAbstractButton, QComboBox, QAbstractItemView)


class KeyboardHome(QObject):
    """Decides whose a key is, and moves the focus to ``home`` when the focused control of ``window`` goes away.

    - A key goes to ``press`` before the focused control has it, unless a text is being typed: lists and combo boxes
      would take a letter for the beginning of an entry.
    - The space bar, which is a shortcut of the window, presses a button that was reached by keyboard. Other keys that
      are shortcuts are a control's own if it has said so (``keep_keys``).
    - When the focused control is hidden or disabled, Qt would focus its neighbour, possibly a list or a slider, and the
      next key press would change that.
    """

    def __init__(
        self, window: QWidget, home: QWidget, press: Callable[[QKeyEvent], bool] = lambda event: False
    ) -> None:
        super().__init__(window)
        self.setObjectName("keyboardHome")
        self._window, self._home, self._press = window, home, press
        QApplication.instance().focusChanged.connect(self._follow)  # type: ignore[union-attr]

    def take(self) -> None:
        """Move the keyboard focus home."""
        self._home.setFocus()

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            return False
        if event.type() == QEvent.Type.KeyPress:
            return not (is_typed(event, watched) or in_menu()) and self._press(event)
        if event.type() == QEvent.Type.ShortcutOverride and _keeps(watched, event):
            event.accept()
            return True
        return False

    def _follow(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None:
            old.removeEventFilter(self)
            self._replace(old, new)
        # The home hands its keys to the window's tools itself, in the middle of a stroke as well.
        if new is not None and new is not self._home and belongs_to(new, self._window):
            new.installEventFilter(self)

    def _replace(self, old: QWidget, new: QWidget | None) -> None:
        gone = old.window() is self._window and not (old.isVisible() and old.isEnabled())
        stays = new is None or new.window() is self._window
        if gone and stays and new is not self._home and self._window.isActiveWindow():
            self.take()


def keep_keys(widget: QWidget, keys: Iterable[int]) -> None:
    """Let keys without Ctrl or Alt be those of a widget, and of all in it, though the window has shortcuts for them."""
    widget.setProperty(_KEPT, [int(key) for key in keys])


def _keeps(focused: QWidget, event: QKeyEvent) -> bool:
    """Whether a key that may be a shortcut is the focused control's own, or that of what it is in."""
    if event.key() == Qt.Key.Key_Space and isinstance(focused, _PRESSED_BY_SPACE):
        return reached_by_key(focused)
    part: QWidget | None = None if event.modifiers() & COMMANDS else focused
    while part is not None:
        if event.key() in (part.property(_KEPT) or ()):
            return True
        part = part.parentWidget()
    return False


def belongs_to(widget: QWidget, window: QWidget) -> bool:
    """Whether a widget is in the window, or in one of its floating docks."""
    top = widget.window()
    return top is window or (isinstance(top, QDockWidget) and top.parentWidget() is window)


def in_menu() -> bool:
    """Whether keys are a menu's, or another popup's: an open one hands those that it does not know to the window."""
    return QApplication.activePopupWidget() is not None or isinstance(QApplication.focusWidget(), QMenuBar)


def is_typed(event: QKeyEvent, focused: QWidget) -> bool:
    """Whether a key is part of a text that is being typed.

    A spin box has the digits; letters are its own only after its text has been changed.
    """
    match focused:
        case QLineEdit() | QTextEdit() | QPlainTextEdit():
            return not focused.isReadOnly()
        case QSpinBox():
            return focused.lineEdit().isModified() or not event.text().isalpha()
        case QAbstractSpinBox():
            return True
        case QComboBox():
            return focused.isEditable()
    return False


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
