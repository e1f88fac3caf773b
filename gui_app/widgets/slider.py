"""A slim slider on a linear or logarithmic scale, with the typical range marked on its groove."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QSlider, QWidget

from gui_app.widgets.gestures import set_gestures
from gui_app.widgets.guarded import guarded
from gui_app.widgets.scale import Scale
from gui_app.widgets.wheel import WheelSteps

_TICKS = 10_000
GESTURES = (
    ("Arrows", "One step"),
    ("Page up, Page down", "Ten steps"),
    ("Home, End", "Lowest, highest value"),
    ("Wheel", "One step, while the slider has the keyboard"),
)
"""What keys and mouse do, for the list of shortcuts."""
KNOB = 6.5
GROOVE = 4.0
MARK = 11.0
"""Height in pixels of the mark of one of several values."""


class Slider(WheelSteps, QSlider):
    """Slider over a ``Scale``; ``moved(value)`` is emitted when a person moves it by mouse, key or focused wheel."""

    moved = Signal(float)

    def __init__(
        self, scale: Scale, typical: tuple[float, float] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.scale, self.typical = scale, typical
        self._value = scale.low
        self._ramp: tuple[QColor, ...] = ()
        self._mixed: tuple[float, ...] = ()
        self.setRange(0, _TICKS)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        set_gestures(self, "Sliders", GESTURES)
        # A screen reader sets the slider position directly.
        self.actionTriggered.connect(lambda _: self._ask(self.scale.value(self.sliderPosition() / _TICKS)))

    def set_value(self, value: float) -> None:
        """Show a value without a signal."""
        self._value = value
        with QSignalBlocker(self):
            self.setValue(round(self.scale.position(value) * _TICKS))
        self.update()

    def set_typical(self, typical: tuple[float, float] | None) -> None:
        """Mark another typical range."""
        self.typical = typical
        self.update()

    def set_ramp(self, colours: tuple[QColor, ...]) -> None:
        """Colour the whole groove from low to high instead of its filled part."""
        self._ramp = colours
        self.update()

    def show_mixed(self, values: Sequence[float]) -> None:
        """Mark these values in place of the one that it has; none: show that one again."""
        self._mixed = tuple(values)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(96, 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, 20)

    def _ask(self, value: float) -> None:
        if value != self._value or self._mixed:
            self.set_value(value)
            self.moved.emit(value)

    def _x(self, position: float) -> float:
        room = self.width() - 2 * KNOB
        return KNOB + position * room

    def _at(self, x: float) -> float:
        return (x - KNOB) / max(self.width() - 2 * KNOB, 1.0)

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._ask(self.scale.value(self._at(event.position().x())))
            event.accept()

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._ask(self.scale.value(self._at(event.position().x())))

    @guarded
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)
        self.update()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, keys = Qt.Key(event.key()), Qt.Key
        steps = {
            keys.Key_Right: 1, keys.Key_Up: 1, keys.Key_Left: -1, keys.Key_Down: -1,
            keys.Key_PageUp: 10, keys.Key_PageDown: -10,
        }  # fmt: skip
        if key in steps:
            self._ask(self.scale.step(self._value, steps[key]))
        elif key in (keys.Key_Home, keys.Key_End):
            self._ask(self.scale.low if key == keys.Key_Home else self.scale.high)
        else:
            event.ignore()

    def step_by_wheel(self, steps: float) -> None:
        self._ask(self.scale.step(self._value, steps))

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._mixed:
            self._paint_groove(painter, 0.0)
            self._paint_marks(painter)
            return
        knob = self._x(self.scale.position(self._value))
        self._paint_groove(painter, knob)
        self._paint_knob(painter, knob)

    def _paint_groove(self, painter: QPainter, knob: float) -> None:
        role = QPalette.ColorRole
        painter.setBrush(self.palette().color(role.Midlight))
        painter.drawRoundedRect(self._bar(0, self.width()), 2, 2)
        accent = self.palette().color(role.Highlight)
        if self._ramp:
            painter.setBrush(self._gradient())
            painter.setOpacity(1.0 if self.isEnabled() else 0.4)
            painter.drawRoundedRect(self._bar(0, self.width()).adjusted(0, -1, 0, 1), 3, 3)
            painter.setOpacity(1.0)
            return
        if self.typical:
            painter.setBrush(QColor(accent.red(), accent.green(), accent.blue(), 85))
            low, high = (self._x(self.scale.position(end)) for end in self.typical)
            painter.drawRoundedRect(self._bar(low, high), 2, 2)
        painter.setBrush(accent)
        painter.drawRoundedRect(self._bar(0, knob), 2, 2)

    def _paint_knob(self, painter: QPainter, x: float) -> None:
        role = QPalette.ColorRole
        centre = QPointF(x, self.height() / 2)
        accent = self.palette().color(role.Highlight)
        if self.hasFocus():
            painter.setBrush(QColor(accent.red(), accent.green(), accent.blue(), 70))
            painter.drawEllipse(centre, KNOB + 3, KNOB + 3)
        painter.setPen(QPen(self.palette().color(role.WindowText) if self._ramp else accent, 2))
        painter.setBrush(
            accent if self.isSliderDown() and not self._ramp else self.palette().color(role.Base)
        )
        painter.drawEllipse(centre, KNOB - 1, KNOB - 1)

    def _paint_marks(self, painter: QPainter) -> None:
        """Draw a small mark at each of the mixed values: none of them is the value."""
        role = QPalette.ColorRole
        accent, centre = self.palette().color(role.Highlight), self.height() / 2
        if self.hasFocus():
            painter.setBrush(QColor(accent.red(), accent.green(), accent.blue(), 70))
            painter.drawRoundedRect(self._bar(0, self.width()).adjusted(0, -3, 0, 3), 5, 5)
        painter.setBrush(accent if self.isEnabled() else self.palette().color(role.Dark))
        for value in self._mixed:
            x = self._x(self.scale.position(value))
            painter.drawRoundedRect(QRectF(x - 1.5, centre - MARK / 2, 3, MARK), 1.5, 1.5)

    def _bar(self, left: float, right: float) -> QRectF:
        return QRectF(left, (self.height() - GROOVE) / 2, max(right - left, 0), GROOVE)

    def _gradient(self) -> QLinearGradient:
        gradient = QLinearGradient(self._x(0), 0, self._x(1), 0)
        for index, colour in enumerate(self._ramp):
            gradient.setColorAt(index / (len(self._ramp) - 1), colour)
        return gradient
