"""The wheel changes a control that has the focus; over any other it scrolls the area around it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QWidget

from engine.catalogue.activations import ACTIVATIONS
from gui_app.widgets.choice_box import ChoiceBox
from gui_app.widgets.number_field import NumberField
from gui_app.widgets.scale import Scale
from gui_app.widgets.slider import Slider
from gui_app.widgets.spin_box import SpinBox

CONTROLS = {
    "slider": lambda: Slider(Scale(0.0, 10.0)),
    "number field": NumberField,
    "spin box": lambda: SpinBox(0, 10, "Number", ""),
    "choice box": lambda: ChoiceBox(ACTIVATIONS),
}


@pytest.fixture(params=CONTROLS)
def control(request, qtbot):
    """A control beside another one; ``seen`` keeps what its signals carry."""
    control, other, window = CONTROLS[request.param](), QPushButton(), QWidget()
    row = QHBoxLayout(window)
    row.addWidget(other)
    row.addWidget(control)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    other.setFocus()
    control.seen = []
    for name in ("moved", "stepped", "edited", "chosen"):
        if hasattr(control, name):
            getattr(control, name).connect(control.seen.append)
    control.window_held = window
    return control


def turn(control: QWidget, notches: int) -> bool:
    """Whether the control took it; Qt hands on to the area around it what it did not take."""
    at = QPointF(control.rect().center())
    event = QWheelEvent(
        at, control.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(control, event)
    return event.isAccepted()


def test_without_the_focus_the_wheel_is_left_to_what_scrolls(control):
    assert not turn(control, -1)
    assert not turn(control, 1)
    assert control.seen == []


def test_with_the_focus_the_wheel_changes_the_control(control):
    control.setFocus()
    assert turn(control, -1)
    assert turn(control, 1)
    if isinstance(control, NumberField):
        assert control.seen == [-1.0, 1.0]
    elif isinstance(control, Slider):
        # It is at its low end: only the way up leads anywhere.
        assert control.seen == [0.1]
    elif isinstance(control, SpinBox):
        assert control.seen == [1]
    else:
        assert control.seen == list(ACTIVATIONS)[1::-1]
