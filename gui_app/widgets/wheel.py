"""Controls that the wheel changes only while they have the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QWidget

from gui_app.widgets.guarded import guarded

if TYPE_CHECKING:
    _Control = QWidget
else:
    _Control = object


class WheelNeedsFocus(_Control):
    """Mixin before the Qt class: without the focus, the wheel scrolls the panel and does not change the value."""

    @guarded
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            self.turn_wheel(event)
        else:
            event.ignore()

    def turn_wheel(self, event: QWheelEvent) -> None:
        """Handle the wheel with the focus, by default as Qt does."""
        super().wheelEvent(event)


class WheelSteps(WheelNeedsFocus):
    """The same for a control that moves in steps: ``step_by_wheel(steps)`` gets 1 per notch upwards, -1 downwards."""

    def turn_wheel(self, event: QWheelEvent) -> None:
        if turned := event.angleDelta().y():
            self.step_by_wheel(turned / 120)
            event.accept()
        else:
            event.ignore()

    def step_by_wheel(self, steps: float) -> None:
        """Change the value by a number of steps."""
        raise NotImplementedError
