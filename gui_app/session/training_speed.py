"""How fast training goes while a person watches: remembered by the window, no part of a document."""

from __future__ import annotations

from math import inf, isfinite

from PySide6.QtCore import QObject, QSettings, Signal

from engine.catalogue.texts import noun
from engine.service.messages import SetSpeed
from engine.service.pace import FIRST_SPEED, GROWTH
from gui_app.widgets.numbers import format_number

SLOWEST, FULL = 0.1, 20_000.0
"""The ends of the scale of speeds: one step a second, and no limit. From 1 on, a speed counts epochs a second; below, a
tenth stands for each step a second."""
STEPS = 10
"""Steps a second that the scale has room for below one epoch a second."""
STOPS = (
    *(0.1, 0.2, 0.5),
    *(1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 2500.0, 5000.0, 10_000.0, FULL),
)
"""The speeds that keys choose."""
HELD = 0.5
"""A run that reaches this share of the speed that the slow start allows is held back by it: means lag behind."""


class TrainingSpeed(QObject):
    """The chosen speed, and whether runs start slowly; ``changed`` follows each change.

    A run with a slow start shows its first epochs one by one and gets faster in proportion to its epochs, up to the
    chosen speed: what is new in a run happens mostly in its first epochs.
    """

    changed = Signal()

    def __init__(self, settings: QSettings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._value, self._slow_start = FULL, True
        if settings is not None:
            self._value = _speed(settings.value("speed/epochs_per_second", FULL))
            self._slow_start = settings.value("speed/slow_start", True, bool) is not False

    @property
    def value(self) -> float:
        """The speed on its scale, from ``SLOWEST`` to ``FULL``, for a slider."""
        return self._value

    @property
    def slow_start(self) -> bool:
        return self._slow_start

    @property
    def command(self) -> SetSpeed:
        """The command that makes the engine train at this speed."""
        steps = _steps(self._value)
        if steps:
            return SetSpeed(None, self._slow_start, float(steps))
        return SetSpeed(None if self._value >= FULL else self._value, self._slow_start)

    @property
    def text(self) -> str:
        """The speed in words, such as "25 epochs/s"."""
        return speed_text(self._value)

    def is_starting(self, epoch: int, epochs_per_second: float) -> bool:
        """Whether the slow start holds back a run that has come to ``epoch`` at this speed; 0: not yet measured."""
        if not self._slow_start or _steps(self._value):
            return False
        allowed, chosen = max(FIRST_SPEED, GROWTH * epoch), self.command.epochs_per_second or inf
        return allowed < chosen and (epochs_per_second >= HELD * allowed or not epochs_per_second)

    def choose(self, value: float) -> None:
        """Take the nearest allowed speed."""
        self._set(_speed(value), self._slow_start)

    def start_slowly(self, slowly: bool) -> None:
        self._set(self._value, slowly)

    def go_slower(self) -> None:
        """Take the next lower speed of ``STOPS``."""
        self.choose(max((stop for stop in STOPS if stop < self._value), default=SLOWEST))

    def go_faster(self) -> None:
        """Take the next higher speed of ``STOPS``."""
        self.choose(min((stop for stop in STOPS if stop > self._value), default=FULL))

    def _set(self, value: float, slow_start: bool) -> None:
        if (value, slow_start) == (self._value, self._slow_start):
            return
        self._value, self._slow_start = value, slow_start
        if self._settings is not None:
            self._settings.setValue("speed/epochs_per_second", value)
            self._settings.setValue("speed/slow_start", slow_start)
        self.changed.emit()


def speed_text(value: float) -> str:
    """Return a speed of the scale in words.

    >>> [speed_text(value) for value in (0.1, 0.5, 1.0, 25.0, FULL)]
    ['1 step/s', '5 steps/s', '1 epoch/s', '25 epochs/s', 'Full speed']
    """
    if value >= FULL:
        return "Full speed"
    steps = _steps(value)
    if steps:
        return f"{steps} {noun(steps, 'step')}/s"
    return f"{format_number(value)} {noun(value, 'epoch')}/s"


def short_text(value: float) -> str:
    """Return a speed of the scale in few characters, such as "25/s"; one that counts steps says so."""
    if _steps(value):
        return speed_text(value)
    return "Full" if value >= FULL else f"{format_number(value)}/s"


def _steps(value: float) -> int:
    """The steps a second of a speed that counts steps; 0 where it counts epochs."""
    return max(1, round(STEPS * value)) if value < 1.0 else 0


def _speed(value: object) -> float:
    """Return the nearest allowed speed; full speed for what is no number."""
    try:
        number = float(str(value))
    except ValueError:
        return FULL
    return min(max(number, SLOWEST), FULL) if isfinite(number) else FULL
