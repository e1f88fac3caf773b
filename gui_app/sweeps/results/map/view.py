"""The map, drawn: blue converges, orange does not, and the stronger the colour the longer it takes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.sweep.trainability import equalized
from gui_app.sweeps.results.map.region import Region, coarse, first_region
from gui_app.theme.colour_maps import image_of, packed, value_colours
from gui_app.theme.text import line_height, small_font, text_width
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.guarded import guarded
from gui_app.widgets.keyboard import keep_keys
from gui_app.widgets.ticks import log_ticks

Floats = NDArray[np.float64]
NAME = "Map of trainability"
ACROSS, UP = "Learning rate of layer 1", "Learning rate of layer 2"
_LEAST = 6.0
"""Pixels up to which a drag is a click."""
_FAINTEST = 0.22
"""Strength of the colour of what converges or grows first, so that it is told from the middle."""
_LEFT, _BELOW, _TOP = 74.0, 44.0, 10.0


def map_colours(convergence: Floats, theme: Theme) -> NDArray[np.uint32]:
    """Return packed colours [rows, columns]; what is not known has the colour of the backdrop."""
    shares = equalized(convergence)
    strength = np.sign(shares) * (_FAINTEST + (1 - _FAINTEST) * np.abs(shares))
    flat = value_colours(-np.nan_to_num(strength, nan=0.0).ravel(), theme)
    colours = packed(flat).reshape(shares.shape)
    ground = int(QColor(theme.backdrop).rgb())
    return np.where(np.isnan(shares), np.uint32(ground), colours)


class MapView(QWidget):
    """Shows a map. ``zoomed(x, y)`` gives shares of both axes, from 0 to 1, that a person has dragged over."""

    zoomed = Signal(object, object)
    back = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(NAME)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 300)
        keep_keys(self, (Qt.Key.Key_Backspace, Qt.Key.Key_Plus, Qt.Key.Key_Return))
        self._theme = LIGHT
        self.region = first_region()
        self.values: Floats = np.full((1, 1), np.nan)
        self._meanwhile: Floats | None = None
        self._image: QImage | None = None
        self._press: QPointF | None = None
        self._drag: QRectF | None = None

    def show_map(self, values: Floats, region: Region) -> None:
        """Show the measure of convergence [rows, columns], row 0 below; NaN where it is not computed yet."""
        self.values, self.region, self._image = values, region, None
        self.update()

    def show_meanwhile(self, values: Floats, region: Region) -> None:
        """Show a coarse picture of another region, where nothing better is known, until all of it is computed."""
        self._meanwhile = values
        self.show_map(np.full_like(values, np.nan), region)

    def end_meanwhile(self) -> None:
        """Show nothing of another region any more: what is not known now will not be."""
        self._meanwhile, self._image = None, None
        self.update()

    @property
    def shown(self) -> Floats:
        """What is drawn: tiles stand for what is not computed yet, and below them is the map from before."""
        filled, before = coarse(self.values), self._meanwhile
        if before is not None and before.shape == filled.shape:
            filled = np.where(np.isnan(filled), before, filled)
        return filled

    def apply_theme(self, theme: Theme) -> None:
        self._theme, self._image = theme, None
        self.update()

    @property
    def square(self) -> QRectF:
        """Where the map is."""
        return _square(QRectF(self.rect()))

    # -- painting

    @guarded
    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            self.paint_export(painter, QRectF(self.rect()))
            if self._drag is not None:
                painter.setPen(QPen(QColor(self._theme.text), 1.5))
                veil = QColor(self._theme.panel)
                veil.setAlphaF(0.25)
                painter.fillRect(self._drag, veil)
                painter.drawRect(self._drag)
        finally:
            painter.end()

    @property
    def export_name(self) -> str:
        return "map-of-trainability"

    @property
    def export_title(self) -> str:
        return NAME

    def export_size(self) -> QSize:
        return self.size()

    def paint_export(self, painter: QPainter, rect: QRectF) -> None:
        theme, square = self._theme, _square(rect)
        painter.fillRect(rect, QColor(theme.panel))
        if self._image is None:
            self._image = image_of(map_colours(self.shown, theme))
        painter.drawImage(square, self._image)
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.drawRect(square)
        painter.setFont(small_font())
        _paint_axis(painter, square, self.region.x, ACROSS, theme, upright=False)
        _paint_axis(painter, square, self.region.y, UP, theme, upright=True)

    # -- mouse and keys

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.square.contains(event.position()):
            self._press = event.position()

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press is None:
            self.setToolTip(self._tip(event.position()))
            return
        square, away = self.square, event.position() - self._press
        # A square part, so that cells stay square.
        side = max(abs(away.x()), abs(away.y()))
        corner = QPointF(side if away.x() >= 0 else -side, side if away.y() >= 0 else -side)
        self._drag = QRectF(self._press, self._press + corner).normalized().intersected(square)
        self.update()

    @guarded
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._press, self._drag = self._drag, None, None
        self.update()
        if drag is not None and min(drag.width(), drag.height()) > _LEAST:
            square = self.square
            x = tuple((edge - square.left()) / square.width() for edge in (drag.left(), drag.right()))
            y = tuple((square.bottom() - edge) / square.height() for edge in (drag.bottom(), drag.top()))
            self.zoomed.emit(x, y)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Backspace:
            self.back.emit()
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Return):
            self.zoomed.emit((0.25, 0.75), (0.25, 0.75))
        else:
            super().keyPressEvent(event)

    def _tip(self, point: QPointF) -> str:
        square = self.square
        if not square.contains(point):
            return ""
        x, y = (point.x() - square.left()) / square.width(), (square.bottom() - point.y()) / square.height()
        rows, columns = self.values.shape
        value = self.values[min(int(y * rows), rows - 1), min(int(x * columns), columns - 1)]
        ends = "not computed yet" if np.isnan(value) else "converges" if value < 0 else "does not converge"
        across, up = self.region.value(x, y)
        return f"{ACROSS}: {across:.6g}\n{UP}: {up:.6g}\n{ends}"


def _square(rect: QRectF) -> QRectF:
    side = max(min(rect.width() - _LEFT - 16.0, rect.height() - _TOP - _BELOW), 16.0)
    left = rect.left() + _LEFT + max((rect.width() - _LEFT - 16.0 - side) / 2, 0.0)
    return QRectF(round(left), round(rect.top() + _TOP), round(side), round(side))


def _paint_axis(
    painter: QPainter, square: QRectF, ends: tuple[float, float], name: str, theme: Theme, upright: bool
) -> None:
    low, high = np.log10(ends).tolist()
    ticks = log_ticks(low, high, 6)
    if len(ticks) < 2:
        # Deep in a map no round numbers are left: both ends, as exactly as tells them apart.
        ticks = ((low, f"{ends[0]:.8g}"), (high, f"{ends[1]:.8g}"))
    painter.setPen(QColor(theme.muted))
    for at, text in ticks:
        share = (at - low) / (high - low)
        width, height = text_width(text) + 2, line_height()
        if upright:
            y = square.bottom() - share * square.height()
            box = QRectF(square.left() - 6 - width, y - height / 2, width, height)
        else:
            x = square.left() + share * square.width()
            box = QRectF(x - width / 2, square.bottom() + 4, width, height)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip), text)
    painter.setPen(QColor(theme.text))
    if upright:
        painter.save()
        painter.translate(square.left() - _LEFT + line_height() / 2 + 2, square.center().y())
        painter.rotate(-90)
        painter.drawText(QRectF(-200, -10, 400, 20), int(Qt.AlignmentFlag.AlignCenter), name)
        painter.restore()
    else:
        box = QRectF(square.left(), square.bottom() + 4 + line_height(), square.width(), line_height() + 4)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), name)
