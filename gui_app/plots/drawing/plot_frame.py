"""What all plots have in common: a header, the plotting area below it, a readout at the mouse, and the export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, TypeVar

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, QTimer
from PySide6.QtGui import QAccessible, QColor, QMouseEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.observation.snapshot import Stop
from gui_app.plots.drawing.header import HEIGHT, Header, paint_header
from gui_app.plots.drawing.legend import LegendEntry
from gui_app.plots.drawing.mapping import Mark
from gui_app.plots.drawing.marks import Sentence
from gui_app.plots.drawing.picture import Picture, Ranges, paint_picture, plot_rect
from gui_app.plots.drawing.plot_area import PlotArea
from gui_app.plots.drawing.sizes import SMALLEST
from gui_app.session.current_lane import CurrentLane
from gui_app.session.snapshot_view import SnapshotView
from gui_app.theme.tokens import LIGHT, Theme

EASING = 50
"""Milliseconds from one step of easing axes to the next, longer than between two snapshots."""
EMPTY = "Press play (Space) to train"
BEGINS = "Training begins"
NO_POINTS = "No training points: nothing to train"


@dataclass(frozen=True, slots=True)
class PlotOptions:
    """What a plot's picture hangs on besides what is trained: the theme, the plotting area in pixels, and whether
    training is to run, which is known before a snapshot tells.
    """

    theme: Theme
    size: tuple[float, float]
    spoken: bool
    """Whether somebody listens instead of looking."""
    playing: bool

    @property
    def empty_words(self) -> str:
        """What a plot says of which nothing has been trained yet."""
        return BEGINS if self.playing else EMPTY


Model = TypeVar("Model")
Options = TypeVar("Options", bound=PlotOptions)


def words_for(stop: Stop | None, points: bool, options: PlotOptions) -> str:
    """What an empty plot over time says; ``points`` are there to be trained on, or not."""
    if stop is None:
        return options.empty_words if points else NO_POINTS
    how = "Diverged in" if stop.kind == "divergence" else "Stopped at"
    return f"{how} epoch {stop.epoch:,}: nothing to draw yet"


def no_gradient_words(points: int) -> str:
    """Why there is none: no points, or numbers that left what can be computed with."""
    return "The gradient is not finite" if points else "No training points: no gradient"


def empty_picture(theme: Theme, words: str, entries: Sequence[LegendEntry] = ()) -> Picture:
    """No curves: what to do, or why there are none."""
    return Picture(marks=(Sentence(words, theme.muted),), entries=entries)


class PlotFrame(QWidget, SnapshotView[Model | None, Options, Picture]):
    """A plot of the current lane. A subclass says what it looks at, composes the picture and reads at the mouse.

    Axes ease: ``compose`` gets the ranges as they stood, which is all that a picture owes to the past. Where no
    snapshot moves them on, a timer does, until they rest.
    """

    export_name: ClassVar[str]
    """The picture's file name, without a suffix."""
    title: ClassVar[str]
    meaning: str
    """What is drawn, with its formula."""

    def __init__(self, current: CurrentLane, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.follow_lane(current)
        self.theme = theme
        self._playing = False
        self._model: Model | None = None
        self._run: tuple[int, str] | None = None
        """The number of the run that is shown, and the name of its lane."""
        self._ranges = Ranges()
        self._hover: QPointF | None = None
        self.header = Header(self.title, theme)
        self.plot_area = PlotArea(theme)
        self._easing = QTimer(self, interval=EASING, singleShot=True)
        self._easing.timeout.connect(self._ease)
        self._build()
        self.plot_area.resized.connect(self.catch_up)

    def _build(self) -> None:
        self.top_row = QHBoxLayout()
        self.top_row.addWidget(self.header)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self.top_row)
        layout.addWidget(self.plot_area, 1)
        self.setMouseTracking(True)
        self.setAccessibleName(self.export_title)
        self.setAccessibleDescription(self.meaning)
        self.header.setToolTip(self.meaning)

    @property
    def export_title(self) -> str:
        """What the picture shows."""
        return self.title

    def sizeHint(self) -> QSize:
        return QSize(450, 220)

    def minimumSizeHint(self) -> QSize:
        return SMALLEST

    @property
    def is_seen(self) -> bool:
        """Whether it is neither hidden nor behind another tab nor in a minimized window."""
        return self.isVisible() and not (self.window().isMinimized() or self.visibleRegion().isEmpty())

    def apply_theme(self, theme: Theme) -> None:
        """Wear the theme's colours."""
        self.theme = theme
        self.header.apply_theme(theme)
        self.plot_area.apply_theme(theme)
        self.update()
        self.catch_up()

    def show_playing(self, playing: bool) -> None:
        """Whether training is to run."""
        self._playing = playing
        self.catch_up()

    @property
    def picture(self) -> Picture:
        """What is shown now."""
        return self.plot_area.picture

    # -- drawing

    @property
    def options(self) -> Options:
        """As the plot is on the screen."""
        size = self.plot_area.view_box.rect().size()
        return self.options_for(
            PlotOptions(self.theme, (size.width(), size.height()), QAccessible.isActive(), self._playing)
        )

    def options_for(self, options: PlotOptions) -> Options:
        """These, with what a person has chosen in this plot."""
        raise NotImplementedError

    @staticmethod
    def compose(model: Model | None, options: Options, ranges: Ranges | None = None) -> Picture:
        """The picture of a model."""
        raise NotImplementedError

    @staticmethod
    def read(model: Model, options: Options, picture: Picture, x: float, y: float) -> Mark | None:
        """The readout at a place given in axis units."""
        raise NotImplementedError

    def new_ranges(self) -> Ranges:
        """Ranges without a past, for another run or for an export."""
        return Ranges()

    def _composed(self, model: Model | None, options: Options) -> Picture:
        run = (self._snapshot.run, self.current.name) if self._snapshot is not None else None
        if run != self._run:
            self._run = run
            self._ranges = self.new_ranges()
        self._model = model
        return self.compose(model, options, self._ranges)

    def draw(self, picture: Picture) -> None:
        self.plot_area.show_picture(picture)
        self.plot_area.show_hover(self._readout())
        self.header.show_entries(picture.entries)
        self.describe()
        if not self._ranges.settled:
            self._easing.start()

    def _ease(self) -> None:
        if self.is_seen and self._drawn is not None:
            self.draw(self._composed(self._model, self.options))

    def describe(self) -> None:
        """Say what is drawn, with its numbers to those who listen."""
        spoken = f" {self._spoken()}" if QAccessible.isActive() else ""
        words = f"{self.meaning}{spoken}".strip()
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)

    def _spoken(self) -> str:
        return ", ".join(f"{entry.label} {entry.value}" for entry in self.picture.entries if entry.value)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.catch_up()

    def paintEvent(self, event: QPaintEvent) -> None:
        # A tab that comes to the front is not shown, it is only painted; what lies on this is painted after it.
        self.catch_up()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.theme.panel))
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hover_at(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        self.hover_at(None)

    def hover_at(self, place: QPointF | None) -> None:
        """Read at a place of this widget; None, or a place outside the plot, puts the readout away."""
        self._hover = None
        if place is not None:
            scene = self.plot_area.mapToScene(self.plot_area.mapFrom(self, place).toPoint())
            pixel = self.plot_area.view_box.mapFromScene(scene)
            self._hover = pixel if self.plot_area.mapping().bounds.contains(pixel) else None
        self.plot_area.show_hover(self._readout())

    def _readout(self) -> Mark | None:
        # A picture without ticks is a sentence.
        if self._hover is None or self._model is None or not self.picture.x_ticks:
            return None
        mapping = self.plot_area.mapping()
        x, y = mapping.x_value(self._hover.x()), mapping.y_value(self._hover.y())
        return self.read(self._model, self.options, self.picture, x, y)

    def export_size(self) -> QSize:
        """How large the picture is, in pixels before scaling."""
        return QSize(720, 360)

    def paint_export(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Draw title, legend and plot into ``rect``, laid out for its size."""
        rect = QRectF(rect)
        body = rect.adjusted(0.0, HEIGHT, 0.0, 0.0)
        size = plot_rect(body).size()
        options = replace(self.options, size=(size.width(), size.height()))
        picture = self.compose(self._newest_model(), options, self.new_ranges())
        painter.save()
        painter.fillRect(rect, QColor(self.theme.panel))
        top = QRectF(rect.left(), rect.top(), rect.width(), HEIGHT)
        paint_header(painter, top, self.export_title, picture.entries, self.theme)
        paint_picture(painter, body, picture, self.theme)
        painter.restore()
