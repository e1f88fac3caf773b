"""What a view may draw: immutable, picklable pictures of training at one moment. NumPy only, no tensors.

Losses are in the user's own units, evaluated without dropout; a split without points counts as NaN. Arrays over
splits are ordered training, validation, test; arrays over layers from layer 1 (input side) to layer L (output).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Extent = tuple[float, float, float, float]
"""x low, x high, y low, y high, in canvas units."""

CANVAS_EXTENT: Extent = (-6.0, 6.0, -6.0, 6.0)

Status = Literal["training", "stopped", "diverged"]


@dataclass(frozen=True, slots=True)
class Stop:
    """Why and when a lane stopped by itself; ``best_epoch`` is the epoch whose weights it holds, if restored."""

    kind: Literal["early_stopping", "divergence"]
    epoch: int
    best_epoch: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Measurement:
    """One lane measured at one moment.

    ``loss`` and ``score`` [3] over splits (score: accuracy 0…1 or R²); ``weight_gradient`` and ``bias_gradient`` [L]:
    L2 norms of ∂C/∂W_l and ∂C/∂b_l of the cost over the whole training split, without dropout and before clipping.
    """

    epoch: int
    step: int
    loss: Floats
    penalty: float
    score: Floats
    weight_gradient: Floats
    bias_gradient: Floats


@dataclass(frozen=True, slots=True)
class HistoryView:
    """Measurements over time, oldest first; r rows. The last row is the newest measurement."""

    epoch: NDArray[np.int64]
    step: NDArray[np.int64]
    loss: Floats
    """[r, 3]"""
    penalty: Floats
    """[r]"""
    score: Floats
    """[r, 3]"""
    weight_gradient: Floats
    """[r, L]"""
    bias_gradient: Floats
    """[r, L]"""

    def __len__(self) -> int:
        return len(self.epoch)


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the network answers on a grid over ``extent``.

    ``values`` float32: class probabilities [rows, columns, classes] for classification, values [rows, columns] for
    surface (row 0 at y low, column 0 at x low; grid points at the centres of rows × columns equal cells), and
    heights [columns] for curve (first at x low, last at x high).
    """

    extent: Extent
    values: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LaneSnapshot:
    """``best_epoch`` is the epoch with the lowest validation loss so far, None without validation points."""

    name: str
    status: Status
    stop: Stop | None
    best_epoch: int | None
    now: Measurement
    history: HistoryView
    prediction: Prediction | None
    stops: tuple[Stop, ...] = ()
    """All its ends so far, oldest first, those included from which it went on."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``serial`` grows with every snapshot; ``run`` grows when lanes start again from their seeds.

    ``task`` and ``classes`` are those of the data that the networks were trained on. ``obeyed`` counts the driving
    commands (play, pause, step, reset, save) that came before, so that a sender can tell whether its own is in.
    """

    serial: int
    run: int
    obeyed: int
    task: str
    classes: int
    playing: bool
    epoch: int
    step: int
    steps_per_second: float
    training_points: int
    lanes: tuple[LaneSnapshot, ...]
