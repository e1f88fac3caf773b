"""The base of all plots: a header, the plotting area below it, a readout at the mouse, and the export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import ClassVar, TypeVar

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QColor, QMouseEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui_app.plots.drawing.header import Header, export_header_height, paint_header
from gui_app.plots.drawing.metrics import header_height, pixels
from gui_app.plots.drawing.navigation import GESTURES, HOW_TO, Navigation
from gui_app.plots.drawing.picture import Picture, Ranges, paint_picture, plot_rect
from gui_app.plots.drawing.pinned_epoch import PinnedEpoch
from gui_app.plots.drawing.plot_area import PlotArea
from gui_app.plots.drawing.plot_controls import PlotControls
from gui_app.plots.drawing.plot_options import PlotOptions
from gui_app.plots.drawing.plot_session import PlotSession
from gui_app.plots.drawing.readout import Readout
from gui_app.plots.drawing.sizes import SMALLEST
from gui_app.plots.drawing.value_scale import scale_notes
from gui_app.plots.drawing.whole_button import WholeButton
from gui_app.session.current_lane import CurrentLane
from gui_app.session.snapshot_view import SnapshotView
from gui_app.session.whose import whose_network
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.gestures import set_gestures
from gui_app.widgets.guarded import guarded
from gui_app.widgets.tips import set_subject
from gui_app.widgets.topics import set_topic

EASING = 50
"""Milliseconds between two steps of easing axes; longer than between two snapshots."""

NARROW = 420
"""Width in pixels, at the default text size, below which a plot has little room."""

Model = TypeVar("Model")
Options = TypeVar("Options", bound=PlotOptions)


class PlotFrame(QWidget, SnapshotView[Model | None, Options, Picture]):
    """Base of the plots of the current lane, or of all that are shown where a plot ``shows_lanes``.

    A subclass extracts its model from a snapshot, composes the picture and makes the readout at the mouse.
    Axes ease: ``compose`` gets the previous ranges, the only state that a picture depends on. Between snapshots, a
    timer continues the easing until the ranges are settled.
    """

    export_name: ClassVar[str]
    """The picture's file name, without a suffix."""
    title: ClassVar[str]
    topic: ClassVar[str] = "plots"
    """The key of the help text that explains it."""
    meaning: str
    """A description of the plot, with its formula."""
    over_epochs: ClassVar[bool] = False
    """Whether the x axis counts epochs. Such a plot draws ``EditMarks``, and its axis is an ``epoch_axis``."""

    scale_rule: ClassVar[str] = ""
    """How the scale of the values is chosen automatically, in a sentence; "" if there is no choice."""
    modes: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """What can be switched on in the menu of the scale: texts by key."""

    def __init__(
        self,
        current: CurrentLane,
        theme: Theme = LIGHT,
        parent: QWidget | None = None,
        session: PlotSession | None = None,
    ) -> None:
        super().__init__(parent)
        self.follow_lane(current)
        self.theme = theme
        self._playing = False
        self._model: Model | None = None
        self._run: tuple[int, str] | None = None
        """Number of the run shown, and the name of its lane where only one is shown."""
        self._ranges = Ranges()
        self._hover: QPointF | None = None
        self._section = 0
        """The section below the mouse; ``_hover`` is its pixel."""
        self.header = Header(self.title, theme)
        self.plot_area = PlotArea(theme)
        self.controls = PlotControls(
            self.export_name, session or PlotSession(), theme, self.scale_rule, self.over_epochs, self
        )
        self.controls.add_modes(self.modes)
        self.epochs_button, self.scale_button = self.controls.epochs_button, self.controls.scale_button
        self._easing = QTimer(self, interval=EASING, singleShot=True)
        self._easing.timeout.connect(self._ease)
        self._build()
        self.navigation = Navigation(self)
        self.navigation.changed.connect(self._on_zoomed)
        self.whole_button.clicked.connect(self._show_whole)
        if self.over_epochs:
            PinnedEpoch(self)
        else:
            self.navigation.clicked.connect(self.takes_click)
        self.plot_area.resized.connect(self._on_resized)

    def _build(self) -> None:
        self.top_row = QHBoxLayout()
        self.top_row.setSpacing(0)
        self.top_row.addWidget(self.header)
        self.controls.add_to(self.top_row, self.header)
        self.controls.changed.connect(self.catch_up)
        self.controls.rescaled.connect(self._on_rescaled)
        self.controls.session.pinned_runs_changed.connect(self._show_other_lane)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self.top_row)
        layout.addWidget(self.plot_area, 1)
        self.whole_button = WholeButton(self.plot_area, self)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        set_gestures(self, "Plots", GESTURES)
        set_topic(self, self.topic)
        self.setAccessibleName(self.export_title)
        self.setAccessibleDescription(self.meaning)
        self.header.describe(self.tool_tip)
        set_subject(self.header, self)

    @property
    def export_title(self) -> str:
        """The title above an exported picture."""
        return self.title

    @property
    def whose(self) -> str:
        """The lane that the plot shows where that is one of several, and its seed where that is one of several."""
        return "" if self.shows_lanes else whose_network(self.current)

    @property
    def heading(self) -> str:
        """The title above the plot on the screen."""
        return ", ".join(filter(None, (self.export_title, self.whose)))

    @property
    def tool_tip(self) -> str:
        """What the plot means, and how it is zoomed."""
        return f"{self.meaning}\n\n{HOW_TO}"

    def sizeHint(self) -> QSize:
        return QSize(450, 220)

    def minimumSizeHint(self) -> QSize:
        return SMALLEST

    @property
    def is_seen(self) -> bool:
        """Whether it is visible: not hidden, not covered by another tab, not in a minimized window."""
        return self.isVisible() and not (self.window().isMinimized() or self.visibleRegion().isEmpty())

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours."""
        self.theme = theme
        self.header.apply_theme(theme)
        self.plot_area.apply_theme(theme)
        self.whole_button.apply_theme(theme)
        self.controls.apply_theme(theme)
        self.update()
        self.catch_up()

    def show_playing(self, playing: bool) -> None:
        """Note whether training is meant to run."""
        self._playing = playing
        self.catch_up()

    @property
    def picture(self) -> Picture:
        """The picture shown now."""
        return self.plot_area.picture

    # -- drawing

    @property
    def options(self) -> Options:
        """The options of the plot on the screen."""
        size = self.plot_area.view_box.rect().size()
        return self.options_for(
            PlotOptions(
                self.theme,
                (size.width(), size.height()),
                QAccessible.isActive(),
                self._playing,
                zoom=self.navigation.zoom,
                **self.controls.fields,
            )
        )

    def options_for(self, options: PlotOptions) -> Options:
        """Return ``options`` with the choices made in this plot."""
        raise NotImplementedError

    @staticmethod
    def compose(model: Model | None, options: Options, ranges: Ranges | None = None) -> Picture:
        """Return the picture of a model."""
        raise NotImplementedError

    @staticmethod
    def read(model: Model, options: Options, picture: Picture, x: float, y: float) -> Readout | None:
        """Return the readout at ``x``, ``y`` in axis units; a NaN as ``y``: exactly at ``x``, where no mouse is."""
        raise NotImplementedError

    def _composed(self, model: Model | None, options: Options) -> Picture:
        # Axes of all lanes together stay where they are whichever is current.
        lane = "" if self.shows_lanes and len(self.current.shown) > 1 else self.current.name
        run = (self._snapshot.run, lane) if self._snapshot is not None else None
        if run != self._run:
            if run is None or self._run is None or run[0] != self._run[0]:
                # Another lane keeps the part that is seen, for comparison; another run begins anew.
                options = replace(options, zoom=self.navigation.forget())
            self._run = run
            self._ranges = Ranges()
        self._model = model
        return self.compose(model, options, self._ranges)

    @property
    def is_narrow(self) -> bool:
        """Whether there is little room above the plot."""
        return self.width() < pixels(NARROW)

    def _on_resized(self) -> None:
        self.controls.make_narrow(self.is_narrow)
        self.header.show_title(self.heading)
        self.catch_up()

    def _on_rescaled(self) -> None:
        self._ranges.y.reset()
        self.navigation.forget_y()
        self.catch_up()

    def _on_zoomed(self) -> None:
        # What a person asks for is there at once.
        self._ranges.y.reset()
        self.catch_up()

    def _begins_late(self, picture: Picture) -> bool:
        """Whether the axis of epochs begins at an edit."""
        return self.options.epochs == "since_edit" and bool(picture.x_ticks) and picture.limits.x[0] > 0.0

    def _show_whole(self) -> None:
        """End zooming, and an axis that begins at an edit; a scale chosen before comes back."""
        if self.epochs_button is not None and self._begins_late(self.picture):
            self.epochs_button.choose(self.epochs_button.scale_before)
        self.navigation.reset()

    def draw(self, picture: Picture) -> None:
        self.plot_area.show_picture(picture)
        self.plot_area.show_hover(self._readout())
        self.plot_area.show_pin(self.pin(self._model, self.options, picture))
        self.header.show_title(self.heading)
        self.header.show_entries(picture.entries)
        self.controls.show_taken(picture.limits.log)
        self.whole_button.setVisible(not self.navigation.zoom.is_whole or self._begins_late(picture))
        self.describe()
        if not self._ranges.settled:
            self._easing.start()

    def _ease(self) -> None:
        if self.is_seen and self._drawn is not None:
            self.draw(self._composed(self._model, self.options))

    def describe(self) -> None:
        """Update the accessible description; with the current values if a screen reader is active."""
        spoken = f" {self._spoken()}" if QAccessible.isActive() else ""
        description = f"{self.meaning}{spoken}".strip()
        if description != self.accessibleDescription():
            self.setAccessibleDescription(description)

    def _spoken(self) -> str:
        return ", ".join(f"{entry.label} {entry.value}" for entry in self.picture.entries if entry.value)

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.catch_up()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        # A tab that comes to the front gets no show event, only a paint event; child widgets are painted after it.
        self.catch_up()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.theme.panel))
        painter.end()

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hover_at(event.position())

    @guarded
    def leaveEvent(self, event: QEvent) -> None:
        self.hover_at(None)

    def hover_at(self, position: QPointF | None) -> None:
        """Show the readout at a position in this widget; None, or a position outside the plot, hides it."""
        self._hover = None
        if position is not None and not self.navigation.is_dragging:
            self._section, pixel = self.plot_area.section_at(self.plot_area.pixel_at(self, position))
            self._hover = pixel if self.plot_area.mapping().bounds.contains(pixel) else None
        self.plot_area.show_hover(self._readout())

    def _readout(self) -> Readout | None:
        # A picture without ticks shows only a message.
        if self._hover is None or self._model is None or not self.picture.x_ticks:
            return None
        mapping = self.plot_area.mapping()
        x, y = mapping.x_value(self._hover.x()), mapping.y_value(self._hover.y())
        found = self.read(self._model, self.options, self.picture, x, y)
        return replace(found, section=self._section) if found is not None else None

    @property
    def run(self) -> int:
        """The number of the run shown; −1 without one."""
        return self._snapshot.run if self._snapshot is not None else -1

    def pin(self, model: Model | None, options: Options, picture: Picture) -> Readout | None:
        """Return the readout of the pinned epoch, in a plot over epochs."""
        epoch = self.controls.session.pinned(self.run)
        if not self.over_epochs or epoch is None or model is None or not picture.x_ticks:
            return None
        found = self.read(model, options, picture, float(epoch), float("nan"))
        return replace(found, pinned=True) if found is not None else None

    def show_pin(self) -> None:
        """Show the pinned epoch, or no longer."""
        self.plot_area.show_pin(self.pin(self._model, self.options, self.picture))

    def takes_click(self, pixel: QPointF) -> bool:
        """Do what a click on something drawn at a pixel does; False if nothing there takes a click."""
        return False

    def epoch_at(self, pixel: QPointF | None) -> int | None:
        """Return the epoch that would be read at a pixel; the newest one without a pixel, None where there is none."""
        if self._model is None or not self.picture.x_ticks:
            return None
        mapping, x, y = self.plot_area.mapping(), self.picture.x_range[1], float("nan")
        if pixel is not None:
            x, y = mapping.x_value(pixel.x()), mapping.y_value(pixel.y())
        found = self.read(self._model, self.options, self.picture, x, y)
        return round(found.x) if found is not None else None

    def export_size(self) -> QSize:
        """Return the size of the exported picture, in pixels before scaling."""
        return QSize(720, 360)

    def _for_export(self, model: Model | None, rect: QRectF, head: int) -> tuple[QRectF, Options, Picture]:
        """Return the part of ``rect`` below a header of this height, and the options and picture for that part."""
        body = rect.adjusted(0.0, head, 0.0, 0.0)
        size = plot_rect(body).size()
        options = replace(self.options, size=(size.width(), size.height()))
        return body, options, self.compose(model, options, Ranges())

    def paint_export(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Draw title, legend and plot into ``rect``, laid out for its size."""
        rect, model = QRectF(rect), self._newest_model()
        title = ", ".join(filter(None, (self.export_title, self.whose)))
        head = header_height()
        body, options, picture = self._for_export(model, rect, head)
        seen = [entry for entry in (*picture.entries, *scale_notes(picture.limits.log)) if not entry.hidden]
        needed = export_header_height(rect.width(), title, seen)
        if needed > head:
            head = needed
            body, options, picture = self._for_export(model, rect, head)
        pin = self.pin(model, options, picture)
        painter.save()
        painter.fillRect(rect, QColor(self.theme.panel))
        top = QRectF(rect.left(), rect.top(), rect.width(), head)
        paint_header(painter, top, title, seen, self.theme)
        paint_picture(painter, body, picture, self.theme, (pin,) if pin is not None else ())
        painter.restore()
