"""What a script is about: a lane of an experiment, with all that follows from its settings and points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any

from engine.catalogue.losses import LOSSES, Loss, LossCode
from engine.catalogue.regularizers import REGULARIZERS
from engine.data.quoting import one_line
from engine.data.resolve import resolve_points
from engine.data.scaling import Scaling
from engine.experiment.dropout_rates import dropout_rates
from engine.experiment.own_data import data_of
from engine.experiment.points import SPLITS, Points
from engine.experiment.settings import DataSettings, Experiment, Lane
from engine.export.names import model_names


@dataclass(frozen=True)
class Plan:
    """A lane that is to be written as code.

    Attributes
    ----------
    experiment
        It has the lane.
    index
        Of the lane.
    epochs
        How many the script trains.
    with_weights
        Whether the script begins with the lane's own first weights and trains its batches in the same order.
    """

    experiment: Experiment
    index: int = 0
    epochs: int = 100
    with_weights: bool = False

    @property
    def lane(self) -> Lane:
        return self.experiment.lanes[self.index]

    @property
    def lane_name(self) -> str:
        """The lane's name as a part of one line."""
        return one_line(self.lane.name)

    @property
    def data(self) -> DataSettings:
        """Those that the lane trains on."""
        return data_of(self.lane, self.experiment.data)

    @property
    def classifies(self) -> bool:
        return self.data.task == "classification"

    def path(self, below: str) -> str:
        """The path of a setting of the lane, such as ``lanes.0.seed``."""
        return f"lanes.{self.index}.{below}"

    @cached_property
    def points(self) -> Points:
        return resolve_points(self.data)

    @cached_property
    def scaling(self) -> Scaling:
        return Scaling.of(self.lane.network, self.points, self.data.task, self.data.extent)

    @property
    def splits(self) -> list[str]:
        """Those that have points."""
        return [name for name, count in zip(SPLITS, self.points.counts(), strict=True) if count]

    @property
    def training_points(self) -> int:
        return self.points.counts()[0]

    @property
    def batch_size(self) -> int:
        return self.lane.training.batch_size

    @property
    def batches(self) -> int:
        """How many make an epoch."""
        return -(-self.training_points // self.batch_size)

    @property
    def last_batch_is_a_point(self) -> bool:
        """Whether the last batch of an epoch, or each, has a single point."""
        return self.training_points - (self.batches - 1) * self.batch_size == 1

    @property
    def loss(self) -> Loss:
        return LOSSES[self.lane.training.loss.name]

    @property
    def loss_code(self) -> LossCode:
        return self.loss.codes.get(self.data.task, LossCode())

    @property
    def widths(self) -> tuple[int, ...]:
        """Neurons from the input features to the outputs."""
        network = self.lane.network
        return len(network.features), *network.hidden, self.loss.outputs(self.data.task, self.data.classes)

    @property
    def rates(self) -> list[float]:
        """Dropout rates of the inputs and of each hidden layer."""
        return dropout_rates(self.lane)

    def is_normalized(self, layer: int) -> bool:
        """Whether a hidden layer, from 1, is normalized."""
        settings = self.lane.network.normalization
        return settings is not None and (settings.layers == "all" or layer in settings.layers)

    def adds(self, layer: int) -> bool:
        """Whether a hidden layer, from 1, adds the one before it."""
        widths = self.widths
        return self.lane.network.residual and layer > 1 and widths[layer] == widths[layer - 1]

    def regularizers(self) -> dict[str, dict[str, Any]]:
        """The regularizers that are on: the values of their parameters and choices, by key of the regularizer."""
        settings = self.lane.regularization
        found: dict[str, dict[str, Any]] = {}
        for key, entry in REGULARIZERS.items():
            if entry.nullable and getattr(settings, entry.settings_field) is None:
                continue
            names = [*(parameter.key for parameter in entry.parameters), *entry.choices]
            values = {name: attrgetter(entry.path(name))(settings) for name in names}
            on = entry.nullable or any(values[parameter.key] for parameter in entry.parameters)
            if on or (key == "dropout" and any(self.rates)):
                found[key] = values
        return found

    def regularizer_path(self, key: str) -> str:
        """The path of a regularizer's settings, or of its only strength."""
        entry = REGULARIZERS[key]
        return self.path(f"regularization.{entry.settings_field or entry.parameters[0].key}")

    @property
    def weights_file(self) -> str:
        """The name of the file with the lane's first weights."""
        model, _ = model_names([lane.name for lane in self.experiment.lanes])[self.index]
        return f"{model.replace('model', 'initial', 1).removesuffix('.pt')}.npz"
