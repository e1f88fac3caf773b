import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from engine.catalogue.schedules import SCHEDULES
from engine.experiment import switch_task
from engine.experiment.adapt import switch_hidden
from tests.gui_app.hands import choose, click, drag_slider, type_into


@pytest.mark.parametrize(
    ("task", "losses"),
    [
        ("classification", ["cross_entropy", "squared", "playground"]),
        ("curve", ["squared", "huber", "playground"]),
        ("surface", ["squared", "huber", "playground"]),
    ],
)
def test_only_losses_that_apply_are_offered(training, document, task, losses):
    document.replace(switch_task(document.experiment, task), "switch")
    assert training.loss.box.keys() == losses
    assert training.loss.box.key() == document.experiment.lanes[0].training.loss.name


def test_more_classes_leave_fewer_losses(training, document):
    document.set_classes(3)
    assert training.loss.box.keys() == ["cross_entropy", "squared"]


def test_parameters_of_the_optimizer_lie_folded(training, document):
    assert not training.optimizer.sliders["beta1"].isVisible()
    click(training.section.heading)
    assert training.optimizer.sliders["beta1"].isVisible()
    choose(training.optimizer.box, "sgd")
    assert training.optimizer.parameters.isHidden()


def test_what_is_needed_at_once_is_never_folded_away(training):
    needed = (training.learning_rate, training.optimizer.box, training.batch_size)
    for _ in range(2):
        assert all(control.isVisible() for control in needed)
        click(training.section.heading)


def test_the_learning_rate_runs_over_six_decades(training, document):
    drag_slider(training.learning_rate, 0.5, 1.0)
    assert document.experiment.lanes[0].training.learning_rate == 10.0
    drag_slider(training.learning_rate, 0.9, 0.0)
    assert document.experiment.lanes[0].training.learning_rate == 1e-5
    type_into(training.learning_rate.number, "0")
    assert document.experiment.lanes[0].training.learning_rate == 0.0


def test_a_batch_size_is_a_whole_number(training, document):
    type_into(training.batch_size.number, "12.4")
    assert document.experiment.lanes[0].training.batch_size == 12
    QTest.keyClick(training.batch_size.number, Qt.Key.Key_Up)
    size = document.experiment.lanes[0].training.batch_size
    assert size == 13
    assert type(size) is int


@pytest.mark.parametrize("key", SCHEDULES)
def test_a_schedule_brings_its_parameters(training, document, key, qapp):
    training.section.set_open(True)
    choose(training.schedule.box, key)
    qapp.processEvents()
    schedule = document.experiment.lanes[0].training.schedule
    assert schedule.name == key
    assert list(training.schedule.sliders) == [parameter.key for parameter in SCHEDULES[key].parameters]
    for name, slider in training.schedule.sliders.items():
        assert slider.isVisible()
        type_into(slider.number, "1" if slider.parameter.integer else "0.25")
        assert document.experiment.lanes[0].training.schedule.parameters[name] in (1, 0.25)


def test_each_layer_may_have_a_rate_of_its_own(training, document):
    click(training.section.heading)
    rates = training.layer_rates
    assert not any(slider.isVisible() for slider in rates.sliders)
    click(rates.switch)
    assert document.experiment.lanes[0].training.layer_rates == (1.0,) * 4
    assert [slider.isVisible() for slider in rates.sliders] == [True] * 4
    type_into(rates.sliders[1].number, "0.25")
    drag_slider(rates.sliders[3], 0.5, 1.0)
    assert document.experiment.lanes[0].training.layer_rates == (1.0, 0.25, 1.0, 1000.0)
    document.stack.undo()
    assert rates.sliders[3].value() == 1.0
    document.replace(switch_hidden(document.experiment, 0, (8,)), "two layers")
    assert [slider.isVisible() for slider in rates.sliders] == [True, True, False, False]
    click(rates.switch)
    assert document.experiment.lanes[0].training.layer_rates is None
