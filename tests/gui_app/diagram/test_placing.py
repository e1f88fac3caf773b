"""Where the numbers about a part of the network are shown: they cover nothing that they speak of."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF

from gui_app.diagram.arrangement import arrange
from gui_app.diagram.picture import DiagramPicture
from gui_app.diagram.placing import EDGE, kept_visible, place_beside
from gui_app.diagram.things import Bias, Connection
from gui_app.session.looked_at import Unit
from gui_app.theme.tokens import LIGHT
from tests.gui_app.diagram.conftest import Show, Shown
from tests.gui_app.diagram.networks import shape_of, sketch

AREA = QRectF(0.0, 0.0, 320.0, 400.0)
READOUT = QSizeF(200.0, 90.0)


def picture(hidden: tuple[int, ...]) -> DiagramPicture:
    arrangement = arrange(shape_of(sketch(hidden)), AREA.width(), AREA.height())
    return DiagramPicture(arrangement, LIGHT, "weights")


@pytest.mark.parametrize("hidden", [(8, 8, 8), (4,), (3, 16, 2)], ids=str)
def test_a_readout_covers_neither_end_of_a_connection(qapp, hidden: tuple[int, ...]):
    drawn = picture(hidden)
    widths = (2, *hidden, 2)
    for layer in range(1, len(widths)):
        for source, target in product(range(widths[layer - 1]), range(widths[layer])):
            thing = Connection(layer, source, target)
            ends = kept_visible(drawn, thing)
            assert len(ends) == 2
            at = (ends[0].center() + ends[1].center()) / 2
            box = place_beside(READOUT, at, ends, AREA)
            assert AREA.contains(box)
            assert not any(box.intersects(end) for end in ends), (thing, box, ends)


def test_a_readout_covers_neither_its_neuron_nor_that_of_its_bias(qapp):
    drawn = picture((8, 8, 8))
    for layer, index in product(range(4), range(2)):
        for thing in (Unit(layer, index), Bias(layer, index)) if layer else (Unit(0, index),):
            (square,) = kept_visible(drawn, thing)
            box = place_beside(READOUT, square.center(), [square], AREA)
            assert AREA.contains(box)
            assert not box.intersects(square)


sides = st.floats(4.0, 60.0)


@given(
    at=st.tuples(st.floats(0.0, 320.0), st.floats(0.0, 400.0)),
    size=st.tuples(st.floats(20.0, 300.0), st.floats(20.0, 380.0)),
    squares=st.lists(st.tuples(st.floats(0.0, 260.0), st.floats(0.0, 340.0), sides), max_size=3),
)
def test_a_box_stays_inside_the_area_and_has_its_size(at, size, squares):
    box = place_beside(QSizeF(*size), QPointF(*at), [QRectF(x, y, s, s) for x, y, s in squares], AREA)
    assert (box.width(), box.height()) == pytest.approx(size)
    # Half a pixel, so that its frame is sharp.
    assert AREA.adjusted(EDGE - 0.5, EDGE - 0.5, 1.0 - EDGE, 1.0 - EDGE).contains(box)


def on_screen(shown: Shown, unit: Unit) -> QRect:
    rect = shown.picture.arrangement.rect(unit)
    assert rect is not None
    return QRectF(shown.diagram.area.mapToGlobal(rect.topLeft()), rect.size()).toAlignedRect()


@pytest.mark.parametrize(
    ("thing", "ends"),
    [
        (Connection(2, 1, 0), (Unit(1, 1), Unit(2, 0))),
        (Connection(1, 1, 3), (Unit(0, 1), Unit(1, 3))),
        (Bias(2, 2), (Unit(2, 2),)),
    ],
    ids=str,
)
def test_the_editor_of_a_weight_covers_neither_of_its_neurons(show: Show, thing, ends):
    shown = show()
    shown.diagram.editing.open(thing, shown.picture, QPointF(shown.pixel(thing)))
    popover = shown.diagram.editing.popover
    assert popover is not None
    assert popover.isVisible()
    assert not any(popover.frameGeometry().intersects(on_screen(shown, end)) for end in ends)
    popover.close()
