"""The data set as the tensors that a network of given settings is trained and measured on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.catalogue.features import FEATURES
from engine.catalogue.losses import LOSSES
from engine.data.scaling import Scaling, mean_position
from engine.experiment.points import Points
from engine.experiment.settings import Lane


@dataclass(frozen=True, eq=False)
class EncodedData:
    """``inputs`` [n, features] of the positions ``centre`` [2] + ``offsets`` [n, 2] and ``encoded`` [n, outputs]:
    training points first, then validation, then test.

    ``centre`` is the mean position of the training points: single precision holds how far a point lies from it, but not
    how far it lies from zero. ``ends`` holds where each split ends, so that split s is rows ``ends[s − 1]`` to
    ``ends[s]``.
    """

    task: str
    scaling: Scaling
    centre: NDArray[np.float64]
    offsets: Tensor
    inputs: Tensor
    encoded: Tensor
    target: NDArray[np.float64]
    ends: tuple[int, int, int]
    per_point: Callable[[Tensor, Tensor], Tensor]
    """Loss [lanes, n] of outputs [lanes, n, outputs] and encoded targets."""
    predict: Callable[[Tensor], Tensor]

    @classmethod
    def of(cls, lane: Lane, points: Points, task: str, classes: int) -> EncodedData:
        scaling = Scaling.of(lane.network, points, task)
        order = np.argsort(points.split, kind="stable")
        xy, target = points.xy[order], points.target[order]
        training, validation, test = points.counts()
        centre = mean_position(xy[:training])
        entry, parameters = LOSSES[lane.training.loss.name], lane.training.loss.parameters
        return cls(
            task=task,
            scaling=scaling,
            centre=centre,
            offsets=torch.from_numpy(_single(xy - centre)),
            inputs=torch.from_numpy(scaling.inputs(xy)),
            encoded=torch.from_numpy(entry.encode(scaling.targets(target), task, classes)),
            target=target,
            ends=(training, training + validation, training + validation + test),
            per_point=partial(entry.per_point, task=task, **parameters),
            predict=lambda output: entry.predict(output, task),
        )

    def features(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Scaled inputs [lanes, n, features] of other positions, given by their offsets from the centre
        [lanes, n].
        """
        scaling, centre = self.scaling, torch.from_numpy(self.centre)
        # Sums with float64 tensors are float64; copying makes them single again, in a way that can be recorded.
        x1, x2 = x1 + centre[:1], x2 + centre[1:]
        values = torch.stack([FEATURES[key].function(x1, x2) for key in scaling.features], -1)
        scaled = (values - torch.from_numpy(scaling.input_shift)) / torch.from_numpy(scaling.input_scale)
        return torch.zeros(scaled.shape).copy_(scaled)

    def decode(self, encoded: Tensor) -> NDArray[np.float64]:
        """Targets [n] in the user's units, of encoded ones [n, outputs] that may be mixed."""
        if self.task != "classification":
            return encoded[:, 0].double().numpy() * self.scaling.target_scale + self.scaling.target_shift
        classes = encoded.argmax(1) if encoded.shape[1] > 1 else (encoded[:, 0] < 0.0)
        return classes.double().numpy()

    @property
    def training(self) -> int:
        """How many training points there are."""
        return self.ends[0]

    def places(self) -> list[slice]:
        """The rows of each split."""
        starts = (0, *self.ends[:-1])
        return [slice(start, end) for start, end in zip(starts, self.ends, strict=True)]

    @property
    def user_units(self) -> float:
        """The factor from scaled losses and penalties to the user's own units."""
        return self.scaling.loss_unit


def _single(values: NDArray[np.float64]) -> NDArray[np.float32]:
    # A point may lie so far out that single precision ends in infinity.
    with np.errstate(over="ignore"):
        return values.astype(np.float32)
