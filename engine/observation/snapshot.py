"""What a view may draw: immutable, picklable pictures of training at one moment. NumPy only, no tensors.

Losses and penalties are in the user's own units, evaluated without dropout; a split without points counts as NaN.
Arrays over splits are ordered training, validation, test; arrays over layers from layer 1 (input side) to layer L
(output).

What a snapshot has of each lane has no slots: dataclasses with slots take three times as long to pickle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.catalogue.canvas import CANVAS
from engine.catalogue.probes import PROBES
from engine.catalogue.regularizers import PENALTY_PARTS

Floats = NDArray[np.float64]
Extent = tuple[float, float, float, float]
"""x low, x high, y low, y high, in canvas units."""

CANVAS_EXTENT: Extent = (-CANVAS, CANVAS, -CANVAS, CANVAS)

PROBE_INDEX = {key: index for index, key in enumerate(PROBES)}
"""Index of each probe along the axis P of an array of numbers about layers."""

Status = Literal["training", "stopped", "diverged"]
"""What a lane does: it trains or can be trained on, was stopped early, or ended with a loss that is not finite."""
STATUS_WORDS: dict[Status, str] = {"training": "", "stopped": "stopped early", "diverged": "diverged"}
"""What is said of a lane; nothing of one that trains."""

EndKind = Literal["early_stopping", "divergence"]

MarkKind = Literal["setting", "data", "weight", "start", "continue", "restore"]
"""What a mark reports; see ``EditMark``."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Why and when a lane ended by itself.

    Attributes
    ----------
    kind
        Early stopping, or a loss or weight that is not finite.
    epoch
        The epoch in which it ended, from 1.
    best_epoch
        The epoch whose weights the lane restored at its end; None if it kept its own.
    reason
        A clause with the numbers that decided.
    step
        Updates so far; None if unknown.
    order
        Position among all ends and ``EditMark`` values of the run, in order of time.
    holds
        Which weights a lane has that diverged: those of its best epoch, the last with a finite loss, or those that it
        began with; "" if unknown.
    """

    kind: EndKind
    epoch: int
    best_epoch: int | None
    reason: str
    step: int | None = None
    order: int = field(default=0, compare=False)
    holds: Literal["", "best", "last", "first"] = ""

    @property
    def whole_epochs(self) -> int:
        """Whole epochs before the end; a lane diverges during an epoch."""
        return self.epoch - (self.kind == "divergence")


@dataclass(frozen=True, slots=True)
class StopOfSeeds(Stop):
    """How a repeated lane has ended: all its networks have, and most of them as ``kind`` says.

    ``epoch``, ``step`` and ``order`` are those of the last one, and ``reason`` says how many ended how and when. Each
    network has weights of its own, so that there is no ``best_epoch``.

    Attributes
    ----------
    seeds
        How many ended as ``kind`` says, as in "3 of 5 seeds".
    """

    seeds: str = ""


def held_clause(stop: Stop) -> str:
    """Say which weights a diverged lane has.

    Parameters
    ----------
    stop
        Its end.

    Returns
    -------
    str
        A clause after a semicolon; "" if unknown.

    Examples
    --------
    >>> held_clause(Stop("divergence", 7, 5, "", holds="best"))
    '; the weights are those of epoch 5, the best'
    """
    words = {
        "": "",
        "best": f"those of epoch {stop.best_epoch or 0:,}, the best",
        "last": "the last with a finite loss",
        "first": "those that it began with, because the loss had grown beyond its first",
    }[stop.holds]
    return f"; the weights are {words}" if words else ""


@dataclass(frozen=True)
class Best:
    """The epoch with the lowest validation loss since training began, or since data or loss last changed.

    Until an epoch is better, this is the state when data or loss last changed, even within an epoch.

    Attributes
    ----------
    epoch, step
        Whole epochs and updates at that moment.
    loss
        Training, validation and test loss, on the current data.
    """

    epoch: int
    step: int
    loss: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class EditMark:
    """What a person did to a run.

    Attributes
    ----------
    epoch, step
        Whole epochs and updates before it.
    text
        A phrase such as "λ₂ 0 → 0.001".
    kind
        - ``setting``: settings were edited.
        - ``data``: the data were edited.
        - ``weight``: a weight or bias was set by hand.
        - ``start``: the run started; the text says why.
        - ``continue``: the run continued after an end, or from what another lane was.
        - ``restore``: the run went back to its best weights.
    order
        Position among all marks and ``Stop`` values of the run, in order of time.
    lasted
        Epochs from the first to the last edit of its gesture.
    loss_changed
        Whether the loss function changed, so that losses before and after the edit cannot be compared.
    steps
        Updates from the first to the last edit of its gesture.
    """

    epoch: int
    step: int
    text: str
    kind: MarkKind
    order: int = field(default=0, compare=False)
    lasted: int = 0
    loss_changed: bool = False
    steps: int = 0

    @property
    def until(self) -> int:
        """Whole epochs before the last edit of the gesture."""
        return self.epoch + self.lasted

    @property
    def until_step(self) -> int:
        """Updates before the last edit of the gesture."""
        return self.step + self.steps


class LayerNumbers:
    """Reads the numbers of probes from ``layers`` [..., P, L], with the probes in the catalogue's order."""

    __slots__ = ()
    layers: Floats

    def probe(self, key: str) -> Floats:
        """Return the numbers of one probe.

        Parameters
        ----------
        key
            A key of ``PROBES``.

        Returns
        -------
        float64 [..., L]
            NaN where the probe has no meaning or layers were not measured.

        Raises
        ------
        KeyError
            For an unknown key.
        """
        numbers: Floats = self.layers[..., PROBE_INDEX[key], :]
        return numbers

    @property
    def weight_gradient(self) -> Floats:
        """Norm of the gradient of each layer's weights [..., L]."""
        return self.probe("weight_gradient")

    @property
    def bias_gradient(self) -> Floats:
        """Norm of the gradient of each layer's biases [..., L]."""
        return self.probe("bias_gradient")


@dataclass(frozen=True)
class Measurement(LayerNumbers):
    """The numbers of one lane at one moment.

    Attributes
    ----------
    epoch, step
        Whole epochs and updates so far.
    loss : float64 [3]
        By split.
    penalty
        In the unit of the loss.
    score : float64 [3]
        By split: accuracy (0 to 1), or R² (up to 1) in regression.
    layers : float64 [P, L]
        The catalogue's probes, in its order, of each layer.
    penalty_parts : float64 [parts]
        What each of ``PENALTY_PARTS`` is of the penalty; NaN where it is not known.
    """

    epoch: int
    step: int
    loss: Floats
    penalty: float
    score: Floats
    layers: Floats
    penalty_parts: Floats = field(default_factory=lambda: np.full(len(PENALTY_PARTS), np.nan))

    @property
    def cost(self) -> float:
        """Training loss plus penalty."""
        return float(self.loss[0]) + self.penalty


@dataclass(frozen=True, slots=True)
class HistoryView(LayerNumbers):
    """The numbers of one lane over time, oldest first: a row for each of r epochs. Row 0 is from before training.

    Layers are measured in only k of these epochs (see ``engine.observation.history``), listed in ``layer_epoch``. The
    arrays are read-only and never change.
    """

    epoch: NDArray[np.int64]
    """[r]"""
    step: NDArray[np.int64]
    """[r]"""
    loss: Floats
    """[r, 3]"""
    penalty: Floats
    """[r]"""
    score: Floats
    """[r, 3]"""
    layer_epoch: NDArray[np.int64]
    """[k]"""
    layer_step: NDArray[np.int64]
    """[k]"""
    layers: Floats
    """[k, P, L]"""
    penalty_parts: Floats
    """[r, parts]: what each of ``PENALTY_PARTS`` is of the penalty; NaN where an older app has kept the run."""

    def __len__(self) -> int:
        return len(self.epoch)

    @property
    def cost(self) -> Floats:
        """Training loss plus penalty [r]."""
        cost: Floats = self.loss[:, 0] + self.penalty
        return cost

    def head(self, rows: int) -> HistoryView:
        """Return the first rows of the history.

        Parameters
        ----------
        rows
            How many rows of losses to keep, from 0; at most all.

        Returns
        -------
        HistoryView
            With the rows of layers up to the same epoch.
        """
        if rows >= len(self):
            return self
        last = self.epoch[rows - 1] if rows else -1
        measured = int(np.searchsorted(self.layer_epoch, last, side="right"))
        return HistoryView(
            self.epoch[:rows],
            self.step[:rows],
            self.loss[:rows],
            self.penalty[:rows],
            self.score[:rows],
            self.layer_epoch[:measured],
            self.layer_step[:measured],
            self.layers[:measured],
            self.penalty_parts[:rows],
        )


def layer_block(**probes: ArrayLike) -> Floats:
    """Arrange the numbers of probes as ``layers`` of a measurement or history.

    Parameters
    ----------
    probes : array-like [..., L]
        At least one, by key of ``PROBES``, all of one shape.

    Returns
    -------
    float64 [..., P, L]
        NaN for the other probes.

    Examples
    --------
    >>> layer_block(weight_norm=[1.0, 2.0]).shape == (len(PROBES), 2)
    True
    """
    arrays = {key: np.asarray(values, dtype=np.float64) for key, values in probes.items()}
    first = next(iter(arrays.values()))
    block = np.full((*first.shape[:-1], len(PROBES), first.shape[-1]), np.nan)
    for key, values in arrays.items():
        block[..., PROBE_INDEX[key], :] = values
    return block


@dataclass(frozen=True, slots=True)
class Chain:
    """The factors of ∂C/∂b_1 in a network with one neuron in each of its h hidden layers.

    ∂C/∂b_1 = σ′(z_1)·w_2·σ′(z_2)·w_3·…·σ′(z_h)·∂C/∂a_h (Nielsen 2015, chapter 5).

    Attributes
    ----------
    labels : [k]
        Names of the factors, in this order.
    sample : float64 [k]
        The factors for the first training point.
    mean : float64 [k]
        Their means over the training split. The mean of products is not the product of these.
    gradients
        ∂C/∂b_1 by autograd, of the first training point (the product of ``sample``) and of the training split.
    """

    labels: tuple[str, ...]
    sample: Floats
    mean: Floats
    gradients: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Observed(Mapping[str, Any]):
    """Values of observables for one lane, by key: those that views asked for.

    ``Observable.of`` returns the value of an observable.

    Attributes
    ----------
    entries
        Pairs of key and value: a tuple, so that it can be pickled and compared part by part.
    """

    entries: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Observed:
        """Make it from a mapping.

        Parameters
        ----------
        values
            By key; None where an observable has no value for the lane.

        Returns
        -------
        Observed
            Without the values that are None.
        """
        return cls(tuple((key, value) for key, value in values.items() if value is not None))

    def __getitem__(self, key: str) -> Any:
        for name, value in self.entries:
            if name == key:
                return value
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return (key for key, _ in self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __or__(self, others: Observed) -> Observed:
        return Observed.of({**self, **others})


@dataclass(frozen=True)
class LaneSnapshot:
    """One lane at one moment.

    Attributes
    ----------
    name
        The lane's name.
    status
        See ``Status``.
    stop
        Its latest end; None while it has not ended.
    best
        The epoch with the lowest validation loss since training began, or since data or loss last changed. Its weights
        are kept (see ``messages.RestoreBest``). None without validation points.
    now
        The current numbers, on the current data. Layers are NaN while the lane trains unless a view watches it.
    history
        All epochs so far.
    """

    name: str
    status: Status
    stop: Stop | None
    best: Best | None
    now: Measurement
    history: HistoryView
    observed: Observed = field(default_factory=Observed)
    """What views asked for (see ``engine.observation.observables``)."""
    stops: tuple[Stop, ...] = ()
    """All its ends so far, oldest first, including those after which it continued."""
    chain: Chain | None = None
    """None unless each hidden layer has one neuron, without normalization or residual connection."""
    clip_norm: float | None = None
    """Threshold of clipping by norm; None without such clipping."""
    clips_cost: bool = True
    """Whether clipping sees the whole cost; False if L1 is proximal."""
    marks: tuple[EditMark, ...] = ()
    """What was done to the run, oldest first."""
    continues_from: int | None = None
    """The epoch whose weights an ended lane continues from; None if it continues from its current weights."""
    repeats: tuple[LaneSnapshot, ...] = ()
    """Where a lane is repeated: the networks of all its seeds, of which this is the median."""
    quartiles: tuple[HistoryView, HistoryView] | None = None
    """Where a lane is repeated: the lower and the upper quartile of each number of ``history``, over the seeds."""
    muted: bool = False
    """Whether it waits while others train."""
    held: bool = False
    """Whether it waits until others have come to its epoch."""
    reached: int | None = None
    """The epoch that a network has come to which is seen at an earlier one, that of others of its lane. None where it
    is not ahead. Of a repeated lane, the highest one of its networks."""
    first_best: Best | None = None
    """The state when data or loss last changed, with its losses on the new data. None if neither has changed since
    training began, or without validation points."""

    @property
    def best_epoch(self) -> int | None:
        """Number of the epoch ``best``."""
        return None if self.best is None else self.best.epoch


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Training at one moment.

    Attributes
    ----------
    serial
        Grows with every snapshot.
    run
        Grows when lanes start again from their seeds, or go on from another lane.
    acknowledged
        How many driving commands (play, pause, step, reset, restore, save) the engine has carried out. The sender
        compares it with how many it has sent.
    task, classes
        Task and number of classes of the data that the networks are trained on.
    playing
        Whether training runs.
    epoch, step
        Whole epochs and updates of the lane that has made the most.
    steps_per_second
        Steps of the trainer per second since it last began to play; 0 while it does not.
    training_points
        How many points there are to train on.
    lanes
        In the experiment's order.
    pause_at
        The epoch at whose end training pauses (see ``messages.PauseAt``); None for no such epoch.
    """

    serial: int
    run: int
    acknowledged: int
    task: str
    classes: int
    playing: bool
    epoch: int
    step: int
    steps_per_second: float
    training_points: int
    lanes: tuple[LaneSnapshot, ...]
    pause_at: int | None = None
