"""A popover that renames, recolours or removes a class."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QColorDialog, QHBoxLayout, QLabel, QLineEdit, QWidget

from engine.experiment.settings import LONGEST_NAME
from gui_app.widgets.buttons import text_button
from gui_app.widgets.flow import FlowLayout
from gui_app.widgets.guarded import guarded
from gui_app.widgets.popover import Popover

WIDTH, SWATCH = 216, 22


class Swatch(QAbstractButton):
    """Square button of one colour; a ring marks the colour in use."""

    def __init__(self, colour: str, name: str) -> None:
        super().__init__()
        self.colour = colour
        self.setCheckable(True)
        self.setFixedSize(SWATCH, SWATCH)
        self.setAccessibleName(name)
        self.setToolTip(name)

    def sizeHint(self) -> QSize:
        return QSize(SWATCH, SWATCH)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        role = QPalette.ColorRole
        if self.isChecked() or self.hasFocus():
            painter.setPen(
                QPen(self.palette().color(role.WindowText if self.isChecked() else role.Highlight), 2)
            )
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.colour))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(3, 3, -3, -3), 3, 3)


class ClassPopover(Popover):
    """Popover with the name and the colours of a class, and a button that removes it.

    ``renamed(name)`` (empty: the class gets no name), ``recoloured(colour)`` (empty: the theme's colour) and
    ``removal_requested()`` are emitted for a person's actions only. Escape discards a name that is being typed; Enter
    and a click elsewhere accept it.
    """

    renamed = Signal(str)
    recoloured = Signal(str)
    removal_requested = Signal()

    def __init__(
        self, index: int, name: str, colours: Sequence[str], own: str | None, parent: QWidget | None = None
    ) -> None:
        """Make the popover of class ``index``.

        ``name`` is empty if the class has none, and ``own`` is None if it has the theme's colour; ``colours`` are those
        of the theme.
        """
        super().__init__(f"Class {index + 1}", WIDTH, parent=parent)
        self._colour = own or colours[index]
        self.name = QLineEdit(name)
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setPlaceholderText(f"Class {index + 1}")
        self.name.setAccessibleName("Name of the class")
        self.name.setToolTip("Shown in the legend and written to files; without a name, the number is used")
        self.swatches = [Swatch(colour, f"Colour {number + 1}") for number, colour in enumerate(colours)]
        for swatch in self.swatches:
            swatch.setChecked(swatch.colour == self._colour)
            swatch.clicked.connect(lambda _, colour=swatch.colour: self._choose(colour))
        self.other = text_button("Other …", "Any colour", "compact")
        self.default = text_button("Default", "The theme's colour for this class", "compact")
        self.default.setEnabled(own is not None)
        self.remove = text_button(
            "Remove class …", "Its points can be deleted or given to another class", "compact"
        )
        self._lay_out(f"Class {index + 1}")
        self.name.editingFinished.connect(self._rename)
        self.other.clicked.connect(self._ask_colour)
        self.default.clicked.connect(lambda: self._choose(""))
        self.remove.clicked.connect(self._remove)

    def focus_first(self) -> None:
        self.name.setFocus()

    def _rename(self) -> None:
        if self.name.isModified():
            self.name.setModified(False)
            self.renamed.emit(self.name.text().strip())

    def _choose(self, colour: str) -> None:
        self._rename()
        self.recoloured.emit(colour)
        self.close()

    def _ask_colour(self) -> None:
        colour = QColorDialog.getColor(QColor(self._colour), self.parentWidget(), "Colour of the class")
        if colour.isValid():
            self._choose(colour.name())

    def _remove(self) -> None:
        self.close()
        self.removal_requested.emit()

    @guarded
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._rename()

    def accept(self) -> None:
        self.close()

    def reject(self) -> None:
        self.name.setModified(False)
        self.close()

    def _lay_out(self, title: str) -> None:
        heading = QLabel(title)
        heading.setProperty("role", "title")
        holder = QWidget()
        flow = FlowLayout(holder, spacing=6)
        for swatch in self.swatches:
            flow.addWidget(swatch)
        buttons = QHBoxLayout()
        buttons.addWidget(self.default)
        buttons.addWidget(self.other)
        buttons.addStretch(1)
        self.column.addWidget(heading)
        self.column.addWidget(self.name)
        self.column.addWidget(holder)
        self.column.addLayout(buttons)
        self.column.addWidget(self.remove)
