"""The plotting area on the screen: a pyqtgraph plot whose content is drawn in pixels.

Marks are drawn in pixels, not data units: a pen then has its nominal width on the screen and in every export format,
and a frame needs no bookkeeping per curve.
"""

from __future__ import annotations

from dataclasses import replace

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QWidget

from gui_app.plots.drawing.grid import Size
from gui_app.plots.drawing.mapping import Mapping
from gui_app.plots.drawing.metrics import bottom_axis, left_axis, row_height
from gui_app.plots.drawing.picture import (
    BOTTOM_MARGIN,
    LEFT_MARGIN,
    RIGHT_MARGIN,
    TOP_MARGIN,
    Picture,
    paint_sections,
)
from gui_app.plots.drawing.readout import Readout
from gui_app.plots.drawing.tick_axis import TickAxis
from gui_app.theme.tokens import Theme
from gui_app.widgets.guarded import guarded


class _Content(QGraphicsItem):
    """Graphics item that paints grid, marks and readout, from back to front."""

    def __init__(self, area: PlotArea) -> None:
        super().__init__(area.view_box)
        self._area = area

    def boundingRect(self) -> QRectF:
        return QRectF(self._area.view_box.rect())

    @guarded
    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        area, readouts = self._area, []
        if area.pin is not None:
            readouts.append(replace(area.pin, has_box=area.hover is None))
        if area.hover is not None:
            readouts.append(area.hover)
        paint_sections(painter, area.picture, area.size_of_content, area.mapping(), readouts, area.theme)
        if area.band is not None:
            _paint_band(painter, area.band, area.theme)


def _paint_band(painter: QPainter, band: QRectF, theme: Theme) -> None:
    colour = QColor(theme.accent)
    painter.setPen(QPen(colour, 1.0))
    colour.setAlphaF(0.12)
    painter.setBrush(colour)
    painter.drawRect(band.adjusted(0.5, 0.5, -0.5, -0.5))


class PlotArea(pg.GraphicsView):
    """Widget that shows a picture. Mouse events pass through it to the plot frame: pyqtgraph's own gestures are off.

    It is laid out as a ``pg.PlotWidget``, but without the menus, buttons and titles of one: some fifty widgets that
    nobody would see, and that take longer to make than all the rest.
    """

    resized = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.picture = Picture()
        self.hover: Readout | None = None
        self.band: QRectF | None = None
        self.pin: Readout | None = None
        self._left, self._bottom = TickAxis("left", theme), TickAxis("bottom", theme)
        self._view_box = pg.ViewBox(enableMenu=False, enableMouse=False)
        self._lay_out()
        self._content = _Content(self)
        self._view_box.sigResized.connect(self._on_resized)
        self.apply_theme(theme)

    def _lay_out(self) -> None:
        self._view_box.disableAutoRange()
        layout = self.centralLayout
        layout.setContentsMargins(LEFT_MARGIN, TOP_MARGIN, RIGHT_MARGIN, BOTTOM_MARGIN)
        layout.setSpacing(0.0)
        layout.addItem(self._left, 0, 0)
        layout.addItem(self._view_box, 0, 1)
        layout.addItem(self._bottom, 1, 1)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @property
    def view_box(self) -> pg.ViewBox:
        """The plotting area inside the axes; marks are drawn in its pixels."""
        return self._view_box

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours."""
        self.theme = theme
        self.setBackground(theme.panel)
        self._left.setFixedWidth(left_axis())
        self._bottom.setFixedHeight(bottom_axis())
        for axis in (self._left, self._bottom):
            axis.theme = theme
            axis.update()
        self._content.update()

    def show_picture(self, picture: Picture) -> None:
        """Show this picture; unchanged axes are not repainted.

        The range of pyqtgraph's view box stays as it is: nothing is drawn in its units, and to change it costs as much
        as to compose a picture.
        """
        self.picture = picture
        mapping = self.mapping()
        columns, rows = picture.grid.starts(self.size_of_content)
        self._left.show_ticks(picture.y_ticks, mapping, rows)
        self._bottom.show_ticks(picture.x_ticks, mapping, columns)
        self._content.update()

    def show_hover(self, hover: Readout | None) -> None:
        """Show the readout at the mouse; None hides it."""
        if hover is not None or self.hover is not None:
            self.hover = hover
            self._content.update()

    def show_pin(self, pin: Readout | None) -> None:
        """Show the readout of the pinned epoch; None hides it."""
        if pin != self.pin:
            self.pin = pin
            self._content.update()

    def show_band(self, band: QRectF | None, section: int = 0) -> None:
        """Show the rectangle that is dragged, in pixels of a section; None hides it."""
        if band is not None:
            band = band.translated(-self.in_section(QPointF(), section))
        if band != self.band:
            self.band = band
            self._content.update()

    def pixel_at(self, widget: QWidget, position: QPointF) -> QPointF:
        """Return the pixel of the plot, inside or outside, at a position in ``widget``, which contains the plot."""
        scene = self.mapToScene(self.mapFrom(widget, position).toPoint())
        pixel: QPointF = self.view_box.mapFromScene(scene)
        return pixel

    @property
    def size_of_content(self) -> Size:
        """Width and height of the plotting area inside the axes, in pixels."""
        rect = self.view_box.rect()
        return rect.width(), rect.height()

    def section_at(self, pixel: QPointF) -> tuple[int, QPointF]:
        """Return the section at a pixel of the plot, or the nearest one, and the pixel of that section."""
        return self.picture.grid.located(pixel, self.size_of_content)

    def in_section(self, pixel: QPointF, section: int) -> QPointF:
        """Return the pixel of a section at a pixel of the plot; it may lie outside."""
        cells = self.picture.grid.cells(self.size_of_content)
        return pixel - cells[min(section, len(cells) - 1)].topLeft()

    def contains(self, pixel: QPointF) -> bool:
        """Whether a pixel of a section is within it, or on the name above it."""
        head = row_height() if self.picture.sections else 0
        return self.mapping().bounds.adjusted(0.0, -head, 0.0, 0.0).contains(pixel)

    def mapping(self) -> Mapping:
        """Return the current mapping from axis units to pixels of a section."""
        return self.picture.on_screen(self.size_of_content, self.devicePixelRatioF())

    def _on_resized(self, *_: object) -> None:
        self._content.prepareGeometryChange()
        self.resized.emit()
