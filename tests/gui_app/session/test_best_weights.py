"""Best weights beside weights that were set by hand."""

from __future__ import annotations

from engine.training.parameter_edits import ParameterPlace
from engine.training.trainer import Trainer
from gui_app.session.best_weights import best_to_restore, return_of
from tests.engine.helpers import experiment, trained

WEIGHT = ParameterPlace(2, "weight", 0, 0)


def test_after_a_weight_was_set_by_hand_there_are_best_ones_to_go_back_to() -> None:
    trainer = trained(experiment({"lanes.0.training.learning_rate": 0.05}, task="surface"), 1, way="replay")
    (shown,) = trainer.lane_snapshots()
    assert shown.best is not None
    assert shown.best.step == shown.now.step
    assert best_to_restore(shown, playing=False) is None
    trainer.set_parameter(0, WEIGHT, 5.0)
    (shown,) = trainer.lane_snapshots()
    assert best_to_restore(shown, playing=False) == shown.best
    assert best_to_restore(shown, playing=True) is None
    trainer.restore_best()
    (shown,) = trainer.lane_snapshots()
    assert best_to_restore(shown, playing=False) is None
    assert return_of(shown) is not None
    trainer.set_parameter(0, WEIGHT, 5.0)
    (shown,) = trainer.lane_snapshots()
    assert best_to_restore(shown, playing=False) == shown.best
    assert return_of(shown) is None


def test_before_the_first_step_what_was_set_by_hand_is_the_best_there_is() -> None:
    trainer = Trainer(experiment(), way="replay")
    trainer.set_parameter(0, WEIGHT, 5.0)
    assert best_to_restore(trainer.lane_snapshots()[0], playing=False) is None
