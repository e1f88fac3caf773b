"""Panes lie beside one another, and a position in one is the same position in all."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRect, QRectF

from gui_app.canvas.panes.arrangement import CONTROLS, LEGEND, Arrangement
from gui_app.canvas.view.margins import Margins

sizes = st.integers(320, 2000)


@given(sizes, sizes, st.integers(2, 4), st.floats(0.8, 2.0))
def test_panes_have_one_size_and_room_of_their_own(width: int, height: int, count: int, scale: float) -> None:
    found = Arrangement.of(width, height, count, scale, line=20)
    assert len({(pane.width(), pane.height()) for pane in found.panes}) == 1
    inside = QRect(0, round(LEGEND * scale), width - CONTROLS, height - 20 - round(LEGEND * scale))
    for index, pane in enumerate(found.panes):
        assert inside.contains(pane)
        assert not any(pane.intersects(other) for other in found.panes[:index])
    across = {pane.left() for pane in found.panes}
    assert len(found.panes) == count
    assert len(across) in (2, count)


def test_panes_lie_in_a_row_where_the_canvas_is_flat() -> None:
    for count in (2, 3, 4):
        flat, tall = Arrangement.of(900, 260, count), Arrangement.of(760, 700, count)
        assert len({pane.top() for pane in flat.panes}) == 1
        assert len({pane.left() for pane in tall.panes}) == 2
        assert min(flat.size) > 190


@given(sizes, sizes)
def test_a_single_pane_is_the_whole_canvas(width: int, height: int) -> None:
    found = Arrangement.of(width, height, 1, 1.5, 20)
    assert (found.is_single, found.size, found.title_height) == (True, (width, height), 0)
    assert found.margins(Margins(1, 2, 3, 4)) == Margins(1, 2, 3, 4)
    assert found.local(QPointF(7, 9), 0) == QPointF(7, 9)


@given(sizes, sizes, st.integers(1, 4), st.data())
def test_a_position_is_found_in_its_pane_and_nearest_between_panes(
    width: int, height: int, count: int, data: st.DataObject
) -> None:
    found = Arrangement.of(width, height, count)
    index = data.draw(st.integers(0, count - 1))
    x, y = (data.draw(st.floats(0.01, size - 0.01)) for size in found.size)
    pixel = QPointF(found.offset(index)) + QPointF(x, y)
    assert found.nearest(pixel) == index
    local = found.local(pixel, index)
    assert abs(local.x() - x) + abs(local.y() - y) < 1e-6
    beyond = QPointF(data.draw(st.floats(-50, width + 50)), data.draw(st.floats(-50, height + 50)))
    nearest = found.nearest(beyond)
    inside = [number for number, one in enumerate(found.panes) if QRectF(one).contains(beyond)]
    assert inside in ([], [nearest])
