"""The diagnosis as the window takes it from snapshots: when it looks, what it tells, and what becomes of a cure."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.experiment import edit_many
from engine.observation import HistoryView, Snapshot, Stop
from engine.observation.diagnosis import Cure, Diagnostician
from engine.observation.snapshot import EditMark
from gui_app.diagnosis import lane_watch as module
from gui_app.diagnosis.diagnosis import Diagnosis
from gui_app.diagnosis.finding_parts import BESIDE
from gui_app.diagnosis.findings_popover import FindingsPopover
from gui_app.diagnosis.lane_watch import LaneFinding
from gui_app.diagnosis.line import DiagnosisLine
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.theme.tokens import DARK, LIGHT
from gui_app.widgets.outline import Outline
from tests.engine.observation import made_up
from tests.engine.observation.made_up import circle, classes, first, history, lane
from tests.gui_app.hands import LEFT, dock_of, draw

SIGMOID = lane(network__activation="sigmoid")
SATURATED = {"error": [1e-5, 0.1, 0.5, 1.0], "saturated": [0.9, 0.95, 0.1, np.nan]}
VANISHING = history(np.full(300, 0.69), score=0.5, probes={"error": [1e-5, 0.1, 0.5, 1.0]})
JUMPING = history(0.7 + np.resize([0.2, -0.2], 300), score=0.5)
TWO_THINGS = history(np.full(300, 0.69), score=0.5, probes=SATURATED)
FEW = edit_many(SIGMOID, {"data.split.validation": 0.04})
"""With which two things are found: saturated neurons, and few validation points."""
HEALTHY = history(np.linspace(0.7, 0.05, 300))
STOP = Stop("divergence", 60, None, "the loss is no longer finite")


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks may follow one another as fast as new rows come."""
    monkeypatch.setattr(module, "MIN_INTERVAL", 0)


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    return Document(SIGMOID)


@pytest.fixture
def diagnosis(document: Document) -> Diagnosis:
    return Diagnosis(document, CurrentLane(document))


@pytest.fixture
def line(qtbot: QtBot, diagnosis: Diagnosis) -> DiagnosisLine:
    line = DiagnosisLine(diagnosis)
    qtbot.addWidget(line)
    line.resize(1500, line.height())
    line.apply_theme(LIGHT)
    line.show()
    return line


def snapshot(seen: HistoryView, run: int = 1, playing: bool = True, stop: Stop | None = None) -> Snapshot:
    shown = made_up.snapshot(seen, stop)
    return Snapshot(
        serial=1, run=run, acknowledged=0, task="classification", classes=2, playing=playing, epoch=shown.now.epoch,
        step=shown.now.step, steps_per_second=1000.0, training_points=100, lanes=(shown,),
    )  # fmt: skip


def train(diagnosis: Diagnosis, seen: HistoryView, rows: int, start: int = 0, run: int = 1) -> None:
    """Show one snapshot a row."""
    for count in range(start + 1, rows + 1):
        diagnosis.show_snapshot(snapshot(first(seen, count), run))


def codes(diagnosis: Diagnosis) -> list[str]:
    return [shown.finding.code for shown in diagnosis.findings]


# -- when it looks


def test_it_looks_once_in_ten_rows_at_most(diagnosis, monkeypatch):
    looks = []
    look = Diagnostician.look
    monkeypatch.setattr(Diagnostician, "look", lambda *a: (looks.append(len(a[-1].history)), look(*a))[1])
    train(diagnosis, HEALTHY, 100)
    assert looks == [*range(1, 101, 10)]
    train(diagnosis, HEALTHY, 100, start=99)
    assert len(looks) == 10, "nothing new, nothing to look at"


def test_numbers_that_are_shown_follow_each_new_row(diagnosis):
    for rows in (271, 272, 273):
        train(diagnosis, VANISHING, rows, start=0 if rows == 271 else rows - 1)
        assert diagnosis.findings[0].finding.numbers.endswith(f"to {rows - 1}.")


def test_it_looks_once_in_a_while_at_most(diagnosis, monkeypatch):
    monkeypatch.setattr(module, "MIN_INTERVAL", 3_600_000)
    train(diagnosis, VANISHING, 200)
    assert codes(diagnosis) == []
    diagnosis.show_snapshot(snapshot(VANISHING, playing=False))
    assert codes(diagnosis) == ["vanishing_gradient"]


def test_it_looks_at_once_when_a_lane_ends(diagnosis, monkeypatch):
    monkeypatch.setattr(module, "MIN_INTERVAL", 3_600_000)
    train(diagnosis, HEALTHY, 60)
    diagnosis.show_snapshot(snapshot(first(HEALTHY, 60), stop=STOP))
    assert codes(diagnosis) == ["divergence"]


# -- what it tells


def test_it_emits_only_changed_findings(diagnosis, qtbot):
    told: list[tuple[LaneFinding, ...]] = []
    diagnosis.changed.connect(told.append)
    train(diagnosis, VANISHING, 300)
    assert {tuple(shown.finding.code for shown in findings) for findings in told} == {("vanishing_gradient",)}
    assert all(before != after for before, after in pairwise(told))
    count = len(told)
    train(diagnosis, VANISHING, 300, start=299)
    assert len(told) == count, "the same once more is nothing to tell"


def test_what_is_told_while_training_says_up_to_which_epoch_it_is(diagnosis, monkeypatch):
    """The plots go on between two looks."""
    train(diagnosis, VANISHING, 271)
    monkeypatch.setattr(module, "MIN_INTERVAL", 3_600_000)
    train(diagnosis, VANISHING, 275, start=271)
    (shown,) = diagnosis.findings
    assert shown.finding.numbers.endswith("to 270.")
    diagnosis.show_snapshot(snapshot(first(VANISHING, 275), playing=False))
    (shown,) = diagnosis.findings
    assert shown.finding.numbers.endswith("to 274.")


def test_a_healthy_run_has_no_findings(diagnosis):
    told: list[tuple[LaneFinding, ...]] = []
    diagnosis.changed.connect(told.append)
    train(diagnosis, HEALTHY, 300)
    assert told == []


def test_a_new_run_and_another_document_begin_with_nothing(diagnosis):
    train(diagnosis, VANISHING, 100)
    assert codes(diagnosis) == ["vanishing_gradient"]
    diagnosis.show_snapshot(snapshot(first(VANISHING, 1), run=2))
    assert codes(diagnosis) == []
    train(diagnosis, VANISHING, 100, run=2)
    assert codes(diagnosis) == ["vanishing_gradient"]
    diagnosis.show_snapshot(None)
    assert codes(diagnosis) == []


def test_what_is_dismissed_stays_so_until_training_starts_anew(diagnosis):
    train(diagnosis, VANISHING, 100)
    diagnosis.dismiss(diagnosis.findings[0])
    assert codes(diagnosis) == []
    train(diagnosis, VANISHING, 300, start=100)
    assert codes(diagnosis) == []
    train(diagnosis, VANISHING, 100, run=2)
    assert codes(diagnosis) == ["vanishing_gradient"]


def test_an_edit_of_the_lane_takes_findings_back_before_there_is_a_new_snapshot(diagnosis, document):
    train(diagnosis, VANISHING, 100)
    document.change({"lanes.0.training.learning_rate": 0.1}, "Learning rate")
    assert codes(diagnosis) == []
    train(diagnosis, VANISHING, 120, start=100)
    assert codes(diagnosis) == [], "what was before the edit is no evidence"


EDITS = {
    "a stroke": lambda document: draw(document, [(5.0, 5.0), (5.5, 5.0)]),
    "nothing left": Document.clear_points,
    "other noise": lambda document: document.change({"data.generator.noise": 0.4}, "Noise"),
    "another split": lambda document: document.change({"data.split.validation": 0.4}, "Split"),
    "another rate": lambda document: document.change({"lanes.0.training.learning_rate": 0.1}, "Rate"),
    "another shape": lambda document: document.change({"lanes.0.network.hidden": [4]}, "Layers"),
}


@pytest.mark.parametrize("playing", [True, False])
@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edit_of_anything_takes_findings_back_at_once(diagnosis, document, edit, playing):
    train(diagnosis, VANISHING, 99)
    seen = first(VANISHING, 100)
    diagnosis.show_snapshot(snapshot(seen, playing=playing))
    assert codes(diagnosis) == ["vanishing_gradient"]
    edit(document)
    assert codes(diagnosis) == []
    diagnosis.show_snapshot(snapshot(seen, playing=playing))
    assert codes(diagnosis) == [], "what was before the edit is no evidence"


@pytest.mark.parametrize("playing", [True, False])
@pytest.mark.parametrize("kind", ["weight", "restore"])
def test_weights_of_another_origin_take_findings_back_at_once(diagnosis, kind, playing, monkeypatch):
    train(diagnosis, VANISHING, 99)
    monkeypatch.setattr(module, "MIN_INTERVAL", 3_600_000)
    seen = first(VANISHING, 100)
    before = snapshot(seen, playing=playing)
    diagnosis.show_snapshot(before)
    assert codes(diagnosis) == ["vanishing_gradient"]
    mark = EditMark(before.epoch, before.step, "w of layer 1: 0.5 → 2", kind)
    lanes = (replace(before.lanes[0], marks=(mark,)),)
    diagnosis.show_snapshot(replace(before, lanes=lanes))
    assert codes(diagnosis) == []


def test_a_new_name_of_a_class_takes_nothing_back(diagnosis, document):
    train(diagnosis, VANISHING, 100)
    document.change({"data.class_names": ["cats", "dogs"]}, "Name")
    assert codes(diagnosis) == ["vanishing_gradient"]


def test_a_cure_of_the_points_is_of_those_that_there_are_now(qtbot):
    document = Document(circle(data__points=classes({0: 200, 1: 10})))
    diagnosis = Diagnosis(document, CurrentLane(document))
    seen = history(np.full(300, 0.3), score=0.952)
    train(diagnosis, seen, 100)
    draw(document, [(5.0, 5.0), (5.5, 5.0)])
    train(diagnosis, seen, 250, start=100)
    balance = next(cure for cure in diagnosis.findings[0].finding.cures if "data.points" in cure.changes)
    diagnosis.remedies.apply(balance, "A")
    assert [5.0, 5.0] in document.points.xy.tolist()
    assert [5.5, 5.0] in document.points.xy.tolist()


def test_edits_before_anything_is_trained_do_no_harm(diagnosis, document):
    document.change({"lanes.0.training.learning_rate": 0.1}, "Learning rate")
    assert codes(diagnosis) == []


# -- the line


def shown(line: DiagnosisLine) -> tuple[str, str, list[str]]:
    return line.title.text(), line.numbers.full_text, [button.text() for button in line.cures]


def test_the_line_is_empty_while_all_is_well(line, diagnosis):
    train(diagnosis, HEALTHY, 300)
    parts = (line.icon, line.title, line.numbers, line.more, line.dismiss)
    assert not any(part.isVisible() for part in parts)
    assert line.cures == []
    assert line.accessibleDescription() == ""


def test_a_quiet_line_says_nothing_and_then_what_there_is(line, diagnosis):
    line.set_quiet(True)
    train(diagnosis, VANISHING, 100)
    assert codes(diagnosis) != []
    parts = (line.icon, line.title, line.numbers, line.more, line.dismiss)
    assert not any(part.isVisible() for part in parts)
    assert line.cures == []
    line.set_quiet(False)
    assert shown(line)[0] != ""
    assert line.title.isVisible()
    assert line.cures != []


def test_the_line_says_what_is_wrong_and_offers_cures(line, diagnosis, qtbot):
    with qtbot.waitSignal(line.appeared):
        train(diagnosis, VANISHING, 100)
    title, numbers, cures = shown(line)
    assert title == "Vanishing gradient in layer 1."
    assert "100,000 times smaller" in numbers
    assert cures == ["Switch to ReLU with He weights", "Switch to tanh, Glorot weights"]
    assert line.accessibleDescription() == f"{title} {numbers}"
    assert (line.icon.accessibleName(), line.icon.pixmap().isNull()) == ("Warning", False)
    assert all(button.accessibleName() == button.text() for button in [*line.cures, line.more])


def test_a_cure_is_one_undo_step(line, diagnosis, document):
    train(diagnosis, VANISHING, 100)
    before = document.experiment
    QTest.mouseClick(line.cures[0], LEFT)
    network = document.experiment.lanes[0].network
    assert (network.activation.name, network.initializer.name) == ("relu", "he_normal")
    assert document.stack.count() == 1
    assert document.stack.undoText() == "Switch to ReLU with He weights"
    assert shown(line)[2] == []
    document.stack.undo()
    assert document.experiment == before


def test_two_clicks_on_cures_in_quick_succession_are_two_undo_steps(diagnosis, document):
    train(diagnosis, JUMPING, 100)
    rates = [document.experiment.lanes[0].training.learning_rate]
    for start, rows in ((100, 300), (299, 300)):
        slower = next(
            cure for cure in diagnosis.findings[0].finding.cures if cure.label.startswith("Restart at rate")
        )
        diagnosis.remedies.apply(slower, "A")
        rates.append(document.experiment.lanes[0].training.learning_rate)
        train(diagnosis, JUMPING, rows, start=start)
    assert rates == [0.003, 0.00003, 3e-7]
    document.stack.undo()
    assert document.experiment.lanes[0].training.learning_rate == 0.00003


def test_a_cure_that_no_longer_fits_changes_nothing(diagnosis, document):
    train(diagnosis, VANISHING, 100)
    (normalized,) = [c for c in diagnosis.findings[0].finding.cures if c.label == "Add batch normalization"]
    document.change({"lanes.0.network.normalization": {"kind": "batch"}}, "Normalize")
    count = document.stack.count()
    diagnosis.remedies.apply(normalized, "A")
    assert document.stack.count() == count


def test_every_button_can_be_reached_and_pressed_by_key(line, diagnosis, document, qtbot):
    train(diagnosis, VANISHING, 100)
    line.activateWindow()
    qtbot.waitUntil(line.isActiveWindow)
    line.cures[0].setFocus()
    reached = []
    for _ in range(5):
        reached.append(line.focusWidget())
        QTest.keyClick(line.focusWidget(), "\t")
    assert reached == [line.cures[0], line.beside, line.cures[1], line.more, line.dismiss]
    line.cures[1].setFocus()
    QTest.keyClick(line.cures[1], " ")
    assert document.experiment.lanes[0].network.activation.name == "tanh"


def test_dismissing_shows_the_next_finding(line, diagnosis, document):
    document.reset(FEW)
    train(diagnosis, TWO_THINGS, 100)
    assert codes(diagnosis) == ["saturation", "small_validation_set"]
    assert shown(line)[0] == "Saturated neurons in layer 2."
    assert line.more.text() == "1 more"
    QTest.mouseClick(line.dismiss, LEFT)
    assert shown(line)[0] == "Few validation points."
    QTest.mouseClick(line.dismiss, LEFT)
    assert not line.title.isVisible()


def popover_of(line: DiagnosisLine) -> FindingsPopover:
    QTest.mouseClick(line.more, LEFT)
    return next(one for one in line.findChildren(FindingsPopover) if one.isVisible())


def test_more_shows_all_findings_with_all_cures(line, diagnosis, document):
    document.reset(FEW)
    train(diagnosis, TWO_THINGS, 100)
    popover = popover_of(line)
    labels = {button.text(): button for button in popover.findChildren(type(line.more))}
    assert set(labels) - {BESIDE} == {
        cure.label for shown in diagnosis.findings for cure in shown.finding.cures
    }
    assert labels[diagnosis.findings[0].finding.cures[0].label].hasFocus()
    QTest.mouseClick(labels["Add batch normalization"], LEFT)
    assert document.experiment.lanes[0].network.normalization is not None
    assert not popover.isVisible()


def test_escape_closes_what_more_shows(line, diagnosis, document):
    document.reset(FEW)
    train(diagnosis, TWO_THINGS, 100)
    popover = popover_of(line)
    QTest.keyClick(popover, "\x1b")
    assert not popover.isVisible()
    assert document.stack.count() == 0


def test_buttons_stay_while_only_numbers_change(line, diagnosis):
    falling = history(
        np.linspace(0.7, 0.69, 300), score=np.linspace(0.5, 0.6, 300), probes={"error": [1e-5, 1, 1, 1]}
    )
    train(diagnosis, falling, 100)
    before, words = list(line.cures), line.numbers.full_text
    train(diagnosis, falling, 300, start=100)
    assert line.cures == before
    assert line.numbers.full_text != words


def test_cures_give_way_where_there_is_little_room_the_last_one_after_the_words(line, diagnosis, qtbot):
    line.resize(2600, line.height())
    train(diagnosis, VANISHING, 100)
    words = line.numbers.full_text
    assert words in line.numbers.toolTip()
    qtbot.waitUntil(lambda: line.numbers.text() == words)
    assert len(seen(line)) == 3
    while len(seen(line)) == 3:
        assert line.numbers.text().replace("\n", " ") == words
        line.resize(line.width() - 10, line.height())
    assert line.numbers.text().replace("\n", " ") == words
    for buttons in (1, 1, 0):
        # Just enough room, then a pixel less.
        line.resize(line.layout().minimumSize().width(), line.height())
        shown, there = line.numbers.text().replace("\n", " "), seen(line)
        assert words.startswith(shown)
        assert shown != words
        assert len(there) == buttons
        for button in [*there, line.more, line.dismiss]:
            assert button.isVisible()
            assert line.rect().contains(button.geometry())
        line.resize(line.width() - 1, line.height())
    line.resize(2000, line.height())
    assert len(seen(line)) == 3


def seen(line):
    return [button for button in (*line.cures, line.beside) if button.isVisible()]


def test_a_cure_is_tried_at_once_and_says_what_becomes_of_the_run(still):
    still.later.finish()
    line = still.dock_layout.diagnosis_line
    still.document.replace(SIGMOID, "Deep sigmoid")
    train(line.diagnosis, VANISHING, 100)
    said = line.diagnosis.snapshot.lanes[0].now.epoch
    assert not still.link.playing
    button = next(button for button in line.cures if button.text() == "Switch to ReLU with He weights")
    assert "restarts" in button.toolTip()
    QTest.mouseClick(button, LEFT)
    assert still.link.playing
    assert still.statusBar().currentMessage() == (
        f"Switch to ReLU with He weights: training restarts from the initial weights; the run of {said:,} epochs is "
        "over. Ctrl+Z restores the settings."
    )


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_icons_follow_severity_and_theme(line, diagnosis, theme):
    train(diagnosis, HEALTHY, 60)
    diagnosis.show_snapshot(snapshot(first(HEALTHY, 60), stop=STOP))
    line.apply_theme(theme)
    picture = line.icon.pixmap().toImage()
    colours = {
        picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())
    }
    assert theme.danger in colours
    assert line.icon.accessibleName() == "Serious"


# -- in the window


def test_in_the_window_a_sick_run_is_diagnosed_and_cured(window, qtbot, monkeypatch):
    line, document = window.dock_layout.diagnosis_line, window.document
    height = window.statusBar().height()
    assert not line.title.isVisible()
    sick = edit_many(
        document.experiment,
        {
            "data.generator.name": "circle",
            "data.generator.points": 100,
            "lanes.0.training.learning_rate": 0.0,
        },
    )
    document.replace(sick, "Make it sick")
    window.link.set_playing(True)
    qtbot.waitUntil(line.title.isVisible)
    window.show_message("Something else")
    window.statusBar().clearMessage()
    assert line.title.text() == "Learning rate too low."
    assert window.statusBar().height() == height
    assert line.cures[0].text() == "Learning rate 0.003"
    assert window.rect().contains(line.cures[0].mapTo(window, line.cures[0].rect().center()))
    QTest.mouseClick(line.cures[0], LEFT)
    assert document.experiment.lanes[0].training.learning_rate == 0.003
    assert not line.title.isVisible()
    document.stack.undo()
    assert document.experiment == sick
    qtbot.waitUntil(line.title.isVisible)
    assert line.title.text() == "Learning rate too low."


def test_a_finding_does_not_wait_for_a_message_to_go(still, monkeypatch):
    diagnosis = still.dock_layout.diagnosis_line.diagnosis
    still.document.replace(SIGMOID, "Deep sigmoid")
    still.show_message("Saved")
    train(diagnosis, VANISHING, 100)
    assert still.statusBar().currentMessage() == ""
    assert still.dock_layout.diagnosis_line.title.isVisible()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("regularization.early_stopping", {"patience": 20}),
        ("regularization.dropout.rate", 0.5),
        ("training.learning_rate", 0.01),
    ],
)
def test_a_cure_brings_what_it_changes_into_view_and_outlines_it_once(still, qtbot, path, value):
    diagnosis = still.dock_layout.diagnosis_line.diagnosis
    column = dock_of(still, "Model").widget()
    column.verticalScrollBar().setValue(0 if path.startswith("reg") else 10_000)
    diagnosis.remedies.apply(Cure("Help", {path: value}), "A")

    def outlined():
        return [one.parentWidget() for one in still.findChildren(Outline) if one.isVisible()]

    qtbot.waitUntil(lambda: len(outlined()) == 1)
    (control,) = outlined()
    qtbot.waitUntil(lambda: control.visibleRegion().boundingRect().height() >= min(control.height(), 20))


def test_findings_go_when_another_document_comes(still):
    diagnosis = still.dock_layout.diagnosis_line.diagnosis
    still.document.replace(SIGMOID, "Deep sigmoid")
    train(diagnosis, VANISHING, 100)
    assert codes(diagnosis) == ["vanishing_gradient"]
    still.document.reset(lane())
    assert diagnosis.findings == ()
