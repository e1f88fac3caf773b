"""What all plots have in common: a header, the plotting area below it, a readout at the mouse, and the export."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, QSizeF
from PySide6.QtGui import QAccessible, QColor, QMouseEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.observation.snapshot import LaneSnapshot, Snapshot
from gui_app.plots import SMALLEST
from gui_app.plots.header import HEIGHT, Header, paint_header
from gui_app.plots.legend import LegendEntry
from gui_app.plots.mapping import Mark
from gui_app.plots.marks import Sentence
from gui_app.plots.picture import Picture, Ranges, paint_picture, plot_rect
from gui_app.plots.surface import Surface
from gui_app.theme import LIGHT, Theme

EMPTY = "Press play (Space) to train"


def words_for(lane: LaneSnapshot) -> str:
    """What an empty plot over time says."""
    return EMPTY if lane.stop is None else f"Ended in epoch {lane.stop.epoch + 1}: nothing to draw yet"


class PlotFrame(QWidget):
    """A plot of the first lane. A subclass says what it looks at, composes the picture and reads at the mouse."""

    export_name: ClassVar[str]
    """The picture's file name, without a suffix."""
    title: ClassVar[str]
    meaning: str
    """What is drawn, with its formula."""

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._snapshot: Snapshot | None = None
        self._drawn: Hashable = None
        self._drawn_lane: LaneSnapshot | None = None
        self._run: int | None = None
        self._ranges = Ranges()
        self._hover: QPointF | None = None
        self.header = Header(self.title, theme)
        self.surface = Surface(theme)
        self._build()
        self.surface.resized.connect(self._on_resized)

    def _build(self) -> None:
        self.top_row = QHBoxLayout()
        self.top_row.addWidget(self.header)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self.top_row)
        layout.addWidget(self.surface, 1)
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

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Draw what changed; a plot that nobody sees does nothing until it is painted."""
        self._snapshot = snapshot
        if self.is_seen:
            self._catch_up()

    @property
    def is_seen(self) -> bool:
        """Whether it is neither hidden nor behind another tab nor in a minimized window."""
        return self.isVisible() and not (self.window().isMinimized() or self.visibleRegion().isEmpty())

    def apply_theme(self, theme: Theme) -> None:
        """Wear the theme's colours."""
        self.theme = theme
        self.header.apply_theme(theme)
        self.surface.apply_theme(theme)
        self.update()
        self.redraw()

    @property
    def picture(self) -> Picture:
        """What is shown now."""
        return self.surface.picture

    def redraw(self) -> None:
        """Draw the current snapshot anew, if anyone sees it."""
        self._drawn = None
        if self.is_seen:
            self._catch_up()

    def _catch_up(self) -> None:
        lane = self._lane()
        drawn = self._watched(lane) if lane is not None else ()
        if drawn != self._drawn:
            self._drawn, self._drawn_lane = drawn, lane
            self._draw(lane)

    def _lane(self) -> LaneSnapshot | None:
        return self._snapshot.lanes[0] if self._snapshot is not None and self._snapshot.lanes else None

    def _draw(self, lane: LaneSnapshot | None) -> None:
        run = self._snapshot.run if self._snapshot is not None else None
        if run != self._run:
            self._run = run
            self._ranges = self.new_ranges()
        picture = self._picture_of(lane, self.surface.view_box.rect().size(), self._ranges)
        self.surface.show_picture(picture)
        self.surface.show_hover(self._readout())
        self.header.show_entries(picture.entries)
        if QAccessible.isActive():
            self.setAccessibleDescription(f"{self.meaning} {self._spoken()}".strip())

    def _picture_of(self, lane: LaneSnapshot | None, size: QSizeF, ranges: Ranges) -> Picture:
        return self.compose(lane, size, ranges) if lane is not None else self.empty_picture()

    def _spoken(self) -> str:
        return ", ".join(f"{entry.label} {entry.value}" for entry in self.picture.entries if entry.value)

    def empty_picture(self, entries: Sequence[LegendEntry] = (), words: str = EMPTY) -> Picture:
        """No curves yet: what to do."""
        return Picture(marks=(Sentence(words, self.theme.muted),), entries=entries)

    @property
    def is_playing(self) -> bool:
        return self._snapshot is not None and self._snapshot.playing

    def _watched(self, lane: LaneSnapshot) -> tuple[Hashable, ...]:
        """What the picture is made of, arrays by identity: the lane last drawn is kept, so that none is given anew."""
        raise NotImplementedError

    def compose(self, lane: LaneSnapshot, size: QSizeF, ranges: Ranges) -> Picture:
        """The picture of a lane for a plotting area of ``size`` pixels."""
        raise NotImplementedError

    def read(self, x: float, y: float) -> Mark | None:
        """The readout at a place given in axis units."""
        raise NotImplementedError

    def new_ranges(self) -> Ranges:
        """Ranges without a past, for another run or for an export."""
        return Ranges()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._catch_up()

    def paintEvent(self, event: QPaintEvent) -> None:
        # A tab that comes to the front is not shown, it is only painted; what lies on this is painted after it.
        self._catch_up()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.theme.panel))
        painter.end()

    def _on_resized(self) -> None:
        self.redraw()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hover_at(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        self.hover_at(None)

    def hover_at(self, place: QPointF | None) -> None:
        """Read at a place of this widget; None, or a place outside the plot, puts the readout away."""
        self._hover = None
        if place is not None:
            scene = self.surface.mapToScene(self.surface.mapFrom(self, place).toPoint())
            pixel = self.surface.view_box.mapFromScene(scene)
            self._hover = pixel if self.surface.mapping().bounds.contains(pixel) else None
        self.surface.show_hover(self._readout())

    def _readout(self) -> Mark | None:
        if self._hover is None or self._lane() is None:
            return None
        mapping = self.surface.mapping()
        return self.read(mapping.x_value(self._hover.x()), mapping.y_value(self._hover.y()))

    def export_size(self) -> QSize:
        """How large the picture is, in pixels before scaling."""
        return QSize(720, 360)

    def paint_export(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Draw title, legend and plot into ``rect``, laid out for its size."""
        rect = QRectF(rect)
        body = rect.adjusted(0.0, HEIGHT, 0.0, 0.0)
        picture = self._picture_of(self._lane(), plot_rect(body).size(), self.new_ranges())
        painter.save()
        painter.fillRect(rect, QColor(self.theme.panel))
        top = QRectF(rect.left(), rect.top(), rect.width(), HEIGHT)
        paint_header(painter, top, self.export_title, picture.entries, self.theme)
        paint_picture(painter, body, picture, self.theme)
        painter.restore()
