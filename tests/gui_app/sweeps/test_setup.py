"""The dialog that sets up a sweep, used with keys and mouse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.experiment import Experiment, default_experiment, edit_many
from engine.experiment.settings import SweepAxis
from engine.experiment.sweeps.cells import with_sweep
from engine.experiment.sweeps.swept_settings import swept_setting
from gui_app.sweeps.axis_form import LINEAR, LIST, LOG, start_values
from gui_app.sweeps.setup import WIDTH, SweepPlan, SweepSetup
from gui_app.theme import text_size
from tests.gui_app.hands import LEFT, click, fill, with_lanes
from tests.gui_app.window.test_text_fits import clipped_texts

Open = Callable[..., SweepSetup]


@pytest.fixture
def opened(qtbot: QtBot) -> Open:
    def make(experiment: Experiment | None = None, index: int = 0) -> SweepSetup:
        setup = SweepSetup(experiment or default_experiment(), index)
        qtbot.addWidget(setup)
        setup.show()
        setup.activateWindow()
        QApplication.processEvents()
        return setup

    return make


def search(setup: SweepSetup, form: str, text: str) -> None:
    """Type a part of the name of a setting and press Enter."""
    field = getattr(setup, form).setting.field
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    # The list of what was found has the keyboard while it is open.
    found = getattr(setup, form).setting.found
    QTest.keyClick(found if found.isVisible() else field, Qt.Key.Key_Return)


def live(setup: SweepSetup) -> list[SweepPlan]:
    plans: list[SweepPlan] = []
    setup.live_wanted.connect(plans.append)
    return plans


def test_at_first_it_is_eight_strengths_by_eight_rates(opened: Open) -> None:
    setup = opened()
    plans = live(setup)
    x, y = setup.plan.axes
    assert (x.setting, y.setting) == ("regularization.l2", "training.learning_rate")
    assert (len(x.values), len(y.values)) == (8, 8)
    assert x.values[0] == 0.0
    assert 0.003 in y.values
    assert setup.summary.text() == "8 × 8: 64 networks."
    QTest.keyClick(setup, Qt.Key.Key_Return)
    assert plans == [SweepPlan((x, y), 1)]


def test_a_setting_is_found_by_a_part_of_its_name(opened: Open) -> None:
    setup = opened()
    search(setup, "columns", "activ")
    assert setup.columns.setting.key == "network.activation"
    assert "tanh" in setup.columns.axis.values
    click(setup.columns.choices["tanh"])
    assert "tanh" not in setup.columns.axis.values
    search(setup, "columns", "nothing like it")
    assert setup.columns.setting.key == "network.activation"
    assert setup.isVisible()


def test_values_come_by_list_by_factors_and_by_steps(opened: Open) -> None:
    setup = opened()
    form = setup.rows
    click(form.ways[LIST])
    fill(form.list, "0.001 0.01, 0.1")
    assert form.axis == SweepAxis(setting="training.learning_rate", values=(0.001, 0.01, 0.1))
    click(form.ways[LOG])
    assert form.axis.values == (0.001, 0.01, 0.1)
    form.count.setValue(5)
    assert form.axis.values == pytest.approx((0.001, 0.00316, 0.01, 0.0316, 0.1), rel=1e-3)
    assert form.preview.text() == "0.001, 0.00316, 0.01, 0.0316, 0.1"
    click(form.ways[LINEAR])
    fill(form.high, "0.005")
    assert form.axis.values == (0.001, 0.002, 0.003, 0.004, 0.005)


def test_a_list_that_was_left_for_a_range_is_as_it_was(opened: Open) -> None:
    setup = opened()
    form = setup.columns
    before, text = form.axis, form.list.text()
    assert before.values[0] == 0.0
    for way in (LOG, LINEAR, LIST):
        click(form.ways[way])
    assert (form.axis, form.list.text()) == (before, text)
    click(form.ways[LOG])
    form.count.setValue(3)
    for way in (LINEAR, LIST):
        click(form.ways[way])
    assert len(form.axis.values) == 3


@pytest.mark.parametrize(
    ("way", "text", "said"),
    [
        (LIST, "0.1, fast", "“fast” is no number."),
        (LIST, "0.1, 0.1", "0.1 is there twice; leave one of them out."),
        (LIST, "", "Write at least one value."),
        (LIST, "-1", "Learning rate"),
    ],
)
def test_what_is_no_axis_is_said_and_cannot_be_started(opened: Open, way: str, text: str, said: str) -> None:
    setup = opened()
    click(setup.rows.ways[way])
    fill(setup.rows.list, text)
    if not text:
        QTest.keyClick(setup.rows.list, Qt.Key.Key_Delete)
    assert setup.rows.error.text().startswith(said)
    assert setup.plan is None
    assert not setup.start.isEnabled()
    fill(setup.rows.list, "0.1, 0.2")
    assert setup.start.isEnabled()


def test_factors_begin_above_zero(opened: Open) -> None:
    setup = opened()
    form = setup.columns
    click(form.ways[LOG])
    assert form.axis.values[0] > 0
    fill(form.low, "0")
    assert "above 0" in form.error.text()


def test_more_networks_than_train_live_are_computed_in_the_background(opened: Open) -> None:
    setup = opened()
    plans: list[SweepPlan] = []
    setup.background_wanted.connect(plans.append)
    setup.seeds.setValue(3)
    assert "192 networks" in setup.summary.text()
    assert "At most 64 train live" in setup.summary.text()
    assert not setup.start.isEnabled()
    QTest.mouseClick(setup.background, LEFT)
    assert plans[0].networks == 192


def test_data_may_differ_where_no_other_lane_shares_the_points(opened: Open) -> None:
    setup = opened()
    search(setup, "columns", "data: noise")
    assert setup.columns.setting.key == "data.generator.noise"
    assert setup.start.isEnabled()
    assert not setup.error.text()
    setup.close()
    beside = opened(with_lanes(default_experiment(), A={}, B={"seed": 4}))
    search(beside, "columns", "data: noise")
    assert "remove them first, or compute the sweep in the background" in beside.error.text()
    assert not beside.start.isEnabled()
    assert beside.background.isEnabled()


def test_one_axis_is_enough_and_the_same_one_twice_is_too_much(opened: Open) -> None:
    setup = opened()
    search(setup, "rows", "L2: ")
    assert "same setting" in setup.error.text()
    assert not setup.start.isEnabled()
    search(setup, "rows", "none")
    assert [axis.setting for axis in setup.plan.axes] == ["regularization.l2"]
    assert setup.summary.text() == "8 networks."


def test_a_sweep_shows_its_own_axes(opened: Open) -> None:
    axis = SweepAxis(setting="network.activation", values=("tanh", "relu"))
    swept = with_sweep(default_experiment(), 0, (axis,), seeds=3)
    setup = opened(swept, 1)
    assert setup.start.text() == "Apply"
    assert setup.plan.seeds == 3
    assert [(one.setting, set(one.values)) for one in setup.plan.axes] == [(axis.setting, {"tanh", "relu"})]


def test_axes_begin_with_round_values_around_the_present_one() -> None:
    experiment = edit_many(default_experiment(), {"lanes.0.training.learning_rate": 0.02})
    found = {
        key: start_values(setting, setting.get(experiment, 0))
        for key in (
            "training.learning_rate",
            "regularization.l2",
            "network.depth",
            "seed",
            "training.batch_size",
            "regularization.dropout.rate",
            "data.generator.noise",
        )
        for setting in [swept_setting(experiment, 0, key)]
    }
    assert found["training.learning_rate"] == (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
    assert found["regularization.l2"][:3] == (0.0, 3e-5, 1e-4)
    assert found["network.depth"] == (1, 2, 3, 4, 5, 6, 7, 8)
    assert found["seed"] == tuple(range(8))
    assert found["regularization.dropout.rate"] == (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
    assert found["data.generator.noise"] == (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4)
    assert all(isinstance(value, int) for value in found["training.batch_size"])


def test_values_are_whole_at_first_and_nothing_moves_while_somebody_types(opened: Open) -> None:
    setup = opened()
    QTest.qWait(0)
    assert not dict(clipped_texts(setup))
    parts = (setup.rows, setup.rows.list, setup.seeds, setup.summary, setup.cancel, setup.start)

    def places() -> list[object]:
        for _ in range(5):
            QApplication.processEvents()
        return [setup.size(), *(QRect(part.mapTo(setup, QPoint()), part.size()) for part in parts)]

    before = places()
    for form, text in (
        (setup.columns, "0, "),
        (setup.columns, "0, f"),
        (setup.columns, "0, 1"),
        (setup.rows, ""),
    ):
        fill(form.list, text)
        QTest.keyClick(form.list, Qt.Key.Key_Delete)
        assert places() == before
    for way in (LOG, LINEAR, LIST):
        click(setup.columns.ways[way])
        assert places() == before


def test_it_is_used_by_keys_alone(opened: Open) -> None:
    setup = opened()
    plans = live(setup)

    def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(setup.focusWidget(), key, modifier)

    def reached(name: str) -> QWidget:
        """Press Tab until the control of a name has the keyboard, but never past all of them."""
        passed: list[QWidget] = []
        while (now := setup.focusWidget()) not in passed:
            if now.accessibleName() == name:
                return now
            passed.append(now)
            press(Qt.Key.Key_Tab)
        raise AssertionError(f"{name} is none of {[one.accessibleName() for one in passed]}")

    assert setup.focusWidget() is setup.columns.setting
    reached("Columns: values")
    press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(setup.columns.list, "0.1 0.2")
    search(setup, "rows", "activ")
    reached("Rows: tanh")
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_R, Qt.KeyboardModifier.AltModifier)
    assert setup.focusWidget() is setup.rows.setting
    search(setup, "rows", "batch")
    reached("Rows: List")
    press(Qt.Key.Key_Left)
    assert setup.rows.ways[LINEAR].isChecked()
    for name, text in (("from", "10"), ("to", "30")):
        reached(f"Rows: {name}")
        press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(setup.focusWidget(), text)
    reached("Rows: how many values")
    for _ in range(setup.rows.count.value() - 3):
        press(Qt.Key.Key_Down)
    press(Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)
    press(Qt.Key.Key_Up)
    for button in (setup.background, setup.cancel, setup.start):
        assert reached(button.accessibleName()) is button
    press(Qt.Key.Key_Space)
    (plan,) = plans
    assert [axis.values for axis in plan.axes] == [(0.1, 0.2), (10, 20, 30)]
    assert plan.seeds == 2


def test_with_large_text_it_is_no_wider_than_the_screen(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = QApplication.primaryScreen().availableGeometry().width()
    monkeypatch.setattr(text_size, "scale", lambda: 2 * room / WIDTH)
    assert opened().width() == room
