"""The box that chooses what a heat map shows."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from engine.observation.sweep_measures import SWEEP_MEASURES
from gui_app.widgets.tips import tip
from gui_app.widgets.wheel import WheelNeedsFocus

NARROWEST = 9
"""Characters that are seen of a name at least."""


class MeasureBox(WheelNeedsFocus, QComboBox):
    """Combo box with all measures; ``chosen(key)`` follows a person's choice."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task = ""
        self.setAccessibleName("Measure")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # In a narrow dock the box gets narrower rather than the dock wider; the list has the whole names.
        self.setMinimumContentsLength(NARROWEST)
        self.setMaxVisibleItems(len(SWEEP_MEASURES))
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))

    def show_measures(self, key: str, task: str) -> None:
        """Show a choice without a signal, in the words of a task."""
        with QSignalBlocker(self):
            if task != self._task:
                self._task = task
                self.clear()
                for index, measure in enumerate(SWEEP_MEASURES.values()):
                    self.addItem(measure.label_for(task), measure.key)
                    text = tip(measure.label_for(task), measure.tooltip)
                    self.setItemData(index, text, Qt.ItemDataRole.ToolTipRole)
            self.setCurrentIndex(self.findData(key))
        measure = SWEEP_MEASURES[key]
        self.setToolTip(tip(f"Colours: {measure.label_for(task)}", measure.tooltip))
