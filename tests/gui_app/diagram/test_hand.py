"""Mouse and keyboard on the diagram: what is pointed at, pinned, built and edited."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

from engine.catalogue.texts import value_text
from engine.service import messages as m
from gui_app.diagram.connections import gaps_of
from gui_app.diagram.overlay import _wanted_width
from gui_app.diagram.readouts import Readout, readout_of
from gui_app.diagram.things import Bias, Chip, Connection
from gui_app.session.looked_at import Unit
from gui_app.theme.text import small_font
from tests.gui_app.diagram.conftest import LEFT, NONE, Show, Shown
from tests.gui_app.diagram.networks import sketch, values_of, with_layer
from tests.gui_app.hands import click, drag_slider, type_into

NEURON, OTHER = Unit(1, 2), Unit(2, 0)
EMPTY = QPointF(470.0, 5.0)


# -- looking


def test_a_neuron_under_the_mouse_is_looked_at_until_the_mouse_leaves_it(show: Show):
    shown = show()
    shown.hover(NEURON)
    assert shown.looked_at.unit == NEURON
    assert shown.said.startswith("Layer 1, neuron 3. activation tanh, values about −")
    shown.hover(EMPTY)
    assert shown.looked_at.unit is None
    assert shown.said == ""


def colours_of_strokes(shown: Shown) -> list[QColor]:
    """The colour in the middle of each connection of the first gap, without what is painted over the picture."""
    shown.diagram.area.repaint()
    gap = gaps_of(shown.picture.arrangement)[0]
    middles = gap.points[:, len(gap.points[0]) // 2].round().astype(int).tolist()
    return [shown.diagram.area._image.pixelColor(x, y) for x, y in middles]


def test_the_connections_of_the_neuron_under_the_mouse_stand_out(show: Show):
    experiment = sketch((3,), network__features=("x1",))
    layer = values_of(experiment).inside.layers[0]
    strong = with_layer(values_of(experiment), 1, weight=np.full_like(layer.weight, 9.0))
    shown = show(experiment, values=strong)
    shown.hover(EMPTY)
    usual = colours_of_strokes(shown)
    shown.hover(Unit(1, 1))
    there = colours_of_strokes(shown)
    assert there[1] == usual[1]
    assert all(there[index].lightness() > usual[index].lightness() + 20 for index in (0, 2))
    shown.hover(Unit(0, 0))
    assert colours_of_strokes(shown) == usual
    shown.hover(EMPTY)
    assert colours_of_strokes(shown) == usual


def test_a_mouse_that_leaves_takes_the_ring_and_what_it_says_along(show: Show):
    shown = show()
    shown.focus()
    shown.press(Qt.Key.Key_Down)
    assert shown.looked_at.unit == Unit(1, 1)
    shown.hover(OTHER)
    assert (shown.looked_at.unit, shown.diagram.area.pointing.focused) == (OTHER, None)
    QApplication.sendEvent(shown.diagram.area, QEvent(QEvent.Type.Leave))
    assert (shown.looked_at.unit, shown.said) == (None, "")
    shown.press(Qt.Key.Key_Up)
    assert shown.looked_at.unit == Unit(1, 0)


def test_a_diagram_that_gets_the_focus_by_other_means_than_keys_looks_at_nothing(show: Show):
    shown = show()
    shown.focus()
    assert shown.diagram.area.hasFocus()
    assert shown.looked_at.unit is None


@pytest.mark.parametrize("key", [Qt.Key.Key_Shift, Qt.Key.Key_F5, Qt.Key.Key_Escape, Qt.Key.Key_Z])
def test_a_key_without_a_meaning_there_shows_no_ring(show: Show, key: Qt.Key):
    shown = show()
    shown.focus()
    shown.press(key)
    assert shown.looked_at.unit is None
    assert shown.diagram.area.pointing.focused is None


def test_a_diagram_that_is_hidden_and_shown_again_has_no_ring(show: Show):
    shown = show()
    shown.focus()
    shown.press(Qt.Key.Key_Down)
    assert shown.looked_at.unit == Unit(1, 1)
    shown.diagram.hide()
    assert shown.looked_at.unit is None
    shown.diagram.show()
    shown.focus()
    assert shown.looked_at.unit is None


def test_the_range_of_a_neuron_is_rounded_for_the_canvas_has_more_points(show: Show):
    experiment = sketch()
    network = values_of(experiment)
    grids = np.linspace(-0.5512, 1.0312, network.inside.layers[0].values.size)
    grids = grids.reshape(network.inside.layers[0].values.shape).astype(np.float32)
    grids[NEURON.index, 0, :2] = -0.5512, 1.0312
    shown = show(experiment, values=with_layer(network, 1, values=grids))
    shown.hover(NEURON)
    assert "values about −0.55 to 1." in shown.said


def test_a_hidden_diagram_looks_at_nothing_but_what_is_pinned(show: Show):
    shown = show()
    shown.click(OTHER)
    shown.hover(NEURON)
    shown.diagram.hide()
    assert shown.looked_at.unit == OTHER


def test_a_click_pins_a_neuron_and_another_click_or_escape_lets_go_of_it(show: Show):
    shown = show()
    shown.click(NEURON)
    shown.hover(OTHER)
    assert (shown.looked_at.pinned, shown.looked_at.unit) == (NEURON, OTHER)
    shown.click(NEURON)
    assert shown.looked_at.pinned is None
    for let_go in (lambda: shown.click(EMPTY), lambda: shown.press(Qt.Key.Key_Escape)):
        shown.focus()
        shown.click(NEURON)
        assert shown.looked_at.pinned == NEURON
        let_go()
        assert shown.looked_at.pinned is None


def test_the_pinned_neuron_has_a_ring(show: Show):
    shown = show()
    rect = shown.picture.arrangement.rect(NEURON)
    ring = QPointF(rect.center().x(), rect.top() - 3.0).toPoint()
    before = shown.diagram.area.grab().toImage().pixelColor(ring)
    shown.click(NEURON)
    shown.hover(EMPTY)
    after = shown.diagram.area.grab().toImage().pixelColor(ring)
    assert before != after
    assert after.name() == shown.diagram.theme.accent


def test_a_connection_under_the_mouse_says_weight_gradient_and_update(show: Show):
    experiment = sketch()
    network = values_of(experiment)
    layer = network.inside.layers[1]
    weight, gradient, update = layer.weight.copy(), layer.weight_gradient.copy(), layer.weight_update.copy()
    weight[1, 0], gradient[1, 0], update[1, 0] = 0.412, -0.0031, 2.1e-5
    shown = show(
        experiment,
        values=with_layer(network, 2, weight=weight, weight_gradient=gradient, weight_update=update),
    )
    shown.hover(middle_of(shown, Connection(2, 1, 0)))
    assert shown.diagram.area.pointing.hovered == Connection(2, 1, 0)
    assert shown.said.startswith(
        "Layer 1, neuron 2 → layer 2, neuron 1. weight 0.412, gradient −0.0031, latest update 2.1e-5"
    )


def middle_of(shown: Shown, connection: Connection) -> QPointF:
    """A place where this connection is nearest: a little after its start."""
    gap = gaps_of(shown.picture.arrangement)[connection.layer - 1]
    (row,) = np.flatnonzero((gap.sources == connection.source) & (gap.targets == connection.target))
    others = np.delete(np.arange(len(gap.points)), row)
    distance = np.abs(gap.points[others, :, 1] - gap.points[row, :, 1]).min(axis=0)
    best = int(distance.argmax())
    return QPointF(*gap.points[row, best])


def test_numbers_of_the_readout_follow_the_training(show: Show):
    shown = show()
    shown.hover(Bias(1, 0))
    bias = np.full(4, 0.25)
    shown.show(with_layer(values_of(shown.document.experiment), 1, bias=bias))
    assert "bias 0.250" in shown.said


@pytest.mark.parametrize(
    ("mark", "word"), [("dead", "Dead:"), ("saturated", "Saturated:"), ("silenced", "Silenced by dropout")]
)
def test_a_marked_neuron_says_what_is_wrong(show: Show, mark: str, word: str):
    experiment = sketch()
    flags = np.array([False, False, True, False])
    shown = show(experiment, values=with_layer(values_of(experiment), 1, **{mark: flags}))
    shown.hover(NEURON)
    assert word in shown.said
    shown.hover(Unit(1, 1))
    assert word not in shown.said
    assert any(item.kind == mark for item in shown.diagram.legend.items)


# -- building


def features(shown: Shown) -> tuple[str, ...]:
    return shown.document.experiment.lanes[0].network.features


def name_of(shown: Shown, index: int) -> QPointF:
    """A place on the name of an input."""
    rect = shown.picture.arrangement.rect(Unit(0, index))
    return QPointF(rect.left() - 8.0, rect.center().y())


def test_a_click_feeds_an_input_and_a_click_on_its_name_or_cross_lets_go_of_it(show: Show):
    shown = show()
    shown.click(Chip("x1_x2"))
    assert features(shown) == ("x1", "x2", "x1_x2")
    shown.hover(name_of(shown, 0))
    assert shown.said.endswith("Click: feed it no longer")
    shown.click(name_of(shown, 0))
    assert features(shown) == ("x2", "x1_x2")
    shown.document.stack.undo()
    assert features(shown) == ("x1", "x2", "x1_x2")
    shown.click(shown.picture.arrangement.rect(Unit(0, 1)).topLeft())
    assert features(shown) == ("x1", "x1_x2")


def test_a_click_on_the_picture_of_an_input_pins_it(show: Show):
    shown = show()
    shown.hover(Unit(0, 1))
    assert "Click: keep it on the canvas. Click × or its name: feed it no longer" in shown.said
    shown.click(Unit(0, 1))
    assert shown.looked_at.pinned == Unit(0, 1)
    assert features(shown) == ("x1", "x2")
    shown.click(Unit(0, 1))
    assert shown.looked_at.pinned is None


def test_the_last_input_stays(show: Show):
    shown = show(sketch(network__features=("x1",)))
    shown.click(name_of(shown, 0))
    assert features(shown) == ("x1",)
    assert shown.diagram.legend.message == "The network needs at least one input."
    shown.click(Chip("x2"))
    assert shown.diagram.legend.message == ""


def test_plus_and_minus_change_widths_and_layers(show: Show):
    shown = show()
    click(shown.diagram.strip.buttons[2, 1])
    assert shown.hidden == (4, 4)
    click(shown.diagram.strip.buttons[1, -1])
    assert shown.hidden == (3, 4)
    click(shown.diagram.header.more)
    assert shown.hidden == (3, 4, 4)
    click(shown.diagram.header.less)
    click(shown.diagram.header.less)
    click(shown.diagram.header.less)
    assert shown.hidden == ()
    assert not shown.diagram.header.less.isEnabled()
    assert not any(button.isVisible() for button in shown.diagram.strip.buttons.values())
    click(shown.diagram.header.more)
    assert shown.hidden == (8,)


def test_a_neuron_dragged_out_of_its_column_is_removed(show: Show):
    shown = show()
    shown.drag(NEURON, QPointF(120.0, 10.0))
    assert shown.hidden == (3, 3)
    shown.document.stack.undo()
    assert shown.hidden == (4, 3)


def test_before_letting_go_it_says_what_will_happen(show: Show):
    shown = show()
    shown.drag(NEURON, QPointF(120.0, 10.0), release=False)
    assert shown.said.startswith("Layer 1: 4 → 3. Let go to remove one neuron. Which one cannot be chosen")
    assert shown.hidden == (4, 3)


def test_a_neuron_dragged_within_its_column_stays_and_is_not_pinned(show: Show):
    shown = show()
    shown.drag(NEURON, QPointF(3.0, 40.0))
    assert shown.hidden == (4, 3)
    assert shown.looked_at.pinned is None


def test_the_last_neuron_of_a_layer_stays(show: Show):
    shown = show(sketch((1, 3)))
    shown.drag(Unit(1, 0), QPointF(120.0, 10.0))
    assert shown.hidden == (1, 3)
    assert shown.diagram.legend.message.startswith("Layer 1 keeps its last neuron")


def test_what_validation_refuses_is_said(show: Show):
    shown = show(sketch((2,) * 64), size=(900, 460))
    shown.focus()
    shown.diagram.shape.add_layer()
    assert shown.hidden == (2,) * 64
    assert "64" in shown.diagram.legend.message


def test_a_refusal_gives_the_legend_its_place_back(show: Show):
    shown = show(sketch((1, 3)))
    shown.diagram.shape.change_width(1, -1)
    assert shown.diagram.legend.message
    assert shown.diagram.legend.fading.isActive()
    shown.diagram.legend.fading.timeout.emit()
    assert shown.diagram.legend.message == ""


@pytest.mark.parametrize("unit", [Unit(2, 2), Unit(0, 1)], ids=["neuron", "input"])
def test_a_neuron_that_goes_while_it_is_dragged_is_let_go(show: Show, unit: Unit):
    shown = show(sketch((4, 3)))
    shown.drag(unit, QPointF(0.0, -400.0), release=False)
    assert shown.said
    shown.document.change({"lanes.0.network.hidden": (4,), "lanes.0.network.features": ("x1",)}, "shape")
    assert shown.said == ""
    QTest.mouseRelease(shown.diagram.area, LEFT, NONE, shown.diagram.area.rect().bottomRight())
    assert shown.hidden == (4,)
    assert features(shown) == ("x1",)


def test_the_right_button_does_not_click_while_the_left_one_is_down(show: Show):
    shown = show()
    QTest.mousePress(shown.diagram.area, LEFT, NONE, shown.pixel(NEURON))
    QTest.mouseClick(shown.diagram.area, Qt.MouseButton.RightButton, NONE, shown.pixel(NEURON))
    assert shown.looked_at.pinned is None
    QTest.mouseRelease(shown.diagram.area, LEFT, NONE, shown.pixel(NEURON))
    assert shown.looked_at.pinned == NEURON


# -- keys


def test_in_a_network_too_deep_for_pictures_the_ring_goes_to_the_outputs(show: Show):
    shown = show(sketch((4, 3)))
    shown.click(Unit(1, 0))
    shown.document.change({"lanes.0.network.hidden": (4,) * 40}, "deep")
    shown.show(values_of(shown.document.experiment))
    assert not shown.picture.arrangement.columns[1].units
    shown.focus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Up):
        shown.press(key)
    assert shown.diagram.area.pointing.focused == Unit(41, 0)


def test_arrows_go_over_neurons_and_connections(show: Show):
    shown = show()
    shown.focus()
    path = []
    for key in ("Down", "Right", "Down", "Right", "Left", "Down", "Down", "Down", "Down"):
        shown.press(getattr(Qt.Key, f"Key_{key}"))
        path.append(shown.diagram.area.pointing.focused)
    assert path[:2] == [Unit(1, 1), Connection(2, 1, 0)]
    assert path[2:4] == [Connection(2, 1, 1), Unit(2, 1)]
    assert isinstance(path[4], Connection)
    assert (path[4].layer, path[4].target) == (2, 1)
    assert path[-1] == Bias(2, 1)


def test_a_key_with_ctrl_is_the_windows(show: Show):
    shown = show()
    shown.focus()
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Delete):
        QTest.keyClick(shown.diagram.area, key, Qt.KeyboardModifier.ControlModifier)
    assert shown.hidden == (4, 3)


def test_keys_pin_widen_narrow_and_switch(show: Show):
    shown = show()
    shown.focus()
    shown.press(Qt.Key.Key_Return)
    assert shown.looked_at.pinned == Unit(1, 0)
    shown.press(Qt.Key.Key_Plus)
    assert shown.hidden == (5, 3)
    shown.press(Qt.Key.Key_Minus)
    shown.press(Qt.Key.Key_Minus)
    assert shown.hidden == (3, 3)
    shown.press(Qt.Key.Key_Left)
    shown.press(Qt.Key.Key_Left)
    assert shown.diagram.area.pointing.focused.layer == 0
    shown.press(Qt.Key.Key_Plus)
    assert shown.hidden == (3, 3, 3)
    for _ in range(7):
        shown.press(Qt.Key.Key_Down)
    shown.press(Qt.Key.Key_Return)
    assert features(shown) == ("x1", "x2", "sin_x2")
    shown.press(Qt.Key.Key_Delete)
    assert features(shown) == ("x1", "x2")


def test_what_the_ring_reaches_is_read_out(show: Show):
    shown = show()
    shown.focus()
    shown.press(Qt.Key.Key_Down)
    assert shown.diagram.area.accessibleDescription().startswith("Layer 1, neuron 2")
    assert shown.looked_at.unit == Unit(1, 1)


# -- weights


def commands(shown: Shown) -> list[m.SetParameter]:
    return [command for command in shown.engine.take_commands() if isinstance(command, m.SetParameter)]


def open_editor(shown: Shown, connection: Connection | Bias):
    at = middle_of(shown, connection) if isinstance(connection, Connection) else connection
    shown.click(at)
    popover = shown.diagram.editing.popover
    assert popover is not None
    return popover


def test_a_click_on_a_connection_edits_its_weight(show: Show):
    shown = show()
    popover = open_editor(shown, Connection(2, 1, 0))
    shown.engine.take_commands()
    type_into(popover.parameter.number, "-1.25")
    assert commands(shown) == [m.SetParameter(0, 2, "weight", 1, 0, -1.25)]


def test_a_drag_of_the_slider_leaves_one_mark(show: Show):
    shown = show()
    popover = open_editor(shown, Bias(1, 2))
    shown.engine.take_commands()
    drag_slider(popover.parameter, 0.5, 0.8)
    sent = commands(shown)
    assert {(one.layer, one.kind, one.row, one.column) for one in sent} == {(1, "bias", 0, 2)}
    assert len({one.gesture for one in sent}) == 1
    assert sent[-1].gesture is not None
    assert sent[-1].value == pytest.approx(popover.parameter.value())


@pytest.mark.parametrize("leave", ["escape", "shape"])
def test_a_drag_of_the_slider_ends_with_its_editor(show: Show, leave: str):
    shown = show()
    popover = open_editor(shown, Connection(1, 0, 0))
    shown.engine.take_commands()
    slider = popover.parameter.slider
    QTest.mousePress(slider, LEFT, NONE, slider.rect().center())
    QTest.mouseMove(slider, slider.rect().center() + QPoint(20, 0))
    if leave == "escape":
        QTest.keyClick(popover, Qt.Key.Key_Escape)
    else:
        shown.document.change({"lanes.0.network.hidden": (2,)}, "shape")
    assert not popover.isVisible()
    shown.diagram.editing._edits.set_parameter(1, "weight", 0, 0, 0.5)
    assert commands(shown)[-1] == m.SetParameter(0, 1, "weight", 0, 0, 0.5)


@pytest.mark.usefixtures("larger_text")
def test_the_editor_grows_with_the_text(show: Show):
    shown = show(size=(960, 700))
    popover = open_editor(shown, Connection(1, 0, 0))
    assert popover.parameter.slider.width() >= 100
    assert popover.rect().contains(popover.parameter.geometry())


@pytest.mark.usefixtures("larger_text")
def test_the_readout_has_room_for_long_numbers_in_large_text():
    number = "−1.234 × 10⁻⁵"
    readout = Readout("Weight", (("latest update", number),))
    metrics = QFontMetricsF(small_font())
    assert _wanted_width(readout, metrics.horizontalAdvance("latest update")) >= (
        metrics.horizontalAdvance("latest update") + metrics.horizontalAdvance(number)
    )


def test_the_editor_follows_the_training_and_closes_with_its_network(show: Show):
    shown = show()
    popover = open_editor(shown, Connection(1, 0, 0))
    network = values_of(shown.document.experiment)
    weight = network.inside.layers[0].weight.copy()
    weight[0, 0] = 0.5
    shown.show(with_layer(network, 1, weight=weight))
    assert popover.parameter.value() == 0.5
    shown.document.change({"lanes.0.network.hidden": (2,)}, "shape")
    assert not popover.isVisible()


def test_training_does_not_write_over_what_is_typed(show: Show):
    shown = show()
    shown.focus()
    popover = open_editor(shown, Connection(1, 0, 0))
    QTest.qWaitForWindowActive(popover)
    field = popover.parameter.number
    assert field.hasFocus()
    network = values_of(shown.document.experiment)
    for step, key in enumerate("0.75", 1):
        shown.show(with_layer(network, 1, weight=network.inside.layers[0].weight + step))
        QTest.keyClick(field, key)
    shown.show(with_layer(network, 1, weight=network.inside.layers[0].weight - 1))
    assert field.text() == "0.75"
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert [command.value for command in commands(shown)] == [0.75]
    assert not popover.isVisible()


def close_with_its_network(shown: Shown, field: QLineEdit) -> None:
    shown.document.change({"lanes.0.network.hidden": (2,)}, "shape")


def leave_by_escape(shown: Shown, field: QLineEdit) -> None:
    """As the keyboard does it: a key goes to the field first."""
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.isVisible()
    QTest.keyClick(field, Qt.Key.Key_Escape)


def leave_by_escape_elsewhere(shown: Shown, field: QLineEdit) -> None:
    QTest.keyClick(field.window(), Qt.Key.Key_Escape)


@pytest.mark.parametrize("end", [close_with_its_network, leave_by_escape, leave_by_escape_elsewhere])
def test_a_weight_that_was_not_typed_to_its_end_is_not_set(
    show: Show, end: Callable[[Shown, QLineEdit], None]
):
    shown = show()
    shown.focus()
    popover = open_editor(shown, Connection(1, 0, 0))
    field = popover.parameter.number
    QTest.keyClicks(field, "0.75")
    end(shown, field)
    assert not popover.isVisible()
    assert commands(shown) == []


@pytest.mark.parametrize("reason", QContextMenuEvent.Reason)
def test_a_weight_of_zero_is_edited_from_the_menu_of_its_neuron(show: Show, reason: QContextMenuEvent.Reason):
    experiment = sketch()
    network = values_of(experiment)
    weight = network.inside.layers[1].weight.copy()
    weight[2, 0] = 0.0
    shown = show(experiment, values=with_layer(network, 2, weight=weight))
    shown.focus()
    shown.press(Qt.Key.Key_Right)
    shown.press(Qt.Key.Key_Right)
    at = shown.pixel(OTHER if reason == QContextMenuEvent.Reason.Mouse else EMPTY)
    event = QContextMenuEvent(reason, at, shown.diagram.area.mapToGlobal(at))
    QApplication.sendEvent(shown.diagram.area, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    texts = [action.text() for action in menu.actions() if action.text()]
    assert texts[0] == "Weights into layer 2, neuron 1"
    assert [text.split("\t")[0] for text in texts[1:]] == [f"Layer 1, neuron {n}" for n in (1, 2, 3, 4)] + [
        "Bias"
    ]
    assert texts[3].endswith("\t0")
    for _ in range(3):
        QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    popover = shown.diagram.editing.popover
    assert popover is not None
    shown.engine.take_commands()
    type_into(popover.parameter.number, "0.5")
    assert commands(shown) == [m.SetParameter(0, 2, "weight", 2, 0, 0.5)]


def test_enter_opens_the_editor_of_the_connection_with_the_ring(show: Show):
    shown = show()
    shown.focus()
    shown.press(Qt.Key.Key_Right)
    connection = shown.diagram.area.pointing.focused
    assert isinstance(connection, Connection)
    shown.press(Qt.Key.Key_Return)
    popover = shown.diagram.editing.popover
    assert popover is not None
    weight = shown.picture.values.inside.layers[connection.layer - 1].weight
    assert popover.parameter.value() == float(weight[connection.source, connection.target])
    QTest.keyClick(popover, Qt.Key.Key_Escape)
    assert not popover.isVisible()


def test_a_weight_of_a_neuron_that_is_not_sent_is_not_said(show: Show):
    experiment = sketch((4, 3))
    network = values_of(experiment)
    layer = network.inside.layers[0]
    part = replace(
        layer,
        shown=np.array([0, 2]),
        values=layer.values[[0, 2]],
        weight=layer.weight[:, [0, 2]],
        bias=layer.bias[[0, 2]],
        weight_gradient=layer.weight_gradient[:, [0, 2]],
        bias_gradient=layer.bias_gradient[[0, 2]],
        weight_update=layer.weight_update[:, [0, 2]],
        bias_update=layer.bias_update[[0, 2]],
    )
    after = network.inside.layers[1]
    behind = {name: getattr(after, name)[[0, 2]] for name in ("weight", "weight_gradient", "weight_update")}
    some = replace(network.inside, layers=(part, replace(after, **behind), *network.inside.layers[2:]))
    shown = show(experiment, values=replace(network, inside=some))
    known, unknown = (readout_of(Connection(1, 0, index), shown.picture) for index in (2, 1))
    assert dict(known.numbers)["weight"] == value_text(float(layer.weight[0, 2]))
    assert unknown.numbers == ()


def test_the_canvas_gets_the_scale_of_the_thumbnails(show: Show):
    experiment = sketch()
    network = values_of(experiment)
    grids = 0.01 * np.ones_like(network.inside.layers[0].values)
    grids[0] = 0.02
    shown = show(experiment, values=with_layer(network, 1, values=grids))
    shown.hover(NEURON)
    assert shown.looked_at.scale == pytest.approx(0.02)


def test_the_ring_is_shown_only_for_the_keyboard(show: Show):
    shown = show()
    shown.focus()
    shown.click(NEURON)
    assert shown.diagram.area.pointing.focused is None
    popover = open_editor(shown, Connection(1, 0, 0))
    popover.close()
    assert shown.diagram.area.pointing.focused is None
    shown.press(Qt.Key.Key_Left)
    assert shown.diagram.area.pointing.focused == Unit(0, 0)
