"""Which figures the bar at the top has room for: the same ones at the same width, whatever their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui_app.panels.training.bar_buttons import BestButton
from gui_app.panels.training.scores import Scores
from gui_app.panels.training.speed_slider import SpeedSlider
from gui_app.panels.training.status_label import StatusLabel
from gui_app.widgets.figure import Figure

LONGEST_EPOCH = 9
"""Characters that the epoch may grow to without taking the room of others: a million epochs, or steps beyond one."""


@dataclass(frozen=True, slots=True)
class FigureRoom:
    """The parts of the bar that are left out where it is narrow.

    The speed is left out first, then the step, the scores, the slider. The test split is there where the way back to
    the best epoch and a long epoch have room beside it, whether they are there or not, so that it does not come and go.
    """

    row: QHBoxLayout
    slider: SpeedSlider
    epoch: Figure
    step: Figure
    speed: Figure
    score: Scores
    best: BestButton
    status: StatusLabel

    def arrange(self, width: int, stopped: bool) -> None:
        """Show what a bar of ``width`` pixels has room for; ``stopped``: whether training has ended by itself."""
        gap = self.row.spacing()
        left = width - self._least_width()
        left -= 0 if self.best.isHidden() else self.best.least_width + gap
        left -= self.status.minimumWidth() + gap if stopped else 0
        for part, needed in ((self.slider, self._width(self.slider)), (self.score, self.score.least_width)):
            left -= needed + gap
            part.setVisible(left >= 0)
        has_test = left >= self.score.test_width + self._held_back(stopped)
        self.score.show_test(has_test)
        left -= self.score.test_width if has_test else 0
        for figure in (self.step, self.speed):
            left -= self._width(figure) + gap
            # After training has stopped by itself, the reason needs the room of the speed.
            figure.setVisible(left >= 0 and not (stopped and figure is self.speed))
        self.row.activate()
        self.best.fit(self._width(self.best) + width - self.row.minimumSize().width())

    def holds_test(self, width: int, wider: int) -> bool:
        """Return whether a bar of ``width`` pixels shows the test split in any state of training.

        ``wider`` is how many pixels more the parts left of the figures take then than now.
        """
        gap = self.row.spacing()
        needed = self._least_width() + wider + self.score.least_width + self.score.test_width
        needed += self._width(self.slider) + self.best.reserved_width + self.status.reserved_width + 4 * gap
        return width >= needed + self.epoch.width_with(LONGEST_EPOCH) - self._width(self.epoch)

    def _held_back(self, stopped: bool) -> int:
        """Return the width in pixels of what may come: a longer number of the best epoch, more digits of the epoch.

        A lane that has stopped counts no further.
        """
        best = 0 if self.best.isHidden() else self.best.least_width + self.row.spacing()
        most = self.best.reserved_width + self.row.spacing()
        return most - best + (0 if stopped else self.epoch.number.growth(LONGEST_EPOCH))

    def _least_width(self) -> int:
        """Return the width in pixels of all that stays."""
        shown = (self._width(part) + self.row.spacing() for part in self._parts() if not part.isHidden())
        return self.row.minimumSize().width() - sum(shown)

    def _parts(self) -> Iterator[QWidget]:
        yield from (self.slider, self.score, self.step, self.speed, self.best, self.status)

    def _width(self, part: QWidget) -> int:
        """Return the width in pixels that the row gives to a part at least."""
        item = self.row.itemAt(self.row.indexOf(part))
        hidden = item is None or part.isHidden()
        return part.minimumSizeHint().width() if hidden or item is None else item.minimumSize().width()
