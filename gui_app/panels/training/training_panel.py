"""The training panel: optimizer, learning rate and its schedule, batch size and loss."""

from __future__ import annotations

from engine.catalogue.hyperparameters import BATCH_SIZE, LEARNING_RATE
from engine.catalogue.losses import LOSSES, applies
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.schedules import SCHEDULES
from engine.experiment import Experiment
from gui_app.panels.choice_editor import ChoiceEditor
from gui_app.panels.lane_panel import LanePanel
from gui_app.widgets.section import Section


class TrainingPanel(LanePanel):
    """Panel that edits ``training`` of the current lane."""

    def build(self) -> None:
        section = Section("Training")
        self.column.addWidget(section)
        self.optimizer = ChoiceEditor(self, OPTIMIZERS, "training.optimizer", "Optimizer", folded=True)
        self.learning_rate = self.slider(LEARNING_RATE, "training.learning_rate")
        self.schedule = ChoiceEditor(self, SCHEDULES, "training.schedule", "Schedule")
        self.batch_size = self.slider(BATCH_SIZE, "training.batch_size")
        self.loss = ChoiceEditor(self, LOSSES, "training.loss", "Loss")
        for control in (self.optimizer, self.learning_rate, self.schedule, self.batch_size, self.loss):
            section.body.addWidget(control)

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
        self.schedule.show_choice(training.schedule)
        self.batch_size.set_value(training.batch_size)
