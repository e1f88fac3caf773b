"""The network panel: depth, widths, activation, normalization, initial weights and inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QHBoxLayout

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.hyperparameters import SEED
from engine.catalogue.initializers import INITIALIZERS
from engine.catalogue.input_scalings import INPUT_SCALINGS
from engine.catalogue.texts import counted
from engine.experiment import Experiment
from gui_app.panels.choice_editor import ChoiceEditor
from gui_app.panels.lane_panel import LanePanel
from gui_app.panels.network.feature_chips import FeatureChips
from gui_app.panels.network.normalization_editor import NormalizationEditor, kind_of
from gui_app.panels.network.residual_switch import ResidualSwitch
from gui_app.panels.network.scaling_note import ScalingNote
from gui_app.panels.network.shape_editor import ShapeEditor
from gui_app.panels.panel import labelled
from gui_app.panels.seed_field import SeedField
from gui_app.session.network_shape import NetworkShape
from gui_app.session.seeds import new_seed
from gui_app.session.selected_lanes import Widths, reshaped, with_input
from gui_app.widgets.section import MoreSection
from gui_app.widgets.tips import tip
from gui_app.widgets.topics import set_topic

HIDDEN, NORMALIZATION = "network.hidden", "network.normalization"


class NetworkPanel(LanePanel):
    """Panel that edits ``network`` and the seed of the selected lanes."""

    def build(self) -> None:
        set_topic(self, "network")
        self.section = MoreSection(
            "Network", "initializer, normalization, residual connections, inputs, seed"
        )
        self.column.addWidget(self.section)
        self.shape = ShapeEditor()
        set_topic(self.shape, "layers")
        self.controls[HIDDEN] = self.shape
        self.activation = ChoiceEditor(self, ACTIVATIONS, "network.activation", "Activation")
        self.initializer = ChoiceEditor(self, INITIALIZERS, "network.initializer", "Initializer")
        self.normalization = NormalizationEditor(self, NORMALIZATION)
        self.residual = ResidualSwitch(self, "network.residual")
        self.scaling = self.choice(INPUT_SCALINGS, "network.input_scaling", "Input scaling")
        self.scaling_note = ScalingNote()
        set_topic(self.normalization, "normalization")
        set_topic(self.residual, "residual")
        set_topic(self.scaling_note, "input_scaling")
        self.scaling_note.asked.connect(
            lambda: self.put({"network.input_scaling": "standardize"}, "Standardize inputs")
        )
        self.section.body.addWidget(self.shape)
        self.section.body.addWidget(self.activation)
        # The note asks for a decision, so it is never folded away.
        self.section.body.addWidget(self.scaling_note)
        for part in (self.initializer, self.normalization, self.residual):
            self.section.more.addWidget(part)
        for row in (self._features(), labelled("Scaling", self.scaling), self._seed()):
            self.section.more.addLayout(row)
        self.shape.edited.connect(lambda change: self._reshape(change, "Change layers"))
        self.shape.refused.connect(self.show_message)
        self.document.changed.connect(self._follow_data)

    def _follow_data(self, before: Experiment, after: Experiment) -> None:
        """Update the note on scaling, the only part that depends on points, which a stroke changes every frame."""
        if before.data is not after.data:
            self._show_scaling(after)

    def _show_scaling(self, experiment: Experiment) -> None:
        scaling = self.lane.network.input_scaling
        self.scaling_note.show_scaling(scaling, self.document.points, experiment.data)

    def concerns(self, before: Experiment, after: Experiment) -> bool:
        names = (before.data.task, before.data.axes) != (after.data.task, after.data.axes)
        return super().concerns(before, after) or names

    def refresh(self, experiment: Experiment) -> None:
        lane = self.lane
        network = lane.network
        self.section.set_title(f"Network · {_layers(len(network.hidden))}")
        self.shape.show_widths(network.hidden)
        self.activation.show_choice(network.activation)
        self.initializer.show_choice(network.initializer)
        self.normalization.show_normalization(network.normalization, len(network.hidden))
        self.residual.show_residual(network.residual, network.hidden)
        self.scaling.set_key(network.input_scaling)
        self._show_scaling(experiment)
        self.seed.set_value(lane.seed)
        self.inputs.show_features(network.features, NetworkShape.of(lane, experiment.data))

    def value_of(self, index: int, path: str) -> Any:
        if path == NORMALIZATION:
            return kind_of(self.document.experiment.lanes[index].network.normalization)
        return super().value_of(index, path)

    def take_over(self, path: str) -> None:
        if path == HIDDEN:
            first = self.first
            self._reshape(lambda hidden: first.network.hidden, f"Take over lane {first.name}'s value")
        else:
            super().take_over(path)

    def _reshape(self, change: Callable[[Widths], Widths], text: str) -> None:
        def reshape() -> None:
            after, paths = reshaped(self.document.experiment, self.current, change)
            self.document.change_to(after, text, paths)

        self.attempt(reshape)

    def _features(self) -> QHBoxLayout:
        self.inputs = FeatureChips()
        self.chips = self.inputs.chips
        set_topic(self.inputs, "inputs")
        self.inputs.switched.connect(self._switch_input)
        self.controls["network.features"] = self.inputs
        return labelled("Inputs", self.inputs, tip("Inputs", "What the network is fed: at least one input."))

    def _switch_input(self, key: str, on: bool) -> None:
        self.put_each(
            lambda lane: {"network.features": with_input(lane.network.features, key, on)}, "Change inputs"
        )

    def _seed(self) -> QHBoxLayout:
        self.seed = SeedField("Seed of the initial weights")
        set_topic(self.seed, "seed")
        self.seed.number.edited.connect(lambda seed: self.change({"seed": int(seed)}, "Change seed"))
        self.seed.again.clicked.connect(lambda: self.put({"seed": new_seed(self.get("seed"))}, "New seed"))
        self.controls["seed"] = self.seed
        return labelled("Seed", self.seed, tip("Seed", SEED.tooltip))


def _layers(depth: int) -> str:
    return "no hidden layer" if depth == 0 else counted(depth, "hidden layer")
