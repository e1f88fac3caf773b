"""The menu of lanes: in the menu bar, and of each chip."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QColor, QIcon, QKeySequence, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QWidget

from engine.catalogue.texts import counted
from engine.experiment.lanes import MOST_LANES
from gui_app.lanes.new_lane import CHOICES, NewLaneStart
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.lane_actions import LaneActions
from gui_app.theme.painting import painting
from gui_app.theme.tokens import Theme

COLOUR_NAMES = {
    "light": ("Violet", "Teal", "Navy", "Olive", "Magenta", "Rust", "Wine", "Plum"),
    "dark": ("Violet", "Teal", "Pale blue", "Yellow", "Pink", "Orange", "Amber", "Mint"),
}
"""What the colours of lanes look like in each theme."""
SEEDS = (1, 3, 5, 10, 20)
"""With how many seeds a lane can be repeated by the menu."""


class LaneMenu(QMenu):
    """Commands on the current lane. ``rename()`` lets its name be typed; ``theme()`` is the window's theme."""

    def __init__(
        self,
        document: Document,
        current: CurrentLane,
        actions: LaneActions,
        start: NewLaneStart,
        rename: Callable[[], None],
        theme: Callable[[], Theme],
        parent: QWidget,
    ) -> None:
        super().__init__("&Lanes", parent)
        self.setToolTipsVisible(True)
        self._document, self._current, self._actions = document, current, actions
        self._start, self._theme = start, theme
        add = self._add
        # Always enabled: with the most lanes, its key says so.
        add("&Duplicate", actions.duplicate, "Ctrl+D", "A copy behind it, to compare.")
        add("Re&name", rename, "F2", "Type another name.")
        self._colours = self.addMenu("&Colour")
        self._colours.aboutToShow.connect(self._fill_colours)
        self._seeds = self.addMenu("Repeat with &seeds")
        self._seeds.setToolTipsVisible(True)
        self._fill_seeds()
        self.addSeparator()
        self._hide = add("&Hide", self._toggle_hidden, None, "It trains on, but no view shows it.")
        self._mute = add("&Mute", self._toggle_muted, None, "It waits while other lanes train.")
        self._swap = self.addMenu("S&wap settings with")
        self._swap.aboutToShow.connect(self._fill_swap)
        self._left = add("Move &left", lambda: self._move(-1))
        self._right = add("Move &right", lambda: self._move(1))
        self.addSeparator()
        self._only = add("Make this the &only one", lambda: actions.keep_only(current.index))
        self._remove = add("Remo&ve", actions.remove)
        self.addSeparator()
        self._add_numbers()
        self._add_start()
        self.aboutToShow.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Enable what can be done, and say what it would do."""
        lanes, index = self._document.experiment.lanes, self._current.index
        looks, lane = self._current.own_looks, lanes[index]
        several, is_cell = len(looks) > 1, lane.cell is not None
        at = [look.number for look in looks].index(index)
        for action in (self._hide, self._mute, self._only, self._remove, self._swap.menuAction()):
            action.setEnabled(several)
        for action in (self._remove, self._hide, self._swap.menuAction()):
            action.setEnabled(several and not is_cell)
        self._only.setEnabled(several or is_cell)
        self._hide.setText("S&how" if lane.hidden else "&Hide")
        self._mute.setText("Un&mute" if lane.muted else "&Mute")
        self._left.setEnabled(at > 0 and not is_cell)
        self._right.setEnabled(at < len(looks) - 1 and not is_cell)
        title = self._current.sweep_title
        for number, action in enumerate(self._numbers):
            action.setEnabled(number < len(looks))
            name = "–"
            if number < len(looks):
                look = looks[number]
                name = (title if lanes[look.number].cell is not None else look.name).replace("&", "&&")
            action.setText(f"&{number + 1}  {name}")
        for action in self._more:
            action.setEnabled(several)
        for action, seeds in zip(self._seeds.actions(), SEEDS, strict=True):
            action.setChecked(lane.repeats == seeds)

    def _add(
        self, text: str, work: Callable[[], object], keys: str | None = None, meaning: str = ""
    ) -> QAction:
        action = self.addAction(text)
        action.triggered.connect(lambda checked=False: work())
        if keys is not None:
            action.setShortcut(QKeySequence(keys))
        if meaning:
            action.setToolTip(meaning)
            action.setStatusTip(meaning)
        return action

    def _add_numbers(self) -> None:
        """Add an entry for each lane that makes it current, and keys that add it to the selection."""
        chosen = self.addMenu("Choose lane &by number")
        group, self._numbers, self._more = QActionGroup(chosen), [], []
        for number in range(MOST_LANES):
            action = chosen.addAction(f"&{number + 1}")
            action.setShortcut(QKeySequence(f"Ctrl+{number + 1}"))
            action.triggered.connect(partial(self._choose, number))
            group.addAction(action)
            self._numbers.append(action)
        added = self.addMenu("Add to the selec&tion")
        for number in range(MOST_LANES):
            action = added.addAction(f"Lane &{number + 1}")
            action.setShortcut(QKeySequence(f"Ctrl+Shift+{number + 1}"))
            action.triggered.connect(partial(self._select, number))
            self._more.append(action)

    def _add_start(self) -> None:
        menu = self.addMenu("When duplicated &in a run")
        group = QActionGroup(menu)
        actions = {}
        for key, text in CHOICES.items():
            actions[key] = action = menu.addAction(text)
            action.setCheckable(True)
            action.triggered.connect(partial(self._start.choose, key))
            group.addAction(action)

        def refresh() -> None:
            actions[self._start.choice].setChecked(True)

        self._start.changed.connect(refresh)
        refresh()

    def _fill_seeds(self) -> None:
        group = QActionGroup(self._seeds)
        for seeds in SEEDS:
            action = self._seeds.addAction("One seed" if seeds == 1 else counted(seeds, "seed"))
            action.setCheckable(True)
            action.setToolTip(
                "One network." if seeds == 1 else "Networks that differ by their seeds count as one lane."
            )
            action.triggered.connect(partial(self._repeat, seeds))
            group.addAction(action)

    def _fill_colours(self) -> None:
        self._colours.clear()
        theme, own = self._theme(), self._current.looks[self._current.index].colour
        for number, name in enumerate(COLOUR_NAMES[theme.name]):
            action = self._colours.addAction(_swatch(theme.lanes[number]), name)
            action.setCheckable(True)
            action.setChecked(number == own)
            action.triggered.connect(
                lambda checked=False, number=number: self._actions.recolour(self._current.index, number)
            )

    def _fill_swap(self) -> None:
        self._swap.clear()
        index = self._current.index
        for number, lane in enumerate(self._document.experiment.lanes):
            if number != index and lane.cell is None:
                action = self._swap.addAction(lane.name.replace("&", "&&"))
                action.triggered.connect(
                    lambda checked=False, number=number: self._actions.swap(index, number)
                )

    def _repeat(self, seeds: int) -> None:
        self._actions.repeat(self._current.selected, seeds)

    def _toggle_hidden(self) -> None:
        self._actions.set_hidden(self._current.selected, not self._current.lane.hidden)

    def _toggle_muted(self) -> None:
        self._actions.set_muted(self._current.selected, not self._current.lane.muted)

    def _move(self, by: int) -> None:
        index, looks, cells = self._current.index, self._current.own_looks, self._current.cells
        to = looks[[look.number for look in looks].index(index) + by].number
        if to in cells:
            to = cells[-1 if by > 0 else 0]
        self._actions.move(index, to)

    def _choose(self, number: int) -> None:
        looks = self._current.own_looks
        if number < len(looks):
            self._current.choose_alone(looks[number].number)

    def _select(self, number: int) -> None:
        looks = self._current.own_looks
        if number < len(looks):
            self._current.select((*self._current.selected, looks[number].number))


def _swatch(colour: str) -> QIcon:
    picture = QPixmap(16, 16)
    picture.fill(Qt.GlobalColor.transparent)
    with painting(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(2, 2, 12, 12, 3, 3)
    return QIcon(picture)
