"""The network panel: depth, widths, activation, normalization, initial weights and inputs."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.features import FEATURES
from engine.catalogue.hyperparameters import SEED
from engine.catalogue.initializers import INITIALIZERS
from engine.catalogue.input_scalings import INPUT_SCALINGS
from engine.catalogue.texts import counted
from engine.experiment import Experiment, switch_hidden
from gui_app.panels.choice_editor import ChoiceEditor
from gui_app.panels.lane_panel import LanePanel
from gui_app.panels.network.normalization_editor import NormalizationEditor
from gui_app.panels.network.residual_switch import ResidualSwitch
from gui_app.panels.network.scaling_note import ScalingNote
from gui_app.panels.network.shape_editor import ShapeEditor
from gui_app.panels.panel import labelled
from gui_app.panels.seed_field import SeedField
from gui_app.session.network_shape import NetworkShape
from gui_app.session.seeds import new_seed
from gui_app.widgets.buttons import chip
from gui_app.widgets.flow import FlowLayout
from gui_app.widgets.section import MoreSection
from gui_app.widgets.tips import entry_tip, tip
from gui_app.widgets.topics import set_topic


class NetworkPanel(LanePanel):
    """Panel that edits ``network`` and the seed of the current lane."""

    def build(self) -> None:
        set_topic(self, "network")
        self.section = MoreSection(
            "Network", "initializer, normalization, residual connections, inputs, seed"
        )
        self.column.addWidget(self.section)
        self.shape = ShapeEditor()
        set_topic(self.shape, "layers")
        self.controls["network.hidden"] = self.shape
        self.activation = ChoiceEditor(self, ACTIVATIONS, "network.activation", "Activation")
        self.initializer = ChoiceEditor(self, INITIALIZERS, "network.initializer", "Initializer")
        self.normalization = NormalizationEditor(self, "network.normalization")
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
        self.shape.edited.connect(self._set_shape)
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
        self._name_inputs(experiment)
        for key, button in self.chips.items():
            button.setChecked(key in network.features)

    def _name_inputs(self, experiment: Experiment) -> None:
        """Offer the inputs of the task, with the names of the axes."""
        shape = NetworkShape.of(self.lane, experiment.data)
        for key, button in self.chips.items():
            button.setText(shape.feature_label(key))
            button.setVisible(key in shape.offered)

    def _set_shape(self, hidden: tuple[int, ...]) -> None:
        self.attempt(
            lambda: self.document.change_to(
                switch_hidden(self.document.experiment, self.current.index, hidden),
                "Change layers",
                {self.path("network.hidden")},
            )
        )

    def _features(self) -> QHBoxLayout:
        self.chips: dict[str, QToolButton] = {}
        holder = QWidget()
        set_topic(holder, "inputs")
        flow = FlowLayout(holder, spacing=4)
        for key, feature in FEATURES.items():
            button = chip(feature.label, entry_tip(feature), f"Input {feature.label}")
            button.clicked.connect(lambda _, key=key: self._toggle(key))
            self.chips[key] = button
            flow.addWidget(button)
        self.controls["network.features"] = holder
        return labelled("Inputs", holder, tip("Inputs", "What the network is fed: at least one input."))

    def _toggle(self, key: str) -> None:
        chosen = set(self.get("network.features")) ^ {key}
        if not chosen:
            self.chips[key].setChecked(True)
            self.show_message("The network needs at least one input.")
            return
        features = tuple(name for name in FEATURES if name in chosen)
        self.put({"network.features": features}, "Change inputs")

    def _seed(self) -> QHBoxLayout:
        self.seed = SeedField("Seed of the initial weights")
        set_topic(self.seed, "seed")
        self.seed.number.edited.connect(lambda seed: self.change({"seed": int(seed)}, "Change seed"))
        self.seed.again.clicked.connect(lambda: self.put({"seed": new_seed(self.get("seed"))}, "New seed"))
        self.controls["seed"] = self.seed
        return labelled("Seed", self.seed, tip("Seed", SEED.tooltip))


def _layers(depth: int) -> str:
    return "no hidden layer" if depth == 0 else counted(depth, "hidden layer")
