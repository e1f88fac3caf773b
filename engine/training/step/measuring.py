"""What is measured of a stack's lanes at a moment, recorded and replayed as its step is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from engine.network import EncodedData, LaneNetwork
from engine.observation import Chain
from engine.observation.measure import Evaluation, LayerMeasuring, blocks
from engine.training.step.clipping import clip
from engine.training.step.recording import Recorded

Floats = NDArray[np.float64]
Layers = tuple[Floats, Chain | None]
"""A lane's probes [P, L], and its chain."""

EAGER = 6
"""Calls before recording is worth its cost: while somebody draws, the points change every few epochs."""
MOST_CHOICES = 4
"""How many choices of lanes are kept ready to be measured."""
CLIPS = ("clip_norm", "clip_value")


class Measuring:
    """Measures the lanes of a stack; what has been measured stays until ``forget``.

    Parameters
    ----------
    network
        The lanes; after the first ``count`` there may be one that repeats a lane alone.
    checkpoint
        The parameters [lanes, size] of before the latest step.
    terms
        The strengths [lanes, 1] of the regularizers that any lane uses, by name.
    data
        The points.
    count
        How many lanes are measured.
    same_alone
        Whether a lane alone gets from a number of points the bits that it gets in company; where not, it is computed
        twice.
    recording
        Whether measurings are recorded and replayed.
    """

    def __init__(
        self,
        network: LaneNetwork,
        checkpoint: Tensor,
        terms: Mapping[str, Tensor],
        data: EncodedData,
        count: int,
        same_alone: Callable[[int], bool] = lambda points: True,
        recording: bool = True,
    ) -> None:
        self._lanes, self._checkpoint, self._data = _Lanes(network, terms), checkpoint, data
        self._count, self._same_alone, self._recording = count, same_alone, recording
        self._evaluated = self._lanes.of(self._in_company(range(network.lanes), data.ends[-1]))
        self._evaluation = Evaluation(self._evaluated.network, data, self._evaluated.terms)
        self._evaluate = Recorded(
            self._evaluation.compute, recording, EAGER, name="measuring losses and scores"
        )
        self._choices: dict[tuple[int, ...], _Choice] = {}
        self.forget()

    def forget(self) -> None:
        """The lanes have changed."""
        self._numbers: Floats | None = None
        self._layers: dict[int, Layers] = {}

    def numbers(self) -> Floats:
        """Losses of the three splits, penalty and scores of the three splits [lanes, 7] of the lanes as they are."""
        if self._numbers is None:
            self._evaluated.load()
            self._evaluate()
            self._numbers = self._evaluation.numbers()
        return self._numbers

    def layers(self, index: int) -> Layers | None:
        """Probes [P, L] and chain of a lane; None where they have not been measured since it changed."""
        return self._layers.get(index)

    def measure_layers(self, indexes: Sequence[int]) -> None:
        """Measure the layers of these lanes, as far as that has not been done since they changed."""
        missing: Sequence[int] = [index for index in indexes if index not in self._layers]
        if len(missing) == self._count:
            missing = range(self._lanes.network.lanes)
        if missing:
            measured = self._choice(tuple(missing)).measure(self._checkpoint)
            # A lane alone may be computed twice.
            self._layers |= zip(missing, measured, strict=False)

    def _choice(self, rows: tuple[int, ...]) -> _Choice:
        choice = self._choices.pop(rows, None)
        if choice is None:
            lanes = self._lanes.of(self._in_company(rows, self._data.training))
            choice = _Choice(lanes, self._data, self._recording)
        self._choices[rows] = choice
        while len(self._choices) > MOST_CHOICES:
            del self._choices[next(iter(self._choices))]
        return choice

    def _in_company(self, rows: Sequence[int], points: int) -> list[int]:
        rows = list(rows)
        return rows if len(rows) != 1 or self._same_alone(blocks(points)) else [*rows, *rows]


class _Lanes:
    """Lanes and the strengths of their regularizers, or some of them on copies."""

    def __init__(
        self,
        network: LaneNetwork,
        terms: Mapping[str, Tensor],
        whole: _Lanes | None = None,
        rows: Sequence[int] = (),
    ) -> None:
        self.network, self.terms = network, terms
        self._whole, self._rows = whole, list(rows)

    def of(self, rows: Sequence[int]) -> _Lanes:
        """The lanes in these rows, a row perhaps twice."""
        if list(rows) == list(range(self.network.lanes)):
            return self
        terms = {key: term[list(rows)] for key, term in self.terms.items()}
        return _Lanes(self.network.of(list(rows)), terms, self, rows)

    def load(self) -> None:
        """Copy what they are now, if these are copies."""
        if self._whole is not None:
            self.network.flat.copy_(self._whole.network.flat[self._rows])
            for key, term in self.terms.items():
                term.copy_(self._whole.terms[key][self._rows])

    def own(self, rows: Tensor) -> Tensor:
        """Of rows [lanes, …] of all lanes, those of these."""
        return rows if self._whole is None else rows[self._rows]


class _Choice:
    """Some lanes, ready to have their layers measured."""

    def __init__(self, lanes: _Lanes, data: EncodedData, recording: bool) -> None:
        self._lanes = lanes
        norm, value = (lanes.terms.get(key) for key in CLIPS)
        cutting = None if norm is None and value is None else partial(clip, norm=norm, value=value)
        self._measuring = LayerMeasuring(lanes.network, data, lanes.terms, cutting)
        self._compute = Recorded(self._measuring.compute, recording, EAGER, name="measuring layers")

    def measure(self, checkpoint: Tensor) -> list[Layers]:
        """Probes and chain of each, as the lanes are now."""
        self._lanes.load()
        self._compute()
        rows = range(self._lanes.network.lanes)
        layers, chains = self._measuring.numbers(self._lanes.own(checkpoint), rows)
        return list(zip(layers, chains, strict=True))
