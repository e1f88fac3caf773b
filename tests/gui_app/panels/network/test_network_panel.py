from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from engine.experiment import NormalizationSettings, Points, get, switch_task
from gui_app.panels.network.residual_switch import NO_EQUAL_WIDTHS
from gui_app.panels.network.scaling_note import DONE, NEEDED
from gui_app.panels.regularizer_notes import NO_HIDDEN_LAYER
from tests.gui_app.hands import click, put_points, type_into

HIDDEN = "lanes.0.network.hidden"


def hidden(document):
    return document.experiment.lanes[0].network.hidden


def test_depth_grows_by_the_last_width_and_the_heading_counts(network, document):
    document.change({HIDDEN: (8, 5)}, "start")
    click(network.shape.layers.more)
    assert hidden(document) == (8, 5, 5)
    assert network.section.heading.text() == "Network · 3 hidden layers"
    for _ in range(3):
        click(network.shape.layers.less)
    assert hidden(document) == ()
    assert network.section.heading.text() == "Network · no hidden layer"
    assert network.shape.note.isVisible()
    click(network.shape.layers.more)
    assert hidden(document) == (8,)


def test_each_layer_has_a_field_up_to_eight(network, document):
    document.change({HIDDEN: (8,) * 8}, "start")
    assert sum(spin.isVisible() for spin in network.shape.spins) == 8
    QTest.keyClick(network.shape.spins[2], Qt.Key.Key_Up)
    assert hidden(document) == (8, 8, 9, 8, 8, 8, 8, 8)
    assert network.shape.all_widths.text() == "–"
    click(network.shape.layers.more)
    assert not any(spin.isVisible() for spin in network.shape.spins)
    assert network.shape.text.text() == "8, 8, 9, 6×8"


def test_all_widths_at_once(network, document):
    document.change({HIDDEN: (8, 4, 2)}, "start")
    type_into(network.shape.all_widths, "16")
    assert hidden(document) == (16, 16, 16)


def test_deep_networks_are_written_as_the_line_above_says_it(network, document):
    """Layers × width."""
    document.change({HIDDEN: (8,) * 20}, "start")
    assert network.shape.text.text() == "20×8"
    type_into(network.shape.text, "12×6, 4")
    assert hidden(document) == (6,) * 12 + (4,)


def test_a_network_that_takes_too_much_memory_is_refused_with_what_fits(network, document):
    document.change({"data.generator.points": 100_000, "lanes.0.training.batch_size": 100_000}, "start")
    document.change({HIDDEN: (8,) * 20}, "start")
    before = document.experiment
    type_into(network.shape.text, "64×512")
    assert document.experiment is before
    assert network.shape.text.text() == "20×8"
    assert network.error.isVisible()
    assert "GB of memory, and 4 GB is the limit; " in network.error.text()
    assert network.error.text().endswith(" would fit.")


def test_widths_that_cannot_be_are_refused_with_a_sentence(network, document):
    document.change({HIDDEN: (8,) * 20}, "start")
    type_into(network.shape.text, "200×8")
    assert hidden(document) == (8,) * 20
    assert network.error.isVisible()
    assert network.error.text() == "At most 64 hidden layers are possible, not 200."
    type_into(network.shape.text, "20×9")
    assert network.error.isHidden()
    assert hidden(document) == (9,) * 20


def test_at_least_one_input_stays_on(network, document):
    click(network.chips["x1"])
    click(network.chips["x2"])
    assert document.experiment.lanes[0].network.features == ("x2",)
    assert network.chips["x2"].isChecked()
    assert network.error.text() == "The network needs at least one input."


def test_only_inputs_that_a_curve_has_are_offered(network, document):
    document.replace(switch_task(document.experiment, "curve"), "switch")
    assert {key for key, chip in network.chips.items() if chip.isVisible()} == {"x1", "x1_squared", "sin_x1"}
    assert [chip.text() for chip in network.chips.values() if chip.isVisible()] == ["x", "x²", "sin x"]
    click(network.chips["sin_x1"])
    assert document.experiment.lanes[0].network.features == ("x1", "sin_x1")
    document.replace(switch_task(document.experiment, "surface"), "switch")
    assert network.chips["sin_x1"].text() == "sin x₁"


def test_inputs_have_the_names_of_the_axes(network, document):
    document.change({"data.axes.x.name": "width", "data.axes.y.name": "height"}, "Name axes")
    texts = {key: chip.text() for key, chip in network.chips.items()}
    assert texts["x1"] == "width"
    assert texts["x1_x2"] == "width·height"
    document.stack.undo()
    assert network.chips["x1_x2"].text() == "x₁x₂"


def test_the_seed_is_that_of_the_first_weights_alone(network):
    """Batches and dropout follow the seed of the split, so that lanes differ by their settings."""
    assert network.seed.number.number.accessibleName() == "Seed of the initial weights"


def test_dropout_lets_go_of_layers_that_are_gone(network, document):
    document.change({"lanes.0.regularization.dropout.layers": (1, 3)}, "start")
    click(network.shape.layers.less)
    assert len(hidden(document)) == 2
    assert document.experiment.lanes[0].regularization.dropout.layers == (1,)
    assert network.error.isHidden()


def test_parameters_come_and_go_with_the_activation(network, document):
    document.change({"lanes.0.network.activation": "elu"}, "start")
    assert set(network.activation.sliders) == {"alpha"}
    document.change({"lanes.0.network.activation": {"name": "leaky_relu", "slope": 0.2}}, "other")
    assert network.activation.sliders["slope"].value() == 0.2
    document.change({"lanes.0.network.activation": "tanh"}, "other")
    assert network.activation.sliders == {}
    assert not any("activation." in path for path in network.controls)


def normalization(document):
    return document.experiment.lanes[0].network.normalization


def test_normalization_is_chosen_placed_and_taken_away(network, document):
    editor = network.normalization
    assert not editor.position.isVisible()
    click(editor.kind.buttons["batch"])
    assert normalization(document) == NormalizationSettings()
    click(editor.position.buttons["after"])
    click(editor.layers.options["some"])
    click(editor.layers.chips[1])
    assert normalization(document) == NormalizationSettings(position="after", layers=(1, 3))
    click(editor.kind.buttons["layer"])
    assert normalization(document) == NormalizationSettings(kind="layer", position="after", layers=(1, 3))
    click(editor.kind.buttons["none"])
    assert normalization(document) is None
    assert not editor.position.isVisible()
    click(editor.kind.buttons["batch"])
    assert normalization(document) == NormalizationSettings(position="after", layers=(1, 3))


def test_normalization_lets_go_of_layers_that_are_gone(network, document):
    document.change({"lanes.0.network.normalization": {"layers": (1, 3)}}, "start")
    click(network.normalization.kind.buttons["none"])
    document.change({HIDDEN: (8, 8)}, "fewer")
    click(network.normalization.kind.buttons["batch"])
    assert normalization(document).layers == (1,)
    click(network.normalization.layers.chips[0])
    assert normalization(document).layers == (1,)
    assert "at least one layer" in network.error.text()


def test_normalization_needs_a_hidden_layer(network, document):
    document.change({HIDDEN: ()}, "none")
    assert network.normalization.reason.text() == NO_HIDDEN_LAYER
    assert network.normalization.reason.isVisible()
    click(network.normalization.kind.buttons["batch"])
    assert normalization(document) is None


def test_residual_connections(network, document):
    click(network.residual.switch)
    assert document.experiment.lanes[0].network.residual
    document.stack.undo()
    assert not network.residual.switch.isChecked()


def test_residual_connections_need_neighbours_of_one_width(network, document):
    residual = network.residual
    document.change({HIDDEN: (8, 4, 8)}, "differ")
    assert (residual.reason.text(), residual.reason.isVisible()) == (NO_EQUAL_WIDTHS, True)
    click(residual.switch)
    assert not document.experiment.lanes[0].network.residual
    document.change({HIDDEN: (8, 4, 4)}, "two alike")
    assert residual.reason.isHidden()
    click(residual.switch)
    document.change({HIDDEN: (8, 4)}, "differ")
    click(residual.switch)
    assert not document.experiment.lanes[0].network.residual, "what is on can be switched off"


def test_data_far_from_the_canvas_are_told_beside_the_scaling_with_a_button(network, document):
    far_out = "reach far beyond −6 to 6"
    note, scaling = network.scaling_note, "lanes.0.network.input_scaling"
    assert note.isHidden()
    far = Points([[0, 470], [100, 530], [50, 500]], [0, 1, 0])
    put_points(document, far, "Import")
    assert note.isVisible()
    assert note.message.text() == NEEDED.format(misfit=far_out)
    click(note.button)
    assert get(document.experiment, scaling) == "standardize"
    assert note.message.text() == DONE.format(misfit=far_out)
    assert note.button.isHidden()
    document.stack.undo()
    assert note.message.text() == NEEDED.format(misfit=far_out)
    document.stack.undo()
    assert note.isHidden()


def test_a_renamed_axis_renames_its_inputs_for_readers_and_tips_too(document, network):
    document.change({"data.axes.x.name": "age"}, "Name")
    button = network.chips["x1"]
    assert button.text() == "age"
    assert button.accessibleName() == "Input age"
    assert "<b>age</b>" in button.toolTip()
    document.stack.undo()
    assert (button.accessibleName(), button.text()) == ("Input x₁", "x₁")
    assert "<b>x₁</b>" in button.toolTip()
