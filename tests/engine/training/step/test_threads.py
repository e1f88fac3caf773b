"""A lane's bits are its own however many threads torch would use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from engine.experiment import Experiment
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, lane, with_lanes


@pytest.fixture(autouse=True)
def _threads_as_before() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def large(lanes: int, activation: str, width: int) -> Experiment:
    """So large that torch would share its tensors out among threads, in places that no vector ends at."""
    changes = {"network.hidden": (width,) * 2, "training.batch_size": 200, "network.activation": activation}
    return with_lanes(
        experiment({"data.generator.points": 600}), *(lane(str(number), changes) for number in range(lanes))
    )


def numbers(settings: Experiment, threads: int) -> list[bytes]:
    """Parameters, history and what is known of the first lane after two epochs and a step."""
    torch.set_num_threads(threads)
    trainer = Trainer(settings)
    for _ in range(5):
        # Somebody else may set it at any time.
        torch.set_num_threads(threads)
        trainer.step()
    torch.set_num_threads(threads)
    (shown, *_) = trainer.lane_snapshots()
    arrays = [shown.history.loss, shown.history.layers, shown.now.loss, shown.now.layers]
    return [trainer.parameters("0")[2].numpy().tobytes(), *(array.tobytes() for array in arrays)]


@pytest.mark.parametrize("activation", ["sigmoid", "elu", "tanh"])
@pytest.mark.parametrize("width", [77, 90])
def test_neighbours_and_threads_change_no_bit(activation: str, width: int) -> None:
    alone = numbers(large(1, activation, width), 1)
    for threads in (2, 4, 8):
        assert numbers(large(5, activation, width), threads) == alone


def test_the_calling_thread_is_left_with_one() -> None:
    torch.set_num_threads(4)
    Trainer(experiment()).step()
    assert torch.get_num_threads() == 1
