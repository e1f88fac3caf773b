"""The data set as the tensors that a network of given settings is trained and measured on."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.catalogue.features import FEATURES
from engine.catalogue.losses import LOSSES
from engine.data.scaling import Scaling, mean_position
from engine.experiment.choice import LossChoice
from engine.experiment.points import Points
from engine.experiment.settings import Lane


@dataclass(frozen=True, eq=False)
class EncodedData:
    """The data set as a network is fed with it: training points first, then validation, then test.

    Attributes
    ----------
    task
        A key of ``TASKS``.
    scaling
        How inputs and targets were scaled.
    centre : float64 [2]
        The mean position of the training points. Positions are ``centre`` + ``offsets``: single precision holds how far
        a point lies from the centre, but not how far it lies from zero.
    offsets : float32 [n, 2]
        See ``centre``.
    inputs : float32 [n, features]
        Scaled features.
    encoded : float32 [n, outputs]
        Targets as the loss takes them.
    target : float64 [n]
        Targets in the user's own units, or class numbers.
    ends
        The row at which each split ends: validation is rows ``ends[0]`` to ``ends[1]``.
    per_point
        ``per_point(output, encoded)`` returns losses [lanes, n] of outputs [lanes, n, outputs] and encoded targets.
    predict
        ``predict(output)`` returns class probabilities [..., classes] or scaled values [..., 1] of outputs.
    loss
        With its parameters.
    user_units
        The factor from scaled losses and penalties to the user's own units.
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
    predict: Callable[[Tensor], Tensor]
    loss: LossChoice
    user_units: float

    @classmethod
    def of(cls, lane: Lane, points: Points, task: str, classes: int) -> EncodedData:
        """Encode points for a lane.

        Parameters
        ----------
        lane
            Its features, input scaling and loss are used.
        points
            In any order; the order within a split is kept.
        task, classes
            Of the data settings.

        Returns
        -------
        EncodedData
        """
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
            loss=lane.training.loss,
            user_units=scaling.loss_unit(entry),
        )

    def features(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Return the scaled inputs of other positions, in a way that can be recorded.

        Parameters
        ----------
        x1, x2 : Tensor [lanes, n]
            Offsets of the positions from ``centre``, in data units.

        Returns
        -------
        Tensor
            float32 [lanes, n, features]
        """
        scaling, centre = self.scaling, torch.from_numpy(self.centre)
        # Sums with float64 tensors are float64; copying makes them single again, in a way that can be recorded.
        x1, x2 = x1 + centre[:1], x2 + centre[1:]
        values = torch.stack([FEATURES[key].function(x1, x2) for key in scaling.features], -1)
        scaled = (values - torch.from_numpy(scaling.input_shift)) / torch.from_numpy(scaling.input_scale)
        return torch.zeros(scaled.shape).copy_(scaled)

    def decode(self, encoded: Tensor) -> NDArray[np.float64]:
        """Return the targets of encoded ones.

        Parameters
        ----------
        encoded : Tensor [n, outputs]
            May be mixed (mixup): then the class with the largest share counts.

        Returns
        -------
        float64 [n]
            Class numbers, or values in the user's own units.
        """
        if self.task != "classification":
            return encoded[:, 0].double().numpy() * self.scaling.target_scale + self.scaling.target_shift
        classes = encoded.argmax(1) if encoded.shape[1] > 1 else (encoded[:, 0] < 0.0)
        return classes.double().numpy()

    @property
    def program(self) -> Hashable:
        """What decides how losses and answers are computed: equal for data that differ by their numbers alone."""
        entry = LOSSES[self.loss.name]
        return self.task, self.loss, entry.per_point, entry.predict

    @property
    def training(self) -> int:
        """How many training points there are."""
        return self.ends[0]

    def split_rows(self) -> list[slice]:
        """Return the rows of each split."""
        starts = (0, *self.ends[:-1])
        return [slice(start, end) for start, end in zip(starts, self.ends, strict=True)]


def _single(values: NDArray[np.float64]) -> NDArray[np.float32]:
    # A point may lie so far out that single precision ends in infinity.
    with np.errstate(over="ignore"):
        return values.astype(np.float32)
