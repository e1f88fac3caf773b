"""Classes by name and colour: the small window, the question before one goes, and where their looks are seen."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QColorDialog

from engine.experiment import edit, loads, switch_generator
from gui_app.classes.removal import ClassRemoval
from gui_app.exporting import files as exports
from gui_app.theme.tokens import DARK, LIGHT
from tests.gui_app.hands import LEFT, click


@pytest.fixture
def three(document, data):
    document.replace(switch_generator(document.experiment, "three_spirals"), "switch")
    document.stack.clear()
    return document


def popover_of(data, classes, index):
    button = data.draw.palette_box.buttons[index]
    place = button.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, button.mapToGlobal(place))
    QApplication.sendEvent(button, event)
    return classes.popover


def test_a_right_click_names_a_class(three, data, classes, tmp_path):
    popover = popover_of(data, classes, 1)
    QTest.keyClicks(popover.name, " red, hot ")
    QTest.keyClick(popover.name, Qt.Key.Key_Return)
    assert three.experiment.data.class_names == (None, "red, hot", None)
    assert three.stack.count() == 1
    assert data.draw.palette_box.buttons[1].accessibleName() == "Class 2: red, hot"
    assert data.draw.class_section.heading.text() == "Class"
    click(data.draw.palette_box.buttons[1])
    assert data.draw.class_section.heading.text() == "Class · red, hot"
    exports.write_data(three, tmp_path / "a.csv")
    assert ',"red, hot",' in (tmp_path / "a.csv").read_text()
    three.save(tmp_path / "a.sketch.json")
    assert loads((tmp_path / "a.sketch.json").read_bytes()) == three.experiment
    three.stack.undo()
    assert three.experiment.data.class_names is None
    assert data.draw.palette_box.buttons[1].accessibleName() == "Class 2"


def test_the_pencil_edits_the_chosen_class(three, data, classes, settings):
    settings.class_index = 2
    click(data.draw.palette_box.pencil)
    assert classes.popover.accessibleName() == "Class 3"
    classes.popover.close()
    QTest.mouseDClick(data.draw.palette_box.buttons[0], LEFT)
    assert classes.popover.accessibleName() == "Class 1"
    classes.popover.close()
    assert three.stack.count() == 0


def test_escape_leaves_the_name_alone(three, data, classes):
    popover = popover_of(data, classes, 0)
    QTest.keyClicks(popover.name, "no")
    QTest.keyClick(popover.name, Qt.Key.Key_Escape)
    assert not popover.isVisible()
    assert three.stack.count() == 0


def test_a_name_that_is_taken_is_refused(three, data, classes):
    popover = popover_of(data, classes, 0)
    QTest.keyClicks(popover.name, "cat")
    popover.close()
    popover = popover_of(data, classes, 1)
    QTest.keyClicks(popover.name, "cat")
    popover.close()
    assert data.error.text() == "Two classes are called 'cat'; give each a name of its own."
    assert three.stack.count() == 1


def test_a_swatch_and_the_colour_dialog_recolour_a_class(three, data, classes, monkeypatch):
    data.apply_theme(DARK)
    classes.apply_theme(DARK)
    click(popover_of(data, classes, 0).swatches[4])
    assert three.experiment.data.class_colours == (DARK.classes[4], None, None)
    button = data.draw.palette_box.buttons[0]
    assert button.colour == QColor(DARK.classes[4])
    data.apply_theme(LIGHT)
    classes.apply_theme(LIGHT)
    assert button.colour == QColor(DARK.classes[4])
    assert data.draw.palette_box.buttons[1].colour == QColor(LIGHT.classes[1])
    monkeypatch.setattr(QColorDialog, "getColor", lambda *a: QColor("#123456"))
    click(popover_of(data, classes, 0).other)
    assert button.colour == QColor("#123456")
    click(popover_of(data, classes, 0).default)
    assert three.experiment.data.class_colours is None
    assert three.stack.count() == 3


def test_removing_asks_and_gives_the_points_to_another_class(three, data, classes, qtbot, monkeypatch):
    before = three.points
    monkeypatch.setattr(ClassRemoval, "exec", answer(lambda dialog: dialog.others.setCurrentIndex(1)))
    click(popover_of(data, classes, 0).remove)
    assert three.experiment.data.classes == 2
    counts = np.bincount(before.target.astype(int))
    assert np.bincount(three.points.target.astype(int)).tolist() == [counts[1], counts[0] + counts[2]]
    three.stack.undo()
    assert three.points == before
    assert not three.hand_drawn


def test_removing_deletes_the_points_where_that_is_wanted(three, data, classes, monkeypatch):
    monkeypatch.setattr(ClassRemoval, "exec", answer(lambda dialog: dialog.delete.click()))
    click(data.draw.palette_box.less)
    assert three.experiment.data.classes == 2
    assert len(three.points) == 334
    assert three.stack.count() == 1


def test_a_class_stays_where_a_person_thinks_better_of_it(three, data, classes, dialogs):
    dialogs.answers = ["Cancel"]
    click(data.draw.palette_box.less)
    assert dialogs.said == ["Remove class 3"]
    assert three.experiment.data.classes == 3
    assert three.stack.count() == 0


def test_a_class_without_points_just_goes(document, data, classes):
    click(data.draw.palette_box.more)
    click(popover_of(data, classes, 2).remove)
    assert document.experiment.data.classes == 2
    assert not document.hand_drawn


def test_two_classes_cannot_be_fewer(document, data, classes):
    popover = popover_of(data, classes, 0)
    assert not popover.remove.isEnabled()
    popover.close()


def test_thumbnails_wear_the_colours_too(three, data):
    three.replace(edit(three.experiment, "data.class_colours", ["#123456", None, None]), "colour")
    picture = data.gallery.thumbnails["three_spirals"].grab().toImage()
    pixels = {
        picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())
    }
    assert "#123456" in pixels


def answer(act):
    def exec_(dialog):
        act(dialog)
        button = next(b for b in dialog.buttons.buttons() if b.text().replace("&", "") == "Remove class")
        dialog.show()
        QTest.mouseClick(button, LEFT)
        return dialog.result()

    return exec_
