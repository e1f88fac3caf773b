"""In the smallest usual window everything that is said can be read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication, QLabel

from engine.observation.diagnosis import Cure, Finding
from engine.observation.snapshot import Best, Stop
from gui_app.diagnosis.findings_popover import FindingsPopover
from gui_app.diagnosis.lane_watch import LaneFinding
from gui_app.panels.network.shape_editor import ShapeEditor
from gui_app.panels.regularization.regularizer_card import RegularizerCard
from gui_app.plots.loss_plot import LossPlot
from gui_app.widgets.wrapped_text import fit_text, fits, wrapped
from gui_app.window.run_messages import RunMessages
from tests.gui_app.hands import part_of
from tests.gui_app.plots.runs import history_of, snapshot_of

REASON = "the validation loss has not improved for 50 epochs since epoch 15,924"
MISSED = (
    "the validation loss has not fallen by more than 0.001 below that of epoch 15,924 in the 50 epochs since epoch "
    "15,924, where counting began"
)


pytestmark = pytest.mark.usefixtures("fake_engine")


def ended(stop=None, best=None, epoch=15_974, playing=False, beyond=0):
    snapshot = snapshot_of(history_of([0, epoch]), stop=stop, playing=playing)
    lane = snapshot.lanes[0]
    now = replace(lane.now, step=lane.now.step + beyond)
    lane = replace(lane, best=best, now=now, stops=(stop,) if stop else ())
    return replace(snapshot, step=now.step, lanes=(lane,))


@pytest.mark.parametrize("reason", [REASON, MISSED])
def test_the_longest_message_can_be_read(still, reason):
    best = Best(15_924, 159_240, (0.0312345, 0.0440123, 0.0550321))
    shown = ended(Stop("early_stopping", 15_974, 15_924, reason), best)
    sentence = RunMessages.compose(RunMessages.model_of(shown.lanes[0], shown), None)
    assert sentence.endswith("Its weights are back.")
    still.show_message(sentence)
    bar = still.statusBar()
    assert fits(sentence, bar.font(), bar.message_rect.width(), bar.message_rect.height())
    assert bar.toolTip() == sentence
    dark = [pixel_row(bar, row) for row in range(bar.height())]
    assert sum(dark) > 12, "two lines of writing"


def pixel_row(widget, row) -> bool:
    """Whether something is written in a row of pixels."""
    image = widget.grab().toImage()
    middle = [image.pixelColor(x, row).lightness() for x in range(8, image.width() - 8)]
    return max(middle) - min(middle) > 60


@pytest.mark.parametrize(
    ("stop", "words"),
    [
        (Stop("early_stopping", 15_974, 15_924, REASON), "stopped early"),
        (Stop("divergence", 12, None, "the loss is no longer finite"), "diverged"),
    ],
)
def test_the_reason_of_a_stop_is_not_cut_off(still, stop, words):
    still.transport.show_snapshot(ended(stop, Best(310, 3100, (0.1, 0.2, 0.3))))
    QApplication.processEvents()
    status = still.transport.status
    assert status.text().startswith(words)
    assert "…" not in status.text()
    assert status.fontMetrics().horizontalAdvance(status.text()) <= status.width()


def test_the_scores_stay_when_there_is_a_way_back(still):
    bar = still.transport
    bar.show_snapshot(ended(playing=True))
    QApplication.processEvents()
    bar.show_snapshot(ended(best=Best(15_924, 159_240, (0.1, 0.2, 0.3))))
    QApplication.processEvents()
    assert bar.best.isVisible()
    assert bar.score.figures["test"].isVisible()


PASSED = Best(15_924, 159_240, (0.1, 0.2, 0.3))


def states_of_a_long_run():
    yield ended(playing=True, epoch=35_578)
    yield ended(best=PASSED, epoch=35_578)
    yield ended(epoch=35_578, beyond=1)
    yield ended(best=PASSED, epoch=35_578, beyond=1)
    yield ended(playing=True, epoch=35_578)


@pytest.mark.parametrize("width", [1280, 1366, 1440])
def test_the_scores_stay_after_a_step_beside_the_way_back(still, width):
    bar = still.transport
    still.resize(width, 720)
    for shown in states_of_a_long_run():
        bar.show_snapshot(shown)
        QApplication.processEvents()
        assert bar.score.figures["test"].isVisible()
        if bar.best.isVisible():
            assert "15,924" in bar.best.text()
            assert bar.best.width() >= bar.best.sizeHint().width()
            assert "epoch 15,924" in bar.best.toolTip()
    still.resize(1920, 720)
    QApplication.processEvents()
    bar.show_snapshot(ended(best=PASSED, epoch=35_578, beyond=1))
    assert bar.best.text() == "Best: epoch 15,924"


@pytest.mark.parametrize("state", ["trains", "way back", "stopped early"])
def test_the_test_score_that_a_window_has_stays_in_wider_ones(still, state):
    bar, seen = still.transport, []
    stop = Stop("early_stopping", 15_974, 15_924, REASON)
    for width in range(1160, 1561, 10):
        still.resize(width, 720)
        bar.show_snapshot(
            {
                "trains": ended(playing=True, epoch=35_578),
                "way back": ended(best=PASSED, epoch=35_578),
                "stopped early": ended(stop, Best(310, 3100, (0.1, 0.2, 0.3)), epoch=15_974),
            }[state]
        )
        QApplication.processEvents()
        seen.append(bar.score.figures["test"].isVisible())
        assert seen[-1] or width < 1280
    assert seen == sorted(seen)


@pytest.mark.parametrize("width", [1280, 1366, 1440, 1600, 1920])
def test_the_slider_of_the_speed_is_as_long_as_before_whatever_the_bar_says(still, width):
    bar, places = still.transport, set()
    still.resize(width, 720)
    for shown in states_of_a_long_run():
        bar.show_snapshot(shown)
        QApplication.processEvents()
        assert bar.speed_slider.isVisible()
        places.add((bar.speed_slider.x(), bar.speed_slider.width(), bar.epoch.x()))
    assert len(places) == 1
    assert (bar.speed_slider.width() == bar.speed_slider.wide) == (width >= 1366)


def test_steps_into_an_epoch_are_told_while_training_rests(still):
    bar = still.transport
    bar.show_snapshot(ended(beyond=3))
    assert bar.epoch.number.text() == "15,974 +3"
    assert "3 steps into the next epoch" in bar.epoch.toolTip()
    bar.show_snapshot(ended(beyond=3, playing=True))
    assert (bar.epoch.number.text(), bar.epoch.toolTip()) == ("15,974", "")
    bar.show_snapshot(ended())
    assert bar.epoch.number.text() == "15,974"


def test_what_a_finding_saw_is_read_before_all_cures_are_offered(still):
    line = still.dock_layout.diagnosis_line
    numbers = (
        "the gradient of layer 9 has a norm of 13,268 in epoch 3, 120,000 times that of the output layer, and the "
        "loss has been rising ever since, from 0.7 to 120, and no step since epoch 2 has made it any smaller"
    )
    cures = tuple(Cure(f"A cure with a long name {n}", {"training.learning_rate": 0.1}) for n in range(3))
    finding = Finding("exploding_gradient", "error", "Exploding gradient", numbers, cures)
    line.diagnosis.findings = (LaneFinding("A", finding),)
    line.diagnosis.changed.emit(line.diagnosis.findings)
    QApplication.processEvents()
    assert "…" not in line.numbers.text()
    assert line.numbers.text().count("\n") == 1
    assert [button.isVisible() for button in line.cures] == [True, False]
    assert line.more.isVisible()


@pytest.mark.parametrize("size", [(1080, 640), (1280, 720), (1920, 1080)])
def test_a_finding_never_ends_in_dots_and_all_of_it_can_be_opened(still, size):
    still.resize(*size)
    line = still.dock_layout.diagnosis_line
    numbers = ", ".join(f"the gradient of layer {n} has a norm of 1.0e-0{n} in epoch 3" for n in range(1, 10))
    finding = Finding("vanishing_gradient", "error", "Vanishing gradient", numbers, ())
    line.diagnosis.findings = (LaneFinding("A", finding),)
    line.diagnosis.changed.emit(line.diagnosis.findings)
    QApplication.processEvents()
    shown = line.numbers.text().replace("\n", " ")
    assert shown
    assert numbers.startswith(shown)
    assert shown.endswith("in epoch 3")
    assert line.more.isVisible() == (shown != numbers)
    if shown != numbers:
        line.more.click()
        (popover,) = line.findChildren(FindingsPopover)
        words = [label.text() for label in popover.findChildren(QLabel)]
        popover.close()
        assert numbers in words


def test_words_are_wrapped_whole_and_end_in_dots_only_where_they_must(qapp):
    font = qapp.font()
    metrics, words = QFontMetricsF(font), "one two three four five six seven eight nine ten"
    width = metrics.horizontalAdvance(words) * 0.6
    lines = wrapped(words, metrics, width, 2.2 * metrics.lineSpacing())
    assert " ".join(lines) == words
    assert len(lines) == 2
    lines = wrapped(words, metrics, width / 2, 2.2 * metrics.lineSpacing())
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert all(metrics.horizontalAdvance(line) <= width / 2 + 1 for line in lines)
    assert fit_text(words, font, 2 * width, 10.0)[1] == [words]


def test_each_curve_of_the_loss_has_its_number(still):
    still.resize(1440, 900)
    plot = part_of(still, LossPlot)
    history = history_of([0, 15_974], penalty=[0.5, 0.0123])
    plot.show_snapshot(snapshot_of(history))
    QApplication.processEvents()
    kept = [button.entry for button in plot.header.buttons]
    assert [entry.key for entry in kept] == ["training", "validation", "test", "penalty"]
    assert all(entry.value for entry in kept)


@pytest.mark.parametrize("depth", [1, 4, 6, 8, 10])
def test_every_switch_of_a_regularizer_is_in_view_however_deep_the_network_is(open_window, depth):
    window = open_window((1280, 720))
    window.document.change({"lanes.0.network.hidden": (8,) * depth}, "Depth")
    window.complete()
    QApplication.processEvents()
    switches = [card.switch for card in window.findChildren(RegularizerCard)]
    assert len(switches) >= 10
    for switch in switches:
        assert switch.visibleRegion().boundingRect() == switch.rect(), switch.accessibleName()
    fields = [spin for spin in window.findChild(ShapeEditor).spins if spin.isVisible()]
    assert len(fields) == (depth if depth <= 8 else 0)
    assert len({spin.y() for spin in fields}) <= 1, "they share a row"
    for field in (spin.lineEdit() for spin in fields):
        assert field.fontMetrics().horizontalAdvance("512") <= field.width()
