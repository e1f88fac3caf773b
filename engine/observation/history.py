"""A lane's measurements over time: every epoch's losses, and its layers' numbers in some of the epochs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import numpy as np

from engine.catalogue.probes import PROBES
from engine.catalogue.regularizers import PENALTY_PARTS
from engine.data.kept_run import Growing
from engine.experiment.kept_run import LAYER_ROWS, LOSS_ROWS, AnyArray, RunError, rows_type
from engine.observation.rows import Integers, Rows, RowsDelta
from engine.observation.snapshot import Floats, HistoryView, Measurement

MOST_EPOCHS = 100_001
"""Most rows of losses: the row from before training and those of 100,000 epochs."""
LARGEST = 1_000_000
"""Most numbers about layers in a history of more than ``SMALLEST`` rows: 8 MB."""
HIGHEST = 1e150
"""No finite loss, penalty or number of a layer that single precision gives is above this."""
SMALLEST = 64
"""Rows that are always kept."""
DENSE = 64
"""Rows about layers while the number of epochs doubles; before that, one in each epoch."""


def layers_due(epochs: int) -> bool:
    """Whether layers are measured in an epoch.

    They are measured in each of the first 2 · ``DENSE`` epochs, then in every second epoch until the number of epochs
    has doubled, then in every fourth, and so on. Nothing but the number of epochs decides.

    Parameters
    ----------
    epochs
        Whole epochs since the run's start or its latest edit; 0 or more.

    >>> [epochs for epochs in range(124, 140) if layers_due(epochs)]
    [124, 125, 126, 127, 128, 130, 132, 134, 136, 138]

    Returns
    -------
    bool
    """
    stride = 1 << max(0, (epochs // DENSE).bit_length() - 1)
    return epochs % stride == 0


def next_layers_due(epochs: int) -> int:
    """Return in how many epochs layers are measured next.

    Parameters
    ----------
    epochs
        As for ``layers_due``.

    Returns
    -------
    int
        1 or more.

    Examples
    --------
    >>> [next_layers_due(epochs) for epochs in (0, 127, 128, 129, 255, 256)]
    [1, 1, 2, 1, 1, 4]
    """
    stride = 1 << max(0, (epochs // DENSE).bit_length() - 1)
    return stride - epochs % stride


class History:
    """The numbers of one run, which can only be appended to.

    Parameters
    ----------
    layers
        How many layers the lane has, the output layer included.
    most
        How many rows of losses are kept; ``Rows`` says which are removed.

    Examples
    --------
    >>> history = History(layers=1)
    >>> history.append(0, 0, np.arange(9.0))
    >>> history.view().loss.tolist(), history.view().penalty.tolist()
    ([[0.0, 1.0, 2.0]], [3.0])
    """

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

    @property
    def size(self) -> int:
        """Bytes of memory that its rows take."""
        return self._epochs.size + self._measured.size

    def step_of(self, epoch: int) -> int | None:
        """Return the number of updates up to the end of an epoch.

        Parameters
        ----------
        epoch
            Whole epochs.

        Returns
        -------
        int or None
            None if the epoch has no row.
        """
        view = self.view()
        row = int(np.searchsorted(view.epoch, epoch))
        return int(view.step[row]) if row < len(view) and view.epoch[row] == epoch else None

    def append(self, epoch: int, step: int, numbers: Floats, best: int | None = None) -> None:
        """Add the row of an epoch.

        Parameters
        ----------
        epoch, step
            Whole epochs and updates so far; epochs ascend.
        numbers : float64 [9]
            Losses by split, penalty, scores by split, L1 and L2 penalty.
        best
            The epoch whose row must always stay, if there is one.
        """
        self._epochs.append(epoch, step, numbers, best)
        self._view = None

    def extend(self, when: Integers, numbers: Floats, best: Callable[[int], int | None]) -> None:
        """Add the rows of several epochs.

        Parameters
        ----------
        when : int64 [n, 2]
            Whole epochs and updates so far; epochs ascend.
        numbers : float64 [n, 9]
            Losses by split, penalty, scores by split, L1 and L2 penalty.
        best
            ``best(index)`` returns the epoch whose row must stay when row ``index`` is added, None without one.
        """
        self._epochs.extend(when, numbers, best)
        self._view = None

    def append_layers(self, measurement: Measurement, best: int | None = None) -> None:
        """Add the layers of an epoch.

        Parameters
        ----------
        measurement
            Its epoch is above that of the last call.
        best
            The epoch whose row must always stay, if there is one.
        """
        self._measured.append(measurement.epoch, measurement.step, measurement.layers.ravel(), best)
        self._view = None

    def view(self) -> HistoryView:
        """All rows as arrays; the same object until something is appended."""
        if self._view is None:
            self._view = _as_view(self._epochs, self._measured, self._layers)
        return self._view

    def delta(self) -> HistoryDelta:
        """The rows since the last call."""
        return HistoryDelta(self._identity, self._layers, self._epochs.delta(), self._measured.delta())

    # -- kept

    @property
    def strides(self) -> tuple[int, int]:
        """The strides of the rows of losses and of layers (see ``Rows``)."""
        return self._epochs.stride, self._measured.stride

    def growing(self) -> dict[str, Growing]:
        """The rows of losses and of layers as they are kept, by name."""
        both = {LOSS_ROWS: self._epochs, LAYER_ROWS: self._measured}
        return {
            name: Growing((self._identity, rows.generation), *rows.arrays()) for name, rows in both.items()
        }

    def copied(self) -> History:
        """A history of its own with the same rows."""
        history = History(self._layers)
        history._epochs, history._measured = self._epochs.copied(), self._measured.copied()
        return history

    def thinned(self, size: int, best: int | None = None) -> History:
        """Make a history of its own that takes less memory.

        Parameters
        ----------
        size
            Bytes that it should take; a few hundred rows always stay.
        best
            The epoch whose row must stay, if there is one.

        Returns
        -------
        History
            Where that is too little for all rows, with every second, fourth, … of them, and the extremes.
        """
        history = History(self._layers)
        history._measured = self._measured.thinned(size // 2, best)
        history._epochs = self._epochs.thinned(size - history._measured.size, best)
        return history

    @classmethod
    def restored(
        cls, layers: int, most: int, losses: AnyArray, measured: AnyArray, strides: tuple[int, int]
    ) -> History:
        """Make a history again of what was kept of it.

        Parameters
        ----------
        layers, most
            As for a new one.
        losses, measured
            The records of what ``growing`` returned. Numbers may be NaN, and infinite, as what is divided by a gradient
            that has vanished; those above ``HIGHEST`` count as infinite.
        strides
            As of then.

        Returns
        -------
        History

        Raises
        ------
        RunError
            If these cannot be its rows.
        """
        history = cls(layers, most)
        for rows, kept, stride in zip(
            (history._epochs, history._measured), (_with_parts(losses), measured), strides, strict=True
        ):
            if kept.dtype != rows_type(rows.width):
                raise RunError("its history does not go with its settings")
            numbers = kept["numbers"]
            beyond = np.abs(numbers) > HIGHEST
            numbers = np.where(beyond, np.copysign(np.inf, numbers), numbers)
            if not rows.restore(kept["when"], numbers, stride):
                raise RunError("its history does not go with its settings")
        return history


@dataclass(frozen=True)
class HistoryDelta:
    """New rows of a history.

    Attributes
    ----------
    history
        A number that identifies the history in its process.
    layers
        How many layers the lane has, the output layer included.
    epochs
        New rows of losses.
    measured
        New rows of layers.
    """

    history: int
    layers: int
    epochs: RowsDelta
    measured: RowsDelta

    def merged(self, newer: HistoryDelta) -> HistoryDelta:
        """Join two deltas.

        Parameters
        ----------
        newer
            The next one of the same history.

        Returns
        -------
        HistoryDelta
            The rows of both.
        """
        return HistoryDelta(
            self.history,
            self.layers,
            self.epochs.merged(newer.epochs),
            self.measured.merged(newer.measured),
        )


class Follower:
    """A copy of a history, made from its deltas, which must all arrive and in order.

    Parameters
    ----------
    first
        The delta with all rows up to then.
    """

    def __init__(self, first: HistoryDelta) -> None:
        self._layers = first.layers
        # The engine decides how many rows are kept; the window only takes the room for them.
        self._epochs, self._measured = Rows(_LOSSES, MOST_EPOCHS), Rows(len(PROBES) * first.layers)
        self._take(first)

    def follow(self, delta: HistoryDelta) -> None:
        """Add new rows.

        Parameters
        ----------
        delta
            The next one of the same history.
        """
        if len(delta.epochs) or len(delta.measured):
            self._take(delta)

    def _take(self, delta: HistoryDelta) -> None:
        self._epochs.follow(delta.epochs)
        self._measured.follow(delta.measured)
        self.view = _as_view(self._epochs, self._measured, self._layers)
        """All rows as arrays; the same object until something is appended."""


def _with_parts(losses: AnyArray) -> AnyArray:
    """Rows of losses; those that were kept before they told the penalty's parts get NaN for these."""
    if losses.dtype != rows_type(_FORMER):
        return losses
    rows = np.empty(len(losses), rows_type(_LOSSES))
    rows["when"], rows["numbers"] = losses["when"], np.nan
    rows["numbers"][:, :_FORMER] = losses["numbers"]
    return rows


_identities = count()
_FORMER = 7
"""Three losses, the penalty, three scores: what rows of losses held before they told the penalty's parts."""
_LOSSES = _FORMER + len(PENALTY_PARTS)


def _as_view(epochs: Rows, measured: Rows, layers: int) -> HistoryView:
    when, numbers = epochs.arrays()
    layer_when, blocks = measured.arrays()
    return HistoryView(
        epoch=when[:, 0],
        step=when[:, 1],
        loss=numbers[:, :3],
        penalty=numbers[:, 3],
        score=numbers[:, 4:_FORMER],
        layer_epoch=layer_when[:, 0],
        layer_step=layer_when[:, 1],
        layers=blocks.reshape(len(blocks), len(PROBES), layers),
        penalty_parts=numbers[:, _FORMER:],
    )


def empty_view(layers: int = 0) -> HistoryView:
    """A history without rows."""
    return History(layers).view()
