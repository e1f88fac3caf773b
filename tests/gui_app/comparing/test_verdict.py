"""The dock of differences says, when asked, whether two groups of seeds differ by more than their spread."""

from __future__ import annotations

from dataclasses import replace
from html import unescape

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.experiment import default_experiment, edit_many
from engine.experiment.repeats import members
from engine.observation.difference_table import to_markdown
from engine.observation.paired import compare_groups
from engine.observation.seeds import Seeds
from engine.observation.snapshot import Snapshot
from engine.observation.verdict import SAME_DRAWS
from gui_app.comparing import judge
from gui_app.comparing.table import DifferencesView
from gui_app.comparing.verdict import COMPARING, NOT_YET, STALE, TOO_FEW
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.theme.tokens import LIGHT
from tests.gui_app.hands import with_lanes
from tests.gui_app.plots.runs import history_of, snapshot_of

LANES = with_lanes(
    default_experiment(), A={"repeats": 6}, B={"regularization.l2": 0.01, "repeats": 6}, C={"seed": 7}
)
A = np.array([0.30, 0.31, 0.32, 0.33, 0.34, 0.35])
B = np.array([0.25, 0.24, 0.23, 0.22, 0.21, 0.20])


def trained(document: Document, epochs: int = 40, shift: float = 0.0) -> Snapshot:
    """All networks of the document with test losses as above."""
    base = snapshot_of(history_of(range(epochs + 1)))
    lane = base.lanes[0]
    losses = {"A": A, "B": B + shift, "C": np.array([0.5])}
    found = []
    for group in members(document.experiment):
        for one, loss in zip(group, losses[group[0].name], strict=False):
            now = replace(lane.now, loss=np.array([0.1, 0.2, loss]), score=np.array([1.0, 0.9, 1.0 - loss]))
            found.append(replace(lane, name=one.name, now=now))
    return Seeds().grouped(replace(base, lanes=tuple(found)), document.experiment)


@pytest.fixture
def view(document: Document, qtbot: QtBot) -> DifferencesView:
    document.reset(LANES)
    view = DifferencesView(document, CurrentLane(document, document))
    view.resize(560, 500)
    qtbot.addWidget(view)
    view.show()
    qtbot.waitUntil(lambda: view.is_seen)
    view.show_snapshot(trained(document))
    return view


def ask(view: DifferencesView, qtbot: QtBot) -> None:
    """Click, and wait for the answer."""
    QTest.mouseClick(view.verdict.button, Qt.MouseButton.LeftButton)
    assert view.verdict.answer.text() == COMPARING
    assert not view.verdict.button.isEnabled()
    qtbot.waitUntil(lambda: view.verdict.answer.text() != COMPARING, timeout=60_000)


def test_a_click_says_the_sentence_below_the_table(view: DifferencesView, qtbot: QtBot) -> None:
    assert not view.verdict.answer.isVisible()
    ask(view, qtbot)
    said = view.verdict.answer.text()
    loss = compare_groups("A", A, "B", B, "test loss", lower_is_better=True)
    assert said.startswith(f"{loss.sentence} Test accuracy is higher with “B” than with “A” by ")
    assert view.verdict.answer.isVisible()
    top = view.verdict.answer.mapTo(view, view.verdict.answer.rect().topLeft()).y()
    assert top >= view.table.geometry().bottom()
    assert view.table.viewport().height() > 5 * view.table.rowHeight(0)


def test_another_document_with_lanes_of_the_same_names_has_no_verdict(
    view: DifferencesView, qtbot: QtBot
) -> None:
    ask(view, qtbot)
    assert view.verdict.answer.text()
    document = view._document
    document.reset(edit_many(LANES, {"lanes.1.regularization.l2": 0.5}))
    view.show_snapshot(trained(document, epochs=7))
    assert view.shown.verdict.text == ""
    assert view.verdict.answer.text() == ""
    assert STALE not in view.verdict.answer.text()


def test_an_answer_that_comes_after_another_document_was_opened_is_not_told(
    view: DifferencesView, qtbot: QtBot
) -> None:
    assert SAME_DRAWS in view.verdict.button.toolTip()
    with qtbot.waitSignal(view._judge._found, timeout=60_000):
        QTest.mouseClick(view.verdict.button, Qt.MouseButton.LeftButton)
        view._document.reset(edit_many(LANES, {"lanes.1.regularization.l2": 0.5}))
        assert view.verdict.answer.text() == ""
    QCoreApplication.processEvents()
    assert view.verdict.answer.text() == ""
    view.show_snapshot(trained(view._document))
    assert view.verdict.button.isEnabled()


@pytest.mark.expects_log("verdict", "no memory")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_was_said_stays_where_another_comparison_fails(
    view: DifferencesView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(view, qtbot)
    said = view.verdict.answer.text()

    def fails(*_: object) -> str:
        raise MemoryError("no memory")

    monkeypatch.setattr(judge, "verdict_on", fails)
    ask(view, qtbot)
    assert view.verdict.answer.text() == said
    assert view.verdict.button.isEnabled()


def test_results_of_repeated_lanes_are_medians_with_quartiles(view: DifferencesView) -> None:
    (row,) = (row for row in view.shown.table.rows if row.name == "Test loss")
    low, middle, high = np.quantile(A, [0.25, 0.5, 0.75])
    assert row.cells[0].text == f"{middle:.3f} ({low:.3f} to {high:.3f})"
    assert row.cells[2].text == "0.500"


def test_it_goes_stale_when_numbers_change_and_is_gone_with_its_lanes(
    view: DifferencesView, document: Document, qtbot: QtBot
) -> None:
    ask(view, qtbot)
    said = view.verdict.answer.text()
    view.show_snapshot(trained(document))
    assert view.verdict.answer.text() == said
    view.show_snapshot(trained(document, epochs=41, shift=0.2))
    assert view.verdict.answer.text() == f"{STALE} {said}"
    assert LIGHT.muted in view.verdict.answer.styleSheet()
    ask(view, qtbot)
    fresh = view.verdict.answer.text()
    assert "test loss is higher with “B” than with “A”" in fresh
    assert fresh.endswith("Compared at epoch 41.")
    assert STALE not in fresh
    document.replace(edit_many(document.experiment, {"lanes.1.repeats": 1}), "Seeds")
    view.show_snapshot(trained(document))
    assert view.verdict.answer.text() == ""
    assert not view.verdict.answer.isVisible()


def test_it_takes_two_lanes_with_five_seeds_that_were_trained(
    view: DifferencesView, document: Document
) -> None:
    button = view.verdict.button
    assert button.isEnabled()
    view.show_snapshot(None)
    assert (button.isEnabled(), NOT_YET in button.toolTip()) == (False, True)
    document.replace(edit_many(document.experiment, {"lanes.1.repeats": 4}), "Seeds")
    view.show_snapshot(trained(document))
    assert (button.isEnabled(), TOO_FEW in button.toolTip()) == (False, True)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert view.verdict.answer.text() == ""


def test_the_current_lane_is_compared_with_the_first(
    view: DifferencesView, document: Document, qtbot: QtBot
) -> None:
    document.replace(edit_many(document.experiment, {"lanes.2.repeats": 6, "lanes.2.seed": 0}), "Seeds")
    base = trained(document)
    third = replace(base.lanes[1], name="C")
    networks = [
        replace(one, name=own.name)
        for one, own in zip(third.repeats, members(document.experiment)[2], strict=True)
    ]
    view.show_snapshot(replace(base, lanes=(*base.lanes[:2], replace(third, repeats=tuple(networks)))))
    view.current.choose(2)
    ask(view, qtbot)
    assert "test loss is lower with “C” than with “A”" in view.verdict.answer.text()


def test_markdown_takes_a_verdict_along_while_it_holds(
    view: DifferencesView, document: Document, qtbot: QtBot
) -> None:
    ask(view, qtbot)
    view.copy_markdown()
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith(to_markdown(view.shown.table))
    assert copied.rstrip().endswith("not tested. Compared at epoch 40.")
    view.show_snapshot(trained(document, shift=0.1))
    view.copy_markdown()
    assert QGuiApplication.clipboard().text() == to_markdown(view.shown.table)


def test_the_answer_is_as_tall_as_its_text_and_the_table_scrolls_instead(
    view: DifferencesView, qtbot: QtBot
) -> None:
    ask(view, qtbot)
    answer = view.verdict.answer
    # Its layout comes later than its text.
    qtbot.waitUntil(lambda: answer.height() >= answer.heightForWidth(answer.width()))
    qtbot.waitUntil(lambda: answer.visibleRegion().boundingRect().height() == answer.height())
    assert answer.text().startswith("More than the spread: ")
    view.resize(380, 220)
    qtbot.waitUntil(lambda: answer.visibleRegion().boundingRect().height() == answer.height())
    assert view.table.verticalScrollBar().maximum() > 0


def test_in_a_low_dock_the_answer_begins_at_its_top_and_takes_the_place_of_the_question(
    view: DifferencesView, document: Document, qtbot: QtBot
) -> None:
    view.resize(360, 112)
    ask(view, qtbot)
    area, button = view.verdict._area, view.verdict.button
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)
    assert button.isHidden()
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    view.show_snapshot(trained(document, shift=0.1))
    assert button.isVisible(), "it can be asked again"
    ask(view, qtbot)
    assert area.verticalScrollBar().value() == 0
    assert view.verdict.answer.text() in unescape(view.verdict.answer.toolTip())
