"""Connections as curves, drawn by width and colour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gui_app.diagram.arrangement import Arrangement
from gui_app.diagram.model import NetworkValues
from gui_app.diagram.strengths import Strengths, colours_of
from gui_app.theme.tokens import Theme, mix

LEVELS = 8
"""Widths that are told apart."""
WIDEST, NARROWEST = 5.0, 0.6
PALEST = 0.22
"""Share of the colour in the thinnest lines."""
MANY = 700
"""From so many connections on, the thinnest lines are drawn without antialiasing."""
_LONG = 80.0


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """Curves of one colour and width."""

    curves: tuple[QPolygonF, ...]
    colour: str
    width: float
    smooth: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """All drawn connections into ``layer``: the neurons at their ends, and their curves ``points`` [n, k, 2]."""

    layer: int
    sources: NDArray[np.intp]
    targets: NDArray[np.intp]
    points: NDArray[np.float64]
    curves: tuple[QPolygonF, ...]


@lru_cache(maxsize=4)
def gaps_of(arrangement: Arrangement) -> tuple[Gap, ...]:
    """Return the gaps between neighbouring columns, from the inputs on."""
    half, columns = arrangement.side / 2, arrangement.columns
    gaps = []
    for before, after in pairwise(columns):
        count = len(before.units), len(after.units)
        sources = np.repeat(np.array(before.units, dtype=np.intp), count[1])
        targets = np.tile(np.array(after.units, dtype=np.intp), count[0])
        from_y, to_y = np.repeat(np.array(before.ys), count[1]), np.tile(np.array(after.ys), count[0])
        points = _curves(before.x + half, after.x - half, from_y, to_y)
        curves = tuple(QPolygonF([QPointF(*point) for point in curve]) for curve in points.tolist())
        gaps.append(Gap(after.layer, sources, targets, points, curves))
    return tuple(gaps)


def _curves(
    left: float, right: float, from_y: NDArray[np.float64], to_y: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the points [n, k, 2] of Bézier curves that leave and arrive horizontally."""
    share = np.linspace(0.0, 1.0, 9 if right - left < _LONG else 25)
    early, late = 3 * share * (1 - share) ** 2, 3 * share**2 * (1 - share)
    x = left + (right - left) * ((early + late) / 2 + share**3)
    y = from_y[:, None] + (to_y - from_y)[:, None] * (late + share**3)
    return np.stack([np.broadcast_to(x, y.shape), y], axis=-1)


def widest(arrangement: Arrangement) -> float:
    """Return the full width of a line, in pixels: less where neurons are close."""
    gap = arrangement.pitch - arrangement.side
    return min(max(0.12 * min(arrangement.slot, gap), 1.2), WIDEST)


def shares_of(
    arrangement: Arrangement, values: NetworkValues, strengths: Strengths
) -> tuple[NDArray[np.floating], ...]:
    """Return for each gap the shares [n] of the full width, below 0 for negative values; 0 is not drawn."""
    return tuple(
        _gap_shares(gap, values, strength.share * np.where(strength.sign < 0, -1.0, 1.0))
        for gap, strength in zip(gaps_of(arrangement), strengths.layers, strict=True)
    )


def _gap_shares(gap: Gap, values: NetworkValues, shares: NDArray[np.floating]) -> NDArray[np.floating]:
    sources, targets = values.rows[gap.layer - 1][gap.sources], values.rows[gap.layer][gap.targets]
    # The weights of neurons that the engine does not show are not known.
    return np.where((sources >= 0) & (targets >= 0), shares[sources, targets], 0.0)


def strokes_of(
    arrangement: Arrangement, shares: Sequence[NDArray[np.floating]], quantity: str, theme: Theme
) -> tuple[Stroke, ...]:
    """Return the curves of all connections, the strongest last."""
    found: dict[tuple[int, str], list[QPolygonF]] = defaultdict(list)
    gaps = gaps_of(arrangement)
    for gap, share in zip(gaps, shares, strict=True):
        colours = colours_of(quantity, gap.layer, arrangement.shape.layers, theme)
        drawn = np.flatnonzero(share)
        level = np.minimum((np.abs(share[drawn]) * LEVELS).astype(int), LEVELS - 1)
        for index, depth, positive in zip(
            drawn.tolist(), level.tolist(), (share[drawn] > 0).tolist(), strict=True
        ):
            found[depth, colours[positive]].append(gap.curves[index])
    full, many = widest(arrangement), sum(len(gap.curves) for gap in gaps) >= MANY
    return tuple(
        Stroke(
            tuple(curves),
            line_colour((depth + 0.5) / LEVELS, colour, theme),
            line_width((depth + 0.5) / LEVELS, full),
            smooth=bool(depth) or not many,
        )
        for (depth, colour), curves in sorted(found.items(), key=lambda item: item[0])
    )


def line_width(share: float, full: float) -> float:
    return max(share * full, min(NARROWEST, full / 2))


def line_colour(share: float, colour: str, theme: Theme) -> str:
    """Return the colour of a line: paler where it is thin, but opaque, which Qt strokes faster."""
    return mix(theme.panel, colour, PALEST + (1 - PALEST) * min(1.6 * share, 1.0))


def paint_strokes(painter: QPainter, strokes: Sequence[Stroke]) -> None:
    """Paint the curves; Qt strokes many short ones some ten times faster than one path of them all."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for stroke in strokes:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, stroke.smooth)
        pen = QPen(QColor(stroke.colour), stroke.width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
        painter.setPen(pen)
        for curve in stroke.curves:
            painter.drawPolyline(curve)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
