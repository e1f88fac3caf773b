"""How fast epochs follow one another while a person watches: remembered by the window, no part of a document."""

from __future__ import annotations

from math import inf, isfinite

from PySide6.QtCore import QObject, QSettings, Signal

from engine.catalogue.texts import noun
from engine.service.messages import SetSpeed
from engine.service.pace import FIRST_SPEED, GROWTH
from gui_app.widgets.numbers import format_number

SLOWEST, FULL = 1.0, 20_000.0
"""Epochs a second at the ends of the slider. At the upper end there is no limit."""
STOPS = (1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 2500.0, 5000.0, 10_000.0, FULL)
"""The speeds that keys choose."""
HELD = 0.5
"""A run that reaches this share of the speed that the slow start allows is held back by it: means lag behind."""


class TrainingSpeed(QObject):
    """The chosen speed in epochs a second, and whether runs start slowly; ``changed`` follows each change.

    A run with a slow start shows its first epochs one by one and gets faster in proportion to its epochs, up to the
    chosen speed: what is new in a run happens mostly in its first epochs.
    """

    changed = Signal()

    def __init__(self, settings: QSettings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._epochs_per_second, self._slow_start = FULL, True
        if settings is not None:
            self._epochs_per_second = _speed(settings.value("speed/epochs_per_second", FULL))
            self._slow_start = settings.value("speed/slow_start", True, bool) is not False

    @property
    def epochs_per_second(self) -> float:
        """From ``SLOWEST`` to ``FULL``."""
        return self._epochs_per_second

    @property
    def slow_start(self) -> bool:
        return self._slow_start

    @property
    def command(self) -> SetSpeed:
        """The command that makes the engine train at this speed."""
        limit = None if self._epochs_per_second >= FULL else self._epochs_per_second
        return SetSpeed(limit, self._slow_start)

    @property
    def text(self) -> str:
        """The speed in words, such as "25 epochs/s"."""
        return speed_text(self._epochs_per_second)

    def is_starting(self, epoch: int, epochs_per_second: float) -> bool:
        """Whether the slow start holds back a run that has come to ``epoch`` at this speed; 0: not yet measured."""
        if not self._slow_start:
            return False
        allowed, chosen = max(FIRST_SPEED, GROWTH * epoch), self.command.epochs_per_second or inf
        return allowed < chosen and (epochs_per_second >= HELD * allowed or not epochs_per_second)

    def choose(self, epochs_per_second: float) -> None:
        """Take the nearest allowed speed."""
        self._set(_speed(epochs_per_second), self._slow_start)

    def start_slowly(self, slowly: bool) -> None:
        self._set(self._epochs_per_second, slowly)

    def go_slower(self) -> None:
        """Take the next lower speed of ``STOPS``."""
        self.choose(max((stop for stop in STOPS if stop < self._epochs_per_second), default=SLOWEST))

    def go_faster(self) -> None:
        """Take the next higher speed of ``STOPS``."""
        self.choose(min((stop for stop in STOPS if stop > self._epochs_per_second), default=FULL))

    def _set(self, epochs_per_second: float, slow_start: bool) -> None:
        if (epochs_per_second, slow_start) == (self._epochs_per_second, self._slow_start):
            return
        self._epochs_per_second, self._slow_start = epochs_per_second, slow_start
        if self._settings is not None:
            self._settings.setValue("speed/epochs_per_second", epochs_per_second)
            self._settings.setValue("speed/slow_start", slow_start)
        self.changed.emit()


def speed_text(epochs_per_second: float) -> str:
    """Return a speed in words."""
    if epochs_per_second >= FULL:
        return "Full speed"
    return f"{format_number(epochs_per_second)} {noun(epochs_per_second, 'epoch')}/s"


def short_text(epochs_per_second: float) -> str:
    """Return a speed in few characters, such as "25/s"."""
    return "Full" if epochs_per_second >= FULL else f"{format_number(epochs_per_second)}/s"


def _speed(value: object) -> float:
    """Return the nearest allowed speed; full speed for what is no number."""
    try:
        number = float(str(value))
    except ValueError:
        return FULL
    return min(max(number, SLOWEST), FULL) if isfinite(number) else FULL
