"""Where the cells of a plane are, and which texts stand at its axes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF

from gui_app.sweeps.drawing.marks import Region
from gui_app.sweeps.drawing.plane import Plane, PlaneAxis, columns_apart, plane_in


def axes(columns: int, rows: int) -> tuple[PlaneAxis, ...]:
    found = [PlaneAxis("x", tuple(map(str, range(columns)))), PlaneAxis("y", tuple(map(str, range(rows))))]
    return tuple(found[: 1 if rows == 1 else 2])


@given(
    columns=st.integers(1, 64),
    rows=st.integers(1, 8),
    width=st.integers(150, 1900),
    height=st.integers(110, 1000),
    ratio=st.sampled_from([1.0, 1.25, 1.5, 2.0, 3.0]),
)
def test_the_middle_of_each_cell_is_in_that_cell_and_the_plane_in_its_room(
    qapp, columns, rows, width, height, ratio
):
    room = QRectF(0, 0, width, height)
    plane = plane_in(room, columns, rows, axes(columns, rows), ratio)
    for place in {(0, 0), (columns - 1, rows - 1), (columns // 2, rows // 2)}:
        assert plane.at(plane.cell(place).center()) == place
    for edge in (plane.left, plane.top, plane.side, plane.gap):
        assert abs(edge * ratio - round(edge * ratio)) < 1e-6, "cells lie on pixels"
    if plane.side > 2.0:
        assert room.contains(plane.rect)


def test_rows_grow_upwards_and_what_is_beyond_is_no_cell():
    plane = Plane(10.0, 20.0, 30.0, 2.0, 3, 2)
    assert plane.cell((0, 0)).topLeft() == QPointF(10.0, 52.0)
    assert plane.cell((2, 1)).topLeft() == QPointF(74.0, 20.0)
    assert plane.rect == QRectF(10.0, 20.0, 94.0, 62.0)
    assert plane.at(QPointF(0.0, 30.0)) is None
    assert plane.at(QPointF(0.0, 30.0), beyond=True) == (0, 1)
    assert plane.at(QPointF(500.0, 500.0), beyond=True) == (2, 0)
    assert plane.span((0, 1), (0, 1)) == plane.cell((0, 1)).united(plane.cell((1, 0)))
    assert plane.has((2, 1))
    assert not plane.has((3, 0))


@pytest.mark.parametrize(
    ("one", "other", "region"),
    [
        ((2, 1), (0, 0), ((0, 2), (0, 1))),
        ((0, 3), (4, 1), ((0, 4), (1, 3))),
        ((1, 1), (1, 1), ((1, 1), (1, 1))),
    ],
)
def test_a_region_has_any_two_of_its_corners(one, other, region):
    assert Region.between(one, other) == region
    assert Region.between(other, one) == region
    assert Region.between(one, other).is_cell == (one == other)


def test_numbers_that_would_touch_are_left_out_and_names_are_not(qapp):
    numbers = ("0.0001", "0.0003", "0.001", "0.003")
    assert columns_apart(numbers, 200.0) == 1
    assert columns_apart(numbers, 30.0) == 2
    assert columns_apart(numbers, 5.0) == 4
    assert columns_apart(("leaky ReLU", "softsign", "tanh", "sigmoid"), 44.0) == 1
