"""The shape of a network, known before anything is trained, and the names of its neurons."""

from __future__ import annotations

from dataclasses import dataclass

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.features import FEATURES
from engine.catalogue.losses import LOSSES
from engine.experiment import DataSettings, Lane, class_labels
from engine.experiment.frame import axis_symbols
from engine.experiment.inputs import input_name, input_names
from gui_app.session.looked_at import Unit

LONGEST = 10
"""The most characters of the name of an axis beside an input."""


@dataclass(frozen=True, slots=True)
class NetworkShape:
    """Inputs, hidden layers and outputs of a network.

    ``features`` are the keys of its inputs, in their order; ``answers`` the labels of its outputs. ``ends`` are the
    values that the canvas shows at the ends of the axis of the answer, in regression, ``names`` those of the axes of
    the inputs; "" for one without a name.
    """

    task: str
    features: tuple[str, ...]
    hidden: tuple[int, ...]
    answers: tuple[str, ...]
    activation: str
    ends: tuple[float, float] = (-1.0, 1.0)
    names: tuple[str, str] = ("", "")

    @classmethod
    def of(cls, lane: Lane, data: DataSettings) -> NetworkShape:
        network, loss = lane.network, LOSSES[lane.training.loss.name]
        outputs = loss.outputs(data.task, data.classes)
        is_classes = data.task == "classification"
        answer = "y" if data.task == "curve" else "value"
        name = getattr(data.axes, answer).name or getattr(axis_symbols(data.task), answer)
        labels = class_labels(data) if is_classes else (name,)
        answers = labels if len(labels) == outputs else (" | ".join(labels),)
        activation = ACTIVATIONS[network.activation.name].label
        ends = (-1.0, 1.0) if is_classes else getattr(data.extent, answer)
        return cls(data.task, network.features, network.hidden, answers, activation, ends, input_names(data))

    @property
    def widths(self) -> tuple[int, ...]:
        """Neurons of all layers, from the inputs (0) to the outputs."""
        return len(self.features), *self.hidden, len(self.answers)

    @property
    def layers(self) -> int:
        """The number of layers with weights."""
        return len(self.hidden) + 1

    @property
    def offered(self) -> tuple[str, ...]:
        """All features that the task can use."""
        return tuple(key for key, feature in FEATURES.items() if feature.curve or self.task != "curve")

    def feature_label(self, key: str) -> str:
        """Return the name of an input where there is little room: long names of axes are cut."""
        return self._feature_name(key, LONGEST)

    def _feature_name(self, key: str, longest: int | None = None) -> str:
        return input_name(key, self.task, self.names, longest)

    def unit_name(self, unit: Unit) -> str:
        """Return the name of a neuron or an input, at the start of a sentence: "Layer 2, neuron 3"."""
        if unit.layer == 0:
            return f"Input {self._feature_name(self.features[unit.index])}"
        if unit.layer < self.layers:
            return f"Layer {unit.layer}, neuron {unit.index + 1}"
        return f"Output {self.answers[unit.index]}"
