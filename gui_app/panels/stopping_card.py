"""The card of early stopping."""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtWidgets import QCheckBox

from engine.catalogue.regularizers import MIN_DELTA, PATIENCE, REGULARIZERS
from engine.experiment import EarlyStoppingSettings
from gui_app.panels.panel import Panel
from gui_app.widgets.card import Card
from gui_app.widgets.fold import Fold
from gui_app.widgets.numbers import format_number
from gui_app.widgets.tips import entry_tip, tip

NO_VALIDATION = "Needs validation points: raise the validation share."


class StoppingCard(Card):
    """Off is null in the document."""

    def __init__(self, panel: Panel) -> None:
        entry = REGULARIZERS["early_stopping"]
        super().__init__(entry.label)
        self._panel, self._path = panel, panel.path("regularization.early_stopping")
        self._memory: dict[str, Any] = {key: int(value) for key, value in entry.typical_on.items()}
        self.setToolTip(entry_tip(entry))
        self.set_meaning(entry.tooltip)
        self.patience = panel.slider(PATIENCE, f"{self._path}.patience", label_width=60)
        self.min_delta = panel.slider(MIN_DELTA, f"{self._path}.min_delta", number_width=72)
        self.restore = QCheckBox("Go back to the best weights")
        self.restore.setToolTip(
            tip("Best weights", "When training stops, the weights of the best epoch come back.")
        )
        self.restore.setAccessibleName("Go back to the best weights")
        self.restore.clicked.connect(self._set_restore)
        panel.controls[f"{self._path}.restore_best"] = self.restore
        self.more = Fold("More")
        self.more.body.addWidget(self.min_delta)
        self.more.body.addWidget(self.restore)
        self.body.addWidget(self.patience)
        self.extra.addWidget(self.more)
        self.switched.connect(self._switch_stopping)

    def show_stopping(self, stopping: EarlyStoppingSettings | None, validation_points: int) -> None:
        """Show the settings without a signal."""
        if stopping is not None:
            self._memory = msgspec.structs.asdict(stopping)
            self.patience.set_value(stopping.patience)
            self.min_delta.set_value(stopping.min_delta)
            self.restore.setChecked(stopping.restore_best)
            self.set_summary(f"patience {format_number(stopping.patience)}")
        self.set_on(stopping is not None)
        self.set_reason("" if validation_points else NO_VALIDATION)

    def _switch_stopping(self, on: bool) -> None:
        words = f"Switch early stopping {'on' if on else 'off'}"
        self._panel.put({self._path: dict(self._memory) if on else None}, words)

    def _set_restore(self, restore: bool) -> None:
        self._panel.put({f"{self._path}.restore_best": restore}, "Change early stopping")
