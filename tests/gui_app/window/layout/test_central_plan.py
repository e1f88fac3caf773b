"""The parts of the centre never overlap, and the canvas keeps the largest square."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from PySide6.QtCore import QRect, QSize

from gui_app.window.layout.central_plan import CANVAS, NARROWEST, NETWORK, NOTE, STACKED, Plan, plan

SMALLEST = QSize(320, 320)
SIZES = [QSize(width, height) for width in range(320, 2600, 57) for height in (320, 455, 589, 722, 1100)]


def planned(size: QSize, note: int = 0, diagram: bool = False) -> Plan:
    return plan(size, SMALLEST, (lambda _: note) if note else None, diagram, 26)


@pytest.mark.parametrize(("note", "diagram"), list(product((0, 250), (False, True))))
def test_no_part_covers_another_and_each_is_somewhere(note: int, diagram: bool) -> None:
    for size in SIZES:
        found = planned(size, note, diagram)
        shown = {CANVAS, *([NOTE] if note else []), *([NETWORK] if diagram else [])}
        assert set(found.rectangles) | set(found.tabs) == shown
        assert set(found.rectangles) & set(found.tabs) == {CANVAS}
        whole = QRect(0, 0, size.width(), size.height())
        assert all(whole.contains(rectangle) for rectangle in found.rectangles.values())
        assert not any(one.intersects(other) for one, other in combinations(found.rectangles.values(), 2))


def test_the_canvas_keeps_its_square_beside_the_diagram() -> None:
    for size in SIZES:
        canvas = planned(size, diagram=True).rectangles[CANVAS]
        row = 26 if planned(size, diagram=True).tab_row else 0
        assert min(canvas.width(), canvas.height()) == min(size.width(), size.height() - row)


def test_the_canvas_never_gets_less_than_its_smallest_width_because_of_the_note() -> None:
    for size in SIZES:
        found = planned(size, 250, True).rectangles
        assert found[CANVAS].width() >= SMALLEST.width()
        assert NOTE not in found or found[NOTE].width() >= NARROWEST


@pytest.mark.parametrize(
    ("size", "beside"), [(QSize(695, 455), True), (QSize(694, 455), False), (QSize(748, 455), True)]
)
def test_the_diagram_is_beside_the_square_where_240_pixels_are_free(size: QSize, beside: bool) -> None:
    found = planned(size, diagram=True)
    assert (NETWORK in found.rectangles) == beside
    assert found.tabs == ((CANVAS,) if beside else (CANVAS, NETWORK))


def test_a_note_and_the_diagram_share_the_free_space() -> None:
    wide = planned(QSize(1388, 722), 250, True).rectangles
    assert wide[NOTE].right() < wide[CANVAS].left() < wide[CANVAS].right() < wide[NETWORK].left()
    high = planned(QSize(908, 589), 249, True).rectangles
    assert high[NOTE].bottom() + 1 == high[NETWORK].top()
    assert high[NOTE].height() == 249
    assert high[NETWORK].height() == STACKED
    assert NETWORK in planned(QSize(908, 588), 249, True).tabs
    low = planned(QSize(748, 455), 410, True)
    assert low.tabs == (CANVAS, NETWORK)
    narrow = planned(QSize(420, 455), 410, True)
    assert narrow.tabs == (CANVAS, NETWORK, NOTE)
