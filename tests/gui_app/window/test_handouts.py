"""Handouts in the window: a lesson is gone through, and what came of it is in what the menu exports."""

import re
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui_app.exporting.handout import actions
from gui_app.exporting.handout.content import NOT_RUN
from gui_app.window.main_window import MainWindow
from tests.gui_app.lessons.sample import course

TRAIN = 1
LEFT = Qt.MouseButton.LeftButton


def entry(window: MainWindow, text: str):
    (menu,) = (one.menu() for one in window.lessons_menu.actions() if "handout" in one.text())
    return next(action for action in menu.actions() if text in action.text().replace("&", ""))


def captions(page: str) -> list[str]:
    return re.findall(r'<img alt="([^"]*)"', page)


@pytest.fixture
def trained(window: MainWindow, qtbot) -> MainWindow:
    """The second step has trained for 5 epochs and is left."""
    window.lessons.__dict__["course"] = course()
    window.lessons.open_built_in(course().lessons[0])
    panel, player = window.lessons.panel, window.lessons.player
    QTest.mouseClick(panel.next, LEFT)
    QTest.mouseClick(panel.step_view.do.button, LEFT)
    qtbot.waitUntil(lambda: player.is_met and not player.is_doing)
    QTest.mouseClick(panel.next, LEFT)
    assert player.index == TRAIN + 1
    return window


def test_the_handout_of_a_lesson_has_pictures_of_the_own_run(trained, files, tmp_path):
    files.path = tmp_path / "mine.html"

    entry(trained, "this lesson").trigger()

    page = files.path.read_text(encoding="utf-8")
    left, now = ["Canvas, before training", "Loss, epoch 5"], ["Weight gradient per layer", "Loss"]
    assert captions(page) == [*left, *(f"{title}, epoch 5" for title in now)]
    assert "keras.optimizers.Adam" in page
    # Of the steps after the open one, one watches something.
    assert page.count(NOT_RUN) == 1
    assert trained.statusBar().currentMessage() == "Exported mine.html"


def test_the_handout_of_the_course_remembers_lessons_that_were_closed(trained, files, tmp_path):
    trained.lessons.close()
    files.path = tmp_path / "all.html"
    assert not entry(trained, "this lesson").isEnabled()

    entry(trained, "whole course").trigger()

    page = files.path.read_text(encoding="utf-8")
    assert captions(page)[:2] == ["Canvas, before training", "Loss, epoch 5"]
    assert re.findall(r"<h2>([^<]*)</h2>", page) == ["1. A sample", "2. A second one", "Answers"]


def test_the_cursor_says_that_the_window_is_busy_while_a_handout_is_made(
    trained, files, monkeypatch, tmp_path
):
    files.path = tmp_path / "all.pdf"
    shapes = []
    monkeypatch.setattr(
        actions, "write_handout", lambda handout, path: shapes.append(QApplication.overrideCursor().shape())
    )
    entry(trained, "whole course").trigger()
    assert shapes == [Qt.CursorShape.WaitCursor]
    assert QApplication.overrideCursor() is None


def test_the_course_of_another_proposes_a_name_that_is_one(trained, monkeypatch):
    trained.lessons.player.course = replace(course(), title="AI/ML and ../../etc")
    asked = []
    monkeypatch.setattr(actions, "ask_save", lambda window, title, path, kinds: asked.append(path))

    trained.handouts.export_course()

    assert [path.name for path in asked] == ["ai_ml-and-.._.._etc"]


def test_a_folder_that_cannot_be_written_is_said(trained, files, dialogs, tmp_path):
    files.path = tmp_path / "no folder" / "mine.pdf"
    dialogs.answers = ["OK"]

    entry(trained, "this lesson").trigger()

    (said,) = dialogs.said
    assert "mine.pdf" in said
    assert not files.path.exists()
    assert QApplication.overrideCursor() is None
