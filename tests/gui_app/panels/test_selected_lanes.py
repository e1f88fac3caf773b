"""With several selected lanes, each control edits all of them at once, and says where they differ."""

from __future__ import annotations

from html import unescape

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from engine.experiment import default_experiment, edit_many
from engine.experiment.lanes import with_lane_name, with_only
from gui_app.panels.lane_panel import MISSING
from gui_app.panels.lane_title import LaneTitle
from gui_app.session.document import Document
from gui_app.theme.tokens import DARK, LIGHT
from gui_app.widgets.choice_box import ChoiceBox
from gui_app.widgets.mixed import MIXED
from tests.gui_app.hands import choose, click, type_into, with_lanes
from tests.gui_app.panels.conftest import moved
from tests.gui_app.panels.test_every_control import NEEDS, NET, PANELS, REG, START, TRAIN, built
from tests.gui_app.panels.test_panels_of_lanes import LANE_PANELS

ALIKE = with_lanes(default_experiment(), A=START, B=START, C=START)
UNLIKE = with_lanes(
    default_experiment(),
    A=START,
    B={
        **START,
        NET + "hidden": (8, 5, 8),
        NET + "activation.alpha": 2.0,
        NET + "initializer.std": 0.3,
        NET + "normalization": {"kind": "layer", "position": "after", "layers": (2,)},
        NET + "residual": True,
        NET + "features": ("x1", "x2", "x1_x2"),
        NET + "input_scaling": "none",
        "seed": 4,
        TRAIN + "optimizer": {"name": "adam", "beta1": 0.8, "beta2": 0.99, "eps": 1e-5},
        TRAIN + "schedule": {"name": "cosine", "epochs": 50, "lowest": 0.2},
        TRAIN + "learning_rate": 0.01,
        TRAIN + "batch_size": 20,
        REG + "l1": 0.02,
        REG + "l1_update": "proximal",
        REG + "l2": 0.02,
        REG + "weight_decay": 0.2,
        REG + "max_norm": 2.0,
        REG + "dropout": {"rate": 0.2, "layers": (1, 2), "input_rate": 0.3},
        REG + "label_smoothing": 0.2,
        REG + "input_noise": 0.4,
        REG + "augmentation": {"rotate": 3.0, "shear": 0.3, "shift": 0.3, "scale": 0.3},
        REG + "mixup": 0.4,
        REG + "early_stopping": {"patience": 7, "min_delta": 0.1, "restore_best": False},
        REG + "gradient_clipping": {"kind": "value", "threshold": 2.0},
    },
    C=START,
)
"""Lanes of which the second differs from the others in nearly every control."""
CASES = [(name, path) for name in LANE_PANELS for path in PANELS[name][1]]


@pytest.fixture
def document(qapp) -> Document:
    return Document(ALIKE)


def with_needs(document, path, indices):
    needs = {f"lanes.{index}.{key}": value for index in indices for key, value in NEEDS.get(path, {}).items()}
    document.replace(edit_many(document.experiment, needs), "Needs")
    document.stack.clear()
    QApplication.processEvents()


@pytest.mark.parametrize(("name", "path"), CASES)
def test_a_control_edits_both_selected_lanes_in_one_step(name, path, document, current, settings, show):
    current.choose(2)
    current.select((0, 2))
    panel, acts = built(name, document, current, settings, show)
    with_needs(document, path, (0, 2))
    before = document.experiment
    acts[path](panel.controls[path])
    after = document.experiment
    paths = moved(before, after)
    assert {one.split(".")[1] for one in paths} == {"0", "2"}
    assert after.lanes[1] is before.lanes[1]
    assert panel.value_of(0, path) == panel.value_of(2, path)
    assert all(
        path.startswith(one.split(".", 2)[2]) or one.split(".", 2)[2].startswith(path) for one in paths
    )
    document.stack.undo()
    assert document.experiment == before
    assert not document.stack.canUndo(), "one use of a control is one undo step"


@pytest.mark.parametrize("selection", [(0, 1), (0, 2), (0, 1, 2)])
@pytest.mark.parametrize("name", LANE_PANELS)
def test_a_control_says_mixed_where_the_selected_lanes_differ(
    name, selection, document, current, settings, show
):
    document.reset(UNLIKE)
    panel, _ = built(name, document, current, settings, show)
    current.select(selection)
    QApplication.processEvents()
    names = [document.experiment.lanes[index].name for index in selection]
    said = 0
    for path, control in panel.controls.items():
        values = [panel.value_of(index, path) for index in selection]
        differ = any(value != values[0] for value in values)
        said += differ
        assert says_mixed(control) == differ, path
        if differ:
            listed = " · ".join(
                f"{lane} {value if value is MISSING else control.text_of(value)}"
                for lane, value in zip(names, values, strict=True)
            )
            assert listed in described(control), path
    assert (said > 0) == (1 in selection)
    current.select(())
    assert not any(map(says_mixed, panel.controls.values()))


def says_mixed(control: QWidget) -> bool:
    """Whether a person who looks at a control, or listens to it, is told that there are several values."""
    return "Mixed:" in described(control)


def described(control: QWidget) -> str:
    """The tip of a control; what a screen reader says of it and its parts must not say less."""
    spoken = [part.accessibleDescription() for part in (control, *control.findChildren(QWidget))]
    assert ("Mixed" in control.toolTip()) == any("Mixed" in text for text in spoken), control
    return unescape(control.toolTip())


def test_numbers_are_mixed_until_one_is_entered(document, current, training):
    document.reset(UNLIKE)
    current.select((0, 1))
    rate = training.learning_rate
    assert rate.number.text() == MIXED
    assert "A 0.003 · B 0.01" in rate.toolTip()
    assert rate.number.accessibleDescription().endswith("Mixed: A 0.003 · B 0.01.")
    type_into(rate.number, "0.003")
    assert [lane.training.learning_rate for lane in document.experiment.lanes[:2]] == [0.003, 0.003]
    assert (rate.number.text(), document.stack.count()) == ("0.003", 1)
    document.stack.undo()
    assert rate.number.text() == MIXED


def test_a_press_on_the_slider_at_the_current_value_sets_it_in_all(document, current, training):
    document.reset(UNLIKE)
    current.select((0, 1))
    slider = training.learning_rate.slider
    QTest.keyClick(slider, Qt.Key.Key_Home)
    rates = {lane.training.learning_rate for lane in document.experiment.lanes[:2]}
    assert rates == {slider.scale.low}
    assert training.learning_rate.number.text() != MIXED


def test_a_mixed_choice_shows_the_word_and_no_parameters_of_one_lane(document, current, training, qtbot):
    document.reset(edit_many(ALIKE, {"lanes.1.training.optimizer": "sgd"}))
    training.section.set_open(True)
    current.select((0, 1))
    box = training.optimizer.box
    assert (box.currentIndex(), box.placeholderText()) == (-1, MIXED)
    assert not training.optimizer.parameters.isVisible()
    choose(box, "adam")
    assert [lane.training.optimizer.name for lane in document.experiment.lanes[:2]] == ["adam", "adam"]
    assert training.optimizer.parameters.isVisible()


def test_what_is_on_in_some_lanes_is_half_on_and_a_click_switches_it_on_in_all(
    document, current, regularization
):
    document.reset(with_lanes(default_experiment(), A={REG + "l2": 0.5}, B={}))
    card = regularization.cards["l2"]
    for index in (0, 1):
        current.choose(index)
        current.select((0, 1))
        assert card.partly.isVisible()
        assert not card.sliders["l2"].isVisible()
        assert "A λ₂ 0.5 · B off" in card.toolTip()
        assert "A λ₂ 0.5 · B off" in card.switch.accessibleDescription()
        click(card.switch)
        first, second = (lane.regularization.l2 for lane in document.experiment.lanes)
        assert first == 0.5
        assert second > 0, "the other lane has the typical strength"
        assert not card.partly.isVisible()
        document.stack.undo()


def test_chips_of_inputs_are_half_on_and_a_click_adds_the_input_to_all(document, current, network):
    document.reset(with_lanes(default_experiment(), A={}, B={NET + "features": ("x1", "x2", "x1_x2")}))
    current.select((0, 1))
    button = network.chips["x1_x2"]
    assert (button.property("partial"), button.isChecked()) == (True, False)
    click(button)
    assert {lane.network.features for lane in document.experiment.lanes} == {("x1", "x2", "x1_x2")}
    assert (button.property("partial"), button.isChecked()) == (False, True)
    click(button)
    assert {lane.network.features for lane in document.experiment.lanes} == {("x1", "x2")}


@pytest.mark.parametrize("act", ["more", "less", "typed"])
def test_layers_are_added_and_removed_in_each_lane(act, document, current, network):
    document.reset(with_lanes(default_experiment(), A={NET + "hidden": (4,)}, B={NET + "hidden": (6, 5, 3)}))
    current.select((0, 1))
    stepper = network.shape.layers
    assert stepper.field.text() == MIXED
    if act == "typed":
        type_into(stepper.field, "2")
    else:
        click(getattr(stepper, act))
    wanted = {"more": [(4, 4), (6, 5, 3, 3)], "less": [(), (6, 5)], "typed": [(4, 4), (6, 5)]}[act]
    assert [lane.network.hidden for lane in document.experiment.lanes] == wanted
    assert document.stack.count() == 1


def test_a_width_in_which_lanes_differ_is_a_dash_until_one_is_entered(document, current, network):
    document.reset(with_lanes(default_experiment(), A={NET + "hidden": (4, 2)}, B={NET + "hidden": (6, 2)}))
    current.select((0, 1))
    first, second = network.shape.spins[:2]
    assert [spin.text() for spin in (first, second)] == ["–", "2"]
    QTest.keyClick(first, Qt.Key.Key_Up)
    assert [lane.network.hidden for lane in document.experiment.lanes] == [(5, 2), (5, 2)]
    document.stack.undo()
    type_into(first.findChild(QLineEdit), "4")
    assert [lane.network.hidden for lane in document.experiment.lanes] == [(4, 2), (4, 2)]


def test_an_edit_that_one_lane_does_not_allow_changes_none_and_names_it(document, current, network):
    lanes = with_lanes(
        default_experiment(), A={NET + "features": ("x1", "x2")}, B={NET + "features": ("x1",)}
    )
    document.reset(lanes)
    current.select((0, 1))
    click(network.chips["x2"])
    click(network.chips["x1"])
    assert document.experiment.lanes[0].network.features == ("x2",)
    document.reset(lanes)
    current.select((0, 1))
    click(network.chips["x1"])
    assert document.experiment == lanes
    assert network.error.text() == "Lane B: the network needs at least one input."
    assert network.chips["x1"].isChecked()


def test_a_setting_that_a_lane_does_not_have_is_not_made_up(document, current, training):
    document.reset(edit_many(ALIKE, {"lanes.1.training.optimizer": "sgd"}))
    current.select((0, 1))
    before = document.experiment
    training.put({TRAIN + "optimizer.beta1": 0.5}, "Wrong")
    assert document.experiment is before
    assert training.error.text() == "Lane B: this setting is not there, so no lane was changed."


def test_the_line_above_the_panels_names_the_lanes_that_they_edit(document, current, qtbot):
    title = LaneTitle(current)
    qtbot.addWidget(title)
    shown = lambda: (not title.isHidden(), title.accessibleName())  # noqa: E731
    assert shown() == (True, "Lane A")
    current.choose(1)
    assert shown() == (True, "Lane B")
    assert LIGHT.lanes[1] in title.text()
    title.apply_theme(DARK)
    assert DARK.lanes[1] in title.text()
    current.select((0, 1))
    assert shown() == (True, "Lanes A, B")
    document.replace(with_lane_name(document.experiment, 1, "wide"), "Rename")
    assert shown() == (True, "Lanes A, wide")
    document.replace(with_only(document.experiment, 1), "Only")
    assert title.isHidden()


def test_no_choice_box_is_left_without_a_choice_when_the_selection_ends(document, current, training):
    document.reset(UNLIKE)
    document.replace(edit_many(UNLIKE, {"lanes.1.training.optimizer": "sgd"}), "B")
    current.select((0, 1))
    current.choose(1)
    current.select(())
    for box in training.findChildren(ChoiceBox):
        assert box.key()
    assert training.optimizer.box.key() == "sgd"
