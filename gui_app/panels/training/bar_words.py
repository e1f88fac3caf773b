"""How many words the bar at the top uses left of its figures: fewer where the figures need the room."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton

from gui_app.panels.training.bar_buttons import BESIDE_ICON, SeedButton
from gui_app.panels.training.speed_slider import SpeedSlider


class BarWords:
    """The words that come with more room, in this order: the whole speed, the texts of buttons, the seed's name."""

    def __init__(
        self, first: Sequence[QPushButton], last: QPushButton, seed: SeedButton, slider: SpeedSlider
    ) -> None:
        self._first, self._last, self._seed, self._slider = tuple(first), last, seed, slider

    def fit(self, has_room: Callable[[int], bool]) -> None:
        """Use as many words as there is room for; ``has_room(wider)``, for so many pixels more than now."""
        widths = [0, *accumulate(self._steps())]
        now = widths[self._level]
        level = max((level for level in range(1, 5) if has_room(widths[level] - now)), default=0)
        self._slider.make_wide(level >= 1)
        _show_texts(self._first, level >= 2)
        self._seed.make_wide(level >= 3)
        _show_texts((self._last,), level >= 4)

    @property
    def _level(self) -> int:
        shown = (self._slider.is_wide, self._first[0].text(), self._seed.is_wide, self._last.text())
        return sum(map(bool, shown))

    def _steps(self) -> Iterator[int]:
        """Yield how many pixels each step takes."""
        yield self._slider.wide - self._slider.narrow
        yield sum(map(_text_width, self._first))
        yield self._seed.fontMetrics().horizontalAdvance("Seed ")
        yield _text_width(self._last)


def _show_texts(buttons: Iterable[QPushButton], shown: bool) -> None:
    """Show the texts of buttons that have an icon, or the icons alone."""
    for button in buttons:
        text = button.accessibleName() if shown else ""
        if text != button.text():
            button.setText(text)


def _text_width(button: QPushButton) -> int:
    """Return how many pixels a button is wider with its text than with its icon alone."""
    return _width_of(button, button.accessibleName()) - _width_of(button, "")


def _width_of(button: QPushButton, text: str) -> int:
    option = QStyleOptionButton()
    button.initStyleOption(option)
    option.text = text
    needed = button.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, text)
    content = QSize(needed.width() + button.iconSize().width() + BESIDE_ICON, needed.height())
    return button.style().sizeFromContents(QStyle.ContentsType.CT_PushButton, option, content, button).width()
