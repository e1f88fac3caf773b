"""However a run ends or rests, the window names its best epoch and offers the weights, unless it has them already."""

import pytest

from engine.data.kept_run import facts
from engine.experiment import edit_many, switch_task
from gui_app.session.best_weights import describe_bests
from tests.gui_app.hands import click

# So few points and so high a rate that the validation loss rises again.
RISES = {"data.generator.points": 40, "data.generator.noise": 0.5, "lanes.0.training.learning_rate": 0.1}


@pytest.fixture
def rising(window, qtbot):
    window.document.reset(edit_many(window.document.experiment, RISES))
    qtbot.waitUntil(lambda: window.link.settled)
    return window


def lane_of(window):
    return window.link.latest.lanes[0]


def offers(window) -> bool:
    """Whether the window offers the best weights, in words that name their epoch."""
    button, lane = window.transport.best, lane_of(window)
    if not window.link.settled or window.link.playing or button.isHidden():
        return False
    return (
        f"{lane.best.epoch}" in button.text()
        and describe_bests((lane.best,)) in button.accessibleDescription()
    )


def is_past_best(window) -> bool:
    lane = lane_of(window)
    return lane.best is not None and lane.now.step > lane.best.step


def play_past_best(window, qtbot) -> None:
    click(window.transport.play)
    assert window.transport.best.isHidden(), "it is offered while the window trains"
    qtbot.waitUntil(lambda: is_past_best(window) and lane_of(window).now.epoch >= 20)
    click(window.transport.play)
    qtbot.waitUntil(lambda: window.link.settled)


def go_past_best(window, qtbot) -> None:
    """Epoch by epoch, because a pause may fall on the best epoch."""
    for _ in range(50):
        click(window.transport.step_epoch)
        qtbot.waitUntil(lambda: window.link.settled)
        if is_past_best(window):
            return
    raise AssertionError("every epoch is the best one")


def test_after_a_pause_a_step_an_epoch_and_in_a_file(rising, qtbot, tmp_path):
    window = rising
    window.link.keep_run(tmp_path / "run")
    play_past_best(window, qtbot)
    if is_past_best(window):
        qtbot.waitUntil(lambda: offers(window))
    go_past_best(window, qtbot)
    qtbot.waitUntil(lambda: offers(window))
    click(window.transport.step)
    qtbot.waitUntil(lambda: window.link.settled and lane_of(window).now.step > lane_of(window).best.step)
    qtbot.waitUntil(lambda: offers(window))
    best, step = lane_of(window).best, lane_of(window).now.step
    qtbot.waitUntil(
        lambda: (run := window.link.kept_run()) is not None and facts(run).epoch == lane_of(window).now.epoch
    )
    window.document.path = tmp_path / "a.sketch.json"
    assert window.files.save()
    window.files.new()
    qtbot.waitUntil(lambda: window.link.settled and lane_of(window).now.step == 0)
    assert window.transport.best.isHidden()
    assert window.files.load(tmp_path / "a.sketch.json")
    qtbot.waitUntil(lambda: window.link.settled and lane_of(window).now.step in (step - 1, step))
    assert lane_of(window).best == best
    qtbot.waitUntil(lambda: offers(window))
    click(window.transport.best)
    qtbot.waitUntil(lambda: window.link.settled and window.transport.best.isHidden())
    assert lane_of(window).now.loss.tolist() == pytest.approx(list(best.loss), nan_ok=True)


def test_after_divergence_the_best_weights_are_back_and_the_message_names_their_epoch(window, qtbot):
    line = {
        "data.generator.name": "noisy_line",
        "lanes.0.network.hidden": (),
        "lanes.0.training.optimizer": "sgd",
        "lanes.0.training.learning_rate": 0.01,
    }
    window.document.reset(edit_many(switch_task(window.document.experiment, "curve"), line))
    qtbot.waitUntil(lambda: window.link.settled)
    for _ in range(3):
        click(window.transport.step_epoch)
        qtbot.waitUntil(lambda: window.link.settled)
    window.document.change({"lanes.0.training.learning_rate": 20.0}, "Rate")
    click(window.transport.play)
    qtbot.waitUntil(lambda: window.link.settled and lane_of(window).stop is not None)
    assert lane_of(window).stop.kind == "divergence"
    best = lane_of(window).best
    assert best.epoch <= 4
    status = window.transport.status
    qtbot.waitUntil(lambda: status.full_text == f"diverged in epoch {best.epoch + 1}, best {best.epoch}")
    assert status.isVisible()
    assert f"the weights are those of epoch {best.epoch}, the best" in status.toolTip()
    assert f"{describe_bests((best,))} Its weights are back." in window.run_messages.sentence
    assert window.transport.best.isHidden(), "it has them already"
    assert lane_of(window).now.loss.tolist() == pytest.approx(list(best.loss), nan_ok=True)
