"""An axis that shows only a few tick texts."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from gui_app.plots.drawing.mapping import Mapping
from gui_app.plots.drawing.metrics import left_axis
from gui_app.plots.drawing.picture import paint_bottom_ticks, paint_left_ticks
from gui_app.theme.tokens import Theme
from gui_app.widgets.guarded import guarded
from gui_app.widgets.ticks import Ticks


class TickAxis(pg.GraphicsWidget):
    """Axis that draws its ticks itself: painting pyqtgraph's own takes most of a frame's time."""

    def __init__(self, orientation: str, theme: Theme) -> None:
        super().__init__()
        self.orientation, self.theme = orientation, theme
        self.ticks: Ticks = ()
        self.mapping = Mapping(1.0, 1.0, (0.0, 1.0), (0.0, 1.0))
        self.starts: tuple[float, ...] = (0.0,)

    def show_ticks(self, ticks: Ticks, mapping: Mapping, starts: tuple[float, ...] = (0.0,)) -> None:
        """Show these ticks of each section, which start at these pixels; does nothing if they are shown already."""
        wanted = ticks, mapping, starts
        if wanted != (self.ticks, self.mapping, self.starts):
            self.ticks, self.mapping, self.starts = wanted
            self.update()

    def boundingRect(self) -> QRectF:
        """Include the texts at the ends, which reach into the corners."""
        return QRectF(self.rect()).adjusted(-left_axis(), -10.0, left_axis(), 10.0)

    @guarded
    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Draw the texts."""
        if self.orientation == "left":
            paint_left_ticks(painter, self.rect().width(), self.mapping, self.ticks, self.theme, self.starts)
        else:
            paint_bottom_ticks(painter, self.mapping, self.ticks, self.theme, self.starts)
