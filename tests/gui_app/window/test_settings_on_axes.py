"""Controls of settings that are on an axis of a sweep say so and cannot be edited; all others edit every cell."""

from __future__ import annotations

import pytest

from engine.data import resolve_points
from engine.experiment.settings import SweepAxis
from engine.experiment.sweeps.cells import with_sweep
from gui_app.panels.data.data_panel import DataPanel
from gui_app.panels.network.network_panel import NetworkPanel
from gui_app.panels.regularization.regularization_panel import RegularizationPanel
from gui_app.panels.training.training_panel import TrainingPanel
from gui_app.sweeps.axis_form import LIST
from gui_app.window.main_window import MainWindow
from tests.gui_app.hands import choose, click, fill, part_of, stroke, type_into

pytestmark = pytest.mark.usefixtures("fake_engine")


def spread(window: MainWindow, *axes: SweepAxis) -> None:
    window.complete()
    window.document.reset(with_sweep(window.document.experiment, 0, axes))


def test_a_number_on_an_axis_says_how_many_values_it_has(still: MainWindow) -> None:
    spread(still, SweepAxis(setting="training.learning_rate", values=(0.001, 0.003, 0.01, 0.03, 0.1)))
    rate = part_of(still, TrainingPanel).controls["training.learning_rate"]
    assert not rate.isEnabled()
    assert rate.number.text() == "5 values"
    assert "5 values from 0.001 to 0.1" in rate.toolTip()
    assert not part_of(still, TrainingPanel).dots.buttons
    still.sweep.end()
    assert rate.isEnabled()
    assert rate.number.text() == "0.001"
    assert "axis" not in rate.toolTip()
    still.document.stack.undo()
    assert not rate.isEnabled()


def test_a_choice_on_an_axis_names_few_values(still: MainWindow) -> None:
    spread(still, SweepAxis(setting="network.activation", values=("tanh", "relu")))
    box = part_of(still, NetworkPanel).controls["network.activation"]
    assert not box.isEnabled()
    assert box.placeholderText() == "2 values"
    assert "tanh, ReLU" in box.toolTip()


def test_a_strength_on_an_axis_holds_its_switch_but_not_the_rest_of_the_card(still: MainWindow) -> None:
    spread(still, SweepAxis(setting="regularization.dropout.rate", values=(0.0, 0.2, 0.5)))
    panel = part_of(still, RegularizationPanel)
    card = panel.cards["dropout"]
    assert not card.switch.isEnabled()
    assert card.partly.text() == "3 values"
    assert card.isEnabled()
    assert panel.cards["l2"].switch.isEnabled()


def test_numbers_of_the_data_on_an_axis_are_held_and_the_canvas_shows_the_points_of_the_chosen_cell(
    still: MainWindow,
) -> None:
    spread(
        still,
        SweepAxis(setting="data.generator.noise", values=(0.0, 0.3)),
        SweepAxis(setting="data.generator.points", values=(40, 60, 90)),
    )
    panel = part_of(still, DataPanel)
    assert not panel.noise.isEnabled()
    assert not panel.points.isEnabled()
    assert "0, 0.3. Sweep" in panel.noise.toolTip()
    assert "40, 60, 90. Sweep" in panel.points.toolTip()
    still.sweep.choose((1, 2))
    assert (panel.noise.number.text(), panel.points.number.text()) == ("30 %", "90")
    assert panel.reason.text().startswith("The 90 points of the chosen cell.")
    data = still.document.experiment.data
    assert (data.generator.noise, data.generator.points) == (0.3, 90)
    points = still.document.points
    assert points == resolve_points(data)
    stroke(still, (-2.0, -2.0), (2.0, 2.0))
    assert still.document.points is points
    assert not still.document.in_gesture
    still.sweep.end()
    assert panel.noise.isEnabled()
    assert panel.noise.number.text() == "30 %"
    stroke(still, (-2.0, -2.0), (2.0, 2.0))
    assert len(still.document.points) > 90


def test_the_depth_on_an_axis_holds_the_shape(still: MainWindow) -> None:
    spread(still, SweepAxis(setting="network.depth", values=(1, 2, 3)))
    assert not part_of(still, NetworkPanel).shape.isEnabled()


def test_every_other_control_edits_all_cells_as_one_step(still: MainWindow) -> None:
    spread(still, SweepAxis(setting="training.learning_rate", values=(0.001, 0.003, 0.01)))
    before = still.document.experiment
    click(part_of(still, RegularizationPanel).cards["l2"].switch)
    strengths = {lane.regularization.l2 for lane in still.document.experiment.lanes}
    assert len(strengths) == 1
    assert strengths != {0.0}
    choose(part_of(still, NetworkPanel).controls["network.activation"], "tanh")
    assert {lane.network.activation.name for lane in still.document.experiment.lanes} == {"tanh"}
    type_into(part_of(still, TrainingPanel).controls["training.batch_size"].number, "20")
    assert {lane.training.batch_size for lane in still.document.experiment.lanes} == {20}
    for _ in range(3):
        still.document.stack.undo()
    assert still.document.experiment == before


def test_a_setting_on_an_axis_is_refused_by_any_other_way_in_a_sentence(still: MainWindow) -> None:
    spread(still, SweepAxis(setting="seed", values=(0, 1, 2)))
    before = still.document.experiment
    still.transport.new_seed_requested.emit()
    assert still.document.experiment is before
    assert "axis" in still.statusBar().currentMessage()


def test_a_lane_beside_the_sweep_is_edited_alone(still: MainWindow) -> None:
    spread(still, SweepAxis(setting="training.learning_rate", values=(0.001, 0.003, 0.01)))
    made = still.sweep.promote()
    assert made is not None
    still.current_lane.choose_alone(made)
    rate = part_of(still, TrainingPanel).controls["training.learning_rate"]
    assert rate.isEnabled()
    type_into(rate.number, "0.2")
    lanes = still.document.experiment.lanes
    assert [lane.training.learning_rate for lane in lanes] == [0.001, 0.003, 0.01, 0.2]


def test_what_was_typed_stays_where_nothing_begins_in_the_background(still: MainWindow) -> None:
    still.complete()
    answers: list[object] = [None, "results"]
    still.sweeps.start_background = lambda *_: answers.pop(0)
    still.sweeps.open_setup()
    setup = still.sweeps.setup
    assert setup is not None
    click(setup.columns.ways[LIST])
    fill(setup.columns.list, "0, 0.125")
    click(setup.background)
    assert setup.isVisible()
    assert setup.columns.list.text() == "0, 0.125"
    click(setup.background)
    assert not setup.isVisible()
    assert not answers


def test_a_sweep_of_one_cell_holds_its_setting(still: MainWindow) -> None:
    spread(still, SweepAxis(setting="training.learning_rate", values=(0.01,)))
    rate = part_of(still, TrainingPanel).controls["training.learning_rate"]
    assert not rate.isEnabled()
    assert "0.01" in rate.toolTip()
    still.sweep.end()
    assert rate.isEnabled()
    assert "axis" not in rate.toolTip()


def test_an_edit_that_an_axis_forbids_says_what_to_do(still: MainWindow) -> None:
    spread(still, SweepAxis(setting="training.layer_rates.4", values=(0.1, 1.0)))
    before, panel = still.document.experiment, part_of(still, NetworkPanel)
    click(panel.shape.layers.less)
    assert still.document.experiment == before
    assert "change the axes or end the sweep" in panel.error.text()
