"""The data set as the tensors that a network of given settings is trained and measured on."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.catalogue.features import FEATURES
from engine.catalogue.losses import LOSSES
from engine.data.axes import Axes
from engine.data.scaling import Scaling, mean_position
from engine.experiment.choice import LossChoice
from engine.experiment.points import Points
from engine.experiment.settings import DataSettings, Lane
from engine.tape.placement import Placement


@dataclass(frozen=True, eq=False)
class EncodedData:
    """The data set as a network is fed with it: training points first, then validation, then test.

    Attributes
    ----------
    points
        What was encoded, in the order of a person.
    task
        A key of ``TASKS``.
    scaling
        How inputs and targets were scaled.
    centre : float64 [2]
        The mean position of the training points. Positions are ``centre`` + ``units`` · ``offsets``: single precision
        holds how far
        a point lies from the centre, but not how far it lies from zero.
    units : float64 [2]
        The data's units in one unit of the sheet, on which augmentation moves points; ones with the default extent.
    offsets : float32 [n, 2]
        See ``centre``; in units of the sheet.
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
    constants
        Numbers of the scaling as tensors, by name, where data lie somewhere else than in the processor's memory.
    """

    points: Points
    task: str
    scaling: Scaling
    centre: NDArray[np.float64]
    units: NDArray[np.float64]
    offsets: Tensor
    inputs: Tensor
    encoded: Tensor
    target: NDArray[np.float64]
    ends: tuple[int, int, int]
    per_point: Callable[[Tensor, Tensor], Tensor]
    predict: Callable[[Tensor], Tensor]
    loss: LossChoice
    user_units: float
    constants: Mapping[str, Tensor] = field(default_factory=dict)

    def at(self, place: Placement) -> EncodedData:
        """Return the data with tensors at another place.

        Parameters
        ----------
        place
            Where.

        Returns
        -------
        EncodedData
            The same where they lie there already.
        """
        if place.is_plain:
            return self
        numbers = {
            "unit 0": self.units[:1],
            "unit 1": self.units[1:],
            "centre": self.centre,
            "middle": self.scaling.sheet.middle,
            "units": self.scaling.sheet.units,
            "shift": self.scaling.input_shift,
            "scale": self.scaling.input_scale,
        }
        constants = {name: torch.from_numpy(values).to(place.device) for name, values in numbers.items()}
        return replace(
            self,
            offsets=place.put(self.offsets),
            inputs=place.put(self.inputs),
            encoded=place.put(self.encoded),
            constants=constants,
        )

    def _constant(self, name: str, values: NDArray[np.float64]) -> Tensor:
        known = self.constants.get(name)
        return torch.from_numpy(values) if known is None else known

    @classmethod
    def of(cls, lane: Lane, points: Points, data: DataSettings) -> EncodedData:
        """Encode points for a lane.

        Parameters
        ----------
        lane
            Its features, input scaling and loss are used.
        points
            In any order; the order within a split is kept.
        data
            Task, number of classes, extent and aspect are used.

        Returns
        -------
        EncodedData
        """
        task, scaling = data.task, Scaling.of(lane.network, points, data.task, data.extent)
        order = np.argsort(points.split, kind="stable")
        xy, target = points.xy[order], points.target[order]
        training, validation, test = points.counts()
        centre, units = mean_position(xy[:training]), Axes.of_extent(data.extent, data.aspect).units
        entry, parameters = LOSSES[lane.training.loss.name], lane.training.loss.parameters
        return cls(
            points=points,
            task=task,
            scaling=scaling,
            centre=centre,
            units=units,
            offsets=torch.from_numpy(_single((xy - centre) / units)),
            inputs=torch.from_numpy(scaling.inputs(xy)),
            encoded=torch.from_numpy(entry.encode(scaling.targets(target), task, data.classes)),
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
            Offsets of the positions from ``centre``, in units of the sheet.

        Returns
        -------
        Tensor
            float32 [lanes, n, features]
        """
        scaling = self.scaling
        # Sums with float64 tensors are float64; copying makes them single again, in a way that can be recorded.
        x1, x2 = self._at(x1, 0), self._at(x2, 1)
        values = torch.stack([self._feature(key, x1, x2) for key in scaling.features], -1)
        shift, scale = (
            self._constant("shift", scaling.input_shift),
            self._constant("scale", scaling.input_scale),
        )
        scaled = (values - shift) / scale
        inputs = self.inputs
        return torch.zeros(scaled.shape, dtype=inputs.dtype, device=inputs.device).copy_(scaled)

    def positions(self, offsets: Tensor) -> NDArray[np.float64]:
        """Return the positions of points.

        Parameters
        ----------
        offsets : Tensor [n, 2]
            From ``centre``, in units of the sheet.

        Returns
        -------
        float64 [n, 2]
            In data units.
        """
        return self.centre + offsets.double().cpu().numpy() * self.units

    def _at(self, offset: Tensor, axis: int) -> Tensor:
        """Coordinates in data units; on the default sheet without a product, as they always were."""
        unit = self._constant(f"unit {axis}", self.units[axis : axis + 1])
        centre = self._constant("centre", self.centre)
        return (offset if self.units[axis] == 1.0 else offset * unit) + centre[axis : axis + 1]

    def _feature(self, key: str, x1: Tensor, x2: Tensor) -> Tensor:
        entry, sheet = FEATURES[key], self.scaling.sheet
        if not (entry.straight or sheet.is_default):
            middle, units = self._constant("middle", sheet.middle), self._constant("units", sheet.units)
            x1, x2 = (x1 - middle[:1]) / units[:1], (x2 - middle[1:]) / units[1:]
        value: Tensor = entry.function(x1, x2)
        return value

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
            return (
                encoded[:, 0].double().cpu().numpy() * self.scaling.target_scale + self.scaling.target_shift
            )
        classes = encoded.argmax(1) if encoded.shape[1] > 1 else (encoded[:, 0] < 0.0)
        return classes.double().cpu().numpy()

    @property
    def program(self) -> Hashable:
        """What decides how losses and answers are computed: equal for data that differ by their numbers alone."""
        entry = LOSSES[self.loss.name]
        return self.task, self.loss, entry.per_point, entry.predict

    @property
    def training(self) -> int:
        """How many training points there are."""
        return self.ends[0]

    @property
    def validation(self) -> int:
        """How many validation points there are."""
        return self.ends[1] - self.ends[0]

    def split_rows(self) -> list[slice]:
        """Return the rows of each split."""
        starts = (0, *self.ends[:-1])
        return [slice(start, end) for start, end in zip(starts, self.ends, strict=True)]


def _single(values: NDArray[np.float64]) -> NDArray[np.float32]:
    # A point may lie so far out that single precision ends in infinity.
    with np.errstate(over="ignore"):
        return values.astype(np.float32)
