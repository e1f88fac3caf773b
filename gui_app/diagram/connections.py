"""Connections as curves, drawn by width and colour."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import ceil
from typing import cast

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from shiboken6 import wrapInstance

from gui_app.diagram.arrangement import Arrangement
from gui_app.diagram.model import NetworkValues
from gui_app.diagram.strengths import QUANTITIES, Strengths, colours_of
from gui_app.session.looked_at import Unit
from gui_app.theme.tokens import Theme, mix

LEVELS = 8
"""Widths that are told apart."""
WIDEST, NARROWEST = 5.0, 0.6
PALEST = 0.22
"""Share of the colour in the thinnest lines."""
FADED = 0.25
"""Share of the colour in connections that are not those of the neuron pointed at, or end at a silenced one."""
MANY = 700
"""From so many connections on, lines of at most a pixel are drawn without antialiasing."""
_LONG = 80.0
_SMOOTH, _FLAT, _BEVEL = (
    QPainter.RenderHint.Antialiasing, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.BevelJoin,
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """Curves of one colour and width: those at the indices ``rows`` of ``curves_of``."""

    rows: NDArray[np.intp]
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

    def touching(self, unit: Unit) -> NDArray[np.bool_]:
        """Return which connections begin or end at a neuron."""
        if unit.layer == self.layer:
            return np.equal(self.targets, unit.index)
        return np.equal(self.sources, unit.index) & (unit.layer == self.layer - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """The curves of all gaps, one after another: ``points`` [n, k, 2], and unit vectors across each of them.

    ``layers`` are the layers that they lead to.
    """

    layers: NDArray[np.intp]
    points: NDArray[np.float64]
    across: NDArray[np.float64]

    def lines(self, rows: NDArray[np.intp], shifts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the segments [n, 4] of some curves, once for each of the pixels by which they are shifted across."""
        points = self.points[rows]
        if len(shifts) > 1:
            points = points + shifts[:, None, None, None] * self.across[rows]
        return np.concatenate([points[..., :-1, :], points[..., 1:, :]], axis=-1).reshape(-1, 4)


@lru_cache(maxsize=4)
def gaps_of(arrangement: Arrangement) -> tuple[Gap, ...]:
    """Return the gaps between neighbouring columns, from the inputs on."""
    half, columns = arrangement.side / 2, arrangement.columns
    steps = 7 if arrangement.pitch - arrangement.side < _LONG else 25
    gaps = []
    for before, after in pairwise(columns):
        count = len(before.units), len(after.units)
        sources = np.repeat(np.array(before.units, dtype=np.intp), count[1])
        targets = np.tile(np.array(after.units, dtype=np.intp), count[0])
        from_y, to_y = np.repeat(np.array(before.ys), count[1]), np.tile(np.array(after.ys), count[0])
        points = _bezier(before.x + half, after.x - half, from_y, to_y, steps)
        gaps.append(Gap(after.layer, sources, targets, points))
    return tuple(gaps)


@lru_cache(maxsize=4)
def curves_of(arrangement: Arrangement) -> Curves:
    """Return the curves of all connections."""
    points = np.concatenate([gap.points for gap in gaps_of(arrangement)])
    along = np.gradient(points, axis=1)
    length = np.maximum(np.hypot(along[..., 0], along[..., 1]), 1e-9)
    layers = np.concatenate([np.full(len(gap.points), gap.layer) for gap in gaps_of(arrangement)])
    return Curves(layers, points, np.stack([-along[..., 1], along[..., 0]], axis=-1) / length[..., None])


def curve_between(arrangement: Arrangement, layer: int, source: int, target: int) -> QPolygonF | None:
    """Return the curve of a connection into ``layer``; None for one that is not drawn."""
    gap = gaps_of(arrangement)[layer - 1]
    found = np.flatnonzero((gap.sources == source) & (gap.targets == target))
    return polygon_of(gap.points[found[0]]) if len(found) else None


def polygon_of(points: NDArray[np.float64]) -> QPolygonF:
    """Return points [k, 2] as Qt's polygon."""
    polygon: QPolygonF = arrayToQPolygonF(points[:, 0], points[:, 1])
    return polygon


def _bezier(
    left: float, right: float, from_y: NDArray[np.float64], to_y: NDArray[np.float64], steps: int
) -> NDArray[np.float64]:
    """Return the points [n, k, 2] of Bézier curves that leave and arrive horizontally."""
    share = np.linspace(0.0, 1.0, steps)
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
    arrangement: Arrangement,
    shares: Sequence[NDArray[np.floating]],
    quantity: str,
    theme: Theme,
    unit: Unit | None = None,
    silenced: Collection[Unit] = (),
) -> tuple[Stroke, ...]:
    """Return the curves of all connections, the strongest last.

    With a ``unit``, those fade that are not its own; without one, those of neurons that dropout has ``silenced``.
    """
    gaps, curves, layers = gaps_of(arrangement), curves_of(arrangement), arrangement.shape.layers
    share = np.concatenate(shares)
    drawn = np.flatnonzero(share)
    depth = np.minimum((np.abs(share[drawn]) * LEVELS).astype(int), LEVELS - 1)
    own = np.concatenate([_full(gap, unit, silenced) for gap in gaps])[drawn] if unit or silenced else True
    # Colours of values with a sign are the same in all layers.
    layer = 1 if QUANTITIES[quantity].signed else curves.layers[drawn]
    group = ((own * LEVELS + depth) * (layers + 1) + layer) * 2 + (share[drawn] > 0)
    order = np.argsort(group, kind="stable")
    ends = [*np.flatnonzero(np.diff(group[order], append=-1)).tolist()]
    full, many, start, strokes = widest(arrangement), len(share) >= MANY, 0, []
    for end in ends:
        rest, positive = divmod(int(group[order[end]]), 2)
        rest, of_layer = divmod(rest, layers + 1)
        is_own, level = divmod(rest, LEVELS)
        middle = (level + 0.5) / LEVELS
        colour = line_colour(middle, colours_of(quantity, of_layer, layers, theme)[positive], theme)
        colour = colour if is_own else mix(theme.panel, colour, FADED)
        rows = drawn[order[start : end + 1]]
        width = line_width(middle, full, theme)
        strokes.append(Stroke(rows, colour, width, smooth=width > 1.0 or not many))
        start = end + 1
    return tuple(strokes)


def _full(gap: Gap, unit: Unit | None, silenced: Collection[Unit]) -> NDArray[np.bool_]:
    """Return which connections have their full colours."""
    if unit is not None:
        return gap.touching(unit)
    full = np.ones(len(gap.points), dtype=bool)
    for one in silenced:
        full &= ~gap.touching(one)
    return full


def line_width(share: float, full: float, theme: Theme) -> float:
    """Return the width of a line: a share of the ``full`` one, but never too thin to be seen."""
    return theme.line_scale * max(share * full, min(NARROWEST, full / 2))


def line_colour(share: float, colour: str, theme: Theme) -> str:
    """Return the colour of a line: paler where it is thin, but opaque, which Qt strokes faster."""
    return mix(theme.panel, colour, PALEST + (1 - PALEST) * min(1.6 * share, 1.0))


def paint_strokes(
    painter: QPainter, arrangement: Arrangement, strokes: Sequence[Stroke], exact: bool = False
) -> None:
    """Paint the curves; ``exact`` with lines of their width, as exports need them.

    Qt draws a wide smooth line some ten times slower than one of a device pixel: on the screen, some narrow ones
    side by side look the same.
    """
    painter.setBrush(Qt.BrushStyle.NoBrush)
    curves, ratio = curves_of(arrangement), painter.device().devicePixelRatio()
    for stroke in strokes:
        painter.setRenderHint(_SMOOTH, stroke.smooth)
        if exact:
            painter.setPen(QPen(QColor(stroke.colour), stroke.width, c=_FLAT, j=_BEVEL))
            for row in stroke.rows.tolist():
                painter.drawPolyline(polygon_of(curves.points[row]))
        else:
            painter.setPen(QPen(QColor(stroke.colour), min(stroke.width, 1.0 / ratio), c=_FLAT))
            _draw_lines(painter, curves.lines(stroke.rows, _shifts(stroke.width, ratio)))
    painter.setRenderHint(_SMOOTH)


@lru_cache(maxsize=64)
def _shifts(width: float, ratio: float) -> NDArray[np.float64]:
    """Return where lines of one device pixel are, across a line of ``width`` pixels."""
    spread = max(width - 1.0 / ratio, 0.0) / 2
    return np.linspace(-spread, spread, max(ceil(width * ratio - 0.3), 1))


def _draw_lines(painter: QPainter, lines: NDArray[np.float64]) -> None:
    """Draw segments [n, 4] without an object for each: Qt reads the array's memory, four numbers a line."""
    first = cast(QLineF, wrapInstance(lines.__array_interface__["data"][0], QLineF))
    painter.drawLines(first, len(lines))
