"""A tool that raises: its stroke so far is one undo step, the exception is reported, and drawing goes on."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QTimer

from engine.experiment import Points
from gui_app.canvas import tools
from gui_app.canvas.tools import BRUSH, TOOLS
from tests.gui_app.hands import Hand, click

pytestmark = pytest.mark.bare

PATH = ((-2, 0), (2, 0))


class ToolError(Exception):
    pass


def failing(tool, at: int, cleanup: bool = False):
    """The tool, whose stroke raises at so many motions after its start; with ``cleanup``, again when it is closed."""

    def stroke(context):
        if at < 0:
            raise ToolError("start")
        inner = tool.stroke(context)
        edit, count = next(inner), 0
        try:
            while True:
                if count == at:
                    raise ToolError(f"motion {count}")
                motion = yield edit
                edit = inner.send(motion)
                count += 1
        finally:
            inner.close()
            if cleanup:
                raise ToolError("cleanup")

    return replace(tool, stroke=stroke)


@pytest.fixture
def use(monkeypatch, still):
    def use_one(tool):
        monkeypatch.setitem(tools.TOOLS, tool.key, tool)
        still.tools.tool = tool.key
        still.document.clear_points()
        still.document.stack.clear()

    return use_one


@pytest.mark.parametrize(("at", "cleanup"), [(-1, False), (0, False), (3, False), (3, True)])
def test_a_stroke_ends_at_the_exception_and_the_next_one_draws(still, use, qtbot, fake_engine, at, cleanup):
    use(failing(BRUSH, at, cleanup))
    document, hand = still.document, Hand(still.canvas)
    frame = still.canvas.pointer.gesture.findChild(QTimer)
    with qtbot.captureExceptions() as seen:
        hand.press(PATH[0])
        for x in (-1, 0, 1, 2):
            hand.move((x, 0))
            qtbot.waitUntil(lambda: not frame.isActive())
        hand.release(PATH[1])
    assert [kind for kind, _, _ in seen] == [ToolError]
    assert still.canvas.pointer.gesture.tool is None
    assert document.gesture == document.stack.index(), "the gesture is open"
    drawn = document.points
    assert (len(drawn) > 0) == (at >= 2) == document.stack.canUndo()
    if len(drawn):
        document.stack.undo()
        assert not len(document.points)
        document.stack.redo()
        assert document.points == drawn
    use(BRUSH)
    hand.follow(*PATH)
    assert len(document.points) > 1
    document.stack.undo()
    assert document.points == Points.empty()


@pytest.mark.parametrize("key", ["select", "line"])
def test_every_kind_of_gesture_is_forgotten(still, use, qtbot, fake_engine, key):
    use(failing(TOOLS[key], 1))
    with qtbot.captureExceptions() as seen:
        Hand(still.canvas).follow(*PATH)
    assert [kind for kind, _, _ in seen] == [ToolError]
    assert still.canvas.pointer.gesture.tool is None
    assert not still.document.modified


def test_a_stroke_cancelled_with_escape_is_forgotten_though_its_end_raises(still, use, qtbot, fake_engine):
    use(failing(BRUSH, 1000, cleanup=True))
    with qtbot.captureExceptions() as seen:
        Hand(still.canvas).follow(*PATH, release=False)
        qtbot.keyClick(still.canvas, Qt.Key.Key_Escape)
        Hand(still.canvas).release(PATH[1])
    assert [kind for kind, _, _ in seen] == [ToolError]
    assert not len(still.document.points)
    assert not still.document.modified


def test_edits_that_cannot_be_joined_still_become_an_undo_step(still, qtbot, monkeypatch, fake_engine):
    before = still.document.points

    def break_down(edits):
        raise ToolError

    monkeypatch.setattr("gui_app.session.experiment_editor.gather", break_down)
    with qtbot.captureExceptions() as seen:
        Hand(still.canvas).follow(*PATH)
    after = still.document.points
    assert len(seen) == 1
    assert len(after) > len(before)
    still.document.stack.undo()
    assert still.document.points == before
    still.document.stack.redo()
    assert still.document.points == after


def test_an_operation_that_fails_leaves_the_points_alone(still, qtbot, monkeypatch, fake_engine):
    before = still.document.points
    still.operations.run("noise")
    popover = still.operations.popover
    assert popover is not None
    assert still.document.points != before

    def fail(*_):
        raise ToolError

    monkeypatch.setattr("gui_app.session.operations.operate_on_sheet", fail)
    with qtbot.captureExceptions() as seen:
        click(popover.again)
    assert [kind for kind, _, _ in seen] == [ToolError]
    assert still.document.points == before
    assert not popover.apply.isEnabled()
    popover.close()
    assert not still.document.modified
