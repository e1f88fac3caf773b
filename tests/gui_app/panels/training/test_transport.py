from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget

from engine.experiment import edit_many, switch_task
from engine.experiment.settings import SweepAxis
from engine.experiment.sweeps.cells import with_sweep
from engine.observation.snapshot import (
    Best,
    HistoryView,
    LaneSnapshot,
    Measurement,
    Snapshot,
    Stop,
    layer_block,
)
from gui_app.panels.training.transport import TransportBar
from gui_app.session.current_lane import CurrentLane
from gui_app.theme.tokens import DARK, LIGHT
from gui_app.widgets.outline import Outline
from gui_app.window.file_name import WIDEST
from tests.gui_app.hands import choose, click, with_lanes
from tests.gui_app.plots.runs import history_of, snapshot_of


def snapshot(epoch=1284, step=32_100, playing=True, stop=None):
    three, layers = np.zeros(3), np.zeros(4)
    now = Measurement(epoch, step, three, 0.0, three, layer_block(weight_gradient=layers))
    rows = np.zeros(0, dtype=np.int64)
    history = HistoryView(
        rows,
        rows,
        np.zeros((0, 3)),
        np.zeros(0),
        np.zeros((0, 3)),
        rows,
        rows,
        layer_block(weight_gradient=np.zeros((0, 4))),
        np.zeros((0, 2)),
    )
    lane = LaneSnapshot("A", "training", stop, None, now, history)
    return Snapshot(1, 1, 1, "classification", 2, playing, epoch, step, 6410.4, 250, (lane,))


@pytest.fixture
def bar(qtbot, document):
    bar = TransportBar(document, CurrentLane(document))
    qtbot.addWidget(bar)
    bar.resize(1280, bar.sizeHint().height())
    bar.show()
    return bar


class Layouts(QObject):
    """Counts how often a widget is asked to lay out what it holds."""

    count = 0

    def eventFilter(self, watched, event):
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


@pytest.mark.parametrize("best", [None, Best(2, 50, np.full(3, 0.1))])
@pytest.mark.parametrize("width", [1400, 1280, 1240, 1000, 700])
def test_a_bar_at_rest_lays_nothing_out(bar, width, best):
    """Else an idle window takes a third of a processor."""
    bar.resize(width, bar.height())
    shown = snapshot(playing=False)
    bar.show_snapshot(replace(shown, lanes=(replace(shown.lanes[0], best=best),)))
    layouts = Layouts()
    bar.installEventFilter(layouts)
    for _ in range(20):
        QApplication.processEvents()
    layouts.count = 0
    for _ in range(20):
        QApplication.processEvents()
    assert layouts.count == 0


def test_every_button_asks_for_what_it_says(bar, qtbot):
    for button, signal in (
        (bar.step, bar.step_requested),
        (bar.step_epoch, bar.epoch_requested),
        (bar.reset, bar.reset_requested),
        (bar.seed, bar.new_seed_requested),
    ):
        with qtbot.waitSignal(signal):
            click(button)


def test_play_turns_into_pause(bar):
    heard = []
    bar.play_toggled.connect(lambda playing: heard.append(playing))
    click(bar.play)
    assert bar.play.text() == "Pause"
    click(bar.play)
    assert heard == [True, False]
    bar.set_playing(True)
    assert bar.play.accessibleName() == "Pause"
    assert heard == [True, False]


def test_the_space_bar_belongs_to_a_button_that_the_keyboard_went_to(bar, qtbot):
    bar.activateWindow()
    qtbot.waitUntil(bar.isActiveWindow)
    bar.seed.setFocus()
    QTest.keyClick(bar.seed, Qt.Key.Key_Tab)
    assert bar.step.hasFocus()
    heard = []
    bar.play_toggled.connect(lambda playing: heard.append("play"))
    bar.step_requested.connect(lambda: heard.append("step"))
    QTest.keyClick(bar.step, Qt.Key.Key_Space)
    assert heard == ["step"]


def test_numbers_have_their_place(bar):
    bar.show_snapshot(snapshot(epoch=999))
    place = bar.step_count.geometry()
    bar.show_snapshot(snapshot(epoch=1000))
    bar.layout().activate()
    assert bar.step_count.geometry() == place
    assert bar.epoch.number.text() == "1,000"
    assert bar.step_count.number.text() == "32,100"
    assert bar.speed.number.text() == "6,410"
    bar.show_snapshot(None)
    assert bar.epoch.number.text() == "0"
    assert bar.speed.number.text() == "–"


@pytest.mark.parametrize(
    ("stop", "words"),
    [
        (Stop("early_stopping", 460, 410, "no better loss"), "stopped early at epoch 460, best 410"),
        (Stop("divergence", 12, None, "the loss is not finite"), "diverged in epoch 12"),
    ],
)
def test_it_says_why_training_stopped(bar, stop, words):
    bar.resize(1400, bar.height())
    bar.show_snapshot(snapshot(playing=False, stop=stop))
    assert bar.status.accessibleDescription() == words
    assert bar.status.text() == words
    assert stop.reason in bar.status.toolTip()
    bar.show_snapshot(snapshot())
    assert bar.status.text() == ""


def test_the_task_is_switched_and_undone(bar, document):
    choose(bar.task, "surface")
    assert document.experiment.data.task == "surface"
    document.stack.undo()
    assert bar.task.key() == document.experiment.data.task != "surface"


def test_it_fits_with_menus_at_1280_pixels(bar):
    for name in ("Lessons", "Compare", "Export"):
        bar.add_menu(name, QMenu(bar), f"{name} menu")
    for theme in (LIGHT, DARK):
        bar.apply_theme(theme)
    bar.show_snapshot(snapshot(epoch=1_234_567, step=98_765_432))
    assert bar.minimumSizeHint().width() <= 1280


@pytest.mark.parametrize("stop", [None, Stop("divergence", 12, None, "the loss is not finite")])
@pytest.mark.parametrize("width", [1280, 1080, 960])
def test_where_it_is_narrow_figures_go_and_nothing_overlaps(document, qtbot, width, stop):
    # A window of its own would be as wide as its layout wants.
    holder = QWidget()
    qtbot.addWidget(holder)
    bar = TransportBar(document, CurrentLane(document), holder)
    holder.show()
    name = QLabel("name")
    name.setFixedWidth(WIDEST + name.fontMetrics().horizontalAdvance(" •"))
    bar.add_left(name)
    export = bar.add_menu("Export", QMenu(bar), "Export menu")
    qtbot.waitUntil(lambda: name.isVisible() and export.isVisible())
    bar.show_snapshot(snapshot(playing=stop is None, stop=stop))
    bar.resize(width, 44)
    QApplication.processEvents()
    assert fits(bar)
    bar.resize(1400, 44)
    QApplication.processEvents()
    assert fits(bar)
    assert bar.step_count.isVisible()
    assert bar.speed.isVisible() == (stop is None)


@pytest.mark.parametrize("width", [1400, 1280, 1180, 1080, 960])
@pytest.mark.parametrize("task", ["classification", "curve"])
def test_the_test_score_is_there_or_not_whatever_the_numbers(document, qtbot, width, task):
    holder = QWidget()
    qtbot.addWidget(holder)
    bar = TransportBar(document, CurrentLane(document), holder)
    holder.show()
    export = bar.add_menu("Export", QMenu(bar), "Export menu")
    qtbot.waitUntil(export.isVisible)
    bar.resize(width, 44)
    worst = [0.0, 0.0, 0.0] if task == "classification" else [-99.4, -99.4, -99.4]
    test, seen = bar.score.figures["test"], {False: set(), True: set()}
    for shown in (snapshot(3, 75), snapshot(84, 2_100, playing=False), snapshot(999_999, 24_999_975)):
        for stop in (None, Stop("early_stopping", 3, 2, "no better loss")):
            for best in (None, Best(2, 50, np.full(3, 0.1))):
                for score in ([0.5, 0.5, 0.5], [0.9996, 0.95, 1.0], worst):
                    now = replace(shown.lanes[0].now, score=np.array(score))
                    lane = replace(shown.lanes[0], now=now, stop=stop, best=best)
                    bar.show_snapshot(replace(shown, task=task, lanes=(lane,)))
                    QApplication.processEvents()
                    assert fits(bar), (shown.epoch, stop, best, score)
                    seen[stop is not None].add(test.isVisible())
                    assert bar.step_count.isVisible() or not bar.speed.isVisible()
    assert [len(ways) for ways in seen.values()] == [1, 1]
    assert seen[False] == {True} or width < 1280


def fits(bar):
    parts = [part for part in bar.children() if isinstance(part, QWidget) and part.isVisible()]
    places = sorted((part.geometry().left(), part.geometry().right()) for part in parts)
    return (
        places[-1][1] < bar.width()
        and all(right < left for (_, right), (left, _) in pairwise(places))
        and all(part.width() >= part.minimumSizeHint().width() for part in parts)
    )


@pytest.mark.parametrize(
    ("task", "score", "name"),
    [
        ("classification", [1.0, 0.984, 0.95], "accuracy: training 100 %, validation 98 %, test 95 %"),
        ("classification", [0.9996, 0.95, np.nan], "accuracy: training 99.9 %, validation 95 %"),
        ("classification", [0.5, np.nan, 0.1], "accuracy: training 50 %, test 10 %"),
        ("curve", [0.987, 0.9, 0.8], "R²: training 0.99, validation 0.90, test 0.80"),
        ("surface", [np.nan, np.nan, np.nan], "R²: –"),
        ("curve", [-1.287e16, -99.7, np.nan], "R²: training −1e16, validation −1e2"),
        ("curve", [-0.0001, -99.4, 0.0], "R²: training 0.00, validation −99.40, test 0.00"),
    ],
)
def test_each_score_says_what_it_is_of(bar, task, score, name):
    bar.resize(1600, bar.height())
    shown = snapshot()
    lane = replace(shown.lanes[0], now=replace(shown.lanes[0].now, score=np.array(score)))
    bar.show_snapshot(replace(shown, task=task, lanes=(lane,)))
    QApplication.processEvents()
    assert bar.score.accessibleName() == name
    read = [
        f"{split} {figure.number.text()}" for split, figure in bar.score.figures.items() if figure.isVisible()
    ]
    known = [words for words in read if not words.endswith("–")]
    assert f"{bar.score.name.text()}: {', '.join(known) or '–'}" == name
    for figure in bar.score.figures.values():
        assert figure.number.fontMetrics().horizontalAdvance(figure.number.text()) <= figure.number.width()


def test_before_the_first_snapshot_the_score_is_called_by_the_task(bar):
    bar.document.replace(switch_task(bar.document.experiment, "curve"), "curve")
    bar.show_snapshot(None)
    assert bar.score.accessibleName() == "R²: –"
    bar.document.replace(switch_task(bar.document.experiment, "classification"), "classes")
    assert bar.score.accessibleName() == "accuracy: –"


def test_another_run_is_seen_to_begin(bar, qtbot):
    bar.show_snapshot(snapshot())
    bar.show_snapshot(snapshot(epoch=1285))
    assert not bar.findChildren(Outline)
    bar.show_snapshot(replace(snapshot(epoch=0, step=0), run=2))
    assert (bar.epoch.number.text(), bar.step_count.number.text()) == ("0", "0")
    flashes = bar.findChildren(Outline)
    assert {mark.parent() for mark in flashes} == {bar.epoch, bar.step_count, bar.score}
    for mark in flashes:
        mark._fading.setCurrentTime(mark._fading.duration())
    qtbot.waitUntil(lambda: not bar.findChildren(Outline))


def test_the_seed_is_shown_and_follows_document_and_lane(bar, document):
    document.change({"lanes.0.seed": 4711}, "Seed")
    assert bar.seed.text().endswith("4711")
    assert "Seed 4711" in bar.seed.toolTip()
    document.stack.undo()
    assert bar.seed.text().endswith("0")
    assert bar.seed.accessibleName() == "New seed"


def test_play_says_why_it_cannot_train(bar, document):
    nothing = replace(snapshot(epoch=0, step=0, playing=False), training_points=0)
    bar.show_snapshot(nothing)
    assert "draw some, or lower the validation and test shares." in bar.play.toolTip()
    document.clear_points()
    click(bar.play)
    assert bar.play.note.isVisible()
    assert bar.play.note.text() == "There are no training points: draw some."
    bar.show_snapshot(snapshot())
    assert "Train until paused." in bar.play.toolTip()


def test_play_says_that_one_class_is_nothing_to_learn_and_trains(bar, document, qtbot):
    points = document.points
    document.replace(edit_many(document.experiment, {"data.points": points[points.target == 0]}), "One")
    bar.show_snapshot(snapshot(playing=False))
    word = "All points are of class 1; there is nothing to tell apart. Draw a second class."
    assert bar.play.accessibleDescription() == word
    with qtbot.waitSignal(bar.play_toggled):
        click(bar.play)
    assert bar.play.note.text() == word
    document.replace(edit_many(document.experiment, {"data.points": points}), "Both")
    bar.show_snapshot(snapshot())
    assert bar.play.accessibleDescription() == "Train until paused."


def test_the_figures_are_those_of_the_current_lane_also_where_another_went_further(bar):
    (ended,) = snapshot_of(history_of(range(30))).lanes
    snapshot = snapshot_of(history_of(range(400)), playing=False)
    (going,) = snapshot.lanes
    further = replace(going, name="B", now=replace(going.now, step=going.now.step + 3))
    bar.show_snapshot(replace(snapshot, lanes=(further, ended), step=further.now.step))
    assert (bar.epoch.number.text(), bar.step_count.number.text()) == ("29", "290")
    bar.document.change({"lanes.0.name": "B"}, "Rename")
    assert (bar.epoch.number.text(), bar.step_count.number.text()) == ("399 +3", "3,993")


def test_figures_of_a_cell_are_said_to_be_those_of_a_cell(bar, document):
    axis = SweepAxis(setting="regularization.l2", values=(0.0, 0.001))
    document.replace(with_sweep(document.experiment, 0, [axis]), "Sweep")
    bar.current.choose(1)
    assert ">cell<" in bar.score.name.text()
    assert bar.score.name.accessibleName() == f"accuracy of lane {bar.current.name}"


def test_figures_say_whose_they_are_where_there_are_several_lanes(bar, document):
    width = bar.score.name.minimumSizeHint().width()
    assert "lane" not in bar.score.name.accessibleName()
    document.reset(with_lanes(document.experiment, A={}, B={"seed": 4}))
    bar.current.choose(1)
    bar.show_snapshot(None)
    assert bar.score.name.accessibleName() == "accuracy of lane B"
    assert bar.theme.lanes[bar.current.looks[1].colour] in bar.score.name.text()
    assert "Of lane B." in bar.epoch.toolTip()
    assert bar.score.name.minimumSizeHint().width() == width
    document.reset(with_lanes(document.experiment, A={}))
    bar.show_snapshot(None)
    assert bar.score.name.text() == "accuracy"
    assert bar.epoch.toolTip() == ""
