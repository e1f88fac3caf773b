"""The slider of the training speed, with its value above it: small enough for the bar at the top."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QWidget

from gui_app.session.training_speed import FULL, SLOWEST, TrainingSpeed, short_text, speed_text
from gui_app.theme import text_size
from gui_app.widgets.guarded import guarded
from gui_app.widgets.number_field import tabular
from gui_app.widgets.scale import Scale
from gui_app.widgets.slider import Slider
from gui_app.widgets.tips import tip

MEANING = (
    "How fast training goes while you watch, from one step a second, each of which you see, to full speed. "
    "Results do not depend on it: the same seed gives the same numbers at every speed. With a slow start (menu Train), "
    "a run shows its first epochs one by one and then gets faster and faster, up to this speed."
)

STARTING = "Slow start"
SHOW_CHOICE = 1500
"""Milliseconds for which a speed that was just chosen is read, also while a run starts slowly."""
KNOB_LINE = 15
"""Pixels that the slider takes below the reading."""


class SpeedSlider(QWidget):
    """Slider from one step a second to full speed, on a logarithmic scale.

    While a run is held back by its slow start, the reading says so instead of the chosen speed.
    """

    def __init__(self, speed: TrainingSpeed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speed = speed
        self.reading = QLabel()
        self.reading.setProperty("role", "caption")
        self.reading.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom)
        self.slider = Slider(Scale(SLOWEST, FULL, log=True))
        self.slider.setAccessibleName("Speed")
        self.wide = self.narrow = 0
        """Widths in pixels, with the whole text and with a short one."""
        self._is_wide = False
        self._pace: tuple[int, float] | None = None
        self._choosing = QTimer(self, interval=SHOW_CHOICE, singleShot=True)
        self._choosing.timeout.connect(self._show)
        self.reading.setParent(self)
        self.slider.setParent(self)
        self.setToolTip(tip("Speed (−, +)", MEANING))
        self.slider.moved.connect(speed.choose)
        speed.changed.connect(self._show_choice)
        self._is_wide, self._line = True, 0
        self._measure()
        self._show()

    @property
    def is_wide(self) -> bool:
        return self._is_wide

    def make_wide(self, wide: bool) -> None:
        """Take the room for the whole text, or for a short one."""
        if wide != self._is_wide:
            self._is_wide = wide
            self._lay_out()
            self._show()

    def _measure(self) -> None:
        """Take the widths and heights that the size of text asks for."""
        font = tabular(self.reading.font())
        font.setPixelSize(text_size.small())
        self.reading.setFont(font)
        metrics = QFontMetrics(font)
        self.wide, self.narrow = (
            max(map(metrics.horizontalAdvance, texts)) + 2
            for texts in ((speed_text(FULL / 2), STARTING), (short_text(FULL / 2), STARTING))
        )
        self._line = metrics.height() + 1
        self._lay_out()

    def _lay_out(self) -> None:
        width = self.wide if self._is_wide else self.narrow
        self.setFixedSize(width, self._line + KNOB_LINE)
        self.reading.setGeometry(0, -1, width, self._line)
        # It leaves room above its knob, for the ring of the focus.
        self.slider.setGeometry(0, self.height() - 19, width, 19)

    @guarded
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._measure()

    def show_pace(self, pace: tuple[int, float] | None) -> None:
        """Note the epoch and the epochs a second of the run; None while nothing trains."""
        self._pace = pace
        self._show()

    def minimumSizeHint(self) -> QSize:
        return self.minimumSize()

    def _show_choice(self) -> None:
        self._choosing.start()
        self._show()

    def _show(self) -> None:
        speed = self._speed.value
        self.slider.set_value(speed)
        starting = self._pace is not None and self._speed.is_starting(*self._pace)
        if starting and not self._choosing.isActive():
            self.reading.setText(STARTING)
        else:
            self.reading.setText(speed_text(speed) if self._is_wide else short_text(speed))
        described = f"{speed_text(speed)}{', starting slowly' * starting}. {MEANING}"
        if described != self.slider.accessibleDescription():
            self.slider.setAccessibleDescription(described)
