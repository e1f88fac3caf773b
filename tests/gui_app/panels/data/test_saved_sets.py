"""A person's own data sets in the gallery: saved, taken, varied, renamed, deleted; damaged files told about."""

import os

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog

from engine.data import Append, Library, varied
from engine.experiment import Points, edit_many, switch_generator, switch_task
from gui_app.canvas.tools import TOOLS
from gui_app.panels.data.data_panel import DataPanel
from gui_app.theme.tokens import DARK
from tests.gui_app.hands import click, drag_slider, type_into

MINE = Points(np.random.default_rng(5).uniform(-5, 5, (80, 2)), np.arange(80) % 3, np.arange(80) % 3)


@pytest.fixture
def library(tmp_path):
    return Library(tmp_path / "sets")


@pytest.fixture
def saved(library, document):
    """Three classes of 80 points, one with a name, one with a colour."""
    named = edit_many(
        switch_generator(document.experiment, "three_spirals"),
        {"data.class_names": ("cat", None, None), "data.class_colours": (None, "#123456", None)},
    )
    return library.save("Mine", named.data, MINE)


@pytest.fixture
def panel(document, settings, library, show):
    panel = DataPanel(document, settings, TOOLS, library)
    show(210, panel, height=1100)
    panel.saved.finish()
    return panel


@pytest.fixture
def names(monkeypatch):
    """What is typed where a name is asked for; None thinks better of it."""
    given = []
    asked = []

    def text(parent, title, label, mode, before):
        asked.append((title, before))
        name = given.pop(0)
        return name or "", name is not None

    monkeypatch.setattr(QInputDialog, "getText", text)
    given_and_asked = given, asked
    return given_and_asked


def thumbnail(panel, number=0):
    return list(panel.saved.gallery.thumbnails.values())[number]


def press_in_menu(panel, words):
    """Right-click on the first set, and press an entry."""
    button = thumbnail(panel)
    place = button.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, button.mapToGlobal(place))
    QApplication.sendEvent(button, event)
    menu = panel.saved.menu
    action = next(action for action in menu.actions() if action.text() == words)
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())


def test_points_are_saved_under_a_name(panel, document, library, names):
    document.apply_edit(Append(document.new_points([[1.0, 2.0]], [1])))
    document.finish_gesture("Draw")
    names[0].append("  Two spirals and me ")
    click(panel.saved.save)
    (kept,) = library.sets()
    assert kept.name == "Two spirals and me"
    assert kept.points == document.points
    assert thumbnail(panel).accessibleName() == "Two spirals and me"
    names[0].append("Two spirals and me")
    click(panel.saved.save)
    assert sorted(each.name for each in library.sets()) == ["Two spirals and me", "Two spirals and me 2"]
    assert document.stack.count() == 1


def test_whoever_thinks_better_of_saving_saves_nothing(panel, library, names):
    names[0].append(None)
    click(panel.saved.save)
    assert names[1] == [("Save as a data set", "")]
    assert list(library.sets()) == []


def test_a_click_takes_a_saved_set_with_its_classes(saved, panel, document):
    before = document.experiment
    click(thumbnail(panel))
    data = document.experiment.data
    assert document.points == MINE
    assert (data.classes, data.class_names) == (3, ("cat", None, None))
    assert data.class_colours == (None, "#123456", None)
    assert thumbnail(panel).isChecked()
    assert not any(button.isChecked() for button in panel.gallery.thumbnails.values())
    assert panel.reason.isHidden()
    assert panel.points.value() == 80
    assert panel.noise.value() == 0
    assert document.stack.undoText() == "Data set: Mine"
    document.stack.undo()
    assert document.experiment == before
    assert not thumbnail(panel).isChecked()


def test_size_noise_and_seed_vary_a_saved_set(saved, panel, document):
    click(thumbnail(panel))
    seed = document.experiment.data.generator.seed
    type_into(panel.points.number, "30")
    assert document.points == varied(MINE, "classification", 30, 0.0, seed)
    type_into(panel.noise.number, "20")
    assert document.points == varied(MINE, "classification", 30, 0.2, seed)
    type_into(panel.seed.number, "77")
    assert document.points == varied(MINE, "classification", 30, 0.2, 77)
    assert thumbnail(panel).isChecked()
    click(panel.regenerate)
    again = document.experiment.data.generator.seed
    assert again != 77
    assert document.points == varied(MINE, "classification", 30, 0.2, again)
    type_into(panel.points.number, "5000")
    assert document.experiment.data.generator.points == panel.points.value() == 80
    type_into(panel.noise.number, "0")
    assert document.points == MINE


def test_a_drag_is_one_undo_step_and_undo_moves_the_slider_back(saved, panel, document):
    click(thumbnail(panel))
    count = document.stack.count()
    drag_slider(panel.noise, 0.0, 0.8)
    noise = document.experiment.data.generator.noise
    assert noise > 0.2
    assert document.points == varied(MINE, "classification", 80, noise, 0)
    assert document.stack.count() == count + 1
    document.stack.undo()
    assert document.points == MINE
    assert panel.noise.value() == 0
    assert panel.noise.isEnabled()
    assert thumbnail(panel).isChecked()


def test_a_document_that_is_opened_knows_its_saved_set(saved, panel, document, tmp_path):
    click(thumbnail(panel))
    type_into(panel.points.number, "30")
    type_into(panel.noise.number, "20")
    document.save(tmp_path / "a.sketch.json")
    document.reset(switch_generator(document.experiment, "moons"))
    panel.saved._sources.clear()
    document.open(tmp_path / "a.sketch.json")
    assert thumbnail(panel).isChecked()
    type_into(panel.noise.number, "0")
    assert document.points == varied(MINE, "classification", 30, 0.0, 0)


def test_drawing_into_it_makes_it_a_drawing_until_that_is_undone(saved, panel, document):
    click(thumbnail(panel))
    document.apply_edit(Append(document.new_points([[1.0, 2.0]], [1])))
    document.finish_gesture("Draw")
    assert panel.reason.isVisible()
    assert not panel.noise.isEnabled()
    assert not thumbnail(panel).isChecked()
    document.stack.undo()
    assert panel.reason.isHidden()
    assert panel.noise.isEnabled()
    assert thumbnail(panel).isChecked()


def test_sets_are_shown_with_their_task(saved, library, panel, document):
    surface = switch_task(document.experiment, "surface")
    library.save("Hills", surface.data, Points([[0, 0]], [0.5]))
    other = DataPanel(document, panel.tool_settings, TOOLS, library)
    other.saved.finish()
    shown = {
        button.accessibleName() for button in other.saved.gallery.thumbnails.values() if not button.isHidden()
    }
    assert shown == {"Mine"}
    document.replace(surface, "task")
    other.saved.refresh(None)
    shown = {
        button.accessibleName() for button in other.saved.gallery.thumbnails.values() if not button.isHidden()
    }
    assert shown == {"Hills"}
    other.deleteLater()


def test_sets_are_in_the_order_of_their_names(panel, names):
    names[0].extend(["pear", "Apple", "fig"])
    for _ in range(3):
        click(panel.saved.save)
    buttons = sorted(panel.saved.gallery.thumbnails.values(), key=lambda button: button.x())
    assert [button.accessibleName() for button in buttons] == ["Apple", "fig", "pear"]


def test_renaming(saved, panel, library, names):
    names[0].append("Yours")
    press_in_menu(panel, "Rename …")
    assert names[1] == [("Rename", "Mine")]
    assert [each.name for each in library.sets()] == ["Yours"]
    assert thumbnail(panel).accessibleName() == "Yours"
    assert len(panel.saved.gallery.thumbnails) == 1


@pytest.mark.parametrize(("answer", "left"), [("Delete", 0), ("Keep", 1)])
def test_deleting_asks(saved, panel, library, document, dialogs, answer, left):
    click(thumbnail(panel))
    dialogs.answers = [answer]
    press_in_menu(panel, "Delete …")
    assert dialogs.said[0].startswith("Delete the data set Mine?")
    assert len(list(library.sets())) == left
    assert len(panel.saved.gallery.thumbnails) == left
    assert document.points == MINE


def test_a_full_disk_loses_nothing(saved, panel, library, names, dialogs, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    names[0].append("Yours")
    press_in_menu(panel, "Rename …")
    assert dialogs.said[0].startswith("Yours cannot be changed\n")
    assert "No space left on device" in dialogs.said[0]
    assert [each.name for each in library.sets()] == ["Mine"]
    assert thumbnail(panel).accessibleName() == "Mine"


def test_damaged_files_are_listed_and_the_others_work(saved, library, document, settings, show):
    (library.folder / "odd.data.json").write_text("{")
    panel = DataPanel(document, settings, TOOLS, library)
    show(210, panel, height=1100)
    panel.saved.finish()
    assert panel.saved.problem.isVisible()
    assert panel.saved.problem.text() == "odd.data.json cannot be read: the file ends too early, in line 1."
    click(thumbnail(panel))
    assert document.points == MINE


def test_sets_are_read_while_the_window_lives(saved, library, document, settings, show, qtbot):
    panel = DataPanel(document, settings, TOOLS, library)
    show(210, panel)
    assert not panel.saved.sets
    qtbot.waitUntil(lambda: len(panel.saved.sets) == 1)


def test_a_small_picture_shows_the_set_in_its_own_colours(saved, panel, document):
    document.replace(switch_generator(document.experiment, "three_spirals"), "switch")
    panel.apply_theme(DARK)
    picture = thumbnail(panel).grab().toImage()
    pixels = {
        picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())
    }
    assert {DARK.classes[0], "#123456", DARK.classes[2], DARK.backdrop} <= pixels


def test_far_points_do_not_break_the_picture(library, panel, document):
    library.save("Far", document.experiment.data, Points([[1e100, 0], [0, 0]], [0, 1]))
    other = DataPanel(document, panel.tool_settings, TOOLS, library)
    other.saved.finish()
    assert not thumbnail(other).grab().isNull()
    other.deleteLater()


def test_all_points_are_changed_from_the_panel_too(panel, document):
    before = document.points
    actions = {action.text(): action for action in panel.change_all.menu().actions()}
    actions["Mirror left and right"].trigger()
    assert np.array_equal(document.points.xy, before.xy * (-1, 1))
    document.clear_points()
    assert not panel.change_all.isEnabled()
    assert not panel.saved.save.isEnabled()
