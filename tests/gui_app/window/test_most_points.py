"""A drawing holds as many points as a document: what would add more is refused with one sentence, nothing is lost."""

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from engine.data import OPERATIONS, Append, Operation
from engine.experiment import Points, TooManyPointsError
from engine.experiment.bounded_json import MOST_POINTS
from gui_app.importing.dialog import ImportDialog
from tests.gui_app.hands import Hand, click, put_points

pytestmark = [pytest.mark.bare, pytest.mark.usefixtures("fake_engine")]

SENTENCE = "A drawing holds at most 100,000 points; {:,} are too many, so erase or leave out some."


def far_points(count: int) -> Points:
    """Outside the view, so that they cost no painting."""
    rng = np.random.default_rng(0)
    return Points(50.0 + rng.normal(size=(count, 2)), rng.integers(0, 2, count), rng.integers(0, 3, count))


@pytest.fixture
def fill(still):
    """Makes the drawing hold so many points fewer than the most, and nothing to undo."""

    def fill_up(room: int) -> None:
        put_points(still.document, far_points(MOST_POINTS - room), "Fill")
        still.document.stack.clear()

    return fill_up


def refused(window) -> bool:
    return window.statusBar().currentMessage().startswith("A drawing holds at most 100,000 points; ")


def test_a_stroke_ends_at_the_last_point_and_what_was_drawn_opens_again(still, fill, qtbot, tmp_path):
    fill(3)
    document, hand = still.document, Hand(still.canvas)
    still.tools.tool, still.tools.density = "brush", 1.0
    frame = still.canvas.pointer.gesture.findChild(QTimer)
    hand.press((-3, 0))
    for x in np.linspace(-3, 3, 40)[1:]:
        hand.move((x, 0))
        qtbot.waitUntil(lambda: not frame.isActive())
        if still.canvas.pointer.gesture.tool is None:
            break
    assert refused(still)
    hand.move((3, 3))
    hand.release((3, 3))
    drawn = document.points
    assert 1 <= len(drawn) - (MOST_POINTS - 3) <= 3
    assert document.stack.count() == 1
    path = tmp_path / "full.sketch.json"
    document.save(path)
    assert still.files.load(path)
    assert document.points == drawn


def test_the_last_point_can_be_drawn_and_no_tool_adds_another(still, fill):
    fill(1)
    document, hand = still.document, Hand(still.canvas)
    still.tools.tool = "point"
    hand.click((1, 1))
    assert len(document.points) == MOST_POINTS
    assert document.stack.count() == 1
    assert not refused(still)
    full = document.experiment
    hand.click((2, 2))
    assert still.statusBar().currentMessage() == SENTENCE.format(MOST_POINTS + 1)
    for tool in ("brush", "line", "spray"):
        still.statusBar().clearMessage()
        still.tools.tool = tool
        hand.follow((-1, 0), (1, 0), events=4)
        assert refused(still)
        assert document.experiment is full
        assert document.gesture == document.stack.index() == 1, "a gesture is open, or it is an undo step"
    document.stack.undo()
    still.tools.tool = "point"
    hand.click((2, 2))
    assert document.points.xy[-1] == pytest.approx([2, 2], abs=0.1)


def test_an_edit_that_is_refused_leaves_the_open_gesture_as_it_was(document):
    put_points(document, far_points(MOST_POINTS - 2), "Fill")
    document.apply_edit(Append(far_points(1)))
    with pytest.raises(TooManyPointsError, match="at most 100,000 points"):
        document.apply_edit(Append(far_points(2)))
    assert len(document.points) == MOST_POINTS - 1
    with pytest.raises(TooManyPointsError):
        document.preview(Append(far_points(3)))
    document.finish_gesture("Draw")
    document.stack.undo()
    assert len(document.points) == MOST_POINTS - 2


def test_pasted_doubled_and_made_points_are_refused_whole(still, fill, monkeypatch):
    double = Operation(
        key="double", label="Double", formula="", tooltip="", function=lambda request: Append(request.points)
    )
    monkeypatch.setitem(OPERATIONS._entries, "double", double)
    fill(1)
    document, selected, said = still.document, still.canvas.selected, still.statusBar().currentMessage
    before = document.experiment
    for name in ("0", "a class of its own"):
        QGuiApplication.clipboard().setText(f"x1,x2,class\n1,1,{name}\n2,2,{name}\n")
        selected.paste()
        assert said() == SENTENCE.format(MOST_POINTS + 1)
    still.canvas.context.select(np.arange(5))
    selected.duplicate()
    assert said() == SENTENCE.format(MOST_POINTS + 4)
    still.operations.run("double")
    assert said() == SENTENCE.format(2 * (MOST_POINTS - 1))
    assert document.experiment is before
    assert not document.stack.canUndo()


def test_an_import_beside_the_drawing_is_refused_whole(still, fill, tmp_path, monkeypatch, dialogs):
    def add(dialog):
        dialog.show()
        dialog.finish()
        dialog.add_button.click()
        click(dialog.accept_button)
        return dialog.result()

    monkeypatch.setattr(ImportDialog, "exec", add)
    fill(1)
    before = still.document.experiment
    path = tmp_path / "more.csv"
    path.write_text("x1,x2,class\n1,1,0\n2,2,1\n")
    assert not still.imports.read(path)
    assert dialogs.said == [f"more.csv cannot be imported\n{SENTENCE.format(MOST_POINTS + 1)}"]
    assert still.document.experiment is before
