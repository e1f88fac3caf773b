"""Examples: opened like a new document, explained, and cured by their buttons."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QScrollArea

from engine.catalogue.presets import PRESETS
from engine.experiment import Points, edit_many, preset_experiment, switch_generator
from engine.service import messages as m
from gui_app.window.layout.central_plan import STACKED
from tests.gui_app.hands import LEFT, draw

pytestmark = pytest.mark.usefixtures("fake_engine")


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
    for remedy, button in zip(preset.remedies, note.findChildren(QPushButton), strict=True):
        assert remedy.promise.bound in words
        assert remedy.promise.text in button.accessibleDescription()
    still.resize(1280, 720)
    QApplication.processEvents()
    for part in note.findChildren(QLabel) + note.findChildren(QPushButton):
        assert part.height() >= part.heightForWidth(part.width())
        if part.parentWidget() is note:
            assert note.rect().contains(part.geometry()), part.text()


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


def test_a_remedy_is_one_undo_step_and_training_begins_anew(still, fake_engine):
    still.examples.open("dead_units")
    fake_engine.take_commands()
    for number, button in enumerate(still.examples.note.findChildren(QPushButton)):
        QTest.mouseClick(button, LEFT)
        remedy = PRESETS["dead_units"].remedies[number]
        assert still.document.experiment == edit_many(preset_experiment("dead_units"), remedy.edits())
        assert still.document.stack.undoText() == remedy.label
        assert still.document.stack.count() == number + 1
        sent = fake_engine.take_commands()
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
    assert still.canvas.hasFocus()
    still.examples.open("overfits")
    assert not first.isVisible()
    still.files.new()
    assert still.examples.note is None


def test_a_note_that_was_closed_is_gone_for_good(still, qtbot):
    still.examples.open("underfits")
    with qtbot.waitSignal(still.examples.note.destroyed):
        QTest.mouseClick(still.examples.note.close_button, LEFT)
    assert still.examples.note is None
    still.document.stack.undo()
    still.files.new()
    still.examples.open("overfits")
    assert still.examples.note.isVisible()


@pytest.mark.parametrize("size", [(1080, 640), (1280, 720), (1920, 1080)])
@pytest.mark.parametrize("key", PRESETS)
def test_the_note_stands_beside_the_canvas_and_covers_nothing(still, size, key):
    still.resize(*size)
    QApplication.processEvents()
    side = still.canvas.scene.viewport.side
    still.examples.open(key)
    QApplication.processEvents()
    note, canvas = still.examples.note, still.canvas
    place = note.geometry()
    assert note.window() is still
    assert not place.intersects(canvas.geometry())
    assert still.central_area.rect().contains(place)
    assert still.size() == QSize(*size)
    # The square is as large as it was, but where the window is at its smallest.
    assert canvas.scene.viewport.side == side or size == (1080, 640)
    for button in note.findChildren(QPushButton):
        assert note.rect().contains(button.geometry())
        assert button.width() >= button.minimumSizeHint().width()


@pytest.mark.parametrize("size", [(1280, 682), (1366, 768), (1440, 860), (1600, 860), (1920, 1042)])
@pytest.mark.parametrize("key", PRESETS)
def test_the_whole_note_is_seen_and_squeezes_no_diagram(still, size, key):
    still.resize(*size)
    still.examples.open(key)
    QApplication.processEvents()
    note, area = still.examples.note, still.central_area
    assert note.findChild(QScrollArea).verticalScrollBar().maximum() == 0
    if area.tabs.isHidden():
        assert still.diagram.height() >= STACKED
    assert not still.diagram.isVisible() or not note.geometry().intersects(still.diagram.geometry())


def test_the_note_goes_with_other_data_and_comes_back_with_its_own(still):
    still.examples.open("underfits")
    note, document = still.examples.note, still.document
    draw(document, [[1, 1], [2, 1]])
    assert note.isVisible(), "a stroke"
    xy = np.random.default_rng(0).uniform(-5, 5, (300, 2))
    points = Points(xy, np.arange(300) % 2, np.arange(300) % 3)
    imported = edit_many(document.experiment, {"data.points": points})
    document.replace(imported, "Import fruit.csv")
    assert not note.isVisible()
    document.stack.undo()
    assert note.isVisible()
    for changes in ({"data.generator.points": 300}, {"data.generator.noise": 0.5}):
        document.replace(edit_many(document.experiment, {**changes, "data.points": None}), "Change")
        assert not note.isVisible()
        document.stack.undo()
        assert note.isVisible()
    document.replace(switch_generator(document.experiment, "spiral"), "Data set: Spiral")
    assert not note.isVisible()


def test_the_note_goes_with_an_import_by_hand(still, tmp_path, dialogs):
    still.examples.open("underfits")
    file = tmp_path / "fruit.csv"
    rows = "\n".join(f"{x / 10},{x % 7},{'apple' if x % 2 else 'pear'}" for x in range(40))
    file.write_text(f"width,height,kind\n{rows}\n")
    dialogs.answers = ["Import"]
    assert still.imports.read(file)
    assert not still.examples.note.isVisible()
