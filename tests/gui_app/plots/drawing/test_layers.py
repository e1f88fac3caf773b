import numpy as np
import pytest

from gui_app.plots.drawing.layers import layer_name, layer_ticks
from gui_app.plots.drawing.metrics import left_axis
from gui_app.plots.drawing.picture import RIGHT_MARGIN
from gui_app.theme.text import text_width

pytestmark = pytest.mark.usefixtures("qapp")


def test_layers_have_names():
    assert [layer_name(layer, 3) for layer in (1, 2, 3)] == ["layer 1", "layer 2", "output"]
    assert layer_name(1, 1) == "output"


@pytest.mark.parametrize("layers", [1, 2, 5, 8, 20, 65])
def test_layer_ticks_name_the_output_and_stand_below_their_bars(layers):
    ticks = layer_ticks(layers, 390.0)
    assert ticks[-1][0] == layers - 0.5
    assert ticks[-1][1] in ("output", "out")
    assert all(text.removeprefix("layer ") == str(round(place + 0.5)) for place, text in ticks[:-1])
    assert len(ticks) <= 20


@pytest.mark.parametrize(("layers", "width"), [(11, 400), (11, 300), (10, 240), (8, 200), (4, 150)])
def test_every_bar_has_its_number_where_there_is_room(layers, width):
    assert [place for place, _ in layer_ticks(layers, width)] == [
        layer - 0.5 for layer in range(1, layers + 1)
    ]


@pytest.mark.parametrize("layers", range(1, 66))
def test_numbers_of_layers_are_painted_and_thinned_evenly(qapp, layers):
    for width in range(110, 620, 30):
        ticks = layer_ticks(layers, width)
        numbers = [round(place + 0.5) for place, _ in ticks]
        assert (numbers[0], numbers[-1]) == (1, layers)
        steps = np.diff(numbers)[1:-1]
        assert len(set(steps.tolist())) <= 1
        assert not len(steps) or np.diff(numbers)[-1] < 3 * steps[0]
        taken = -float(left_axis())
        for place, text in ticks:
            left = min(
                place * width / layers - text_width(text) / 2, width + RIGHT_MARGIN / 3 - text_width(text)
            )
            assert left >= taken, (layers, width, text)
            taken = left + text_width(text) + 8
