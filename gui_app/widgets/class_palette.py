"""The palette of classes: numbered discs in the class colours."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from engine.catalogue.hyperparameters import CLASSES
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.buttons import icon_button, tint
from gui_app.widgets.flow import FlowLayout
from gui_app.widgets.guarded import guarded

MIN_CLASSES, MAX_CLASSES = int(CLASSES.low), int(CLASSES.high)
SIDE = 30


class ClassButton(QAbstractButton):
    """Disc with the number of a class; a ring marks the chosen class.

    ``edit_requested`` is emitted on a right click, a double click and the menu key.
    """

    edit_requested = Signal()

    def __init__(self, index: int, colour: QColor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.index, self.colour = index, colour
        self.setCheckable(True)
        self.setText(str(index + 1))
        self.setFixedSize(SIDE, SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.show_look(colour.name(), self.text())

    def show_look(self, colour: str, label: str) -> None:
        """Set the colour and the name of the class."""
        self.colour = QColor(colour)
        name = f"class {self.index + 1}" if label == self.text() else f"class {self.index + 1}, {label}"
        self.setAccessibleName(
            name.capitalize() if label == self.text() else f"Class {self.index + 1}: {label}"
        )
        self.setToolTip(f"Draw points of {name}. Right-click for its name and colour.")
        self.update()

    @guarded
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.edit_requested.emit()

    @guarded
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.edit_requested.emit()

    @guarded
    def nextCheckState(self) -> None:
        """Do nothing: the palette shows the chosen class."""

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        role = QPalette.ColorRole
        if self.isChecked() or self.hasFocus() or self.underMouse():
            ring = role.WindowText if self.isChecked() else role.Highlight if self.hasFocus() else role.Mid
            painter.setPen(QPen(self.palette().color(ring), 2))
            painter.drawEllipse(QRectF(1, 1, SIDE - 2, SIDE - 2))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.colour)
        inset = 4 if self.isChecked() else 3
        painter.drawEllipse(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset))
        painter.setPen(readable_on(self.colour))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.text())


class ClassPalette(QWidget):
    """Row of one disc per class, with buttons to add, remove and edit classes.

    ``chosen(index)``, ``count_changed(classes)`` and ``edit_requested(index)`` are emitted for a person's actions only.
    """

    chosen = Signal(int)
    count_changed = Signal(int)
    edit_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = self._selected = 0
        self.buttons: list[ClassButton] = []
        self.less = icon_button("minus", "Remove the last class", "", side=SIDE)
        self.more = icon_button("plus", "Add a class", f"Add a class (up to {MAX_CLASSES})", side=SIDE)
        self.pencil = icon_button(
            "edit", "Edit the class", "Name and colour of the chosen class, or remove it", side=SIDE
        )
        self.flow = FlowLayout(self, spacing=2)
        for index in range(MAX_CLASSES):
            self._add_button(index)
        self.flow.addWidget(self.more)
        self.flow.addWidget(self.less)
        self.flow.addWidget(self.pencil)
        self.pencil.clicked.connect(lambda: self.edit_requested.emit(self._selected))
        self.more.clicked.connect(lambda: self.count_changed.emit(self._count + 1))
        self.less.clicked.connect(lambda: self.count_changed.emit(self._count - 1))
        self.show_classes(MIN_CLASSES, 0)

    def show_classes(self, classes: int, selected: int) -> None:
        """Show ``classes`` discs with a ring around the selected one, without a signal."""
        self._selected = min(selected, classes - 1)
        for button in self.buttons:
            if (button.index < classes) != (button.index < self._count):
                button.setVisible(button.index < classes)
            button.setChecked(button.index == self._selected)
        if classes != self._count:
            self._count = classes
            self.more.setEnabled(classes < MAX_CLASSES)
            self.less.setEnabled(classes > MIN_CLASSES)
            self.less.setToolTip(f"Remove class {classes}")
            self.flow.invalidate()
            self.updateGeometry()

    def show_looks(self, colours: Sequence[str], labels: Sequence[str]) -> None:
        """Set the colours of all discs, hidden ones included, and the names of the classes."""
        for button, colour in zip(self.buttons, colours, strict=True):
            label = labels[button.index] if button.index < len(labels) else button.text()
            button.show_look(colour, label)

    def apply_theme(self, theme: Theme) -> None:
        """Show the discs in the class colours of ``theme``."""
        self.show_looks(theme.classes, ())
        tint(self, theme.muted)

    def _add_button(self, index: int) -> None:
        button = ClassButton(index, QColor(LIGHT.classes[index]))
        button.setVisible(False)
        button.clicked.connect(lambda: self.chosen.emit(index))
        button.edit_requested.connect(lambda: self.edit_requested.emit(index))
        self.buttons.append(button)
        self.flow.addWidget(button)


def readable_on(colour: QColor) -> QColor:
    """Return white or black, whichever has more contrast to ``colour`` (WCAG 2): at least 4.5."""
    light = sum(
        weight * (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4)
        for weight, share in zip(
            (0.2126, 0.7152, 0.0722), (colour.redF(), colour.greenF(), colour.blueF()), strict=True
        )
    )
    # Both have the same contrast where (1 + 0.05) / (light + 0.05) = (light + 0.05) / 0.05.
    return QColor("#ffffff") if light + 0.05 < (1.05 * 0.05) ** 0.5 else QColor("#000000")
