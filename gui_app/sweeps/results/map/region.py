"""The region of a map, and the spec that computes it."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resources import read_text

SIDE = 64
"""Cells along a side of a map."""
LARGEST = 16
"""Cells along a side of the largest tile that one network stands for meanwhile."""
FINE = 1e-5
"""Relative distance of neighbours below which float32 cannot tell them apart."""
Range = tuple[float, float]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Region:
    """Ends of both axes, which grow by factors."""

    x: Range
    y: Range

    @property
    def is_fine(self) -> bool:
        """Whether its neighbours need float64."""
        return any(math.log(high / low) / (SIDE - 1) < FINE for low, high in (self.x, self.y))

    def part(self, x: Range, y: Range) -> Region:
        """Return the region between shares of the axes, from 0 at their lower ends to 1."""
        return Region(_between(self.x, x), _between(self.y, y))

    def value(self, x: float, y: float) -> tuple[float, float]:
        """Return the values at shares of both axes."""
        return _at(self.x, x), _at(self.y, y)


def first_region() -> Region:
    """Return the whole map."""
    x, y = _template()["axes"]
    return Region((x["from"], x["to"]), (y["from"], y["to"]))


def spec_of(region: Region) -> str:
    """Return the text of the spec that computes a region."""
    spec = _template()
    for axis, (low, high) in zip(spec["axes"], (region.x, region.y), strict=True):
        axis |= {"from": low, "to": high, "count": SIDE}
    return json.dumps(spec, indent=1)


def coarse(values: Floats) -> Floats:
    """Fill what is not computed yet with a neighbour that is: tiles become finer as results arrive.

    Cells without a neighbour in a tile of ``LARGEST`` cells a side stay NaN.
    """
    filled, side = values, 1
    while np.isnan(filled).any() and side < LARGEST:
        side *= 2
        filled = np.where(np.isnan(filled), _tiles(values, side), filled)
    return filled


def enlarged(values: Floats, x: Range, y: Range) -> Floats:
    """Return the part between shares of both axes, as large as the whole: each cell has the nearest one's value."""
    rows, columns = values.shape
    row, column = (
        np.clip(
            (length * (low + (high - low) * (np.arange(length) + 0.5) / length)).astype(int), 0, length - 1
        )
        for length, (low, high) in ((rows, y), (columns, x))
    )
    return values[np.ix_(row, column)]


def _tiles(values: Floats, side: int) -> Floats:
    """The first known value of each tile, in all of its cells."""
    rows, columns = (-(-length // side) for length in values.shape)
    whole = np.full((rows * side, columns * side), np.nan)
    whole[: values.shape[0], : values.shape[1]] = values
    tiles = whole.reshape(rows, side, columns, side).transpose(0, 2, 1, 3).reshape(rows, columns, -1)
    known = (~np.isnan(tiles)).argmax(axis=2)
    first = np.take_along_axis(tiles, known[..., None], axis=2)[..., 0]
    spread: Floats = first.repeat(side, axis=0).repeat(side, axis=1)[: values.shape[0], : values.shape[1]]
    return spread


def _template() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(read_text("sweeps/trainability.json"))
    return found


def _at(ends: Range, share: float) -> float:
    low, high = ends
    return float(low * (high / low) ** share)


def _between(ends: Range, shares: Range) -> Range:
    return _at(ends, shares[0]), _at(ends, shares[1])
