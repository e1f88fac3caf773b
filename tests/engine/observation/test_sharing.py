"""What lanes that are compared share is what their snapshots and settings say."""

from __future__ import annotations

from typing import Any

import pytest

from engine.observation.sharing import not_shared
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, lane, with_lanes


@pytest.mark.parametrize(
    ("changes", "late", "clause"),
    [
        ({}, False, ""),
        ({"training.learning_rate": 0.1, "network.hidden": [3]}, False, ""),
        ({"seed": 4}, False, "Lanes do not share the seed"),
        ({}, True, "Lanes do not share the epoch"),
        ({"training.batch_size": 5}, False, "Lanes do not share the batch size"),
        ({"seed": 4, "training.batch_size": 5}, False, "Lanes do not share seed and batch size"),
        ({"seed": 4, "training.batch_size": 5}, True, "Lanes do not share seed, epoch and batch size"),
    ],
)
def test_the_clause_names_what_differs(changes: dict[str, Any], late: bool, clause: str) -> None:
    lanes = [lane("A"), lane("B", changes)]
    trainer = Trainer(with_lanes(experiment(), *(lanes[:1] if late else lanes)), way="replay")
    trainer.train_epoch()
    trainer.set_lanes(lanes)
    trainer.train_epoch()
    assert not_shared(trainer.lane_snapshots(), lanes) == clause
