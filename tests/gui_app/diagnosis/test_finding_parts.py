"""The buttons of cures say what becomes of training."""

from __future__ import annotations

import pytest

from engine.experiment import default_experiment, edit_many
from engine.observation.diagnosis import Cure
from engine.training.trainer import Trainer
from gui_app.diagnosis.diagnosis import Diagnosis
from gui_app.diagnosis.finding_parts import cure_button
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 7},
        {"network.hidden": (4,)},
        {"data.generator.points": 100},
        {"training.learning_rate": 0.1},
        {"regularization.l2": 0.01},
        {"data.split.validation": 0.4},
    ],
)
def test_a_cure_says_whether_training_starts_again_as_it_does(qapp, changes):
    cure, trainer = Cure("A cure", changes), Trainer(default_experiment())
    trainer.train_epoch()
    trainer.set_experiment(edit_many(default_experiment(), cure.edits(0)))
    document = Document()
    button = cure_button(cure, "A", Diagnosis(document, CurrentLane(document)).remedies)
    starts_again = "Training restarts from the initial weights." in button.toolTip()
    assert starts_again == (trainer.runs[0].step == 0)
    assert starts_again != ("Training continues." in button.toolTip())
