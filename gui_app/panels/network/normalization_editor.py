"""The editor of normalization: its kind, position and layers."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.catalogue import Entry, Family
from engine.catalogue.normalizations import NORMALIZATIONS, POSITIONS
from engine.experiment import Lane, NormalizationSettings
from gui_app.panels.lane_panel import LanePanel
from gui_app.panels.layer_choice import CHOSEN, LayerChoice, LayersChange
from gui_app.panels.panel import LABEL_WIDTH, labelled
from gui_app.panels.regularizer_notes import NO_HIDDEN_LAYER
from gui_app.widgets.card import explanation
from gui_app.widgets.choice_chips import ChoiceChips

NONE = Entry(key="none", label="None", formula="a = σ(z)", tooltip="No normalization.")
KINDS: Family[Entry] = Family("normalization", [NONE, *NORMALIZATIONS.values()])
MEANINGS = {"all": "In all hidden layers", CHOSEN: "In the hidden layers chosen below"}


NEEDED = "Normalization needs at least one layer: choose None instead"


def kind_of(normalization: NormalizationSettings | None) -> str:
    """Return the key of ``KINDS`` for the settings of a lane."""
    return NONE.key if normalization is None else normalization.kind


class NormalizationEditor(QWidget):
    """Editor of the normalization at a path of ``panel``.

    No normalization is null in the document; the editor remembers each lane's position and layers meanwhile.
    """

    def __init__(self, panel: LanePanel, path: str) -> None:
        super().__init__()
        self._panel, self._path = panel, path
        self._memories: dict[str, NormalizationSettings] = {}
        self.kind = ChoiceChips(KINDS, "Normalization")
        self.position = panel.choice_chips(POSITIONS, f"{path}.position", "Normalization")
        self.layers = LayerChoice("Normalization", MEANINGS, NEEDED, LABEL_WIDTH)
        self.reason = explanation()
        panel.controls[path] = self.kind
        panel.controls[f"{path}.layers"] = self.layers
        self._lay_out()
        self.kind.chosen.connect(self._choose)
        self.layers.edited.connect(self._choose_layers)

    def show_normalization(self, normalization: NormalizationSettings | None, depth: int) -> None:
        """Show the settings of a network with ``depth`` hidden layers, without a signal."""
        normalized = [lane.network.normalization for lane in self._panel.selected]
        for lane, settings in zip(self._panel.selected, normalized, strict=True):
            if settings is not None:
                self._memories[lane.name] = settings
        self.kind.set_key(kind_of(normalization))
        if normalization is not None:
            self.position.set_key(normalization.position)
            self.layers.show_layers(normalization.layers, depth)
        self._details.setVisible(None not in normalized)
        for part in (self.kind, self._details):
            # Normalization that is on can be switched off even without hidden layers.
            part.setEnabled(depth > 0 or (part is self.kind and normalization is not None))
        self.reason.setText("" if depth else NO_HIDDEN_LAYER)
        self.reason.setVisible(not depth)

    def _choose(self, kind: str) -> None:
        self._panel.put_each(lambda lane: {self._path: self._settings(kind, lane)}, "Change normalization")

    def _choose_layers(self, change: LayersChange) -> None:
        def changed(lane: Lane) -> dict[str, object]:
            settings = lane.network.normalization or NormalizationSettings()
            return {f"{self._path}.layers": change(settings.layers, len(lane.network.hidden))}

        self._panel.put_each(changed, "Change normalized layers")

    def _settings(self, kind: str, lane: Lane) -> dict[str, object] | None:
        """Return the chosen settings as JSON values, without layers that no longer exist."""
        if kind == NONE.key:
            return None
        depth = len(lane.network.hidden)
        memory = self._memories.get(lane.name, NormalizationSettings())
        layers: object = memory.layers
        if isinstance(layers, tuple):
            layers = tuple(layer for layer in layers if layer <= depth) or "all"
        return {"kind": kind, "position": memory.position, "layers": layers}

    def _lay_out(self) -> None:
        self._details = QWidget()
        details = QVBoxLayout(self._details)
        column = QVBoxLayout(self)
        for layout in (details, column):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(4)
        column.addLayout(labelled("Normalize", self.kind))
        details.addLayout(labelled("Where", self.position))
        details.addWidget(self.layers)
        column.addWidget(self._details)
        column.addWidget(self.reason)
