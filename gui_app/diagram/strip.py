"""The strip above the columns: the width of each hidden layer between − and +."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolButton, QWidget

from engine.catalogue.hyperparameters import LAYER_WIDTH
from gui_app.diagram.arrangement import Arrangement, Column
from gui_app.diagram.header import button_side, fit, small_button
from gui_app.theme.text import line_height, small_font, text_width
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.buttons import tint
from gui_app.widgets.guarded import guarded

GAP = 2.0


class ColumnStrip(QWidget):
    """``width_asked(layer, by)`` is emitted by − and +, with the number of a hidden layer.

    The two stand beside the width, or where columns are close above and below it; where they are closer still, there
    are only the widths.
    """

    width_asked = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._arrangement: Arrangement | None = None
        self.buttons: dict[tuple[int, int], QToolButton] = {}
        """By layer and step: −1 or 1."""

    def show_arrangement(self, arrangement: Arrangement) -> None:
        """Put buttons and widths above the columns."""
        if arrangement is self._arrangement:
            return
        self._arrangement = arrangement
        room = arrangement.pitch
        beside = room >= self._beside(arrangement)
        side, line = button_side(), round(line_height())
        stacked = not beside and room >= side
        self.setFixedHeight(max(side, line) if beside else line + 2 * side if stacked else line)
        for column in arrangement.columns[1:-1]:
            self._place(column, beside, stacked, line)
        for (layer, _), button in self.buttons.items():
            if layer >= arrangement.shape.layers:
                button.hide()
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        tint(self, theme.muted)
        self.update()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.panel))
        if self._arrangement is not None:
            self._paint_texts(painter, self._arrangement)
        painter.end()

    def _paint_texts(self, painter: QPainter, arrangement: Arrangement) -> None:
        painter.setFont(small_font())
        widest = max(map(text_width, map(str, arrangement.shape.widths)))
        step = max(1, -(-int(widest + 4.0) // max(int(arrangement.pitch), 1)))
        painter.setPen(QColor(self._theme.text))
        for column in arrangement.columns[1:-1:step]:
            self._write(painter, column.x, str(column.neurons))
        painter.setPen(QColor(self._theme.muted))
        first, last = arrangement.columns[0], arrangement.columns[-1]
        for column, text in ((first, "Inputs"), (last, "Output")):
            half = text_width(text) / 2
            x = min(max(column.x, half + 4.0), self.width() - half - 4.0)
            if arrangement.pitch >= 2 * half or arrangement.shape.layers == 1:
                self._write(painter, x, text)

    def _write(self, painter: QPainter, x: float, text: str) -> None:
        rect = QRectF(x - 60.0, 0.0, 120.0, self.height())
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    @staticmethod
    def _beside(arrangement: Arrangement) -> float:
        """Return the smallest distance of columns at which − and + have room beside the width."""
        widest = max(map(text_width, map(str, arrangement.shape.hidden)), default=0.0)
        return widest + 2 * (button_side() + GAP) + 4.0

    def _place(self, column: Column, beside: bool, stacked: bool, line: int) -> None:
        half, side = text_width(str(column.neurons)) / 2 + GAP, button_side()
        corner, top = round(column.x - side / 2), max(line - side, 0) // 2
        places = {
            -1: QPoint(round(column.x - half - side), top) if beside else QPoint(corner, side + line),
            1: QPoint(round(column.x + half), top) if beside else QPoint(corner, 0),
        }
        for step, place in places.items():
            button = self._button(column.layer, step)
            fit(button)
            button.move(place)
            button.setVisible(beside or stacked)
            allowed = LAYER_WIDTH.low <= column.neurons + step <= LAYER_WIDTH.high
            button.setEnabled(allowed)

    def _button(self, layer: int, step: int) -> QToolButton:
        if (layer, step) not in self.buttons:
            name = f"{'Add a neuron to' if step > 0 else 'Remove a neuron from'} layer {layer}"
            button = small_button(
                "plus" if step > 0 else "minus", name, "The network starts anew from its seed."
            )
            button.setParent(self)
            button.clicked.connect(lambda: self.width_asked.emit(layer, step))
            self.buttons[layer, step] = button
            tint(self, self._theme.muted)
        return self.buttons[layer, step]
