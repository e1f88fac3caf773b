"""The function of a neuron on the canvas."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.experiment import edit_many, switch_task
from engine.observation.observables import NEURON, PREDICTION, Neuron, NeuronGrid, Prediction
from engine.observation.snapshot import CANVAS_EXTENT, LaneSnapshot, Observed, Snapshot
from gui_app.canvas import Canvas
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.looked_at import LookedAtNeuron, Unit
from gui_app.session.tool_settings import ToolSettings
from gui_app.theme.colour_maps import CLASS_STRENGTH, SURFACE_STRENGTH
from gui_app.theme.tokens import LIGHT, mix
from tests.gui_app.canvas.test_canvas import colour_at, made, near

CORNER = -1.0 + 2.0 * (np.add.outer(np.arange(50), np.arange(50)) > 73)
"""1 in the top right corner, −1 elsewhere."""
UNSURE = np.full((50, 50, 2), 0.5, dtype=np.float32)
SHAPE = {"lanes.0.network.hidden": [4, 3]}


@pytest.fixture
def looked_at(document: Document) -> LookedAtNeuron:
    document.replace(edit_many(document.experiment, SHAPE), "shape")
    document.clear_points()
    return LookedAtNeuron(document, CurrentLane(document, document), document)


@pytest.fixture
def canvas(document: Document, looked_at: LookedAtNeuron, qtbot: QtBot) -> Canvas:
    canvas = Canvas(document, CurrentLane(document, document), ToolSettings(), looked_at=looked_at)
    canvas.apply_theme(LIGHT)
    qtbot.addWidget(canvas)
    canvas.resize(500, 510)
    canvas.show()
    return canvas


def answer(canvas: Canvas, unit: Unit, values: object, answers: object = UNSURE) -> None:
    """Shows the canvas a snapshot with a neuron's function."""
    data = canvas._document.experiment.data
    observed = {
        NEURON.key: Neuron(CANVAS_EXTENT, unit.layer, unit.index, np.asarray(values)),
        PREDICTION.key: Prediction(CANVAS_EXTENT, np.asarray(answers)),
    }
    lane = made(LaneSnapshot, name="A", observed=Observed.of(observed), repeats=())
    canvas.show_snapshot(made(Snapshot, task=data.task, classes=data.classes, lanes=(lane,)))


def test_escape_on_the_canvas_cancels_the_stroke_and_then_lets_go_of_a_kept_neuron(
    canvas: Canvas, looked_at: LookedAtNeuron
):
    looked_at.pin(Unit(1, 0))
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=canvas.rect().center())
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert looked_at.pinned == Unit(1, 0)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert looked_at.pinned is None


def test_it_is_asked_for_at_the_resolution_of_the_canvas_and_only_while_looked_at(
    canvas: Canvas, looked_at: LookedAtNeuron
):
    assert [request.key for request in canvas.requests] == ["prediction"]
    looked_at.hover(Unit(2, 1))
    (asked,) = (request for request in canvas.requests if request.key == "neuron")
    assert asked.options == NeuronGrid(canvas.grid_size, canvas.extent, 2, 1)


def test_it_fills_the_canvas_with_top_right_at_the_top_right(canvas: Canvas, looked_at: LookedAtNeuron):
    looked_at.hover(Unit(1, 2))
    answer(canvas, Unit(1, 2), 0.3 * CORNER)
    strength = SURFACE_STRENGTH["light"]
    assert near(colour_at(canvas, (4.5, 4.5)), QColor(mix(LIGHT.middle, LIGHT.high, strength)))
    for position in ((-4.5, 4.5), (4.5, -4.5), (-4.5, -1.5)):
        assert near(colour_at(canvas, position), QColor(mix(LIGHT.middle, LIGHT.low, strength)))
    assert canvas.neuron.caption == "Layer 1, neuron 3: tanh(…), −0.300 to 0.300"


def test_the_answer_comes_back_when_it_is_not_looked_at_any_more(canvas: Canvas, looked_at: LookedAtNeuron):
    looked_at.hover(Unit(1, 2))
    answer(canvas, Unit(1, 2), CORNER)
    looked_at.hover(None)
    assert near(colour_at(canvas, (4.5, 4.5)), QColor(LIGHT.window))
    assert canvas.neuron.caption == ""


def test_until_the_next_neuron_is_there_the_one_before_stays(canvas: Canvas, looked_at: LookedAtNeuron):
    looked_at.hover(Unit(1, 2))
    answer(canvas, Unit(1, 2), CORNER)
    looked_at.hover(Unit(1, 3))
    answer(canvas, Unit(1, 2), CORNER)
    assert canvas.neuron.caption.startswith("Layer 1, neuron 3:")
    answer(canvas, Unit(1, 3), -CORNER)
    assert canvas.neuron.caption.startswith("Layer 1, neuron 4:")
    assert near(
        colour_at(canvas, (4.5, 4.5)), QColor(mix(LIGHT.middle, LIGHT.low, SURFACE_STRENGTH["light"]))
    )


def test_an_output_has_the_colour_of_its_class(canvas: Canvas, looked_at: LookedAtNeuron):
    looked_at.hover(Unit(3, 1))
    answer(canvas, Unit(3, 1), (CORNER + 1) / 2)
    sure = QColor(mix(LIGHT.window, LIGHT.classes[1], CLASS_STRENGTH["light"]))
    assert near(colour_at(canvas, (4.5, 4.5)), sure)
    assert near(colour_at(canvas, (-4.5, 4.5)), QColor(LIGHT.window))
    assert canvas.neuron.caption.startswith("Output 2, ")


def test_in_the_curve_task_it_is_a_curve(document: Document, canvas: Canvas, looked_at: LookedAtNeuron):
    document.replace(edit_many(switch_task(document.experiment, "curve"), SHAPE), "task")
    document.clear_points()
    looked_at.hover(Unit(1, 0))
    answer(canvas, Unit(1, 0), np.linspace(-1.0, 1.0, 200), np.zeros(200))
    x = 2.0
    height = 2 * 0.46 * 6.0 * x / 6.0
    assert near(colour_at(canvas, (x, height)), QColor(LIGHT.accent), 30)
    assert near(colour_at(canvas, (x, -height)), QColor(LIGHT.window), 12)


def test_it_has_the_colours_of_its_thumbnail(canvas: Canvas, looked_at: LookedAtNeuron):
    looked_at.scale = 1.0
    looked_at.hover(Unit(1, 2))
    answer(canvas, Unit(1, 2), 0.5 * CORNER)
    half = QColor(mix(LIGHT.middle, LIGHT.high, 0.5 * SURFACE_STRENGTH["light"]))
    assert near(colour_at(canvas, (4.5, 4.5)), half, 3)
