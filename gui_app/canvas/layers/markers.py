"""The shapes and colours of points: class by shape and colour, split by filling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from engine.experiment import TEST, VALIDATION
from gui_app.theme.tokens import Theme, mix

_PLUS = [
    (0.36, 1.1), (0.36, 0.36), (1.1, 0.36), (1.1, -0.36), (0.36, -0.36), (0.36, -1.1),
    (-0.36, -1.1), (-0.36, -0.36), (-1.1, -0.36), (-1.1, 0.36), (-0.36, 0.36), (-0.36, 1.1),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """Colours of a marker: its fill, its edge (``width`` pixels wide), and an optional halo around the edge."""

    fill: QColor
    edge: QColor
    width: float
    halo: QColor | None = None


def marker_path(symbol: str, radius: float) -> QPainterPath:
    """Return the shape of a pyqtgraph symbol around (0, 0), about as large as a circle of ``radius`` pixels."""
    path = QPainterPath()
    if symbol == "o":
        path.addEllipse(QPointF(0, 0), radius, radius)
        return path
    path.addPolygon(QPolygonF([QPointF(x * radius, y * radius) for x, y in _corners(symbol)]))
    path.closeSubpath()
    return QTransform().rotate(45).map(path) if symbol == "x" else path


def _corners(symbol: str) -> Sequence[tuple[float, float]]:
    """Return the corners in units of the radius, y down."""
    match symbol:
        case "s":
            return [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]
        case "t1":
            return [(x, y + 0.15) for x, y in _regular(3, 1.3)]
        case "t":
            return [(x, -y - 0.15) for x, y in _regular(3, 1.3)]
        case "d":
            return _regular(4, 1.25)
        case "p":
            return _regular(5, 1.12)
        case "h":
            return _regular(6, 1.1)
        case "star":
            outer, inner = _regular(5, 1.4), [(-x, -y) for x, y in _regular(5, 0.62)]
            return [corner for k in range(5) for corner in (outer[k], inner[(k + 3) % 5])]
        case "+" | "x":
            return _PLUS
    raise ValueError(f"no marker named {symbol!r}")


def _regular(corners: int, radius: float) -> list[tuple[float, float]]:
    turns = [2 * pi * k / corners for k in range(corners)]
    return [(radius * sin(turn), -radius * cos(turn)) for turn in turns]


def marker_look(colour: str, split: int, theme: Theme, paper: str) -> Look:
    """Return a class marker's look: training points are filled and have a rim of paper, validation points are
    outlined, and test points are pale and have a dark rim, so that they differ on a ground of their own colour, too.
    """
    if split == VALIDATION:
        edge = mix(colour, theme.boundary, 0.1 if theme.is_dark else 0.22)
        return Look(QColor(paper), QColor(edge), 1.6)
    if split == TEST:
        return Look(QColor(mix(paper, colour, 0.45)), QColor(mix(colour, theme.boundary, 0.75)), 1.0)
    return Look(QColor(colour), faded(paper, 0.9), 1.0)


def value_look(colour: str, split: int, theme: Theme, paper: str) -> Look:
    """Return a value marker's look: as ``marker_look``, but visible on a background of the same colour, and of the
    exact colour in test points, too.
    """
    line = faded(theme.boundary, 0.6)
    if split == VALIDATION:
        return Look(QColor(paper), QColor(colour), 1.7, halo=line)
    if split == TEST:
        return Look(QColor(colour), faded(theme.boundary, 0.9), 1.0)
    return Look(QColor(colour), line, 0.9)


def paint_marker(painter: QPainter, path: QPainterPath, look: Look) -> None:
    painter.setBrush(look.fill)
    if look.halo is not None:
        painter.setPen(_pen(look.halo, look.width + 1.5))
        painter.drawPath(path)
        painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(look.edge, look.width))
    painter.drawPath(path)


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    return pen


def faded(colour: str, opacity: float) -> QColor:
    """Return the colour with an opacity of 0…1."""
    faded = QColor(colour)
    faded.setAlphaF(opacity)
    return faded
