"""The dock of differences: all lanes side by side, and a button that copies them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from engine.experiment.repeats import members
from engine.observation.difference_table import Column, difference_table, escaped, to_csv, to_markdown
from engine.observation.results import results_of
from engine.observation.verdict import group_of
from gui_app.comparing.judge import Judge
from gui_app.comparing.lane_header import PADDING, LaneHeader
from gui_app.comparing.lines import Shown, lines_of
from gui_app.comparing.model import BEST, DifferencesModel
from gui_app.comparing.verdict import Asked, Groups, VerdictPart, pair_of, verdict_line
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.snapshot_view import SnapshotView
from gui_app.theme.text import line_height, text_width
from gui_app.theme.tokens import LIGHT, SPACE, Theme
from gui_app.widgets.buttons import text_button
from gui_app.widgets.guarded import guarded
from gui_app.widgets.tips import tip

TITLE = "Differences"
SMALLEST = QSize(240, 96)
LOW = 200
"""Height below which the table and an answer need the room of the question."""
NARROWEST, WIDEST = 44, 240
"""Of a column, in pixels; what does not fit is in the tip."""
ROWS = 1
"""How many the table shows at least."""


class Compared(NamedTuple):
    """All lanes, and the networks of those that are repeated often enough for a verdict."""

    columns: tuple[Column, ...]
    groups: Groups


class Options(NamedTuple):
    """What the picture depends on besides the lanes: the current lane's index, the verdict that was asked for, and
    whether one is being found.
    """

    theme: Theme
    current: int
    asked: Asked | None = None
    is_asked: bool = False


class DifferencesView(QWidget, SnapshotView[Compared, Options, Shown]):
    """Shows all lanes of a document side by side, and below them whether two groups of seeds differ by more than their
    spread. ``reported(sentence)`` says what was copied.
    """

    reported = Signal(str)

    def __init__(self, document: Document, current: CurrentLane, theme: Theme = LIGHT) -> None:
        super().__init__()
        self._document = document
        self.follow_lane(current)
        self._theme = theme
        self._shown: Shown | None = None
        self._asked: Asked | None = None
        self._judge = Judge(self)
        self._judge.judged.connect(self._note_verdict)
        # What was said before still holds.
        self._judge.failed.connect(self.catch_up)
        self.copy_button = text_button("Copy", tip("Copy the table", "As CSV or as Markdown."), "compact")
        self.copy_button.setProperty("menu", True)
        self.copy_menu = QMenu(self)
        self.csv_action = self.copy_menu.addAction("As CSV, with all digits, for spreadsheets")
        self.csv_action.setShortcut(QKeySequence.StandardKey.Copy)
        self.csv_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.markdown_action = self.copy_menu.addAction("As Markdown, as it is written here, for reports")
        self.table = LanesTable()
        self.verdict = VerdictPart()
        self._lay_out()
        self.csv_action.triggered.connect(lambda: self.copy_csv())
        self.markdown_action.triggered.connect(lambda: self.copy_markdown())
        self.copy_button.setMenu(self.copy_menu)
        self.table.copied.connect(self.copy_csv)
        self.verdict.asked.connect(self.ask)
        self.table.header.sectionClicked.connect(self._choose)
        document.changed.connect(self._show_other_lane)
        document.replaced.connect(self._forget_verdict)

    def _lay_out(self) -> None:
        corner = _Corner(self.table.header)
        row = QHBoxLayout(corner)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.copy_button)
        row.addStretch(1)
        self.table.set_corner(corner)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addWidget(self.verdict)
        self.setMinimumSize(SMALLEST)
        self.setAccessibleName(TITLE)

    # -- the picture

    def _newest_model(self) -> Compared:
        experiment, snapshot = self._document.experiment, self.snapshot
        data = experiment.data
        # Until the engine has taken over another task, its numbers are those of the former one.
        fits = snapshot is not None and snapshot.task == data.task
        found = {lane.name: lane for lane in snapshot.lanes} if snapshot is not None and fits else {}
        columns, groups = [], []
        of_each = members(experiment)
        for look in self.current.own_looks:
            lane, networks = experiment.lanes[look.number], of_each[look.number]
            seen = found.get(look.name)
            results = None if seen is None else results_of(seen, lane, data)
            columns.append(Column(look.name, look.colour, lane, results))
            groups.append(None if seen is None else group_of(seen, lane, networks))
        return Compared(tuple(columns), tuple(groups))

    @property
    def options(self) -> Options:
        numbers = [look.number for look in self.current.own_looks]
        current = numbers.index(self.current.index)
        return Options(self._theme, current, self._asked, self._judge.is_busy)

    @staticmethod
    def compose(model: Compared, options: Options) -> Shown:
        table = difference_table(model.columns)
        repeats = [column.lane.repeats for column in model.columns]
        verdict = verdict_line(model.groups, repeats, options.current, options.asked)
        verdict = verdict._replace(is_asked=options.is_asked)
        return Shown(table, lines_of(table), options.current, options.theme, verdict)

    def draw(self, shown: Shown) -> None:
        self._shown = shown
        self.table.show_lanes(shown)
        self.verdict.show_line(shown.verdict, shown.theme, is_low=self.height() < LOW)

    @property
    def wanted_width(self) -> int:
        """The width with which all names and numbers of the table are whole, in pixels; 0 before there are any."""
        return self.table.wanted_width + SPACE if self.table.wanted_width else 0

    @property
    def is_seen(self) -> bool:
        return self.isVisible() and not (self.window().isMinimized() or self.visibleRegion().isEmpty())

    @property
    def shown(self) -> Shown:
        """What is shown now, whether or not it can be seen."""
        return self.compose(self._newest_model(), self.options)

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.table.forget_widths()
        self.update()
        self.catch_up()

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.catch_up()

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._shown is not None:
            self.verdict.show_line(self._shown.verdict, self._theme, is_low=self.height() < LOW)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        # A tab that comes to the front gets no show event.
        self.catch_up()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.panel))
        painter.end()

    def _choose(self, section: int) -> None:
        self.current.choose(self.current.own_looks[section].number)

    # -- the verdict

    def ask(self) -> None:
        """Say whether the current lane and the first other repeated one differ by more than their seeds do."""
        pair = pair_of(self._newest_model().groups, self.options.current)
        if pair is not None:
            self._judge.ask(*pair, self._document.experiment.data.task)
            self.catch_up()

    def _note_verdict(self, asked: Asked | None) -> None:
        self._asked = asked
        self.catch_up()

    def _forget_verdict(self) -> None:
        self._judge.forget()
        self._note_verdict(None)

    # -- copying

    def copy_csv(self) -> None:
        """Copy the table as CSV."""
        QGuiApplication.clipboard().setText(to_csv(self.shown.table))
        self.reported.emit("Copied the differences as CSV.")

    def copy_markdown(self) -> None:
        """Copy the table as Markdown, with the verdict below it where one is shown that holds."""
        shown = self.shown
        verdict = f"\n{escaped(shown.verdict.text)}\n" if shown.verdict.holds else ""
        QGuiApplication.clipboard().setText(to_markdown(shown.table) + verdict)
        self.reported.emit("Copied the differences as Markdown.")


class LanesTable(QTableView):
    """The table. Lanes share its width; one that needs more gets more where there is room. Numbers are never cut: names
    and words are, and have the rest in their tips. Widths do not follow numbers that get shorter.

    ``copied()`` follows Ctrl+C.
    """

    copied = Signal()
    # Qt asks for geometries while it makes the table.
    _corner: QWidget | None = None

    def __init__(self) -> None:
        super().__init__()
        self._model = DifferencesModel()
        self._needs: list[int] = []
        self._numbers: list[int] = []
        self._whole = True
        self._lanes: tuple[str, ...] = ()
        self.setModel(self._model)
        self.setAccessibleName("Lanes side by side")
        self.setProperty("kind", "lanes")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.header = LaneHeader()
        self.setHorizontalHeader(self.header)
        down = self.verticalHeader()
        down.setHighlightSections(False)
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setAccessibleName("Settings and results")

    def set_corner(self, corner: QWidget) -> None:
        """Show a widget where both headers meet."""
        corner.setParent(self)
        self._corner = corner
        self.header.setMinimumHeight(corner.sizeHint().height())
        self.updateGeometries()

    @guarded
    def updateGeometries(self) -> None:
        super().updateGeometries()
        if self._corner is not None:
            down = self.verticalHeader().geometry()
            self._corner.setGeometry(
                down.left(), self.header.geometry().top(), down.width(), self.header.height()
            )

    @guarded
    def sizeHint(self) -> QSize:
        # The verdict below takes the room that it needs first.
        return QSize(
            SMALLEST.width(), self.header.height() + ROWS * self.verticalHeader().defaultSectionSize()
        )

    @guarded
    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def show_lanes(self, shown: Shown) -> None:
        """Show lanes; what is selected stays selected where there are the same lines."""
        at = self.currentIndex()
        row, column = at.row(), at.column()
        if self._model.show(shown):
            self.clearSpans()
            for index, line in enumerate(shown.lines):
                if line.row is None and len(shown.table.headings) > 1:
                    self.setSpan(index, 0, 1, len(shown.table.headings))
            if row >= 0:
                self.setCurrentIndex(self._model.index(row, column))
        self.header.theme, self.header.current = shown.theme, shown.current
        lanes = tuple(heading.text for heading in shown.table.headings)
        if lanes != self._lanes:
            self._lanes = lanes
            self.forget_widths()
        self._fit(shown)

    def forget_widths(self) -> None:
        """Let columns become narrower again."""
        self._needs, self._numbers = [], []

    @property
    def wanted_width(self) -> int:
        """The width with which all names and numbers are whole, in pixels; 0 before there are any."""
        beside = self.verticalHeader().sizeHint().width() + self.verticalScrollBar().sizeHint().width()
        return sum(self._needs) + beside if self._needs else 0

    def _fit(self, shown: Shown) -> None:
        """Give columns their widths; where there is no room for quartiles, these are in the tips alone."""
        self.verticalHeader().setDefaultSectionSize(round(line_height()) + SPACE)
        room = self.viewport().width()
        self._model.short = False
        fits = sum(self._needed(shown)) <= room
        if fits != self._whole:
            self._whole = fits
            self.forget_widths()
        self._model.short = not fits
        needs = self._needed(shown)
        if len(needs) == len(self._needs):
            needs = list(map(max, needs, self._needs))
        numbers = self._needed_by_numbers(shown)
        if len(numbers) == len(self._numbers):
            numbers = list(map(max, numbers, self._numbers))
        self._needs, self._numbers = needs, numbers
        widths = shares(needs, room, numbers)
        for index, width in enumerate(widths):
            if self.header.sectionSize(index) != width:
                self.header.resizeSection(index, width)
        self._model.brief = any(
            line.row is None and text_width(line.note) + 2 * PADDING > sum(widths) for line in shown.lines
        )

    def _needed(self, shown: Shown) -> list[int]:
        """The width of each column that its texts need."""
        widths = [0] * len(shown.table.headings)
        for index, heading in enumerate(shown.table.headings):
            cells = [line.row.cells[index] for line in shown.lines if line.row is not None]
            texts = map(self._model.text_of, cells)
            needed = max((text_width(f"{BEST}{text}", bold=True) for text in texts), default=0.0)
            needed = max(needed, self.header.width_of(self._model.title_of(heading)))
            widths[index] = min(round(needed) + 2 * PADDING, WIDEST)
        return widths

    def _needed_by_numbers(self, shown: Shown) -> list[int]:
        """The width of each column below which numbers would be cut."""
        widths = [0.0] * len(shown.table.headings)
        rows = [line.row for line in shown.lines if line.row is not None]
        for row in rows:
            for index, cell in enumerate(row.cells):
                text, is_best = self._model.text_of(cell), index in row.best
                # Settings are words, some of which are written as numbers.
                if text[:1].isdigit() or not math.isnan(cell.number.value):
                    shown_text = f"{BEST if is_best else ''}{text}"
                    widths[index] = max(widths[index], text_width(shown_text, bold=is_best))
        return [min(math.ceil(width) + 2 * PADDING, WIDEST) for width in widths]

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._model.shown is not None:
            self._fit(self._model.shown)
            self.viewport().update()

    @guarded
    def event(self, event: QEvent) -> bool:
        # The window has a shortcut for the same key, which copies points.
        if event.type() == QEvent.Type.ShortcutOverride and _is(event, QKeySequence.StandardKey.Copy):
            event.accept()
            return True
        return super().event(event)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit()
            event.accept()
        else:
            super().keyPressEvent(event)


def _is(event: QEvent, key: QKeySequence.StandardKey) -> bool:
    return isinstance(event, QKeyEvent) and event.matches(key)


class _Corner(QWidget):
    """Looks like the header beside it."""

    def __init__(self, header: LaneHeader) -> None:
        super().__init__()
        self._header = header

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._header.theme.raised))
        painter.end()


def shares(needs: Sequence[int], room: int, numbers: Sequence[int] = ()) -> list[int]:
    """Return widths of columns: equal ones where each gets what it needs, or where there is not enough for all; none is
    narrower than its ``numbers`` need.
    """
    if not needs:
        return []
    equal = room // len(needs)
    spare = room - sum(needs)
    if max(needs) > equal and spare >= 0:
        return [need + spare // len(needs) for need in needs]
    if max(numbers, default=0) <= equal:
        return [max(NARROWEST, min(equal, WIDEST))] * len(needs)
    least = [max(NARROWEST, number) for number in numbers]
    return [width + max(room - sum(least), 0) // len(least) for width in least]
