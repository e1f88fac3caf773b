"""Functions that make small buttons with accessible names, tooltips and icons."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QPushButton, QSizePolicy, QToolButton, QWidget

from gui_app.theme.icons import icon


def icon_button(icon_name: str, name: str, tip: str, kind: str = "", side: int = 28) -> QToolButton:
    """Return a square button without text; ``tint`` draws its icon."""
    button = QToolButton()
    set_icon(button, icon_name)
    button.setProperty("kind", kind)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    button.setFixedSize(side, side)
    button.setIconSize(QSize(18, 18))
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button


def text_button(text: str, tip: str, kind: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setProperty("kind", kind)
    button.setAccessibleName(text)
    button.setToolTip(tip)
    button.setIconSize(QSize(16, 16))
    return button


class Chip(QToolButton):
    """Small toggle button, as large as its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setCheckable(True)
        self.setProperty("kind", "chip")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(max(metrics.horizontalAdvance(self.text()) + 16, 28), max(metrics.height() + 8, 26))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


def chip(text: str, tip: str, name: str = "") -> QToolButton:
    """Return a small toggle button with a short text."""
    button = Chip(text)
    button.setAccessibleName(name or text)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button


def set_partial(button: QToolButton, partial: bool) -> None:
    """Show whether a toggle button is on in some of several lanes."""
    if bool(button.property("partial")) != partial:
        button.setProperty("partial", partial)
        button.style().unpolish(button)
        button.style().polish(button)


def tint(widget: QWidget, colour: str) -> None:
    """Draw the icons of all buttons inside ``widget`` that have one (see ``set_icon``) in ``colour``."""
    for kind in (QToolButton, QPushButton):
        for button in widget.findChildren(kind):
            if name := button.property("iconName"):
                button.setIcon(icon(name, colour))


def set_icon(button: QToolButton | QPushButton, name: str) -> None:
    """Choose the icon of a button by name; ``tint`` draws it."""
    button.setProperty("iconName", name)


def draw_icon(button: QToolButton | QPushButton, name: str) -> None:
    """Choose the icon of a button and draw it at once, in the colour of its text."""
    if button.property("iconName") != name:
        set_icon(button, name)
        button.setIcon(icon(name, button.palette().color(QPalette.ColorRole.WindowText).name()))
