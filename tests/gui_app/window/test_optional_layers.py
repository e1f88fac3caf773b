"""Layers that are switched in the View menu: computed and exported only while they are shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.experiment import edit_many, switch_task
from engine.observation.observables import GHOSTS, PREDICTION, UNCERTAINTY
from engine.observation.observables.disagreement import disagreement_of
from gui_app.exporting.pictures import export_picture
from gui_app.window.main_window import MainWindow

LANE = "lanes.0.regularization"


def action(window: MainWindow, words: str) -> QAction:
    return next(one for one in window.findChildren(QAction) if one.text().replace("&", "") == words)


def choose_in_view_menu(window: MainWindow, words: str) -> None:
    """As a person with the mouse would."""
    menu = next(one.menu() for one in window.menuBar().actions() if one.text() == "&View")
    menu.popup(window.mapToGlobal(window.rect().center()))
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action(window, words)).center())
    assert not menu.isVisible()


def test_the_engine_computes_them_only_while_they_are_shown(window: MainWindow, qtbot: QtBot) -> None:
    window.document.change({f"{LANE}.dropout.rate": 0.5, f"{LANE}.augmentation.rotate": 30.0}, "Change")
    window.link.step_batch()
    qtbot.waitUntil(lambda: window.link.settled and window.link.latest.step == 1)
    lane = window.link.latest.lanes[0]
    assert not {UNCERTAINTY.key, GHOSTS.key} & {*lane.observed}
    assert PREDICTION.key in lane.observed
    for words in ("Uncertainty (dropout)", "Augmented points"):
        choose_in_view_menu(window, words)
    qtbot.waitUntil(lambda: GHOSTS.of(window.link.latest.lanes[0]) is not None)
    lane = window.link.latest.lanes[0]
    assert UNCERTAINTY.of(lane).deviations.max() > 0.001
    assert GHOSTS.of(lane).xy.shape == (window.document.experiment.lanes[0].training.batch_size, 2)
    choose_in_view_menu(window, "Uncertainty (dropout)")
    qtbot.waitUntil(lambda: UNCERTAINTY.of(window.link.latest.lanes[0]) is None)


def test_a_picture_of_the_canvas_holds_what_is_shown(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    document = window.document
    document.replace(
        edit_many(switch_task(document.experiment, "curve"), {f"{LANE}.dropout.rate": 0.5}), "Change"
    )
    window.canvas.switches.turn("uncertainty", True)
    qtbot.waitUntil(
        lambda: window.link.latest.task == "curve" and UNCERTAINTY.of(window.link.latest.lanes[0]) is not None
    )
    export_picture(window.canvas, tmp_path / "with.svg", 1.0)
    window.canvas.switches.turn("uncertainty", False)
    qtbot.waitUntil(lambda: UNCERTAINTY.of(window.link.latest.lanes[0]) is None)
    export_picture(window.canvas, tmp_path / "without.svg", 1.0)
    assert "Band" in (tmp_path / "with.svg").read_text()
    assert "Band" not in (tmp_path / "without.svg").read_text()


def test_where_seeds_disagree_is_found_and_exported_only_while_it_is_shown(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    action_of = action(window, "Where seeds disagree")
    assert not action_of.isEnabled()
    assert "Repeat with seeds" in action_of.toolTip()
    window.document.change({"lanes.0.repeats": 3}, "Seeds")
    requests = window.canvas.requests
    qtbot.waitUntil(lambda: window.link.latest is not None and len(window.link.latest.lanes[0].repeats) == 3)
    qtbot.waitUntil(lambda: len(window.canvas.snapshot.lanes[0].repeats) == 3)
    assert window.canvas.panes.current.answers.disagreement is None
    export_picture(window.canvas, tmp_path / "without.svg", 1.0)
    choose_in_view_menu(window, "Where seeds disagree")
    assert window.canvas.requests == requests, "the engine need not know"
    found = window.canvas.panes.current.answers.disagreement
    networks = [PREDICTION.of(one) for one in window.canvas.snapshot.lanes[0].repeats]
    right = disagreement_of([one for one in networks if one is not None])
    np.testing.assert_array_equal(found.share, right.share)
    export_picture(window.canvas, tmp_path / "with.svg", 1.0)
    assert "Hatched" in (tmp_path / "with.svg").read_text()
    assert "Hatched" not in (tmp_path / "without.svg").read_text()
    choose_in_view_menu(window, "Where seeds disagree")
    assert window.canvas.panes.current.answers.disagreement is None
