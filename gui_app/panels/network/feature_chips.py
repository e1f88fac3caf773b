"""The chips of the network's inputs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QToolButton, QWidget

from engine.catalogue.features import FEATURES
from gui_app.session.network_shape import NetworkShape
from gui_app.widgets.buttons import chip, set_partial
from gui_app.widgets.flow import FlowLayout
from gui_app.widgets.tips import entry_tip, tip


class FeatureChips(QWidget):
    """A chip for each input that the task offers; ``switched(key, on)`` is emitted for a person's clicks only."""

    switched = Signal(str, bool)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Inputs")
        self.chips: dict[str, QToolButton] = {}
        self._features: tuple[str, ...] = ()
        self._labels: dict[str, str] = {}
        flow = FlowLayout(self, spacing=4)
        for key, feature in FEATURES.items():
            button = chip(feature.label, entry_tip(feature), f"Input {feature.label}")
            button.clicked.connect(lambda on, key=key: self.switched.emit(key, on))
            self.chips[key] = button
            flow.addWidget(button)

    def show_features(self, features: tuple[str, ...], shape: NetworkShape) -> None:
        """Show the inputs of the task with the names of the axes, and which of them are used, without a signal."""
        self._features = features
        for key, button in self.chips.items():
            self._name(key, button, shape.feature_label(key))
            button.setVisible(key in shape.offered)
            button.setChecked(key in features)

    def show_mixed(self, values: Sequence[tuple[str, ...]]) -> None:
        """Show that these inputs differ, without a signal; none of them: show the one choice again."""
        for key, button in self.chips.items():
            using = [key in value for value in values or [self._features]]
            set_partial(button, any(using) and not all(using))
            button.setChecked(all(using))

    def text_of(self, value: tuple[str, ...]) -> str:
        """Return the names of inputs."""
        return " ".join(self._labels.get(key, FEATURES[key].label) for key in value)

    def _name(self, key: str, button: QToolButton, label: str) -> None:
        if label != self._labels.get(key):
            self._labels[key] = label
            feature = FEATURES[key]
            button.setText(label)
            button.setAccessibleName(f"Input {label}")
            formula = feature.formula if feature.formula not in (label, feature.label) else ""
            button.setToolTip(tip(label, feature.tooltip, formula))
