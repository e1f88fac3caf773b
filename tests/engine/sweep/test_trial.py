"""What a trial says on a machine that other programs keep busy; no time passes here."""

from __future__ import annotations

from itertools import chain, repeat

import pytest

from engine.sweep.trial import TRIAL_SECONDS, Times, Trial, try_out

BEGIN, EPOCH, COMPILE = 0.2, 0.0005, 3.0
LONG = Trial(16, 20_000, 2_000_000.0)
"""Of a sweep that takes a quarter of an hour."""


class Machine:
    """Trains in no time; ``held_up`` are the seconds that other programs take of one training after another."""

    def __init__(self, *held_up: float, begin: float = BEGIN, epoch: float = EPOCH) -> None:
        self.begin, self.epoch = begin, epoch
        self.asked: list[int] = []
        self.took: list[float] = []
        self._held_up = chain(held_up, repeat(0.0))

    def train(self, epochs: int) -> float:
        self.asked.append(epochs)
        compiling = 0.0 if self.took else COMPILE
        self.took.append(self.begin + epochs * self.epoch + compiling + next(self._held_up))
        return self.took[-1]


def near(found: Times, epoch: float = EPOCH, within: float = 0.01) -> bool:
    return found.epoch == pytest.approx(epoch, rel=within)


def test_an_idle_machine_says_what_an_epoch_and_what_a_begin_takes() -> None:
    machine = Machine()
    found = try_out(LONG, machine.train)
    assert near(found)
    assert found.begin == pytest.approx(BEGIN)
    assert found.first == pytest.approx(BEGIN + EPOCH + COMPILE)


def test_a_trial_that_is_hardly_longer_than_one_epoch_is_lengthened() -> None:
    machine = Machine()
    try_out(LONG, machine.train)
    assert machine.asked[:3] == [1, 1, 16]
    longest = max(machine.asked)
    assert BEGIN + longest * EPOCH >= 4 * BEGIN
    assert machine.asked.count(longest) == 3, "a median of three"


@pytest.mark.parametrize("place", range(1, 8))
@pytest.mark.parametrize("seconds", [0.15, 0.5])
def test_one_training_that_is_held_up_changes_nothing(place: int, seconds: float) -> None:
    machine = Machine(*[0.0] * place, seconds)
    # What is held up while it is lengthened only says how far, and where it is measured there are others.
    assert near(try_out(LONG, machine.train), within=0.5)


@pytest.mark.parametrize("held_up", [(0, 0.3, 0.02, 0.25), (0, 0.1, 0, 0.3, 0.05, 0.2, 0, 0.1), (0, 1, 1, 1)])
def test_a_busy_machine_never_makes_a_sweep_of_minutes_one_of_seconds(held_up: tuple[float, ...]) -> None:
    machine = Machine(*held_up)
    found = try_out(LONG, machine.train)
    assert 0.5 * EPOCH <= found.epoch <= 2.5 * EPOCH


def test_the_longest_training_bounds_what_is_said() -> None:
    # It takes less than one of a single epoch, which was held up each time.
    trial = Trial(50, 50, 1e9)
    held = Machine(*[0.0, 2.0, 0.0, 2.0, 0.0, 2.0, 0.0])
    found = try_out(trial, held.train)
    whole = BEGIN + 50 * EPOCH
    assert found.epoch == pytest.approx(whole / 50 / 2)
    assert found.begin + 50 * found.epoch == pytest.approx(whole)
    # A single epoch that took no time at all leaves nothing for a begin.
    none = try_out(trial, Machine(*[0.0, *[-BEGIN - EPOCH, 0.0] * 3]).train)
    assert none.epoch == pytest.approx(whole / 50)
    assert none.begin == pytest.approx(0.0)


@pytest.mark.parametrize("epoch", [1e-6, 0.001, 0.01, 0.4, 1.9, 5.0, 60.0])
@pytest.mark.parametrize("begin", [0.01, 0.2, 1.0, 4.0])
def test_a_trial_takes_some_seconds(begin: float, epoch: float) -> None:
    machine = Machine(begin=begin, epoch=epoch)
    trial = Trial(2 + int(0.5 / epoch), 10**9, 1e12)
    try_out(trial, machine.train)
    # At most one that is longer was begun before.
    assert sum(machine.took[1:]) <= max(2 * TRIAL_SECONDS, begin + epoch)


def test_a_sweep_that_is_soon_done_is_not_tried_for_long() -> None:
    machine = Machine()
    try_out(Trial(16, 2000, 2000.0), machine.train)
    assert sum(machine.took[1:]) < 1.0
