"""What is known of a group's lanes at a moment, recorded and replayed as its step is."""

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
from engine.training.step.recording import Replayed

Floats = NDArray[np.float64]
Layers = tuple[Floats, Chain | None]
"""A lane's probes [P, L], and its chain."""

EAGER = 6
"""Calls that are not worth recording: while somebody draws, the points are others every few epochs."""
MOST_CHOICES = 4
"""Choices of lanes that are kept ready to be measured."""
CLIPS = ("clip_norm", "clip_value")


class Measuring:
    """Of the lanes of ``network``, of which there is ``checkpoint`` [lanes, size], the parameters of before the latest
    step, and ``terms`` [lanes, 1], the strengths of the regularizers that any of them uses. Where ``same_alone`` says
    of a number of points that a lane alone would get other bits from them than in company, it is computed twice.

    What has been computed stays until ``forget``.
    """

    def __init__(
        self,
        network: LaneNetwork,
        checkpoint: Tensor,
        terms: Mapping[str, Tensor],
        data: EncodedData,
        same_alone: Callable[[int], bool] = lambda points: True,
        recording: bool = True,
    ) -> None:
        self._lanes, self._checkpoint, self._data = _Lanes(network, terms), checkpoint, data
        self._same_alone, self._recording = same_alone, recording
        self._evaluated = self._lanes.of(self._in_company(range(network.lanes), data.ends[-1]))
        self._evaluation = Evaluation(self._evaluated.network, data, self._evaluated.terms)
        self._evaluate = Replayed(self._evaluation.compute, recording, EAGER)
        self._choices: dict[tuple[int, ...], _Choice] = {}
        self.forget()

    def forget(self) -> None:
        """The lanes have changed."""
        self._numbers: Floats | None = None
        self._layers: dict[int, Layers] = {}

    def numbers(self) -> Floats:
        """Losses, penalty and scores [lanes, 7]; there may be more lanes after them."""
        if self._numbers is None:
            self._evaluated.load()
            self._evaluate()
            self._numbers = self._evaluation.numbers()
        return self._numbers

    def layers(self, row: int) -> Layers | None:
        """What is known of the layers of the lane in this row; None where nothing is."""
        return self._layers.get(row)

    def measure_layers(self, rows: Sequence[int]) -> None:
        """Make known what the layers of the lanes in these rows are like."""
        self._layers |= zip(rows, self._choice(tuple(rows)).measure(self._checkpoint), strict=False)

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
        self._compute = Replayed(self._measuring.compute, recording, EAGER)

    def measure(self, checkpoint: Tensor) -> list[Layers]:
        """Probes and chain of each, as the lanes are now."""
        self._lanes.load()
        self._compute()
        rows = range(self._lanes.network.lanes)
        layers, chains = self._measuring.numbers(self._lanes.own(checkpoint), rows)
        return list(zip(layers, chains, strict=True))
