"""A hand that uses only what is seen: a control that lies below a fold, or is cut, fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from gui_app.widgets.choice_box import ChoiceBox
from gui_app.widgets.parameter_slider import ParameterSlider
from gui_app.window.main_window import MainWindow
from tests.benchmarks.probe import live
from tests.deadline import DEADLINE
from tests.gui_app.hands import drag_slider

LEFT = Qt.MouseButton.LeftButton
SETTLING = 0.4
"""Seconds until what follows a change is painted, before a picture is taken."""


class Unseen(AssertionError):
    """A control that the newcomer needs is not in view as a whole."""


def is_seen(widget: QWidget) -> bool:
    """Whether the whole of a widget is on the screen, cut by nothing."""
    return widget.isVisible() and widget.visibleRegion().boundingRect() == widget.rect()


class Hand:
    """Uses a window, and takes a picture after each step.

    Parameters
    ----------
    window
        Shown, of the size that is looked at.
    folder
        Of the pictures; None: none are taken.
    """

    def __init__(self, window: MainWindow, folder: Path | None = None) -> None:
        self.window, self._folder = window, folder
        self._taken = 0

    def wait(self, condition: Callable[[], object], seconds: float = DEADLINE) -> None:
        """Let the window live until the condition holds."""
        live(self._app, lambda: bool(condition()), seconds)
        if not condition():
            self.show("it-did-not-happen")
            raise AssertionError("it did not happen in time")

    def show(self, name: str) -> None:
        """Take a picture of the window."""
        live(self._app, lambda: False, SETTLING)
        if self._folder is not None:
            self._taken += 1
            self.window.grab().save(str(self._folder / f"{self._taken:02}-{name}.png"))

    def need(self, *widgets: QWidget) -> None:
        """Fail unless all of these are in view."""
        unseen = [one.accessibleName() or type(one).__name__ for one in widgets if not is_seen(one)]
        if unseen:
            raise Unseen(f"not in view: {', '.join(unseen)}")

    def click(self, widget: QWidget, place: QPoint | None = None) -> None:
        """Click what is seen, where the mouse would hit it."""
        self.need(widget)
        at = place or widget.rect().center()
        top = QApplication.widgetAt(widget.mapToGlobal(at))
        assert top is None or top is widget or widget.isAncestorOf(top), f"{top} lies over {widget}"
        QTest.mouseClick(widget, LEFT, pos=at)

    def set_slider(self, control: ParameterSlider, value: float, typed: str) -> None:
        """Drag the knob, then type the number, because a pixel is not that fine."""
        assert control.slider is not None
        self.need(control.slider)
        drag_slider(control, 0.3, 0.5)
        self.type_number(control.number, typed)
        assert control.value() == value

    def type_number(self, field: QLineEdit, text: str) -> None:
        self.click(field)
        field.selectAll()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)

    def choose(self, box: ChoiceBox, key: str) -> None:
        """Open the list with the mouse and go to the entry with arrow keys."""
        self.click(box)
        view = box.view()
        self.wait(view.isVisible)
        while (row := view.currentIndex().row()) != box.keys().index(key):
            QTest.keyClick(view, Qt.Key.Key_Down if box.keys().index(key) > row else Qt.Key.Key_Up)
        QTest.keyClick(view, Qt.Key.Key_Return)

    @property
    def _app(self) -> QApplication:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        return app
