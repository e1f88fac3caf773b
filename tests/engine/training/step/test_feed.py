"""What steps read: the batches of the orders, shares that add up, draws of each step's own, however it is cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.network import EncodedData, LaneNetwork, Layout, draws
from engine.network.dropout import draw_uniforms
from engine.tape.placement import PROCESSOR, Placement
from engine.training.step.batches import Batches
from engine.training.step.feed import Feed, FeedMaker, room_for, rows_for
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment

WIDTHS = (2, 5, 4, 2)


@dataclass
class Reading:
    """As much of a ``StepState`` as a feed depends on."""

    network: LaneNetwork
    rates: list[torch.Tensor | None]
    augmentation: dict[str, torch.Tensor]

    @property
    def place(self) -> Placement:
        return PROCESSOR

    @property
    def drops(self) -> bool:
        return any(rate is not None for rate in self.rates)


def maker(
    size: int, drops: bool = False, moves: tuple[str, ...] = ()
) -> tuple[FeedMaker, EncodedData, Batches]:
    """Of 30 points."""
    trainer = Trainer(experiment())
    run, data, _ = trainer.parameters("A")
    network = LaneNetwork(Layout(WIDTHS), run.lane.network.activation, torch.zeros(1, Layout(WIDTHS).size))
    rate = torch.full((1, 1, 1), 0.5) if drops else None
    state: Any = Reading(network, [None, rate, rate], {key: torch.ones(1, 1) for key in moves})
    room = room_for(data.training, size)
    rows = rows_for(room, bool(moves))
    made = FeedMaker(state, data, size, rows, room)
    return made, data, trainer.lanes.batches


def no_numbers(steps: int) -> torch.Tensor:
    return torch.zeros(steps, 0, 0, 1)


def feed(size: int, first: int, steps: int, **reading: Any) -> Feed:
    made, _, batches = maker(size, **reading)
    return made.make(batches, first, steps, no_numbers)


@pytest.mark.parametrize("size", [1, 7, 10, 29, 30, 31, 1000])
def test_batches_are_those_of_the_order_and_their_shares_add_up(size: int) -> None:
    made, data, batches = maker(size)
    fed = made.make(batches, 0, 3 * made.batches, no_numbers)
    for index in range(len(fed)):
        epoch, number = divmod(index, made.batches)
        rows = torch.from_numpy(batches.orders(epoch, 1)[0][number * size :][:size])
        count = len(rows)
        assert fed.real(index) == count
        assert fed.epoch(index) == epoch
        parts = {name: part[index] for name, part in fed.loaded.items()}
        assert torch.equal(parts["inputs"][:count], data.inputs[rows])
        assert torch.equal(parts["encoded"][:count], data.encoded[rows])
        assert (parts["inputs"][count:] == parts["inputs"][0]).all()
        assert (parts["encoded"][count:] == parts["encoded"][0]).all()
        assert (parts["shares"][:count] == np.float32(1.0 / count)).all()
        assert not parts["shares"][count:].any()


READ = {
    "plain": {},
    "dropout": {"drops": True},
    "moved": {"moves": ("rotate", "input_noise")},
    "all": {"drops": True, "moves": ("mixup", "input_noise")},
}


@pytest.mark.parametrize("read", READ)
@given(
    size=st.sampled_from([4, 7, 30, 64]),
    first=st.integers(0, 40),
    steps=st.integers(1, 20),
    cut=st.integers(0, 20),
)
def test_a_step_reads_the_same_however_the_steps_are_cut(
    read: str, size: int, first: int, steps: int, cut: int
) -> None:
    cut = min(cut, steps)
    whole = feed(size, first, steps, **READ[read])
    parts = [feed(size, first, cut, **READ[read])] if cut else []
    parts += [feed(size, first + cut, steps - cut, **READ[read])] if cut < steps else []
    assert torch.equal(whole.memory, torch.cat([part.memory for part in parts]))


@pytest.mark.parametrize("size", [7, 64])
def test_draws_are_those_of_each_step_and_repeated_points_repeat_theirs(size: int) -> None:
    made, _, batches = maker(size, True, ("shift", "input_noise"))
    first, room, rates = 3, room_for(30, size), [None, torch.ones(1, 1, 1), torch.ones(1, 1, 1)]
    fed = made.make(batches, first, 9, no_numbers)
    for index in range(9):
        masks = draw_uniforms(rates, WIDTHS, batches.seed, draws.DROPOUT, first + index, (1, room))[0]
        moves = 2.0 * draws.uniforms(batches.seed, draws.MOVES, first + index, 1, 7 * room)[0] - 1.0
        count = fed.real(index)
        parts = {name: part[index].numpy() for name, part in fed.loaded.items()}
        np.testing.assert_array_equal(parts["masks"][:count], masks[:count])
        np.testing.assert_array_equal(parts["moves"][:, :count], moves.reshape(7, room)[:, :count])
        assert (parts["masks"][count:] == parts["masks"][0]).all()
        for name in ("moves", "noise", "offsets"):
            assert (parts[name][:, count:] == parts[name][:, :1]).all()
    assert len({part.numpy().tobytes() for part in fed.loaded["masks"]}) == 9


def test_dropout_draws_the_same_with_and_without_augmentation() -> None:
    plain, moved = feed(10, 0, 5, drops=True), feed(10, 0, 5, drops=True, moves=("shift",))
    assert torch.equal(plain.loaded["masks"], moved.loaded["masks"][:, :10])


def test_a_row_is_one_piece_of_whole_cache_lines() -> None:
    fed = feed(7, 0, 4, drops=True, moves=("shift",))
    for part in fed.loaded.values():
        assert part.data_ptr() % 4 == 0
        assert (part.data_ptr() - fed.memory.data_ptr()) % 64 == 0
    assert fed.memory.shape[1] % 16 == 0


def test_few_points_have_few_rooms() -> None:
    assert len({room_for(points, 10_000) for points in range(1, 1001)}) <= 26
    assert all(points <= room_for(points, 10_000) for points in range(1, 2000))
    assert {room_for(points, 10) for points in range(1, 500)} == {8, 10}


def test_a_feed_that_is_gone_leaves_its_memory_to_the_next() -> None:
    made, _, batches = maker(7, drops=True)
    kept = made.make(batches, 0, 10, no_numbers)
    before, places = kept.memory.clone(), set()
    for turn in range(4):
        fed = made.make(batches, 10 * turn, 10 - turn, no_numbers)
        places.add(fed.memory.data_ptr())
        assert torch.equal(fed.memory, feed(7, 10 * turn, 10 - turn, drops=True).memory)
        del fed
    assert len(places) == 1
    assert torch.equal(kept.memory, before)
