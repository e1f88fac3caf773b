"""The dock of a sweep: the grid of small pictures, and beside it the heat map of a measure."""

from __future__ import annotations

from functools import partial
from io import StringIO
from typing import Protocol

from PySide6.QtCore import QRectF, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.catalogue.texts import counted
from engine.data.file_system import home
from engine.data.files import atomic_write
from engine.experiment.settings import MOST_CELLS, Experiment
from engine.experiment.sweeps.cells import cells
from engine.observation.observables import THUMBNAIL, Grid, Request
from engine.observation.snapshot import Snapshot
from engine.observation.sweep_measures import SWEEP_MEASURES, TO_THRESHOLD, Threshold
from engine.observation.sweep_table import SweepTable, of_snapshot, to_csv
from gui_app.session.current_lane import CurrentLane
from gui_app.session.dialogs import CSV, ask_save, warn
from gui_app.session.document import Document
from gui_app.session.snapshot_view import SnapshotView
from gui_app.sweeps.drawing.marks import Region
from gui_app.sweeps.drawing.plane import Place, Plane, PlaneAxis, plane_in
from gui_app.sweeps.exported import SweepExport
from gui_app.sweeps.measure_box import MeasureBox
from gui_app.sweeps.model import SweepModel
from gui_app.sweeps.own_points import OwnPoints
from gui_app.sweeps.picture import (
    Masks,
    SweepOptions,
    SweepPicture,
    compose,
    heat_plane,
    paint_grid,
    paint_heat_map,
)
from gui_app.sweeps.plane_view import SMALLEST as LEAST_PLANE
from gui_app.sweeps.plane_view import PlaneView
from gui_app.sweeps.seen import sweep_model
from gui_app.theme.class_colours import with_class_colours
from gui_app.theme.tokens import LIGHT, SPACE, Theme
from gui_app.widgets.buttons import icon_button, text_button, tint
from gui_app.widgets.elided_label import ElidedLabel
from gui_app.widgets.guarded import guarded
from gui_app.widgets.number_field import NumberField
from gui_app.widgets.tips import tip

TITLE = "Sweep"
FINE = ((9, 48), (25, 32))
"""Up to how many small pictures there are how many cells along the side of each."""
CELLS, CURVE_CELLS = 24, 48
"""Of more pictures, and heights of a small curve."""
FIRST = "validation_loss"
THRESHOLD = (
    "Epochs are counted until the validation loss is first as low as this: here, in “All networks …”, and in the next "
    "background sweep."
)
THRESHOLD_ROOM = 64
"""Width of the field of the threshold, in pixels at the default size of text."""
EMPTY = (
    f"A sweep trains up to {MOST_CELLS} networks at once, one for each pair of values of two settings, and shows "
    "all of them side by side."
)
UNLEVEL = "Networks have trained for different numbers of epochs, so that none is marked as the best."
SMALLEST = QSize(340, 190)
BAR_ROOM = 62
"""Width in pixels that a colour bar takes with its numbers."""


class Commands(Protocol):
    """What the dock asks of the session's sweep."""

    changed: SignalInstance
    threshold: Threshold

    def set_threshold(self, value: float) -> object:
        """Count the epochs until the validation loss was this low."""

    @property
    def chosen(self) -> tuple[int, ...] | None:
        """The chosen cell."""

    def choose(self, cell: tuple[int, ...]) -> object:
        """Make a cell the current lane."""

    def promote(self, index: int | None = None) -> object:
        """Put a copy of a cell beside the sweep."""

    def zoom(self, x_range: tuple[int, int], y_range: tuple[int, int] | None = None) -> object:
        """Give the axes the values of a region."""


class SweepDock(QWidget, SnapshotView[SweepModel | None, SweepOptions, SweepPicture | None]):
    """Shows the sweep of a document.

    ``reported(sentence)`` says what was done or refused, ``setup_wanted()`` asks for the dialog of axes, and
    ``export_wanted(view)`` for a picture as a file. ``restart_wanted()`` asks that all lanes start again.
    """

    reported = Signal(str)
    setup_wanted = Signal()
    restart_wanted = Signal()
    export_wanted = Signal(object)
    shows_cells = True

    def __init__(
        self, document: Document, current: CurrentLane, sweep: Commands, theme: Theme = LIGHT
    ) -> None:
        super().__init__()
        self._document, self._sweep, self._theme = document, sweep, theme
        self.follow_lane(current)
        self._measure = FIRST
        self._masks, self._own_points = Masks(), OwnPoints()
        self.hover: Place | None = None
        self.region: Region | None = None
        self._known: tuple[Snapshot, Experiment, Threshold | None, SweepTable] | None = None
        """The latest results, and what they were put together from."""
        self.picture: SweepPicture | None = None
        self._axes: tuple[PlaneAxis, ...] = ()
        self.grid = PlaneView("Small pictures of all cells", _grid_plane, _paint_grid)
        self.heat = PlaneView("Heat map", heat_plane, paint_heat_map)
        self.measures = MeasureBox()
        self._make_parts()
        self._lay_out()
        self._connect()

    def _make_parts(self) -> None:
        self.title = QLabel()
        self.title.setProperty("role", "title")
        self.note = ElidedLabel()
        self.note.setProperty("role", "caption")
        self.zoom_button = text_button(
            "Zoom", tip("Zoom in", "The axes get values of the selected region alone (Enter)."), "compact"
        )
        self.restart_button = text_button(
            "Restart all",
            tip(
                "Train all from the beginning",
                "New cells and seeds have trained for fewer epochs than others. Together they can be compared.",
            ),
            "compact",
        )
        self.restart_button.hide()
        self.promote_button = text_button(
            "Promote",
            tip("Make a lane of the chosen cell", "A copy beside the sweep, with what it has learned (P)."),
            "compact",
        )
        self.export_button = icon_button(
            "export", "Export", tip("Export", "Both pictures, and the table of all networks."), side=24
        )
        self.export_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        for view in self.exports():
            menu.addAction(f"{view.name} …", partial(self.export_wanted.emit, view))
        menu.addSeparator()
        menu.addAction("Table (CSV) …", self.save_csv)
        menu.addAction("Copy the table as CSV", self.copy_csv)
        self.export_button.setMenu(menu)
        self.setup_button = text_button(
            "Sweep…", tip("Set up a sweep", "Choose one or two axes and their values.")
        )
        self.threshold_label = QLabel("validation loss ≤")
        self.threshold_label.setProperty("role", "caption")
        self.threshold_field = NumberField()
        self.threshold_field.setProperty("framed", True)
        self.threshold_field.hold(THRESHOLD_ROOM)
        self.threshold_field.setAccessibleName("Threshold of the validation loss")
        self.threshold_field.setToolTip(tip("Threshold", THRESHOLD))
        self.threshold_field.show_number(self._sweep.threshold.value)
        self.empty = QLabel(EMPTY)
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setProperty("role", "caption")

    def _lay_out(self) -> None:
        words, tools = QHBoxLayout(), QHBoxLayout()
        self._head, self._head_rows = QBoxLayout(QBoxLayout.Direction.LeftToRight), (words, tools)
        self._head.setSpacing(SPACE)
        for row in self._head_rows:
            row.setSpacing(2 * SPACE)
            self._head.addLayout(row)
        self._head.setStretch(0, 1)
        words.addWidget(self.title)
        words.addWidget(self.note, 1)
        words.addWidget(self.restart_button)
        for part in (
            self.zoom_button,
            self.promote_button,
            self.threshold_label,
            self.threshold_field,
        ):
            tools.addWidget(part)
        tools.addWidget(self.measures, 1)
        tools.addWidget(self.export_button)
        self._planes = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._planes.setSpacing(0)
        self._planes.addWidget(self.grid, 1)
        self._planes.addWidget(self.heat, 1)
        self._show_threshold()
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        column.setSpacing(SPACE)
        column.addLayout(self._head)
        column.addLayout(self._planes, 1)
        nothing = QWidget()
        middle = QVBoxLayout(nothing)
        middle.addStretch(1)
        middle.addWidget(self.empty)
        middle.addWidget(self.setup_button, 0, Qt.AlignmentFlag.AlignHCenter)
        middle.addStretch(1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(nothing)
        self._stack.addWidget(shown)
        self.setMinimumSize(SMALLEST)
        self.setAccessibleName(TITLE)

    def _connect(self) -> None:
        for view in (self.grid, self.heat):
            view.hovered.connect(self._hover)
            view.chosen.connect(self._choose)
            view.promoted.connect(self._promote_at)
            view.selected.connect(self.select)
            view.zoom_wanted.connect(self.zoom)
            view.promote_wanted.connect(self.promote)
        self.grid.resized.connect(self._refresh)
        self.heat.resized.connect(self._refresh)
        self.measures.chosen.connect(self.show_measure)
        self.threshold_field.entered.connect(self.set_threshold)
        self.zoom_button.clicked.connect(self.zoom)
        self.promote_button.clicked.connect(self.promote)
        self.setup_button.clicked.connect(self.setup_wanted)
        self.restart_button.clicked.connect(self.restart_wanted)
        for signal in (self._sweep.changed, self._document.changed, self._document.replaced):
            signal.connect(self._refresh)

    # -- the picture

    def _newest_model(self) -> SweepModel | None:
        table = self.table
        return sweep_model(
            self._fitting_snapshot(),
            self._document.experiment,
            self._document.points,
            table,
            self._measure,
            self._own_points.of(self._document.experiment),
        )

    def _fitting_snapshot(self) -> Snapshot | None:
        """The newest snapshot; None until the engine has taken over another task."""
        fits = self.snapshot is not None and self.snapshot.task == self._document.experiment.data.task
        return self.snapshot if fits else None

    @property
    def table(self) -> SweepTable | None:
        """The results of all cells; None without a sweep, and before anything is known of one."""
        snapshot, experiment = self._fitting_snapshot(), self._document.experiment
        if snapshot is None or experiment.sweep is None:
            return None
        threshold = self._sweep.threshold
        known = self._known
        # Painting asks again for the table that drawing has made.
        if known is None or known[0] is not snapshot or known[1] is not experiment or known[2] != threshold:
            known = snapshot, experiment, threshold, of_snapshot(snapshot, experiment, threshold)
            self._known = known
        return known[3]

    @property
    def options(self) -> SweepOptions:
        chosen = self._sweep.chosen
        place = None if chosen is None else (chosen[0], chosen[1] if len(chosen) > 1 else 0)
        size, heat = self.grid.size(), self.heat.size()
        return SweepOptions(
            with_class_colours(self._theme, self._document.experiment.data),
            (float(size.width()), float(size.height())),
            self.devicePixelRatioF(),
            place,
            (float(heat.width()), float(heat.height())),
        )

    @staticmethod
    def compose(
        model: SweepModel | None, options: SweepOptions, masks: Masks | None = None
    ) -> SweepPicture | None:
        return None if model is None else compose(model, options, masks)

    def _composed(self, model: SweepModel | None, options: SweepOptions) -> SweepPicture | None:
        return self.compose(model, options, self._masks)

    def draw(self, shown: SweepPicture | None) -> None:
        self.picture = shown
        self._stack.setCurrentIndex(0 if shown is None else 1)
        axes = () if shown is None else shown.model.axes
        if axes != self._axes:
            # Another sweep, or other values: what was selected is gone.
            self._axes = axes
            self._arrange()
            self.hover = self.region = None
        for view in (self.grid, self.heat):
            view.show_picture(shown)
        self._show_marks()
        if shown is not None:
            self._show_words(shown.model)

    def _show_words(self, model: SweepModel) -> None:
        size = " × ".join(str(len(axis.texts)) for axis in model.axes)
        self.title.setText(f"{TITLE} {size}")
        self.measures.show_measures(self._measure, model.task)
        diverged = sum(cell.diverged for cell in model.cells)
        parts = [counted(model.networks, "network"), model.epochs_text]
        if diverged:
            parts.append(f"{diverged} diverged")
        self.note.show_text(" · ".join(parts), *([] if model.is_level else [parts[1]]), parts[0])
        self.note.setToolTip("" if model.is_level else tip("Epochs", UNLEVEL))
        self.restart_button.setVisible(not model.is_level)
        self._arrange_head()
        measure = SWEEP_MEASURES[model.measure]
        best = "" if model.best is None else " The star is at the best cell."
        best = best if model.is_level else f" {UNLEVEL}"
        label = measure.label_for(model.task, model.threshold)
        self.heat.setAccessibleDescription(f"{label}. {measure.tooltip}{best}")
        self.promote_button.setEnabled(self._sweep.chosen is not None)

    @property
    def is_seen(self) -> bool:
        return self.isVisible() and not (self.window().isMinimized() or self.visibleRegion().isEmpty())

    @property
    def requests(self) -> tuple[Request, ...]:
        data = self._document.experiment.data
        if self._document.experiment.sweep is None:
            return ()
        count = len(cells(self._document.experiment))
        size = next((size for most, size in FINE if count <= most), CELLS)
        size = CURVE_CELLS if data.task == "curve" else size
        return (THUMBNAIL.request(Grid(size, (*data.extent.x, *data.extent.y))),)

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        tint(self, theme.text)
        for view in (self.grid, self.heat):
            view.apply_theme(theme)
        self.update()
        self.catch_up()

    def _refresh(self, *_: object) -> None:
        if self._drawn is not None or self.isVisible():
            self.catch_up()

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.catch_up()

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Put the header into one row or two, and the pictures where their cells are larger."""
        self._arrange_head()
        self._planes.setDirection(self._best_direction())
        self._give_shares()

    def _arrange_head(self) -> None:
        needed = sum(row.minimumSize().width() for row in self._head_rows) + 6 * SPACE
        wide = self.width() >= needed
        to = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if to != self._head.direction():
            self._head.setDirection(to)

    def _best_direction(self) -> QBoxLayout.Direction:
        """Return how the pictures lie so that their cells are as large as they can be."""
        beside, below = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        if not self._axes:
            return beside
        columns = len(self._axes[0].texts)
        rows = len(self._axes[1].texts) if len(self._axes) > 1 else 1
        width = self.width() - 4.0 * SPACE
        height = self.height() - self._head.minimumSize().height() - 3.0 * SPACE
        if height / 2 < LEAST_PLANE.height():
            return beside

        def side(room: QRectF, bar: float) -> float:
            return plane_in(room, columns, rows, self._axes, bar=bar).side

        halves = QRectF(0.0, 0.0, (width - BAR_ROOM) / 2, height)
        rooms = {beside: side(halves, 0.0), below: side(QRectF(0.0, 0.0, width, height / 2), BAR_ROOM)}
        return beside if rooms[beside] >= rooms[below] else below

    def _give_shares(self) -> None:
        """Let cells of both pictures be as large: the heat map has a colour bar besides."""
        beside = self._planes.direction() == QBoxLayout.Direction.LeftToRight
        bar = round(100 * BAR_ROOM / max(self.width() - BAR_ROOM, BAR_ROOM) * 2) if beside else 0
        self._planes.setStretch(0, 100)
        self._planes.setStretch(1, 100 + bar)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        # A tab that comes to the front gets no show event.
        self.catch_up()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.panel))
        painter.end()

    # -- what a person does

    def show_measure(self, key: str) -> None:
        """Colour the heat map by another measure."""
        self._measure = key
        self._show_threshold()
        self.catch_up()

    def set_threshold(self, value: float) -> None:
        """Count the epochs until the validation loss was this low."""
        self._sweep.set_threshold(value)
        self.threshold_field.show_number(value)
        self.catch_up()

    def _show_threshold(self) -> None:
        for part in (self.threshold_label, self.threshold_field):
            part.setVisible(self._measure == TO_THRESHOLD)
        self._arrange()

    @property
    def measure(self) -> str:
        """The key of the measure that the heat map shows."""
        return self._measure

    def select(self, region: Region | None) -> None:
        """Select cells, or none."""
        self.region = region
        self._show_marks()

    def zoom(self) -> None:
        """Give the axes the values of the selected region."""
        if self.region is None:
            self.reported.emit("Drag over some cells first: the sweep zooms into them.")
            return
        columns, rows = self.region
        one_axis = self.picture is not None and len(self.picture.model.axes) == 1
        self._sweep.zoom(columns, None if one_axis else rows)

    def promote(self) -> None:
        """Put a copy of the chosen cell beside the sweep."""
        self._sweep.promote(None)

    def copy_csv(self) -> None:
        """Copy the table of all networks."""
        text = self._csv()
        if text:
            QGuiApplication.clipboard().setText(text)
            self.reported.emit("Copied the table of the sweep as CSV.")

    def save_csv(self) -> None:
        """Ask for a name, and write the table of all networks."""
        text = self._csv()
        path = ask_save(self, "Export the table of the sweep", home() / "sweep.csv", CSV) if text else None
        if path is None:
            return
        try:
            atomic_write(path, text.encode())
        except OSError as error:
            warn(self, f"{path.name} could not be written", str(error))
        else:
            self.reported.emit(f"Wrote {path.name}.")

    def _csv(self) -> str:
        table, text = self.table, StringIO()
        if table is None:
            self.reported.emit(
                "Nothing is known of the sweep yet: wait until the training engine has loaded."
            )
            return ""
        to_csv(table, text)
        return text.getvalue()

    def exports(self) -> tuple[SweepExport, SweepExport]:
        """Return both pictures as views that can be drawn into files."""
        return SweepExport(self, heat=False), SweepExport(self, heat=True)

    def model(self) -> SweepModel | None:
        """Return what is to be shown now, whether or not it can be seen."""
        return self._newest_model()

    def _hover(self, place: Place | None) -> None:
        self.hover = place
        self._show_marks()

    def _choose(self, place: Place) -> None:
        self._sweep.choose(self._cell(place))

    def _promote_at(self, place: Place) -> None:
        cell = None if self.picture is None else self.picture.model.cell_at(place)
        if cell is not None:
            self._sweep.promote(cell.lane)

    def _cell(self, place: Place) -> tuple[int, ...]:
        axes = 2 if self.picture is None else len(self.picture.model.axes)
        return place[:axes]

    def _show_marks(self) -> None:
        for view in (self.grid, self.heat):
            view.show_marks(self.hover, self.region)
        self.zoom_button.setEnabled(self.region is not None)


def _grid_plane(picture: SweepPicture, room: QRectF) -> Plane:
    return picture.plane


def _paint_grid(painter: QPainter, picture: SweepPicture, plane: Plane, hovered: Place | None) -> None:
    paint_grid(painter, picture)
