"""The buttons of the bar at the top that show something of their own: Play, the seed and the way back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton

from engine.observation.snapshot import Best
from gui_app.panels.training.progress import best_texts
from gui_app.session.best_weights import BACK, back_meaning, describe_bests, describe_bests_of
from gui_app.session.document import Document
from gui_app.session.no_points import no_points_message, one_class_message
from gui_app.theme.icons import icon
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.buttons import set_icon
from gui_app.widgets.field_note import FieldNote
from gui_app.widgets.guarded import guarded
from gui_app.widgets.tips import tip

LATE = Best(99_999, 0, (0.0, 0.0, 0.0))
"""What room is kept for."""
BESIDE_ICON = 4
"""Pixels that Qt leaves between a button's icon and its text."""


class PlayButton(QPushButton):
    """Play or Pause. ``toggled_by_hand(playing)`` is emitted for clicks; a note says why nothing can be trained."""

    toggled_by_hand = Signal(bool)

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document, self._theme = document, LIGHT
        self.playing = False
        self.note = FieldNote(self)
        self.setProperty("kind", "primary")
        self.setIconSize(QSize(16, 16))
        self.clicked.connect(lambda: self.toggle_playing())
        self.set_playing(False)
        self.describe(True)

    def set_playing(self, playing: bool) -> None:
        """Show whether training runs, without a signal."""
        self.playing = playing
        name = "Pause" if playing else "Play"
        self.setText(name)
        self.setAccessibleName(name)
        set_icon(self, name.lower())
        self.setIcon(icon(name.lower(), self._theme.on_accent))

    def toggle_playing(self) -> None:
        """Play or pause, as a click does."""
        if not self.playing and (word := self._word()):
            self.note.show_message(word.rstrip("."), problem=False)
        self.set_playing(not self.playing)
        self.toggled_by_hand.emit(self.playing)

    def describe(self, trains: bool) -> None:
        """Say what Play does, or why it cannot, or that there is nothing to learn."""
        meaning = one_class_message(self._document) or "Train until paused." if trains else self._why_not()
        self.setToolTip(tip("Play or pause (Space)", meaning))
        self.setAccessibleDescription(meaning)

    def apply_theme(self, theme: Theme) -> None:
        """Draw the icon in the colour of the text on the accent."""
        self._theme = theme
        self.set_playing(self.playing)

    def hold_width(self) -> None:
        """Take the width of the longer text."""
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("Pause") + 56)

    @guarded
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.hold_width()

    def _word(self) -> str:
        """What keeps the network from learning anything; "" if nothing does."""
        trains = self._document.points.counts()[0] > 0
        return one_class_message(self._document) if trains else self._why_not()

    def _why_not(self) -> str:
        return no_points_message(empty=not len(self._document.points))


class SeedButton(QPushButton):
    """Button that shows a seed and draws another one."""

    def __init__(self) -> None:
        super().__init__()
        self._seed, self._is_wide = 0, False
        self.setAccessibleName("New seed")
        self.setIconSize(QSize(16, 16))
        set_icon(self, "seed")
        self.show_seed(0)

    def show_seed(self, seed: int) -> None:
        self._seed = seed
        meaning = f"Seed {seed} decides the initial weights. A click draws another one, then resets."
        self.setToolTip(tip("New seed (Ctrl+Shift+R)", meaning))
        self.setAccessibleDescription(meaning)
        self.make_wide(self._is_wide)

    @property
    def is_wide(self) -> bool:
        return self._is_wide

    def make_wide(self, wide: bool) -> None:
        """Show the number with its name, or alone."""
        self._is_wide = wide
        text = f"Seed {self._seed}" if wide else f"{self._seed}"
        if text != self.text():
            self.setText(text)


class BestButton(QPushButton):
    """The way back to the best epoch, or to that of each seed; hidden while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.bests: tuple[Best, ...] = ()
        self._lanes = 1
        self.setAccessibleName(BACK)
        self.setIconSize(QSize(16, 16))
        set_icon(self, "undo")
        self.show_bests(())

    def show_bests(
        self,
        bests: tuple[Best, ...],
        by_hand: str = "",
        lanes: Sequence[tuple[str, tuple[Best, ...]]] = (),
    ) -> None:
        """Show the best epochs; none where no weights can be restored. ``by_hand``: how the present ones compare.

        ``lanes`` are those that go back, where several are selected, with the best epochs of each.
        """
        self.bests, self._lanes = bests, max(len(lanes), 1)
        if not bests:
            self.hide()
            return
        parts = [describe_bests_of(lanes)] if lanes else [describe_bests(bests), by_hand]
        parts.append(back_meaning(bests, self._lanes))
        meaning = " ".join(filter(None, parts))
        self.setToolTip(tip(f"{BACK} (Ctrl+B)", meaning))
        self.setAccessibleDescription(meaning)
        self.show()

    @property
    def least_width(self) -> int:
        """The width in pixels with the number of its epoch and no more; 0 without one."""
        return self._width_of(best_texts(self.bests, self._lanes)[1]) if self.bests else 0

    @property
    def reserved_width(self) -> int:
        """The width in pixels that it may need at least, now or later."""
        return max(self._width_of(best_texts([LATE])[1]), self.least_width)

    def fit(self, room: int) -> None:
        """Take the longest text that needs at most ``room`` pixels, or the shortest."""
        if self.bests:
            texts = best_texts(self.bests, self._lanes)
            self.setText(next((text for text in texts if self._width_of(text) <= room), texts[-1]))

    def _width_of(self, text: str) -> int:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = text
        needed = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, text)
        content = QSize(needed.width() + self.iconSize().width() + BESIDE_ICON, needed.height())
        # A style gives buttons a least width, so that longer texts need not need more.
        return self.style().sizeFromContents(QStyle.ContentsType.CT_PushButton, option, content, self).width()
