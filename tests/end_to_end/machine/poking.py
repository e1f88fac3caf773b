"""Real events on any control of a window, found without knowing which there are."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QScrollArea, QWidget

LEFT, RIGHT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier
Share = tuple[float, float]
"""A position as shares of width and height."""
KEYS = (
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
    Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Delete,
    Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_B, Qt.Key.Key_E, Qt.Key.Key_Question,
    Qt.Key.Key_Period, Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight,
)  # fmt: skip
TEXTS = ("", "0", "1", "0.5", "-1", "3", "0,25", "1e400", "nan", "12", "x", "1e-9", "a" * 40)


def controls(root: QWidget) -> list[QWidget]:
    """Everything below ``root`` that a mouse or a keyboard can use now, in the order in which it was made."""
    below = root.findChildren(QWidget)
    return [
        one for one in below if one.isVisible() and one.isEnabled() and one.window() is root and _used(one)
    ]


def _used(widget: QWidget) -> bool:
    takes_mouse = "mousePressEvent" in vars(type(widget))
    return (
        takes_mouse or isinstance(widget, QAbstractButton) or widget.focusPolicy() != Qt.FocusPolicy.NoFocus
    )


def poke(widget: QWidget, way: str, start: Share, end: Share, key: Qt.Key, text: str) -> None:
    """Use a control in one of the ``WAYS``; one that lies outside its window is left alone."""
    _bring_into_view(widget)
    corners = [_at(widget, share) for share in (start, end)]
    if all(widget.window().rect().contains(widget.mapTo(widget.window(), corner)) for corner in corners):
        WAYS[way](widget, corners[0], corners[1], key, text)


def _click(widget: QWidget, start: QPoint, *_: object) -> None:
    QTest.mouseClick(widget, LEFT, NONE, start)


def _right_click(widget: QWidget, start: QPoint, *_: object) -> None:
    QTest.mouseClick(widget, RIGHT, NONE, start)


def _double_click(widget: QWidget, start: QPoint, *_: object) -> None:
    QTest.mouseDClick(widget, LEFT, NONE, start)


def _drag(widget: QWidget, start: QPoint, end: QPoint, *_: object) -> None:
    QTest.mousePress(widget, LEFT, NONE, start)
    QTest.mouseMove(widget, (start + end) / 2)
    QTest.mouseMove(widget, end)
    QTest.mouseRelease(widget, LEFT, NONE, end)


def _press_key(widget: QWidget, start: QPoint, end: QPoint, key: Qt.Key, text: str) -> None:
    widget.setFocus()
    QTest.keyClick(widget, key)


def _type(widget: QWidget, start: QPoint, end: QPoint, key: Qt.Key, text: str) -> None:
    widget.setFocus()
    if isinstance(widget, QLineEdit):
        widget.selectAll()
    QTest.keyClicks(widget, text)
    QTest.keyClick(widget, Qt.Key.Key_Return)


def _turn_wheel(widget: QWidget, start: QPoint, end: QPoint, *_: object) -> None:
    at, angle = QPointF(start), QPoint(0, 120 if end.y() > start.y() else -120)
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(
        at, widget.mapToGlobal(at), QPoint(), angle, Qt.MouseButton.NoButton, NONE, phase, False
    )
    QApplication.sendEvent(widget, event)


WAYS: dict[str, Callable[[QWidget, QPoint, QPoint, Qt.Key, str], None]] = {
    "click": _click,
    "double click": _double_click,
    "right click": _right_click,
    "drag": _drag,
    "key": _press_key,
    "type": _type,
    "wheel": _turn_wheel,
}


def _at(widget: QWidget, share: Share) -> QPoint:
    x, y = share
    return QPoint(round(x * (widget.width() - 1)), round(y * (widget.height() - 1)))


def _bring_into_view(widget: QWidget) -> None:
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(widget)
        above = above.parentWidget()
