"""Whatever shows a number shows the engine's own, in every state and for every lane: one test of all views."""

from __future__ import annotations

import inspect
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from types import UnionType
from typing import Any, get_args, get_type_hints

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from engine.catalogue.probes import PROBES
from engine.catalogue.texts import value_text
from engine.experiment import default_experiment, edit_many, switch_task
from engine.observation.snapshot import LaneSnapshot, Snapshot
from engine.service.process import ProcessEngine
from gui_app.canvas.canvas import Canvas
from gui_app.canvas.panes.titles import PaneTitles
from gui_app.comparing.table import DifferencesView
from gui_app.diagnosis.diagnosis import Diagnosis
from gui_app.diagram.diagram import NetworkDiagram
from gui_app.diagram.readouts import readout_of
from gui_app.diagram.things import Connection
from gui_app.lanes.strip import LaneStrip
from gui_app.panels.regularization.regularization_panel import RegularizationPanel
from gui_app.panels.training.progress import best_texts
from gui_app.panels.training.scores import SPLITS
from gui_app.panels.training.transport import TransportBar
from gui_app.plots import PLOTS
from gui_app.plots.chain_plot import ChainPlot
from gui_app.plots.drawing.edit_marks import EditMarks
from gui_app.plots.drawing.layers import layer_name
from gui_app.plots.drawing.marks import EpochMark
from gui_app.plots.drawing.plot_frame import PlotFrame
from gui_app.plots.drawing.probe_plot import ProbePlot
from gui_app.plots.drawing.readout import Readout
from gui_app.plots.drawing.sections import LaneSection
from gui_app.plots.gradient_bars import GradientBars
from gui_app.plots.gradient_history import GradientHistory
from gui_app.plots.loss_plot import NAMES, LossPlot
from gui_app.plots.weights_plot import WeightsPlot
from gui_app.session.snapshot_view import LanesView, SnapshotView
from gui_app.sweeps.dock import SweepDock
from gui_app.window.main_window import MainWindow
from gui_app.window.run_messages import RunMessages
from tests.gui_app.fake_engine import FakeEngine
from tests.gui_app.hands import part_of, stroke, with_lanes
from tests.gui_app.truth import Truth, Workers, headless, losses_by_hand

Faults = list[str]
Claims = Iterator[tuple[str, object, object]]
"""What is claimed, what the view shows, what is right."""

SMALL = {
    "data.generator.points": 60,
    "data.generator.noise": 0.3,
    "lanes.0.network.hidden": [4, 3],
    "lanes.0.training.learning_rate": 0.02,
}
ONE_LANE = edit_many(default_experiment(), SMALL)
THREE_LANES = with_lanes(
    ONE_LANE,
    A={},
    B={"network.hidden": [5], "training.optimizer": "momentum"},
    C={"network.hidden": [3, 3, 3], "seed": 7},
)

CALM = {"training__learning_rate": 0.02, "regularization__l2": 0.0}
ROUGH = {"training__learning_rate": 100.0, "regularization__l2": 10.0}


def readout(plot: PlotFrame, x: float) -> Readout | None:
    """What the mouse reads at a place on the axis."""
    mapping = plot.plot_area.mapping()
    first = plot.picture.grid.cells(plot.plot_area.size_of_content)[0].topLeft()
    scene = plot.plot_area.view_box.mapToScene(first + QPointF(float(mapping.x(x)), mapping.height / 2))
    plot.hover_at(QPointF(plot.plot_area.mapTo(plot, plot.plot_area.mapFromScene(scene))))
    return plot.plot_area.hover


def read(plot: PlotFrame, x: float) -> dict[str, str]:
    found = readout(plot, x)
    return {reading.label: reading.value for reading in found.readings} if found else {}


# -- what is right for each view


def of_losses(plot: LossPlot, truth: Truth) -> Claims:
    history, lane = truth.lane.history, truth.lane
    numbers = dict(zip(NAMES, (*truth.now.loss, truth.now.penalty), strict=True))
    columns = dict(zip(NAMES, (*history.loss.T, history.penalty), strict=True))
    known = [name for name in NAMES if np.isfinite(columns[name]).any()]
    if not history.penalty.any():
        known.remove("penalty")
    lanes = {f"lane {look.name}" for look in plot.current.shown}
    shown = {entry.label: entry.value for entry in plot.header.entries if entry.key not in lanes}
    is_now = {
        name: np.isfinite(value) and (name != "penalty" or value > 0.0) for name, value in numbers.items()
    }
    named = [name for name in NAMES if name in known or is_now[name]]
    right = {name: value_text(float(numbers[name])) for name in named}
    if "penalty" in named:
        right["cost"] = value_text(float(truth.now.loss[0] + truth.now.penalty))
    if len(lanes) > 1:
        right[f"{lane.name}:"] = ""
    yield "legend", shown, right
    if len(history) < 2:
        return
    found = readout(plot, float(history.epoch[-1]))
    row = history.epoch.tolist().index(found.x)
    shown = {reading.label: reading.value for reading in found.readings if reading.label in NAMES}
    for reading in found.readings if len(lanes) > 1 else ():
        if reading.label == lane.name:
            values = reading.value.split()
            names = [name for name in NAMES if name in known] if len(values) == len(known) else NAMES
            shown = {name: value for name, value in zip(names, values, strict=False) if name in known}
    yield "readout", shown, {name: value_text(float(columns[name][row])) for name in known}
    ends = [f"{'diverged' if s.kind == 'divergence' else 'stopped'}: epoch {s.epoch:,}" for s in lane.stops]
    newest = int(history.epoch[-1])
    left_behind = lane.best is not None and newest - lane.best.epoch > 0.02 * newest
    best = [f"best: epoch {lane.best.epoch:,}"] if left_behind else []
    yield "marks", [mark.text for mark in plot.picture.marks if isinstance(mark, EpochMark)], best + ends
    yield from of_edits(plot, truth)


def of_edits(plot: PlotFrame, truth: Truth) -> Claims:
    drawn = plot.picture.sections[section_of(plot)] if plot.picture.sections else plot.picture.marks
    shown = [mark.marks for mark in drawn if isinstance(mark, EditMarks)]
    yield "edits", shown, [truth.lane.marks] if truth.lane.marks else []


def start_of(plot: GradientBars) -> float:
    """Where the bars of the current lane begin."""
    marks = plot.picture.marks
    starts = [
        mark.start for mark in marks if isinstance(mark, LaneSection) and mark.look.name == plot.current.name
    ]
    return starts[0] if starts else 0.0


def of_layers(plot: GradientBars, truth: Truth) -> Claims:
    for key in PROBES:
        plot.show_probe(key)
        values = truth.now.probe(key)
        known = np.isfinite(truth.now.loss[0]) and not np.isnan(values).all()
        for layer, value in enumerate(values.tolist()):
            shown = list(read(plot, start_of(plot) + layer + 0.5).values())
            yield f"{key} of layer {layer + 1}", shown[:1], [value_text(value)] if known else []
    plot.show_probe("weight_gradient")


def of_weights(plot: WeightsPlot, truth: Truth) -> Claims:
    run, _, row = truth.trainer.parameters(truth.lane.name)
    weights = np.concatenate([row.numpy()[part] for part in run.layout.weight_slices()])
    found = readout(plot, 0.0)
    assert found is not None
    shown = found.sections[section_of(plot)] if found.sections else found.readings
    low, high = (float(end.replace(",", "")) for end in found.title.split(": ")[-1].split(" … "))
    near = int(((np.abs(weights) <= high) & (weights != 0.0)).sum())
    assert low == -high
    right = {"weights": f"{near:,}", "exactly 0": f"{int((weights == 0.0).sum()):,}"}
    yield "readout", {reading.label: reading.value for reading in shown}, right


def section_of(plot: PlotFrame) -> int:
    """The index of the current lane's section among those of all lanes that are shown."""
    return [look.number for look in plot.current.shown].index(plot.current.index)


def of_layers_over_time(plot: GradientHistory, truth: Truth) -> Claims:
    history = truth.lane.history
    if len(history) < 2:
        return
    for key in PROBES:
        plot.show_probe(key)
        values = history.probe(key)
        if not np.isfinite(values).any():
            continue
        found = readout(plot, float(history.layer_epoch[-1]))
        names = {layer_name(layer, values.shape[1]) for layer in range(1, values.shape[1] + 1)}
        readings = found.sections[section_of(plot)] if found.sections else found.readings
        shown = [reading.value for reading in readings if reading.label in names]
        right = [value_text(value) for value in values[-1].tolist()]
        yield key, shown, right[:-1] if PROBES[key].hidden else right
    plot.show_probe("weight_gradient")
    yield from of_edits(plot, truth)


def of_chain(plot: ChainPlot, truth: Truth) -> Claims:
    factors = truth.now.probe("backward_factor")[:-1]
    for place, factor in enumerate(factors.tolist()):
        measured = np.isfinite(truth.now.loss[0])
        yield (
            f"factor {place}",
            list(read(plot, place + 0.5).values()),
            [value_text(factor)] if measured else [],
        )


def of_figures(bar: TransportBar, truth: Truth) -> Claims:
    beyond = truth.now.step - int(truth.lane.history.step[-1])
    into_the_next = f" +{beyond:,}" if beyond and not bar.playing else ""
    yield "epoch", bar.epoch.number.text(), f"{truth.now.epoch:,}{into_the_next}"
    yield "step", bar.step_count.number.text(), f"{truth.now.step:,}"
    for split, score in zip(SPLITS, truth.now.score.tolist(), strict=True):
        right = f"{score:.2f}".replace("-0.00", "0.00").replace("-", "−")
        if truth.trainer.lanes.data.task == "classification":
            right = f"{in_percent(score)} %"
        figure = bar.score.figures[split]
        yield f"{split} score", figure.number.text(), right if np.isfinite(score) else "–"
    stop, words = truth.lane.stop, bar.status.full_text
    yield "end", f"{stop.epoch:,}" in words if stop else not words, True
    best = truth.lane.best
    there_is_a_way_back = best is not None and not truth.has_best_weights
    if bar.playing:
        yield "way back", bar.best.isVisible(), False
    else:
        yield "way back", bar.best.isVisible(), there_is_a_way_back
    if bar.best.isVisible():
        yield "best", bar.best.text() in best_texts((best,)), True
        yield "best losses", all(value_text(loss) in bar.best.toolTip() for loss in best.loss), True


def in_percent(score: float) -> str:
    """Rounded, but for what is nearly and not quite perfect."""
    if not np.isfinite(score):
        return "–"
    return f"{100 * score:.0f}" if score < 0.995 or score == 1.0 else f"{int(1000 * score) / 10}"


def of_answers(canvas: Canvas, truth: Truth) -> Claims:
    shown = canvas.prediction
    if not truth.trainer.training_points:
        # What was learned from points that are gone is no answer.
        yield "answers", shown, None
        return
    assert shown is not None
    size = shown.values.shape[0]
    yield "answers", shown.values.tobytes(), truth.prediction(size, shown.extent).tobytes()


def of_titles(titles: PaneTitles, truth: Truth) -> Claims:
    """Each title says the scores of its own lane; they are checked of the current one."""
    parts = [titles.part(index) for index in range(len(titles.current.shown))]
    (own,) = (part.model for part in parts if part is not None and part.is_current)
    if not truth.trainer.training_points:
        yield "scores", own, None
        return
    assert own is not None
    score = truth.now.score
    yield "scores", (repr(own.training), repr(own.validation)), tuple(repr(float(score[k])) for k in range(2))
    yield "status", own.status, truth.lane.status
    if len(titles.current.shown) > 1:
        (title,) = (title for title in titles.titles if title.isChecked() and not title.isHidden())
        yield "name", title.look.name, truth.lane.name
        yield "said", title.accessibleName(), f"Lane {truth.lane.name}: {own.forms[0] or 'not trained yet'}"


def of_chips(strip: LaneStrip, truth: Truth) -> Claims:
    """Each chip says how its lane has ended."""
    words = {"training": "", "stopped": "stopped early", "diverged": "diverged"}
    for chip, run in zip(strip.chips, truth.trainer.runs, strict=False):
        said = chip.accessibleDescription()
        yield f"name of {run.lane.name}", chip.accessibleName(), f"Lane {run.lane.name}"
        yield (
            f"end of {run.lane.name}",
            [w for w in words.values() if w and w in said],
            [w for w in [words[run.status]] if w],
        )
        if run.status != "training" and run.stop is not None:
            yield f"epoch of {run.lane.name}", f"epoch {run.stop.epoch:,}" in said, True


def of_inside(diagram: NetworkDiagram, truth: Truth) -> Claims:
    """Weights to the bit, numbers of readouts, and thumbnails as a direct forward pass says, in NumPy alone."""
    if not diagram.is_seen:
        # It asks the engine for nothing.
        return
    picture = diagram.area.picture
    assert picture is not None
    assert picture.values is not None
    inside, expected = picture.values.inside, truth.forward(picture.values.inside)
    for layer, (shown, (weight, bias, values)) in enumerate(zip(inside.layers, expected, strict=True), 1):
        yield f"weights of layer {layer}", shown.weight.tobytes(), weight.tobytes()
        yield f"biases of layer {layer}", shown.bias.tobytes(), bias.tobytes()
        near = np.allclose(
            shown.values, values, rtol=1e-3, atol=1e-4 * np.nanmax(np.abs(values), initial=1.0)
        )
        yield f"values of layer {layer}", near or not np.isfinite(values).all(), True
        readout = readout_of(Connection(layer, 0, 0), picture)
        assert readout is not None
        yield f"readout of layer {layer}", dict(readout.numbers)["weight"], value_text(float(weight[0, 0]))


def of_decision(panel: RegularizationPanel, truth: Truth) -> Claims:
    words, lane = panel.stopping.decision.text(), truth.lane
    ends = [stop for stop in lane.stops if stop.kind == "early_stopping"]
    for stop in ends:
        yield "decision", f"{stop.epoch:,}" in words, True
    if lane.best is not None and truth.now.step and not panel.snapshot.playing:
        yield "best", f"epoch {lane.best.epoch:,}, with losses of" in words, True
        yield "best losses", all(value_text(loss) in words for loss in lane.best.loss), True
        yield "way back", panel.stopping.go_back.isHidden(), truth.has_best_weights
    elif not ends:
        yield "decision", words, ""


def of_run_messages(news: RunMessages, truth: Truth) -> Claims:
    """About the current lane's return to its best weights, or else about the lane that ended last."""
    said, marks = news.sentence, truth.lane.marks
    stops = [run.stop for run in truth.trainer.runs if run.stop is not None]
    if marks and marks[-1].kind == "restore" and marks[-1].step == truth.now.step:
        text, several = marks[-1].text, len(truth.trainer.runs) > 1
        first = f"{truth.lane.name}: {text[0].lower()}" if several else text[0].upper()
        yield "return", said.startswith(f"{first}{text[1:]}."), True
    elif stops:
        stop = max(stops, key=lambda stop: stop.epoch)
        yield "end", f"epoch {stop.epoch:,}: {stop.reason}." in said, True
    else:
        yield "news", said, ""


def of_findings(diagnosis: Diagnosis, truth: Truth) -> Claims:
    diverged = truth.lane.status == "diverged"
    found = [one.finding.code for one in diagnosis.findings if one.lane == truth.lane.name]
    yield "divergence", "divergence" in found, diverged


def of_differences(view: DifferencesView, truth: Truth) -> Claims:
    shown, now = view.shown, truth.now
    told = {row.name: row.cells[truth.index] for row in shown.table.of("Results")}
    yield "lane", shown.table.headings[truth.index].name, truth.lane.name
    for index, split in enumerate(("Training", "Validation", "Test")):
        yield f"{split} loss", told[f"{split} loss"].text, value_text(float(now.loss[index]))
    yield "gap", told["Loss gap"].text, value_text(float(now.loss[1] - now.loss[0]))
    yield "epochs", told["Epochs"].text, f"{now.epoch:,}"
    stop = truth.lane.stop
    ended = stop is not None and truth.lane.status != "training"
    yield "end", told["Ended"].note, stop.reason if ended else ""


def of_sweep(dock: SweepDock, truth: Truth) -> Claims:
    """Nothing is shown of a document without a sweep; what it shows of one is tested in tests/gui_app/sweeps/."""
    yield "picture", dock.picture, None
    yield "asked", dock.requests, ()


RIGHT: dict[type, Callable[[Any, Truth], Claims]] = {
    LossPlot: of_losses,
    GradientBars: of_layers,
    GradientHistory: of_layers_over_time,
    ChainPlot: of_chain,
    WeightsPlot: of_weights,
    TransportBar: of_figures,
    Canvas: of_answers,
    PaneTitles: of_titles,
    LaneStrip: of_chips,
    NetworkDiagram: of_inside,
    RegularizationPanel: of_decision,
    RunMessages: of_run_messages,
    Diagnosis: of_findings,
    DifferencesView: of_differences,
    SweepDock: of_sweep,
}
"""Of every view, what is right for it to show. A view that is not here fails the test."""


def claims_of(view: SnapshotView, truth: Truth) -> Claims:
    assert type(view) in RIGHT, missing({type(view)})
    return RIGHT[type(view)](view, truth)


def missing(kinds: set[type]) -> str:
    names = ", ".join(sorted(kind.__name__ for kind in kinds))
    return f"add what is right for {names} to RIGHT in tests/gui_app/test_every_view.py"


# -- the window, and what is done to it


@dataclass
class Watched:
    """A window and its engine, which runs in a thread; ``index`` is that of the current lane."""

    window: MainWindow
    workers: Workers
    qtbot: QtBot
    index: int

    def rest(self) -> None:
        """Until the engine has done all it was asked and the window has taken all it has to say."""
        link = self.window.link

        def quiet() -> bool:
            latest = link.latest
            up_to_date = latest is not None and latest.serial == self.workers.newest.published
            return link.settled and self.workers.rests and up_to_date and not latest.playing

        self.qtbot.waitUntil(quiet)

    def change(self, **changes: object) -> None:
        document, current = self.window.document, self.window.current_lane
        below = {current.path(path.replace("__", ".")): value for path, value in changes.items()}
        document.replace(edit_many(document.experiment, below), "Change")
        self.window.link.pull()
        self.rest()

    def train(self, epochs: int) -> None:
        """So many epochs at least, then pause."""
        goal = self.workers.newest.trainer.epoch + epochs
        self.window.link.set_playing(True)
        self.qtbot.waitUntil(lambda: self.window.link.latest.epoch >= goal)
        self.window.link.set_playing(False)
        self.rest()

    def play_to_the_end(self) -> None:
        """Until the current lane has ended, then pause."""
        link, current = self.window.link, self.window.current_lane
        link.set_playing(True)
        self.qtbot.waitUntil(lambda: current.of(link.latest).stop is not None)
        link.set_playing(False)
        self.rest()

    def pull(self) -> None:
        self.window.link.pull()
        self.rest()

    def step_batch(self) -> None:
        self.window.link.step_batch()
        self.rest()

    def step_epoch(self) -> None:
        self.window.link.step_epoch()
        self.rest()

    def reset(self) -> None:
        self.window.link.restart()
        self.rest()

    def draw(self) -> None:
        stroke(self.window, (-4.0, 5.0), (4.0, 5.0))
        self.pull()

    def undo(self) -> None:
        self.window.document.stack.undo()
        self.pull()

    def clear(self) -> None:
        self.window.document.clear_points()
        self.pull()

    def go_back(self) -> None:
        self.window.link.restore_best()
        self.rest()

    def stop_early(self) -> None:
        self.change(regularization__early_stopping={"patience": 1, "min_delta": 1.0})
        self.play_to_the_end()

    def diverge(self) -> None:
        self.change(regularization__early_stopping=None, training__optimizer="sgd", **ROUGH)
        self.play_to_the_end()

    def another_task(self) -> None:
        document = self.window.document
        document.replace(switch_task(document.experiment, "surface"), "Task")
        self.change(**CALM)
        self.train(5)

    def faults(self, truth: Truth | None = None) -> Faults:
        """What any view shows that is not so; losses are computed by hand, too."""
        truth = truth or Truth.of(self.workers.newest.trainer, self.index)
        by_hand = losses_by_hand(truth.trainer, truth.index)
        assert truth.now.loss == pytest.approx(by_hand, rel=1e-4, abs=1e-5, nan_ok=True)
        return faults_of(self.window, truth)


def faults_of(window: MainWindow, truth: Truth) -> Faults:
    return [
        f"{type(view).__name__}: {what} is {shown!r}, not {right!r}"
        for view in window.dispatcher.views
        for what, shown, right in claims_of(view, truth)
        if shown != right
    ]


def show_all_plots(window: MainWindow, qtbot: QtBot) -> None:
    """Each in a window of its own, so that none lies behind another."""
    for dock in window.dock_layout.docks[-len(PLOTS) :]:
        dock.setFloating(True)
        dock.resize(500, 260)
    qtbot.waitUntil(lambda: all(plot.is_seen for plot in window.dock_layout.plots))


@pytest.fixture(params=[(ONE_LANE, 0), (THREE_LANES, 1), (THREE_LANES, 2)], ids=["only", "second", "third"])
def watched(
    request: pytest.FixtureRequest,
    open_window: Callable[..., MainWindow],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> Watched:
    (experiment, index), workers = request.param, Workers(monkeypatch)
    window = open_window((1920, 1080))
    window.complete()
    show_all_plots(window, qtbot)
    qtbot.waitUntil(lambda: window.diagram is not None and window.diagram.is_seen)
    window.document.reset(experiment)
    window.current_lane.choose(index)
    qtbot.waitUntil(lambda: window.link.latest is not None)
    watched = Watched(window, workers, qtbot, index)
    watched.rest()
    return watched


STATES: dict[str, Callable[[Watched], None]] = {
    "untrained": lambda on: None,
    "paused": lambda on: on.train(20),
    "stepped one batch": Watched.step_batch,
    "stepped one epoch": Watched.step_epoch,
    "settings edited": lambda on: on.change(regularization__l2=0.01),
    "a stroke": Watched.draw,
    "resumed": lambda on: on.train(5),
    "gone back to the best weights": Watched.go_back,
    "trained on from there": lambda on: on.train(3),
    "stopped early": Watched.stop_early,
    "continued": Watched.step_epoch,
    "reset": Watched.reset,
    "diverged": Watched.diverge,
    "reset once more": Watched.reset,
    "another shape": lambda on: on.change(network__hidden=[3, 3, 3], **CALM),
    "undone": Watched.undo,
    "nothing drawn": Watched.clear,
    "drawn again": Watched.undo,
    "another task": Watched.another_task,
}


def test_every_view_shows_the_engines_own_numbers_in_every_state(watched: Watched) -> None:
    faults: dict[str, Faults] = {}
    for state, reach in STATES.items():
        reach(watched)
        faults[state] = watched.faults()
    assert {state: found for state, found in faults.items() if found} == {}


def test_every_view_shows_a_moment_of_the_run_while_it_trains(watched: Watched) -> None:
    """Views take turns, so that each may show another moment; what it shows was so then, to the bit."""
    window, experiment = watched.window, watched.window.document.experiment
    window.link.set_playing(True)
    shown: list[SnapshotView] = []
    watched.qtbot.waitUntil(lambda: window.link.latest.epoch > 8)
    # No event is delivered from here on, so that the window takes and draws nothing more.
    for view in window.dispatcher.views:
        lane = window.current_lane.of(view.snapshot)
        truth = headless(experiment, lane.now.step, watched.index)
        claims = claims_of(view, truth)
        if not (isinstance(view, PlotFrame) and view.over_epochs):
            assert [(w, s, r) for w, s, r in claims if s != r] == []
        else:
            # Its curves end at the snapshot's epoch, and the readings of later epochs are not there yet.
            history, right = lane.history, truth.lane.history
            assert history.loss.tobytes() == right.loss[: len(history)].tobytes()
            assert history.layers.tobytes() == right.layers[: len(history.layer_epoch)].tobytes()
        shown.append(view)
    assert len(shown) == len(RIGHT)


def test_every_view_begins_anew_with_an_engine_that_was_started_again(
    window: MainWindow, process_engine: ProcessEngine, qtbot: QtBot
) -> None:
    show_all_plots(window, qtbot)
    document, link = window.document, window.link
    document.reset(ONE_LANE)
    qtbot.waitUntil(lambda: link.settled)
    link.set_playing(True)
    qtbot.waitUntil(lambda: link.latest.epoch > 3)
    os.kill(process_engine.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: link.latest is None)
    assert window.transport.step_count.number.text() == "0"
    assert window.canvas.prediction is None
    qtbot.waitUntil(lambda: link.settled)
    truth = headless(document.experiment, 0)
    assert faults_of(window, truth) == []


# -- no view can be forgotten, and none can look at what it does not declare


def kinds_of(kind: type) -> list[type]:
    """All kinds of views that there are in the app, made by anyone."""
    below = [one for sub in kind.__subclasses__() for one in (sub, *kinds_of(sub))]
    return [
        one
        for one in dict.fromkeys(below)
        if one.__module__.startswith("gui_app.") and "compose" in vars(one)
    ]


ABSTRACT = {LanesView, PlotFrame, ProbePlot}


def test_every_view_is_in_the_window_and_in_this_test(still: MainWindow) -> None:
    kinds = set(kinds_of(SnapshotView)) - ABSTRACT
    assert not kinds - set(RIGHT), missing(kinds - set(RIGHT))
    assert {type(view) for view in still.dispatcher.views} == kinds == set(RIGHT)


def test_a_view_that_is_not_in_this_test_is_named(
    still: MainWindow, fake_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(RIGHT, ChainPlot)
    with pytest.raises(AssertionError, match=r"add what is right for ChainPlot to RIGHT in tests/gui_app/"):
        claims_of(part_of(still, ChainPlot), None)


@pytest.mark.parametrize("kind", RIGHT, ids=lambda kind: kind.__name__)
def test_what_a_view_composes_it_is_given(kind: type[SnapshotView]) -> None:
    """``compose`` knows neither the view nor the snapshot, so that it can hang on nothing that is not compared."""
    for name in ("model_of", "compose"):
        assert isinstance(inspect.getattr_static(kind, name), staticmethod)
    for name in ("show_snapshot", "catch_up"):
        assert getattr(kind, name) is getattr(SnapshotView, name), "no other class decides what has changed"
    if kind is not Diagnosis:
        model = get_type_hints(kind.model_of)["return"]
        assert not {Snapshot, LaneSnapshot} & set(parts_of(model))


def parts_of(kind: object) -> Iterator[type]:
    """A type and those of all its fields, all the way down."""
    if isinstance(kind, UnionType) or get_args(kind):
        for part in get_args(kind):
            yield from parts_of(part)
    elif isinstance(kind, type):
        yield kind
        if is_dataclass(kind):
            hints = get_type_hints(kind)
            for field in fields(kind):
                yield from parts_of(hints[field.name])
