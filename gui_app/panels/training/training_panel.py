"""The training panel: optimizer, learning rate and its schedule, batch size and loss."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engine.catalogue.hyperparameters import BATCH_SIZE, LEARNING_RATE
from engine.catalogue.losses import LOSSES, applies
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.schedules import SCHEDULES
from engine.experiment import Experiment
from gui_app.panels.choice_editor import ChoiceEditor
from gui_app.panels.lane_panel import LanePanel
from gui_app.panels.training.layer_rates import LayerRates
from gui_app.widgets.flow import FlowLayout
from gui_app.widgets.section import MoreSection
from gui_app.widgets.topics import set_topic


class TrainingPanel(LanePanel):
    """Panel that edits ``training`` of the current lane."""

    def build(self) -> None:
        set_topic(self, "playing")
        self.section = section = MoreSection(
            "Training", "schedule, loss, rates of layers and the optimizer's parameters"
        )
        self.column.addWidget(section)
        self.optimizer = ChoiceEditor(self, OPTIMIZERS, "training.optimizer", "Optimizer", apart=True)
        self.optimizer.box.setProperty("kind", "compact")
        self.learning_rate = self.slider(LEARNING_RATE, "training.learning_rate")
        self.schedule = ChoiceEditor(self, SCHEDULES, "training.schedule", "Schedule")
        self.batch_size = self.slider(
            BATCH_SIZE, "training.batch_size", label="Batch", label_width=0, number_width=42, groove=False
        )
        self.batch_size.number.setAccessibleName(BATCH_SIZE.label)
        self.loss = ChoiceEditor(self, LOSSES, "training.loss", "Loss")
        section.body.addWidget(self.learning_rate)
        section.body.addWidget(self._side_by_side(self.optimizer, self.batch_size))
        self.layer_rates = LayerRates(self, "training.layer_rates")
        for control in (self.optimizer.parameters, self.layer_rates, self.schedule, self.loss):
            section.more.addWidget(control)

    @staticmethod
    def _side_by_side(*controls: QWidget) -> QWidget:
        """Return a row of controls; with large text it becomes two rows."""
        row = QWidget()
        flow = FlowLayout(row, spacing=6, fill=True)
        for control in controls:
            flow.addWidget(control)
        return row

    def concerns(self, before: Experiment, after: Experiment) -> bool:
        same_data = before.data.task == after.data.task and before.data.classes == after.data.classes
        return super().concerns(before, after) or not same_data

    def refresh(self, experiment: Experiment) -> None:
        training, data = self.lane.training, experiment.data
        fitting = [key for key, loss in LOSSES.items() if applies(loss, data.task, data.classes)]
        self.loss.box.filtered(fitting)
        self.loss.show_choice(training.loss)
        self.optimizer.show_choice(training.optimizer)
        self.learning_rate.set_value(training.learning_rate)
        self.layer_rates.show_rates(training.layer_rates)
        self.schedule.show_choice(training.schedule)
        self.batch_size.set_value(training.batch_size)
