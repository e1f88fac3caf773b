"""The memory of long histories: taken once, given back, and bounded for many lanes."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from engine.observation import rows as rows_module
from engine.observation.rows import DOUBLED, MOST_RESERVED, Rows

WIDTH, MOST = 7, 100_001
SIZE = MOST * (WIDTH + 2) * 8


@pytest.fixture(autouse=True)
def nothing_reserved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of other tests may not have been given back yet."""
    gc.collect()
    monkeypatch.setattr(rows_module, "_reserved", {})


def filled(count: int, most: int | None = MOST) -> Rows:
    rows = Rows(WIDTH, most, extremes=most is not None)
    add(rows, 0, count)
    return rows


def add(rows: Rows, first: int, last: int) -> None:
    for epoch in range(first, last):
        rows.append(epoch, 10 * epoch, np.full(WIDTH, float(epoch)))


def memory(rows: Rows) -> int:
    """Where the rows are."""
    return int(rows.arrays()[1].__array_interface__["data"][0])


def test_a_long_run_takes_its_room_once_and_its_rows_never_move_again() -> None:
    rows = filled(2 * DOUBLED)
    place = memory(rows)
    assert len(rows._when) == MOST
    add(rows, 2 * DOUBLED, 4 * DOUBLED)
    assert memory(rows) == place
    when, numbers = rows.arrays()
    assert when[:, 0].tolist() == list(range(4 * DOUBLED))
    assert (numbers[:, 3] == when[:, 0]).all()


def test_a_short_run_takes_little() -> None:
    assert len(filled(DOUBLED)._when) == DOUBLED


def test_a_copy_takes_its_room_once_too_and_keeps_it_when_rows_are_removed() -> None:
    rows, copy = filled(DOUBLED, most=3 * DOUBLED), Rows(WIDTH, MOST)
    copy.follow(rows.delta())
    add(rows, DOUBLED, 2 * DOUBLED)
    copy.follow(rows.delta())
    assert len(copy._when) == MOST
    add(rows, 2 * DOUBLED, 4 * DOUBLED)
    copy.follow(rows.delta())
    assert len(copy) == len(rows) < 3 * DOUBLED
    assert len(copy._when) == MOST
    assert all((mine == its).all() for mine, its in zip(copy.arrays(), rows.arrays(), strict=True))


def test_many_lanes_take_no_more_than_a_bounded_room_at_once() -> None:
    lanes = [filled(DOUBLED + 1) for _ in range(MOST_RESERVED // SIZE + 3)]
    reserved = [len(rows._when) == MOST for rows in lanes]
    assert sum(reserved) == MOST_RESERVED // SIZE
    assert reserved == sorted(reserved, reverse=True)
    assert len(lanes[-1]._when) == 2 * DOUBLED
    assert len(lanes[-1]) == DOUBLED + 1


def test_what_is_gone_gives_its_room_to_others() -> None:
    lanes = [filled(DOUBLED + 1) for _ in range(MOST_RESERVED // SIZE)]
    assert len(filled(DOUBLED + 1)._when) == 2 * DOUBLED
    del lanes
    gc.collect()
    assert len(filled(DOUBLED + 1)._when) == MOST
