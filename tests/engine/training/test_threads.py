"""Threads by the size of the work; the numbers do not depend on them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from engine.experiment import Experiment
from engine.training import threads
from engine.training.threads import WORK, threads_for, use_threads
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, lane, with_lanes


@pytest.fixture(autouse=True)
def _one_thread_again() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("work", "cores", "expected"),
    [(0, 8, 1), (WORK, 8, 1), (2 * WORK, 8, 2), (100 * WORK, 8, 7), (100 * WORK, 2, 1), (100 * WORK, 1, 1)],
)
def test_threads_grow_with_the_work_and_leave_a_core(work: int, cores: int, expected: int) -> None:
    assert threads_for(work, cores) == expected


def large(lanes: int) -> Experiment:
    changes = {"network.hidden": (96,) * 3, "training.batch_size": 200}
    return with_lanes(
        experiment({"data.generator.points": 500}), *(lane(str(number), changes) for number in range(lanes))
    )


def test_work_is_that_of_the_largest_step() -> None:
    trainer = Trainer(large(3))
    parameters = 2 * 96 + 96 + 2 * (96 * 96 + 96) + 96 * 2 + 2
    assert trainer.work == 3 * parameters * 200
    assert Trainer(with_lanes(large(3), *large(2).lanes, lane("small"))).work == 2 * parameters * 200


def test_the_calling_thread_uses_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "_cores", lambda: 3)
    use_threads(Trainer(large(3)))
    assert torch.get_num_threads() == 2
    use_threads(Trainer(experiment()))
    assert torch.get_num_threads() == 1


@pytest.mark.parametrize("lanes", [1, 3])
def test_numbers_do_not_depend_on_threads(lanes: int) -> None:
    rows = []
    for count in (1, 2, 4):
        torch.set_num_threads(count)
        trainer = Trainer(large(lanes))
        for _ in range(6):
            trainer.step()
        trainer.measure()
        now = trainer.runs[0].now
        assert now is not None
        rows.append(
            (trainer.parameters("0")[2].numpy().tobytes(), now.loss.tobytes(), now.weight_gradient.tobytes())
        )
    assert rows[0] == rows[1] == rows[2]
