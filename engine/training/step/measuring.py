"""Measure the lanes of a stack, recorded and replayed like their training step."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from engine.network import EncodedData, LaneNetwork
from engine.observation import Chain
from engine.observation.looks import Backward
from engine.observation.measure import Evaluation, LayerMeasuring, piece_rows
from engine.tape.denormals import without_denormals
from engine.tape.placement import PROCESSOR, Placement
from engine.tape.recording import Recorded, Unrecordable
from engine.tape.ways import Way, resolve
from engine.training.step.clipping import clip, clips

if TYPE_CHECKING:
    from engine.training.step.compiled_evaluation import CompiledEvaluation
    from engine.training.step.compiled_layers import CompiledLayers

log = logging.getLogger(__name__)

Floats = NDArray[np.float64]
Layers = tuple[Floats, Chain | None]
"""A lane's probes [P, L], and its chain."""

EAGER = 6
"""Eager calls before recording is worth its cost: while somebody draws, the points change every few epochs."""
MAX_SUBSETS = 4
"""How many subsets of lanes keep their recordings."""


class Measuring:
    """Measures the lanes of a stack; results are kept until ``forget``.

    Parameters
    ----------
    network
        The lanes; a single lane may be followed by a copy of itself, beyond the first ``count``.
    checkpoint
        The parameters [lanes, size] before the latest step.
    terms
        The strengths [lanes, 1] of the regularizers in use, by name.
    data
        The points.
    count
        How many lanes are measured.
    same_alone
        Given a number of points, whether a lane computes the same bits alone as with others; if not, a single lane is
        computed twice, side by side.
    way
        How measurements are computed.
    """

    def __init__(
        self,
        network: LaneNetwork,
        checkpoint: Tensor,
        terms: Mapping[str, Tensor],
        data: EncodedData,
        count: int,
        same_alone: Callable[[int], bool] = lambda points: True,
        way: Way = Way.AUTO,
    ) -> None:
        self._lanes, self._checkpoint, self._data = _Lanes(network, terms), checkpoint, data
        self._count, self._same_alone, self._way = count, same_alone, way
        self._place = Placement.of(network.flat)
        way = resolve(way, network.layout.parameters, self._place)
        self._compiles = way is Way.COMPILED and data.ends[-1] > 0
        self._compiled: CompiledEvaluation | None = None
        self._evaluate: _Evaluated | None = None
        self._subsets: dict[tuple[int, ...], _Subset] = {}
        self.forget()

    def forget(self) -> None:
        """Discard all results, because the lanes have changed."""
        self._numbers: Floats | None = None
        self._layers: dict[int, Layers] = {}
        self._sources: dict[int, tuple[_Subset, int]] = {}
        """Which subset measured the layers of a lane, and the lane's index there."""

    @without_denormals()
    def numbers(self) -> Floats:
        """Return losses by split, penalty, scores by split, and parts of the penalty [lanes, 9]."""
        if self._numbers is None:
            compiled = self.compiled()
            self._numbers = self._replayed() if compiled is None else compiled.numbers()
        return self._numbers

    def compiled(self) -> CompiledEvaluation | None:
        """What measures losses, penalty and scores as native code, compiled at the first call; None where it is not
        compiled.
        """
        if self._compiles and self._compiled is None:
            self._compile()
        return self._compiled

    def _compile(self) -> None:
        from engine.tape.compiler.source import Unlowerable
        from engine.training.step.compiled_evaluation import CompiledEvaluation

        try:
            self._compiled = CompiledEvaluation(self._lanes.network, self._data, self._lanes.terms)
        except Unrecordable:
            # Replay says why.
            self._compiles = False
        except Unlowerable as reason:
            self._compiles = False
            log.warning("measuring losses and scores is replayed, not compiled: %s", reason)

    def _replayed(self) -> Floats:
        if self._evaluate is None:
            self._evaluate = _Evaluated(
                self._lanes.of(self._batched(range(self._count), self._data.ends[-1])), self._data, self._way
            )
        return self._evaluate.numbers()

    def take(self, numbers: Floats) -> None:
        """Take what ``numbers`` would return, where it is known."""
        self._numbers = numbers

    def layers(self, index: int) -> Layers | None:
        """Return probes [P, L] and chain of a lane; None if they have not been measured since it changed."""
        return self._layers.get(index)

    @without_denormals()
    def measure_layers(self, indexes: Sequence[int]) -> None:
        """Measure the layers of these lanes, unless they are measured already."""
        missing: Sequence[int] = [index for index in indexes if index not in self._layers]
        if len(missing) == self._count:
            missing = range(self._lanes.network.lanes)
        if missing:
            subset = self._subset(tuple(missing))
            # A single lane may be computed twice.
            self._layers |= zip(missing, subset.measure(self._checkpoint), strict=False)
            self._sources |= {index: (subset, place) for place, index in enumerate(missing)}

    def backward(self, index: int) -> Backward | None:
        """Return what the layers of a lane were measured from; None without training points."""
        self.measure_layers([index])
        subset, place = self._sources[index]
        return subset.backward(place)

    def _subset(self, rows: tuple[int, ...]) -> _Subset:
        subset = self._subsets.pop(rows, None)
        if subset is None:
            lanes = self._lanes.of(self._batched(rows, self._data.training), PROCESSOR)
            subset = _Subset(lanes, self._data, self._way)
        self._subsets[rows] = subset
        while len(self._subsets) > MAX_SUBSETS:
            del self._subsets[next(iter(self._subsets))]
        return subset

    def _batched(self, rows: Sequence[int], points: int) -> list[int]:
        rows = list(rows)
        return (
            rows
            if len(rows) != 1 or self._same_alone(piece_rows(points, self._lanes.network.layout))
            else [*rows, *rows]
        )


class _Lanes:
    """All lanes with the strengths of their regularizers, or copies of some lanes."""

    def __init__(
        self,
        network: LaneNetwork,
        terms: Mapping[str, Tensor],
        whole: _Lanes | None = None,
        rows: Sequence[int] = (),
    ) -> None:
        self.network, self.terms = network, terms
        self._whole, self._rows = whole, list(rows)

    def of(self, rows: Sequence[int], place: Placement | None = None) -> _Lanes:
        """Return the lanes in these rows, which may contain duplicates; their copies lie at a place."""
        here = Placement.of(self.network.flat)
        place = place or here
        if list(rows) == list(range(self.network.lanes)) and place == here:
            return self
        network, where = self.network, (place.device, place.dtype)
        terms = {key: term[list(rows)].to(*where) for key, term in self.terms.items()}
        copy = LaneNetwork(network.layout, network.activation, network.flat[list(rows)].to(*where))
        return _Lanes(copy, terms, self, rows)

    def load(self) -> None:
        """Update the copies, if these are copies."""
        if self._whole is not None:
            self.network.flat.copy_(self._whole.network.flat[self._rows])
            for key, term in self.terms.items():
                term.copy_(self._whole.terms[key][self._rows])

    def own(self, rows: Tensor) -> Tensor:
        """Select the rows of these lanes from ``rows`` [lanes, …] of all lanes."""
        flat = self.network.flat
        return rows if self._whole is None else rows[self._rows].to(flat.device, flat.dtype)


class _Evaluated:
    """Lanes whose losses, penalty and scores PyTorch measures."""

    def __init__(self, lanes: _Lanes, data: EncodedData, way: Way) -> None:
        self._lanes = lanes
        self._evaluation = Evaluation(lanes.network, data, lanes.terms)
        way = Way.EAGER if way is Way.EAGER else Way.REPLAY
        self._compute = Recorded(self._evaluation.compute, way, EAGER, name="measuring losses and scores")

    def numbers(self) -> Floats:
        """Return losses by split, penalty, scores by split, and parts of the penalty [lanes, 9]."""
        self._lanes.load()
        self._evaluation.run(self._compute)
        return self._evaluation.numbers()


class _Subset:
    """Some lanes, ready to have their layers measured."""

    def __init__(self, lanes: _Lanes, data: EncodedData, way: Way) -> None:
        self._lanes = lanes
        clipping = partial(clip, terms=lanes.terms) if clips(lanes.terms) else None
        self._measuring, self._data = LayerMeasuring(lanes.network, data, lanes.terms, clipping), data
        resolved = resolve(way, lanes.network.layout.parameters)
        self._compiles = resolved is Way.COMPILED and data.training > 0
        self._compiled: CompiledLayers | None = None
        way = Way.EAGER if way is Way.EAGER else Way.REPLAY
        self._compute = Recorded(self._measuring.compute, way, EAGER, name="measuring layers")

    def measure(self, checkpoint: Tensor) -> list[Layers]:
        """Return probes and chain of each lane."""
        self._lanes.load()
        if self._compiles and self._compiled is None:
            self._compile()
        self._measuring.run(self._compute_piece)
        rows = range(self._lanes.network.lanes)
        layers, chains = self._measuring.numbers(self._lanes.own(checkpoint), rows)
        return list(zip(layers, chains, strict=True))

    def backward(self, place: int) -> Backward | None:
        """Return what ``measure`` found last of the lane with this index."""
        return self._measuring.backward(place)

    def _compute_piece(self, piece: int) -> None:
        if self._compiled is None:
            self._compute()
        else:
            self._measuring.take(self._compiled.compute(piece))

    def _compile(self) -> None:
        from engine.tape.compiler.source import Unlowerable
        from engine.training.step.compiled_layers import CompiledLayers

        try:
            self._compiled = CompiledLayers(self._lanes.network, self._data, self._lanes.terms)
        except Unrecordable:
            # Replay says why.
            self._compiles = False
        except Unlowerable as reason:
            self._compiles = False
            log.warning("measuring layers is replayed, not compiled: %s", reason)
