from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QWidget

from engine.catalogue import Parameter
from gui_app.session.dialogs import Notice, NumberDialog, ask, ask_number, may_replace, reason, warn


@pytest.fixture
def parent(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (FileNotFoundError(2, "No such file or directory", "x"), "No such file or directory."),
        (OSError("could not write x: full"), "Could not write x: full."),
        (ValueError("lanes: wrong."), "Lanes: wrong."),
        (ValueError("lanes.0.seed: expected a number"), "lanes.0.seed: expected a number."),
    ],
)
def test_a_reason_is_a_sentence(error, words):
    assert reason(error) == words


@pytest.mark.parametrize("answer", ["Yes, do", "Not this", "Never"])
def test_a_question_gives_the_answer(parent, dialogs, answer):
    dialogs.answers = [answer]
    assert ask(parent, "Really?", "Think.", ("Yes, do", "Not this", "Never")) == answer
    assert dialogs.said == ["Really?\nThink."]


@pytest.mark.parametrize(
    ("careful", "key", "answer"),
    [
        (False, Qt.Key.Key_Return, "Do"),
        (False, Qt.Key.Key_Escape, "Never"),
        (True, Qt.Key.Key_Return, "Never"),
        (True, Qt.Key.Key_Escape, "Never"),
    ],
)
def test_enter_and_escape_answer(parent, careful, key, answer):
    QTimer.singleShot(0, lambda: QTest.keyClick(QApplication.activeModalWidget(), key))
    assert ask(parent, "Really?", "Think.", ("Do", "Never"), careful=careful) == answer


def test_enter_replaces_no_file(parent):
    QTimer.singleShot(0, lambda: QTest.keyClick(QApplication.activeModalWidget(), Qt.Key.Key_Return))
    assert not may_replace(parent, [Path("precious.csv")])


@pytest.mark.parametrize("name", ["a" * 238 + ".sketch.json", "W" * 250, "long " * 50])
def test_a_long_name_makes_no_box_wide(parent, monkeypatch, name):
    boxes = []

    def show(box):
        box.show()
        boxes.append((box.width(), max(label.sizeHint().width() for label in box.findChildren(QLabel))))
        seen.append(f"{box.text()}|{box.informativeText()}")
        box.close()

    seen = []
    monkeypatch.setattr(QMessageBox, "exec", show)
    warn(parent, f"{name} cannot be saved", f"Could not write /home/me/{name}: File name too long.")
    ask(parent, f"{name} has unsaved changes.", "Save them?", ("Save", "Cancel"))
    for width, widest in boxes:
        assert widest < width < 620
    for text in seen:
        assert text.startswith(name[:4])
        assert "…" in text or " " in name
    assert seen[0].endswith(" File name too long.")


def test_words_are_no_html(parent, monkeypatch):
    seen = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: seen.append(box.textFormat()))
    warn(parent, "<b>a</b>.csv cannot be imported", "because")
    assert seen == [Qt.TextFormat.PlainText]


def test_a_storm_of_failures_is_one_window_that_waits_for_nobody(parent, qtbot):
    notice = Notice(parent)
    for number in range(20):
        notice.tell("Training stopped", f"failure {number}", "Traceback …")
    boxes = parent.findChildren(QMessageBox)
    assert [box.isVisible() for box in boxes] == [True]
    assert not boxes[0].isModal()
    assert boxes[0].informativeText() == "failure 19"
    assert boxes[0].detailedText() == "Traceback …"
    boxes[0].close()
    notice.tell("Again", "another", "")
    assert boxes[0].isVisible()
    assert boxes[0].text() == "Again"
    boxes[0].close()


def test_answered_dialogs_are_not_kept(parent, dialogs, qtbot):
    dialogs.answers = ["OK", "Yes"]
    warn(parent, "a", "b")
    ask(parent, "a", "b", ("Yes", "No"))
    qtbot.waitUntil(lambda: not parent.findChildren(QMessageBox))


SCALE = Parameter("scale", "Scale", 2.0, 0.5, 8.0, "How large.")


@pytest.mark.parametrize(("answer", "number"), [("OK", 2.0), ("Cancel", None)])
def test_a_number_is_asked_for(parent, dialogs, answer, number):
    dialogs.answers = [answer]
    assert ask_number(parent, "Resolution", SCALE, unit="×") == number
    assert dialogs.said == ["Resolution"]


def test_a_dialog_stays_open_over_what_is_no_number(parent, qtbot):
    dialog = NumberDialog(parent, "Resolution", SCALE, "×")
    qtbot.addWidget(dialog)
    dialog.show()
    number = dialog.amount.number
    assert number.text() == "2×"
    for text, open_still, value in (("large", True, 2.0), ("2,5", False, 2.5)):
        number.selectAll()
        QTest.keyClicks(number, text)
        QTest.keyClick(number, Qt.Key.Key_Return)
        assert dialog.isVisible() == open_still
        assert dialog.amount.value() == value


def test_a_dialog_stays_open_once_over_a_number_that_was_moved(parent, qtbot):
    dialog = NumberDialog(parent, "Resolution", SCALE, "×")
    qtbot.addWidget(dialog)
    dialog.show()
    number = dialog.amount.number
    for text in ("99", "0.1"):
        number.selectAll()
        QTest.keyClicks(number, text)
        QTest.keyClick(number, Qt.Key.Key_Return)
        assert dialog.isVisible()
        assert number.note.isVisible()
        assert not number.note.geometry().intersects(dialog.buttons.geometry())
    assert number.note.text() == "0.5× is the minimum."
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert dialog.amount.value() == 0.5
