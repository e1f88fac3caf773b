"""Examples: opened like a new document, explained, and cured by their buttons."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from engine.catalogue.presets import PRESETS
from engine.experiment import edit_many, preset_experiment
from engine.training import messages as m
from gui_app import application
from tests.gui_app.hands import FakeEngine, draw

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def engine(monkeypatch):
    """An engine that does nothing: these tests are about the rest."""
    monkeypatch.setitem(application.ENGINES, "fake", FakeEngine)
    return "fake"


@pytest.mark.parametrize("key", PRESETS)
def test_an_example_takes_the_place_of_the_document_and_says_what_it_shows(still, key):
    still.examples.open(key)
    note, preset = still.examples.note, PRESETS[key]
    assert still.document.experiment == preset_experiment(key)
    assert (still.document.modified, still.document.path, still.document.stack.count()) == (False, None, 0)
    words = [label.text() for label in note.findChildren(QLabel)]
    assert preset.label in words
    assert preset.why in words
    assert [button.text() for button in note.findChildren(QPushButton)] == [r.label for r in preset.remedies]
    for remedy in preset.remedies:
        assert remedy.promise.words in words
    for part in note.findChildren(QLabel) + note.findChildren(QPushButton):
        assert note.rect().contains(part.geometry()), part.text()
        assert part.height() >= part.heightForWidth(part.width())


def test_a_drawing_is_not_lost_without_a_question(still, dialogs):
    draw(still.document, [[1, 1]])
    before = still.document.experiment
    dialogs.answers = ["Cancel"]
    still.examples.open("overfits")
    assert len(dialogs.said) == 1
    assert still.document.experiment is before
    assert still.examples.note is None
    dialogs.answers = ["Discard"]
    still.examples.open("overfits")
    assert still.document.experiment == preset_experiment("overfits")


def test_a_remedy_is_one_undo_step_and_training_begins_anew(still):
    still.examples.open("dead_units")
    still.link._engine.take_commands()
    for number, button in enumerate(still.examples.note.findChildren(QPushButton)):
        QTest.mouseClick(button, LEFT)
        remedy = PRESETS["dead_units"].remedies[number]
        assert still.document.experiment == edit_many(preset_experiment("dead_units"), remedy.edits())
        assert still.document.stack.undoText() == remedy.label
        assert still.document.stack.count() == number + 1
        sent = still.link._engine.take_commands()
        assert [type(one) for one in sent if not isinstance(one, m.Watch)] == [
            m.SetExperiment,
            m.Reset,
            m.Play,
        ]
    for _ in range(still.document.stack.count()):
        still.document.stack.undo()
    assert still.document.experiment == preset_experiment("dead_units")


def test_the_note_goes_with_its_example_and_leaves_the_keyboard_alone(still):
    still.examples.open("underfits")
    first = still.examples.note
    assert first.isVisible()
    assert not first.isActiveWindow()
    still.examples.open("overfits")
    assert not first.isVisible()
    still.files.new()
    assert still.examples.note is None


def test_a_note_that_was_closed_is_gone_for_good(still, qtbot):
    still.examples.open("underfits")
    with qtbot.waitSignal(still.examples.note.destroyed):
        still.examples.note.close()
    assert still.examples.note is None
    still.files.new()
    still.examples.open("overfits")
    assert still.examples.note.isVisible()
