import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from engine.catalogue.tasks import TASKS
from engine.experiment import edit_many, switch_task
from gui_app.canvas import tools_for


@pytest.mark.parametrize(("key", "index"), [("1", 0), ("2", 1), ("9", 8), ("0", 9)])
def test_numbers_choose_a_class(document, settings, canvas, key, index):
    document.replace(edit_many(document.experiment, {"data.classes": 10}), "Change classes")
    settings.class_index = 4
    QTest.keyClick(canvas, key)
    assert settings.class_index == index


def test_a_class_that_does_not_exist_is_not_chosen(settings, canvas):
    QTest.keyClick(canvas, "2")
    QTest.keyClick(canvas, "3")
    assert settings.class_index == 1


def test_the_class_follows_when_classes_go(document, settings, canvas):
    document.set_classes(5)
    settings.class_index = 4
    document.set_classes(3)
    assert settings.class_index == 2


@pytest.mark.parametrize(("key", "larger"), [("]", True), ("[", False)])
def test_brackets_change_the_radius(settings, canvas, key, larger):
    before = settings.radius
    QTest.keyClick(canvas, key)
    assert (settings.radius > before) is larger
    assert settings.radius != before


def test_letters_choose_the_tool_of_the_task(document, settings, canvas):
    QTest.keyClick(canvas, Qt.Key.Key_E)
    assert settings.tool == "eraser"
    document.replace(switch_task(document.experiment, "surface"), "Change task")
    QTest.keyClick(canvas, Qt.Key.Key_B)
    assert settings.tool == "value_brush"


@pytest.mark.parametrize("task", TASKS)
def test_every_tool_has_a_key(document, settings, canvas, task):
    document.replace(switch_task(document.experiment, task), "Change task")
    for tool in tools_for(task):
        QTest.keyClick(canvas, tool.shortcut.lower())
        assert settings.tool == tool.key


def test_arrows_go_as_far_on_the_screen_in_any_view(canvas):
    canvas.camera.zoom(4, (0, 0))
    left, right = canvas.extent[:2]
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.pointer.position[0] - (left + right) / 2 == pytest.approx(0.5 * (right - left) / 12)


def test_commands_are_left_to_the_window(settings, canvas):
    QTest.keyClick(canvas, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(canvas, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert settings.class_index == 0
    assert settings.tool == "brush"


def test_drawing_without_a_mouse(empty_document, settings, canvas):
    settings.class_index = 1
    for key, times in ((Qt.Key.Key_Right, 3), (Qt.Key.Key_Up, 2)):
        for _ in range(times):
            QTest.keyClick(canvas, key)
    QTest.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert empty_document.points.xy.tolist() == [pytest.approx([1.4, 1.0])]
    assert empty_document.points.target.tolist() == [1]
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert len(empty_document.points) == 0
    assert empty_document.stack.count() == 2


def test_the_circle_stays_on_the_canvas(canvas):
    for _ in range(30):
        QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.pointer.position == (6, 0)
