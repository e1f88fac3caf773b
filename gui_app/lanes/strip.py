"""The strip of lanes over the canvas: a chip for each lane, and a button that adds one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QWidget

from engine.experiment import Experiment
from engine.experiment.differences import lane_changes
from engine.experiment.lanes import has_room
from engine.observation.sharing import not_shared
from engine.observation.snapshot import STATUS_WORDS, LaneSnapshot, Snapshot, Status
from engine.observation.stage import Stage, stage_of
from gui_app.lanes.chip import HEIGHT, LEAST, NARROWEST, TWO_LINES, LaneChip
from gui_app.lanes.chip_picture import ChipLook
from gui_app.lanes.clause import Clause
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.lane_actions import LaneActions
from gui_app.session.snapshot_view import SnapshotView
from gui_app.session.whose import shown_of
from gui_app.theme import text_size
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.buttons import icon_button, tint
from gui_app.widgets.gestures import set_gestures
from gui_app.widgets.guarded import guarded
from gui_app.widgets.tips import tip

_GAP, _EDGE = 4, 6
_COMFORTABLE = 200
"""Width of a chip, in pixels at the default size of text, from which on all of its words fit into one line."""
_SHORT: dict[Status, tuple[str, str]] = {
    "training": ("", ""),
    "stopped": ("stopped", "stop"),
    "diverged": ("diverged", "error"),
}
"""Few words for a status, and an icon."""
GESTURES = (
    ("Click", "choose a lane; with Ctrl or Shift, add it to the selection or take it out"),
    ("Double click", "see a lane alone on the canvas, and all again"),
    ("Drag", "move a lane; Esc leaves it where it was"),
    ("Right click", "all commands on a lane"),
    ("F2", "rename the focused lane"),
    ("Delete", "remove the focused lane"),
    ("← →", "go to the next lane; with Ctrl, move it"),
)
SWEEP_TIP = tip(
    "Sweep (Ctrl+G)", "A grid of networks: every combination of the values of one or two settings."
)
FAIR = (
    "A difference between lanes is caused by their settings alone while they have the same seed, the same batches "
    "and as many epochs. Reset starts all lanes together; the seed is in the top bar, the batch size in the panel."
)


class LaneState(NamedTuple):
    """What the engine says of a lane."""

    name: str
    status: Status
    epoch: int
    seeds: int
    ended: int
    """How many of its seeds have ended."""
    held: bool
    reached: int | None
    """As ``LaneSnapshot`` has it."""
    stage: Stage | None = None
    """Where it went back to its best weights."""


class LaneStrip(QWidget, SnapshotView[tuple[LaneState, ...], tuple[object, ...], tuple[ChipLook, ...]]):
    """Shows all lanes of the document, and edits them through ``actions``.

    ``opened(number, again)`` asks for one lane alone on the canvas, ``again`` if it was the current one before the
    double click; ``menu_wanted(number, point)`` asks for the menu of a lane, ``sweep_wanted`` for
    a grid of networks in place of one, or for other axes of it. The cells of a sweep share a chip, which
    stands for the one that was chosen last. The strip is hidden while there is one lane.
    """

    opened = Signal(int, bool)
    menu_wanted = Signal(int, object)
    shown_changed = Signal()
    sweep_wanted = Signal()

    def __init__(
        self, document: Document, current: CurrentLane, actions: LaneActions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._actions = document, actions
        self.theme = LIGHT
        self.chips: list[LaneChip] = []
        self._looks: tuple[ChipLook, ...] = ()
        self._was_current = False
        """Whether the lane that was clicked last was the current one already."""
        self.setAccessibleName("Lanes")
        set_gestures(self, "Lanes", GESTURES)
        self._area, self._content = QScrollArea(), _Content(self)
        self._build()
        self.follow_lane(current)
        current.changed.connect(self._follow_focus)
        document.changed.connect(self._follow)
        document.replaced.connect(self.catch_up)
        self.catch_up()

    def _follow_focus(self) -> None:
        """Let the focus go along where a lane is chosen by key, so that F2 and Delete are about that one."""
        chip = self.chip_of(self.current.index)
        if chip is not None and any(chip.hasFocus() for chip in self.chips):
            chip.setFocus(Qt.FocusReason.TabFocusReason)

    def chip_of(self, number: int) -> LaneChip | None:
        """Return the chip of the lane of an index, or that of the sweep of which it is a cell; None without one."""
        lanes = self._document.experiment.lanes
        of_cell = number < len(lanes) and lanes[number].cell is not None
        for chip, look in zip(self.chips, self._looks, strict=False):
            if look.look.number == number or (of_cell and look.sweep):
                return chip
        return None

    def _follow(self, before: Experiment, after: Experiment) -> None:
        if before.lanes is not after.lanes:
            self.catch_up()

    def _build(self) -> None:
        area = self._area
        area.setWidget(self._content)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.viewport().setAutoFillBackground(False)
        self._content.setAutoFillBackground(False)
        text = tip("Duplicate (Ctrl+D)", "A copy of the current lane behind it, to compare.")
        self.add = icon_button("plus", "Duplicate the current lane", text, "compact", 26)
        self.add.clicked.connect(lambda: self._actions.duplicate())
        self.sweep = icon_button("sweep", "Sweep", SWEEP_TIP, "compact", 26)
        self.sweep.clicked.connect(self.sweep_wanted)
        self.unshared = Clause()
        self.unshared.setProperty("role", "name")
        self.unshared.setAccessibleName("Fair comparison")
        self.unshared.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(_EDGE, 0, _EDGE, 0)
        row.setSpacing(_GAP)
        row.addWidget(area)
        row.addWidget(self.add)
        row.addWidget(self.sweep)
        row.addWidget(self.unshared, 1)
        row.addStretch(0)

    def apply_theme(self, theme: Theme) -> None:
        self.theme = theme
        tint(self, theme.text)
        self.catch_up()

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(self.width()))

    def heightForWidth(self, width: int) -> int:
        """Return the height for chips of one line, or of two where many share the width."""
        scale = max(text_size.scale(), 1.0)
        crowded = width < len(self._looks) * text_size.scaled(_COMFORTABLE, scale)
        return text_size.scaled(TWO_LINES if crowded else HEIGHT, scale) + 4

    # -- the view

    @staticmethod
    def model_of(lane: LaneSnapshot | None, snapshot: Snapshot | None) -> tuple[LaneState, ...]:
        lanes = snapshot.lanes if snapshot is not None else ()
        return tuple(
            LaneState(
                one.name,
                one.status,
                # A lane diverges in a step of the epoch after its last whole one.
                one.now.epoch if one.status == "training" or one.stop is None else one.stop.epoch,
                len(one.repeats),
                sum(network.status != "training" for network in one.repeats),
                one.held,
                one.reached,
                stage if (stage := stage_of(one)).is_best else None,
            )
            for one in lanes
        )

    @property
    def options(self) -> tuple[object, ...]:
        """All that is known of lanes without the engine, and the theme."""
        experiment, current = self._document.experiment, self.current
        shown = {look.number for look in current.shown}
        unseen = (
            f"{shown_of(len(shown), len(current.own_looks))}, not this one: choose it, or hide another one"
        )
        cells = tuple(experiment.lanes[index].name for index in current.cells)
        title = current.sweep_title
        lanes = ((look, experiment.lanes[look.number]) for look in current.own_looks)
        looks = tuple(
            ChipLook(
                look,
                tuple(lane_changes(experiment.lanes[current.first], lane)) if lane.cell is None else (),
                "",
                False,
                lane.repeats,
                look.number == current.index,
                look.number in current.selected and len(current.selected) > 1,
                lane.hidden,
                lane.muted,
                unseen="" if look.number in shown or lane.hidden or lane.cell is not None else unseen,
                sweep=title if lane.cell is not None else "",
                cells=cells if lane.cell is not None else (),
            )
            for look, lane in lanes
        )
        return looks, self.theme

    @staticmethod
    def compose(model: tuple[LaneState, ...], options: tuple[object, ...]) -> tuple[ChipLook, ...]:
        looks: tuple[ChipLook, ...] = options[0]  # type: ignore[assignment]
        states = {state.name: state for state in model}
        epochs = {states[look.look.name].epoch for look in looks if look.look.name in states}
        return tuple(
            _with_cells(look, [states[name] for name in look.cells if name in states])
            if look.sweep
            else _with_state(look, states.get(look.look.name), len(epochs) > 1)
            for look in looks
        )

    def draw(self, shown: tuple[ChipLook, ...]) -> None:
        several = len(shown) > 1 or any(look.sweep for look in shown)
        while len(self.chips) < len(shown):
            self.chips.append(self._chip())
        for chip, look in zip(self.chips, shown, strict=False):
            chip.show_lane(look, self.theme)
        for index, chip in enumerate(self.chips):
            chip.setVisible(index < len(shown))
        others = several != (not self.isHidden()) or len(shown) != len(self._looks)
        self._looks = shown
        self.add.setEnabled(has_room(self._document.experiment))
        self._say_unshared()
        self._arrange()
        if others:
            self.setVisible(several)
            self.shown_changed.emit()

    def _say_unshared(self) -> None:
        lanes = [
            lane
            for look in self.current.shown
            for lane in (self._snapshot.lanes if self._snapshot is not None else ())
            if lane.name == look.name
        ]
        settings = [self._document.experiment.lanes[look.number] for look in self.current.shown]
        # The networks of a repeated lane may have begun at different times.
        said = not_shared([one for lane in lanes for one in (lane.repeats or (lane,))], settings)
        self.unshared.show_text(said)
        self.unshared.setToolTip(tip(said, FAIR) if said else "")
        self.unshared.setVisible(bool(said))

    def _chip(self) -> LaneChip:
        chip = LaneChip(self._content)
        chip.chosen.connect(self._choose)
        chip.opened.connect(lambda number: self.opened.emit(number, self._was_current))
        chip.dragged.connect(self._show_drag)
        chip.dropped.connect(self._drop)
        chip.drag_cancelled.connect(lambda: self._show_mark(None))
        chip.toggled_look.connect(self._toggle)
        chip.renamed.connect(self._actions.rename)
        chip.menu_wanted.connect(self.menu_wanted)
        chip.key_pressed.connect(self._press)
        return chip

    def edit_name(self, number: int) -> None:
        """Let the name of a lane be typed in its chip."""
        chip = self.chip_of(number)
        if chip is not None:
            self._area.ensureWidgetVisible(chip)
            chip.edit_name()

    # -- what chips do

    def _choose(self, number: int, modifiers: Qt.KeyboardModifier) -> None:
        current = self.current
        self._was_current = number == current.index
        if not modifiers:
            current.choose_alone(number)
        elif number not in current.selected:
            current.select((*current.selected, number))
        elif number != current.index:
            current.select(one for one in current.selected if one != number)
        self.catch_up()

    def _toggle(self, number: int, what: str) -> None:
        lane = self._document.experiment.lanes[number]
        if what == "hidden":
            self._actions.set_hidden((number,), not lane.hidden)
        else:
            self._actions.set_muted((number,), not lane.muted)

    def _press(self, number: int, key: int, with_control: bool) -> None:
        numbers = [look.look.number for look in self._looks]
        chip = self.chip_of(number)
        if key == Qt.Key.Key_Delete:
            self._actions.remove(number)
            return
        if chip is None:
            return
        if key == Qt.Key.Key_Menu:
            self.menu_wanted.emit(number, chip.mapToGlobal(chip.rect().bottomLeft()))
            return
        at = numbers.index(chip.number)
        to = min(max(at + (1 if key == Qt.Key.Key_Right else -1), 0), len(numbers) - 1)
        if to != at and (not with_control or self._actions.move(number, self._index_at(at, to))):
            self.chips[to].setFocus(Qt.FocusReason.TabFocusReason)
            self._area.ensureWidgetVisible(self.chips[to])

    def _index_at(self, chip: int, to: int) -> int:
        """Return the index of a lane whose chip takes the place of another one; all cells share one chip."""
        beside, cells = self._looks[to], self.current.cells
        if not beside.sweep:
            return beside.look.number
        return cells[-1] if to > chip else cells[0]

    def _show_drag(self, number: int, x: int) -> None:
        self._show_mark(self._slot(x))

    def _drop(self, number: int, x: int) -> None:
        slot = self._slot(x)
        self._show_mark(None)
        at = [look.look.number for look in self._looks].index(number)
        to = slot - (slot > at)
        if to != at:
            self._actions.move(number, self._index_at(at, to))

    def _slot(self, x: int) -> int:
        """Return the index before which a lane would be put that is dropped at ``x``."""
        shown = self.chips[: len(self._looks)]
        return sum(x > chip.geometry().center().x() for chip in shown)

    def _show_mark(self, slot: int | None) -> None:
        self._content.mark = None if slot is None else self._mark_x(slot)
        self._content.update()

    def _mark_x(self, slot: int) -> int:
        if slot < len(self._looks):
            return self.chips[slot].x() - _GAP // 2
        return self.chips[len(self._looks) - 1].geometry().right() + _GAP // 2

    # -- places

    def _arrange(self) -> None:
        """Give each chip its place: what it needs, or less where the strip is narrow. The clause gets what is left."""
        count = len(self._looks)
        said = not self.unshared.isHidden()
        clause = self.unshared.wanted_width(self.height()) + 2 * _EDGE if said else 0
        buttons = self.add.width() + self.sweep.width() + _GAP
        whole = max(self.width() - buttons - 2 * _EDGE - 2 * _GAP, 1)
        room = max(whole - clause, 2 * whole // 3)
        height = self.height() - 2
        for chip in self.chips[:count]:
            chip.resize(chip.width(), height)
        wanted = [chip.sizeHint().width() for chip in self.chips[:count]]
        fair = (room - _GAP * (count - 1)) // max(count, 1)
        if sum(wanted) + _GAP * (count - 1) > room:
            two_lines = any(chip.has_two_lines for chip in self.chips[:count])
            least = max(min(fair, LEAST if two_lines else NARROWEST), 40)
            wanted = _shared_out(wanted, room - _GAP * (count - 1), least)
        x = 0
        for chip, width in zip(self.chips, wanted, strict=False):
            chip.setGeometry(x, 1, width, height)
            x += width + _GAP
        self._content.resize(max(x - _GAP, 1), self.height())
        self._area.setFixedWidth(min(max(x - _GAP, 1), room))

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    @guarded
    def wheelEvent(self, event: QWheelEvent) -> None:
        bar = self._area.horizontalScrollBar()
        bar.setValue(bar.value() - event.angleDelta().y() - event.angleDelta().x())
        event.accept()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.theme.panel))
        painter.end()


class _Content(QWidget):
    """Holds the chips, and draws where a dragged one would be put."""

    def __init__(self, strip: LaneStrip) -> None:
        super().__init__()
        self._strip = strip
        self.mark: int | None = None

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if self.mark is None:
            return
        painter = QPainter(self)
        painter.setPen(QPen(QColor(self._strip.theme.accent), 3))
        painter.drawLine(QPoint(max(self.mark, 1), 3), QPoint(max(self.mark, 1), self.height() - 4))
        painter.end()


def _with_state(look: ChipLook, state: LaneState | None, epochs_differ: bool) -> ChipLook:
    """Add what the engine says of a lane."""
    if state is None:
        return look
    words, (short, glyph) = STATUS_WORDS[state.status], _SHORT[state.status]
    if state.status != "training":
        at_best = "" if state.stage is None else f", {state.stage.text}"
        words = f"{words}, epoch {state.epoch:,}{at_best}"
    elif state.reached is not None and not look.muted:
        words = f"catching up, epoch {state.epoch:,} of {state.reached:,}"
        short = f"epoch {state.epoch:,} of {state.reached:,}"
    elif state.ended:
        words = f"{state.ended} of {state.seeds} ended"
        short, glyph = words.removesuffix(" ended"), "stop"
    elif look.muted:
        words = f"muted, epoch {state.epoch:,}"
        short = f"epoch {state.epoch:,}"
    elif state.held:
        words, short, glyph = f"waits at epoch {state.epoch:,}", f"epoch {state.epoch:,}", "pause"
    elif state.stage is not None:
        words, short = state.stage.text, "best"
    elif epochs_differ:
        words = f"epoch {state.epoch:,}"
    alarming = state.status == "diverged"
    return look._replace(status=words, alarming=alarming, short=short, glyph=glyph)


def _with_cells(look: ChipLook, states: Sequence[LaneState]) -> ChipLook:
    """Add what the engine says of the cells of a sweep together."""
    diverged = sum(state.status == "diverged" for state in states)
    stopped = sum(state.status == "stopped" for state in states)
    parts = [f"{diverged} diverged"] if diverged else []
    parts += [f"{stopped} stopped"] if stopped else []
    if look.muted:
        parts.append("muted")
    return look._replace(status=", ".join(parts), short=", ".join(parts[:1]), alarming=bool(diverged))


def _shared_out(wanted: Sequence[int], room: int, least: int) -> list[int]:
    """Return widths that add up to ``room`` where the least widths allow it; what is small keeps its size."""
    widths = list(wanted)
    for _ in widths:
        over = sum(widths) - room
        if over <= 0:
            break
        largest = max(widths)
        second = max((width for width in widths if width < largest), default=least)
        widest = [index for index, width in enumerate(widths) if width == largest]
        lowered = max(largest - -(-over // len(widest)), second, least)
        if lowered == largest:
            break
        for index in widest:
            widths[index] = lowered
    return widths
