"""Exceptions in what Qt calls: they are reported, end there, and break nothing around them."""

import ast
import gc
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from gui_app.widgets.guarded import guarded

ROOT = Path(__file__).parents[3]


class Failing(QObject):
    """An event filter that fails at every press, release and key."""

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
            raise ValueError(event.type().name)
        return False


class Unpaintable(QWidget):
    paints = 0

    @guarded
    def paintEvent(self, event: QEvent) -> None:
        self.paints += 1
        QPainter(self).begin(self)
        painter = QPainter(self)
        raise ValueError(f"half painted by {painter}")


def test_two_exceptions_of_a_filter_below_python_are_reported_and_nothing_is_raised_there(qtbot):
    widget, failing = QWidget(), Failing()
    qtbot.addWidget(widget)
    widget.installEventFilter(failing)
    widget.show()
    with qtbot.captureExceptions() as seen:
        for _ in range(50):
            QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        # PySide's own way counts references wrongly here, and the process crashes at the next collection.
        gc.collect()
    assert [str(error) for _, error, _ in seen] == ["MouseButtonPress", "MouseButtonRelease"] * 50


@pytest.mark.qt_log_ignore("A paint device can only be painted by one painter", "QPainter")
def test_a_widget_whose_painting_fails_can_be_painted_again(qtbot):
    widget = Unpaintable()
    qtbot.addWidget(widget)
    with qtbot.captureExceptions() as seen:
        widget.show()
        qtbot.waitUntil(lambda: widget.paints > 0)
        painted = widget.paints
        widget.repaint()
        assert widget.paints == painted + 1
    assert len(seen) == widget.paints


def methods_that_qt_calls(source: str) -> dict[str, bool]:
    """The event handlers and event filters of a source, and whether each is guarded."""
    found = {}
    for owner in ast.walk(ast.parse(source)):
        for method in owner.body if isinstance(owner, ast.ClassDef) else ():
            if isinstance(method, ast.FunctionDef) and (
                method.name in ("event", "eventFilter")
                or (method.name.endswith("Event") and not method.name.startswith("_"))
            ):
                marks = [mark.id for mark in method.decorator_list if isinstance(mark, ast.Name)]
                found[f"{owner.name}.{method.name}"] = "guarded" in marks
    return found


def test_every_event_handler_and_event_filter_of_the_window_is_guarded():
    found = {}
    for file in (ROOT / "gui_app").rglob("*.py"):
        found |= methods_that_qt_calls(file.read_text())
    assert len(found) > 50
    assert [name for name, is_guarded in found.items() if not is_guarded] == []
