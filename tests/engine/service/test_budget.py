"""What watching may take from training, by a clock that the test turns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.service.budget import FAST, SIZES, SLOW, SMALLEST, Budget, GridSize


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def spend(budget: Budget, clock: Clock, seconds: float) -> None:
    with budget.spending():
        clock.now += seconds


@given(st.floats(0.01, 0.5), st.lists(st.floats(1e-4, 0.05), min_size=20, max_size=60))
def test_it_never_takes_more_than_its_share(share: float, costs: list[float]) -> None:
    clock = Clock()
    budget = Budget(share, clock=clock)
    start, spent = clock.now, 0.0
    for cost in costs:
        while not budget.allows:
            clock.now += 1e-3
        assert spent <= share * (clock.now - start) + 1e-9
        spend(budget, clock, cost)
        spent += cost


def test_what_others_take_meanwhile_is_no_cost() -> None:
    clock, effort = Clock(), Clock()
    budget = Budget(0.1, clock=clock, effort=effort)
    with budget.spending():
        clock.now += 0.020
        effort.now += 0.002
    assert budget.cost == pytest.approx(0.002)
    clock.now += 0.017
    assert not budget.allows
    clock.now += 0.0011
    assert budget.allows


def test_it_uses_its_share() -> None:
    clock = Clock()
    budget = Budget(0.1, clock=clock)
    times = 0
    while clock.now < 110.0:
        if budget.allows:
            spend(budget, clock, 0.01)
            times += 1
        else:
            clock.now += 1e-4
    assert times == pytest.approx(100, abs=2)


def test_what_costs_nothing_is_done_at_its_interval() -> None:
    clock = Clock()
    budget = Budget(0.1, interval=0.02, clock=clock)
    assert budget.allows
    spend(budget, clock, 1e-6)
    clock.now += 0.019
    assert not budget.allows
    clock.now += 0.0011
    assert budget.allows


def test_what_failed_has_cost_its_time_too() -> None:
    clock = Clock()
    budget = Budget(0.1, clock=clock)

    def fail() -> None:
        with budget.spending():
            clock.now += 1.0
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    assert budget.cost == 1.0
    assert not budget.allows
    clock.now += 9.01
    assert budget.allows


def sizes(grid: GridSize, cell: float, rest: float, pictures: int) -> list[int]:
    """Of grids whose cells take so many seconds each."""
    seen = []
    for _ in range(pictures):
        seen.append(grid.of(100))
        grid.note(rest, cell * seen[-1] ** 2)
    return seen


def test_a_fast_grid_is_as_fine_as_asked() -> None:
    assert set(sizes(GridSize(0.004), 1e-7, 0.001, 500)) == {100}


def test_a_slow_grid_becomes_coarser_step_by_step_and_stays() -> None:
    grid = GridSize(0.004)
    seen = sizes(grid, 1e-6, 0.001, 500)
    assert seen[:SLOW] == [100] * SLOW
    assert seen == sorted(seen, reverse=True)
    assert seen[-1] == 50
    assert 0.001 + 1e-6 * 50**2 < 0.004 < 0.001 + 1e-6 * 75**2


def test_one_slow_grid_changes_nothing() -> None:
    grid = GridSize(0.004)
    for _ in range(10):
        sizes(grid, 1e-5, 0.001, SLOW - 1)
        sizes(grid, 1e-8, 0.001, 1)
    assert grid.of(100) == 100


def test_it_becomes_finer_again_only_when_that_lasts() -> None:
    grid = GridSize(0.004)
    sizes(grid, 1e-4, 0.001, 500)
    assert grid.of(100) == round(100 * SIZES[-1])
    sizes(grid, 1e-7, 0.001, FAST - 1)
    sizes(grid, 1e-4, 0.001, 1)
    assert grid.of(100) == round(100 * SIZES[-1])
    assert sizes(grid, 1e-7, 0.001, 200)[-1] == 100


@given(st.floats(1e-8, 1e-4), st.floats(0.0, 0.01))
def test_with_steady_costs_it_comes_to_rest(cell: float, rest: float) -> None:
    grid = GridSize(0.004)
    sizes(grid, cell, rest, 1000)
    assert len(set(sizes(grid, cell, rest, 300))) == 1


def test_a_grid_is_not_blamed_for_what_the_rest_takes() -> None:
    assert set(sizes(GridSize(0.004), 1e-8, 0.1, 100)) == {100}


def test_small_grids_stay_as_they_are() -> None:
    grid = GridSize(0.004)
    sizes(grid, 1e-3, 0.0, 500)
    assert [grid.of(size) for size in (1, SMALLEST, 40)] == [1, SMALLEST, SMALLEST]
