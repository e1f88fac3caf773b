"""What the pictures of the help are drawn on: a painter in the colours of the theme, with curves, networks and text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPolygonF

from gui_app.theme import text_size
from gui_app.theme.tokens import Theme

WIDTH, HEIGHT = 340.0, 132.0
"""The size of every picture, in pixels."""
Numbers = NDArray[np.floating]
Span = tuple[float, float]


@dataclass(frozen=True)
class Sheet:
    """A picture that is being painted; positions are in pixels from the top left."""

    painter: QPainter
    theme: Theme

    def text(
        self, x: float, y: float, text: str, colour: str = "", align: str = "left", bold: bool = False
    ) -> None:
        """Write a line of text whose base line is at ``y``."""
        font = QFont(self.painter.font())
        # The picture grows with the size of text as a whole.
        font.setPixelSize(text_size.SMALL)
        font.setBold(bold)
        self.painter.setFont(font)
        self.painter.setPen(QColor(colour or self.theme.muted))
        width = self.painter.fontMetrics().horizontalAdvance(text)
        self.painter.drawText(QPointF(x - {"left": 0, "middle": width / 2, "right": width}[align], y), text)

    def line(
        self, points: Iterable[tuple[float, float]], colour: str, width: float = 1.5, dashed: bool = False
    ) -> None:
        pen = QPen(QColor(colour), width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if dashed:
            pen.setDashPattern([3, 3])
        self.painter.setPen(pen)
        self.painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))

    def arrow(self, start: tuple[float, float], end: tuple[float, float], colour: str) -> None:
        """Draw an arrow from one position to another."""
        self.line([start, end], colour)
        along = np.subtract(end, start) / max(float(np.hypot(*np.subtract(end, start))), 1e-9)
        across = np.array([-along[1], along[0]])
        for side in (1, -1):
            x, y = np.asarray(end) - 6 * along + side * 3.5 * across
            self.line([(float(x), float(y)), end], colour)

    def dot(self, x: float, y: float, colour: str, radius: float = 2.5, hollow: bool = False) -> None:
        """Draw a disc, or a ring."""
        self.painter.setPen(QPen(QColor(colour), 1.4) if hollow else Qt.PenStyle.NoPen)
        self.painter.setBrush(QColor(self.theme.panel if hollow else colour))
        self.painter.drawEllipse(QPointF(x, y), radius, radius)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)

    def bar(self, rect: QRectF, colour: str) -> None:
        self.painter.fillRect(rect, QColor(colour))

    def box(self, rect: QRectF, text: str = "", fill: str = "") -> None:
        """Draw a rounded box with a text in its middle."""
        path = QPainterPath()
        path.addRoundedRect(rect, 5, 5)
        self.painter.fillPath(path, QColor(fill or self.theme.raised))
        self.painter.setPen(QPen(QColor(self.theme.border), 1))
        self.painter.drawPath(path)
        self.text(rect.center().x(), rect.center().y() + 4, text, self.theme.text, "middle")

    def axes(
        self, rect: QRectF, x: Span, y: Span, names: tuple[str, str] = ("", ""), zero: bool = False
    ) -> Axes:
        """Draw axes along the left and lower side of ``rect``, or through zero, and return their mapping."""
        axes = Axes(self, rect, x, y)
        left = axes.at(0.0, 0.0)[0] if zero else rect.left()
        bottom = axes.at(0.0, 0.0)[1] if zero else rect.bottom()
        self.line([(left, rect.top()), (left, rect.bottom())], self.theme.border, 1)
        self.line([(rect.left(), bottom), (rect.right(), bottom)], self.theme.border, 1)
        self.text(rect.right(), rect.bottom() + 14, names[0], align="right")
        self.text(rect.left() - 4, rect.top() - 5, names[1])
        return axes


@dataclass(frozen=True)
class Axes:
    """The mapping of numbers into a rectangle of a sheet."""

    sheet: Sheet
    rect: QRectF
    x: Span
    y: Span

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the position of a point."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return self.rect.left() + across * self.rect.width(), self.rect.bottom() - up * self.rect.height()

    def curve(self, x: Numbers, y: Numbers, colour: str, width: float = 2.0, dashed: bool = False) -> None:
        """Draw y over x; what lies outside is cut off."""
        painter = self.sheet.painter
        painter.save()
        painter.setClipRect(self.rect.adjusted(-2, -2, 2, 2))
        self.sheet.line(
            [self.at(*pair) for pair in zip(x.tolist(), y.tolist(), strict=True)], colour, width, dashed
        )
        painter.restore()

    def dots(self, points: Numbers, colours: str | Sequence[str], radius: float = 2.2) -> None:
        """Draw points [n, 2]."""
        shades = [colours] * len(points) if isinstance(colours, str) else colours
        for (x, y), colour in zip(points.tolist(), shades, strict=True):
            self.sheet.dot(*self.at(x, y), colour, radius)
