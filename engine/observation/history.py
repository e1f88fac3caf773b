"""A lane's measurements over time: every epoch's losses, and its layers' numbers in some of the epochs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import numpy as np

from engine.catalogue.probes import PROBES
from engine.observation.rows import Rows, RowsDelta
from engine.observation.snapshot import Floats, HistoryView, Measurement

MOST_EPOCHS = 100_001
"""Rows up to which no epoch's losses are ever left out: 100,000 epochs, and what there was before."""
LARGEST = 1_000_000
"""Numbers about layers that a history keeps at most, where it has more rows than ``SMALLEST``: 8 MB."""
SMALLEST = 64
"""Rows that there is always room for."""
DENSE = 64
"""Epochs in each of which layers are measured, and rows about them in each doubling of the epochs from then on."""


def layers_due(epochs: int) -> bool:
    """Whether layers are measured so many epochs after a run's start or its latest edit.

    They are in each of the first 2 · ``DENSE`` epochs, in every second until as many epochs have gone by again, then
    in every fourth, and so on: which epochs these are hangs on nothing but their number.
    """
    stride = 1 << max(0, (epochs // DENSE).bit_length() - 1)
    return epochs % stride == 0


class History:
    """Append-only. ``most`` rows of losses are kept (see ``Rows`` for what goes when there are more)."""

    def __init__(self, layers: int, most: int = MOST_EPOCHS) -> None:
        self._identity = next(_identities)
        self._layers = layers
        width = len(PROBES) * layers
        self._epochs = Rows(_LOSSES, max(most, SMALLEST), extremes=True)
        self._measured = Rows(width, max(LARGEST // max(width, 1), SMALLEST))
        self._view: HistoryView | None = None

    def __len__(self) -> int:
        return len(self._epochs)

    @property
    def last_epoch(self) -> int:
        """Epoch of the newest row, −1 where there is none."""
        return self._epochs.last_epoch

    def step_of(self, epoch: int) -> int:
        """How many updates there had been after an epoch that has a row."""
        view = self.view()
        return int(view.step[np.searchsorted(view.epoch, epoch)])

    def append(self, epoch: int, step: int, numbers: Floats, best: int | None = None) -> None:
        """Add an epoch's losses, penalty and scores [7]; the row of epoch ``best`` must always stay."""
        self._epochs.append(epoch, step, numbers, best)
        self._view = None

    def append_layers(self, measurement: Measurement, best: int | None = None) -> None:
        """Add what is known of the layers in an epoch."""
        self._measured.append(measurement.epoch, measurement.step, measurement.layers.ravel(), best)
        self._view = None

    def view(self) -> HistoryView:
        """All rows as arrays; the same object until something is appended."""
        if self._view is None:
            self._view = _as_view(self._epochs, self._measured, self._layers)
        return self._view

    def delta(self) -> HistoryDelta:
        """What has come since the last call."""
        return HistoryDelta(self._identity, self._layers, self._epochs.delta(), self._measured.delta())


@dataclass(frozen=True, slots=True)
class HistoryDelta:
    """How a history differs from what it was earlier. ``history`` tells histories of one process apart."""

    history: int
    layers: int
    epochs: RowsDelta
    measured: RowsDelta

    def merged(self, newer: HistoryDelta) -> HistoryDelta:
        """This delta and the next one of the same history as one."""
        return HistoryDelta(
            self.history,
            self.layers,
            self.epochs.merged(newer.epochs),
            self.measured.merged(newer.measured),
        )


class Follower:
    """Has the rows of a history somewhere else, from deltas that must all arrive, in order."""

    def __init__(self, first: HistoryDelta) -> None:
        self._layers = first.layers
        self._epochs, self._measured = Rows(_LOSSES), Rows(len(PROBES) * first.layers)
        self._take(first)

    def follow(self, delta: HistoryDelta) -> None:
        if len(delta.epochs) or len(delta.measured):
            self._take(delta)

    def _take(self, delta: HistoryDelta) -> None:
        self._epochs.follow(delta.epochs)
        self._measured.follow(delta.measured)
        self.view = _as_view(self._epochs, self._measured, self._layers)
        """All rows as arrays; the same object until something is appended."""


_identities = count()
_LOSSES = 7
"""Three losses, the penalty, three scores."""


def _as_view(epochs: Rows, measured: Rows, layers: int) -> HistoryView:
    when, numbers = epochs.arrays()
    layer_when, blocks = measured.arrays()
    return HistoryView(
        epoch=when[:, 0],
        step=when[:, 1],
        loss=numbers[:, :3],
        penalty=numbers[:, 3],
        score=numbers[:, 4:],
        layer_epoch=layer_when[:, 0],
        layer_step=layer_when[:, 1],
        layers=blocks.reshape(len(blocks), len(PROBES), layers),
    )


def empty_view(layers: int = 0) -> HistoryView:
    """A history without rows."""
    return History(layers).view()
