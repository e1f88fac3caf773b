"""What a view may draw: immutable, picklable pictures of training at one moment. NumPy only, no tensors.

Losses and penalties are in the user's own units, evaluated without dropout; a split without points counts as NaN.
Arrays over splits are ordered training, validation, test; arrays over layers from layer 1 (input side) to layer L
(output).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.catalogue.canvas import CANVAS
from engine.catalogue.probes import PROBES

Floats = NDArray[np.float64]
Extent = tuple[float, float, float, float]
"""x low, x high, y low, y high, in canvas units."""

CANVAS_EXTENT: Extent = (-CANVAS, CANVAS, -CANVAS, CANVAS)

PROBE_INDEX = {key: index for index, key in enumerate(PROBES)}
"""Index of each probe along the axis P of an array of numbers about layers."""

Status = Literal["training", "stopped", "diverged"]


MarkKind = Literal["setting", "data", "start", "continue", "restore"]


@dataclass(frozen=True, slots=True)
class Stop:
    """Why and when a lane stopped by itself; ``best_epoch`` is the epoch whose weights it holds, if restored.

    ``epoch`` is the one in which it ended, counted from 1, and ``step`` how many updates it had made then. ``order``
    counts its ends and ``EditMark``s together, as they came.
    """

    kind: Literal["early_stopping", "divergence"]
    epoch: int
    best_epoch: int | None
    reason: str
    step: int | None = None
    order: int = field(default=0, compare=False)

    @property
    def whole_epochs(self) -> int:
        """How many epochs had been gone through when it ended; it diverges in the midst of one."""
        return self.epoch - (self.kind == "divergence")


@dataclass(frozen=True, slots=True)
class Best:
    """The whole epoch with the lowest validation loss, and its losses (training, validation, test).

    Where none has been as good since the data or the loss last changed, it is what there was then, also in the midst of
    an epoch, with the losses that this has on the present data.
    """

    epoch: int
    step: int
    loss: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class EditMark:
    """What somebody did to a run after ``epoch`` whole epochs and ``step`` updates, as in "λ₂ 0 → 0.001".

    ``kind`` says whether it was an edit of settings or data, why the run started, that it went on after an end, or
    that it went back to its best weights. ``order`` counts a run's marks and ends (``Stop``) together, as they came.
    ``lasted`` is how many epochs later the last edit of its gesture came; ``another_loss`` tells of another loss.
    """

    epoch: int
    step: int
    text: str
    kind: MarkKind
    order: int = field(default=0, compare=False)
    lasted: int = 0
    another_loss: bool = False

    @property
    def until(self) -> int:
        """How many whole epochs there were when the last edit came."""
        return self.epoch + self.lasted


class LayerNumbers:
    """Reads numbers of probes from ``layers`` [..., P, L]."""

    __slots__ = ()
    layers: Floats

    def probe(self, key: str) -> Floats:
        """Numbers [..., L] of a probe of the catalogue."""
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


@dataclass(frozen=True, slots=True)
class Measurement(LayerNumbers):
    """One lane measured at one moment.

    ``loss`` and ``score`` [3] over splits (score: accuracy 0…1 or R²); ``layers`` [P, L]: what the catalogue's probes,
    in their order, say of each layer.
    """

    epoch: int
    step: int
    loss: Floats
    penalty: float
    score: Floats
    layers: Floats

    @property
    def cost(self) -> float:
        """Training loss plus penalty."""
        return float(self.loss[0]) + self.penalty


@dataclass(frozen=True, slots=True)
class HistoryView(LayerNumbers):
    """Measurements over time, oldest first: a row for each of r whole epochs, row 0 from before training.

    Layers are measured in k of these epochs only (see ``engine.observation.history``), so that their rows have epochs
    of their own. The arrays cannot be written to, and nothing that comes later changes them.
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

    def __len__(self) -> int:
        return len(self.epoch)

    @property
    def cost(self) -> Floats:
        """Training loss plus penalty [r]."""
        cost: Floats = self.loss[:, 0] + self.penalty
        return cost

    def first(self, rows: int) -> HistoryView:
        """The history as it was when it had this many ``rows``."""
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
        )


def layer_block(**probes: ArrayLike) -> Floats:
    """Numbers [..., P, L] of these probes [..., L], by key; NaN for the others."""
    arrays = {key: np.asarray(values, dtype=np.float64) for key, values in probes.items()}
    first = next(iter(arrays.values()))
    block = np.full((*first.shape[:-1], len(PROBES), first.shape[-1]), np.nan)
    for key, values in arrays.items():
        block[..., PROBE_INDEX[key], :] = values
    return block


@dataclass(frozen=True, slots=True)
class Chain:
    """∂C/∂b_1 = σ′(z_1)·w_2·σ′(z_2)·w_3·…·σ′(z_h)·∂C/∂a_h of a network with one neuron in each of its h hidden layers.

    ``labels`` [k] name the factors in this order; ``sample`` [k] are those of the first training point and ``mean`` [k]
    their means over the training split. ``gradients`` are ∂C/∂b_1 of that point and of the split by autograd; the first
    is the product of ``sample``, while the mean of products is not the product of ``mean``.
    """

    labels: tuple[str, ...]
    sample: Floats
    mean: Floats
    gradients: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Observed(Mapping[str, Any]):
    """What was computed for a lane because a view asked for it: values of observables, by key.

    ``entries`` are pairs of key and value, so that it can be pickled and compared part by part. An observable reads its
    own value (``Observable.of``).
    """

    entries: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Observed:
        """These values, without those that are None."""
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


@dataclass(frozen=True, slots=True)
class LaneSnapshot:
    """``best`` is the epoch with the lowest validation loss since training began, or since data or loss last changed;
    None without validation points. Its weights are kept (see ``messages.RestoreBest``).

    ``now`` is what the lane is at this moment, with the present data, whatever it does. Where a lane is trained and not
    watched, its layers are not measured: they are NaN.
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
    """All its ends so far, oldest first, those included from which it went on."""
    chain: Chain | None = None
    """None for a network with wider, no, normalized or added hidden layers."""
    clip_norm: float | None = None
    """The norm of all its gradient beyond which training cuts it back; None where it is not clipped by norm."""
    clips_cost: bool = True
    """Whether what is clipped is the gradient of the whole cost, with no part of it left to a proximal step."""
    marks: tuple[EditMark, ...] = ()
    """What was done to the run, oldest first."""
    goes_on_from: int | None = None
    """The epoch from whose weights an ended lane trains on, where these are others than those it has."""
    first_best: Best | None = None
    """The first ``best`` since data or loss last changed, with losses that no row of ``history`` has; None where they
    have not changed since training began, or without validation points."""

    @property
    def best_epoch(self) -> int | None:
        """Number of the epoch ``best``."""
        return None if self.best is None else self.best.epoch


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``serial`` grows with every snapshot; ``run`` grows when lanes start again from their seeds.

    ``task`` and ``classes`` are those of the data that the networks were trained on. ``acknowledged`` counts the
    driving commands (play, pause, step, reset, restore, save) that the engine carried out before, so that a sender can
    tell whether its own is among them.
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
