"""The drawing canvas: the data, the network's predictions, and the tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from operator import is_

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QWidget

from engine.catalogue.texts import counted
from engine.experiment import Experiment, file_labels
from engine.experiment.effects import moves_points
from engine.observation.observables import PREDICTION, Ghosts, Grid, Prediction, Request, Uncertainty
from engine.observation.observables.disagreement import Disagreement
from engine.observation.snapshot import Extent, LaneSnapshot, Snapshot
from gui_app.canvas.answers import Answers
from gui_app.canvas.input.mouse import GESTURES
from gui_app.canvas.input.pointer import Pointer
from gui_app.canvas.layers.compared import Compared, paint_lane_key
from gui_app.canvas.layers.ghosts import message_for
from gui_app.canvas.layers.legend import Legend, paint_legend
from gui_app.canvas.layers.neuron import NeuronLayer
from gui_app.canvas.layers.optional_layers import Batch, OptionalLayers
from gui_app.canvas.layers.overlay import Overlay
from gui_app.canvas.layers.picture import Picture, paint_picture
from gui_app.canvas.layers.scene import Scene, View
from gui_app.canvas.panes.arrangement import Arrangement, export_size
from gui_app.canvas.panes.lanes_shown import ONE, PANES, LanesShown, no_seeds_message, shown_parts
from gui_app.canvas.panes.pane import Pane
from gui_app.canvas.panes.panes import Panes, in_all, paint_frame
from gui_app.canvas.panes.titles import PaneFinding, PaneTitles, paint_title
from gui_app.canvas.panes.ways import WaysButton
from gui_app.canvas.reading.caption import Caption
from gui_app.canvas.reading.reading import Reading, line_height
from gui_app.canvas.selecting.actions import SelectedActions
from gui_app.canvas.selecting.bar import SelectionBar
from gui_app.canvas.switches.bar import SwitchBar
from gui_app.canvas.switches.state import DISAGREEMENT, DISCRETIZE, CanvasSwitches
from gui_app.canvas.tools import ToolContext, fit_settings
from gui_app.canvas.tools.selection import Selection
from gui_app.canvas.view.camera import Camera
from gui_app.canvas.view.data_view import DataView
from gui_app.canvas.view.edge_markers import EdgeMarkers, count_beyond
from gui_app.canvas.view.margins import Margins
from gui_app.canvas.view.viewport import Viewport
from gui_app.canvas.view.visible_points import VisiblePoints
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.looked_at import LookedAtNeuron
from gui_app.session.snapshot_view import LaneModel, LanesView
from gui_app.session.tool_settings import ToolSettings
from gui_app.theme import text_size
from gui_app.theme.class_colours import with_class_colours
from gui_app.theme.painting import restoring
from gui_app.theme.tokens import Theme, system_theme
from gui_app.widgets.gestures import set_gestures
from gui_app.widgets.guarded import guarded
from gui_app.widgets.topics import set_topic

GRID_SIZE, CURVE_COLUMNS = 100, 300
LEAST = QSize(320, 230)
"""The smallest canvas, in pixels: all switches are whole beside it."""


Options = tuple[str, int, str, tuple[int, ...], bool]
Parts = tuple[LaneModel[Answers | None], ...]
Shown = tuple[LaneModel[Answers], ...]


class Canvas(QWidget, LanesView[Answers | None, Options, Shown]):
    """Widget that shows a document's points and the newest prediction, and that a person draws on.

    ``pointer`` turns input events into strokes of the tools, which work on ``context``; ``camera`` decides which part
    of the data is shown; ``selected`` has the commands for selected points. All edits go through the document.
    The canvas repaints when the document changes, or when a snapshot brings another prediction of a shown lane whose
    network was made for the document's task and classes. ``reported(sentence)`` says what it does not show,
    ``panes_changed`` that there are more or fewer panes; ``lane_wanted`` asks for a lane to compare the only one with,
    ``sweep_wanted`` for a grid of them.

    Each shown lane has a pane of its own (see ``gui_app.canvas.panes``); all of them show one view of the same points,
    and what is drawn in one is drawn in all. ``scene`` is that of each pane, in the pane's pixels.
    """

    reported = Signal(str)
    panes_changed = Signal()
    lane_wanted = Signal()
    sweep_wanted = Signal()

    export_name = "canvas"
    export_title = "Canvas"

    def __init__(
        self,
        document: Document,
        current: CurrentLane,
        tool_settings: ToolSettings,
        parent: QWidget | None = None,
        looked_at: LookedAtNeuron | None = None,
    ) -> None:
        super().__init__(parent)
        self.follow_lane(current)
        self._document, self._settings = document, tool_settings
        self.switches = CanvasSwitches(tool_settings, self)
        self.optional_layers = OptionalLayers(self.switches, self)
        self._batches: list[Ghosts | None] = []
        self.neuron = NeuronLayer(document, current, looked_at, self)
        self.theme = system_theme()
        self.camera = Camera(self)
        self._data_view = DataView(document, self.camera)
        self.context = ToolContext(document, tool_settings, Selection(self), lambda: self.scene.viewport)
        self.selected = SelectedActions(document, self.context, self)
        self.panes = Panes(current, lambda: self.view)
        self.pointer = Pointer(
            self,
            self.context,
            self.camera,
            lambda pixel, held: self.panes.local(self.arrangement, pixel, held),
        )
        self.titles = PaneTitles(self, current)
        self.lanes_shown = LanesShown(self)
        self.ways = WaysButton(self, self.lanes_shown, current)
        self.edges = EdgeMarkers(self)
        self.selection_bar = SelectionBar(self, self.context, self.selected)
        self.visible = VisiblePoints(document, tool_settings)
        self.legend = Legend()
        self.reading = Reading(
            self, document, current, tool_settings, self.context, self.pointer, self.camera
        )
        self.switch_bar = SwitchBar(self, self.switches)
        self._caption = Caption(document)
        self._overlay = Overlay(self.context, self.pointer, self.reading.finder)
        for bar in (self.selection_bar, self.switch_bar, self.ways):
            bar.apply_theme(self.theme)
        self._refresh_seeds()
        self._connect()
        self._set_up_widget()
        fit_settings(self._settings, self._document.experiment.data)
        self._data_view.start()
        self._refresh_surroundings()
        self._refresh_description()

    def _connect(self) -> None:
        self.pointer.gesture.refused.connect(self.reported)
        self._settings.refused.connect(self.reported)
        self.selected.reported.connect(self.reported)
        self.reading.finder.reported.connect(self.reported)
        self.pointer.moved.connect(self._refresh_overlay)
        self.lanes_shown.changed.connect(self.catch_up)
        self.switches.changed.connect(self._show_other_lane)
        for changed in (self.lanes_shown.changed, self.current.changed, self.current.looks_changed):
            changed.connect(self._refresh_seeds)
        self.ways.lane_wanted.connect(self.lane_wanted)
        self.ways.sweep_wanted.connect(self.sweep_wanted)
        self.pointer.gesture.ended.connect(self._refresh_description)
        self.context.selection.changed.connect(self._view_changed)
        self.camera.changed.connect(self._view_changed)
        self.optional_layers.changed.connect(self.update)
        self.neuron.changed.connect(self.update)
        self.edges.clicked.connect(self.show_all)
        self._document.changed.connect(self._document_changed)
        self._document.changed.connect(self._refresh_seeds)
        self._document.replaced.connect(self._refresh_seeds)
        self._document.replaced.connect(self._start_over)
        self._settings.changed.connect(self._settings_changed)

    def _set_up_widget(self) -> None:
        self.setAccessibleName("Drawing canvas")
        set_gestures(self, "Canvas", GESTURES)
        set_topic(self, "canvas")
        self.setMinimumSize(LEAST)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    # -- the view

    @property
    def arrangement(self) -> Arrangement:
        """Where the panes are."""
        return Arrangement.of(self.width(), self.height(), len(self.panes), text_size.scale(), line_height())

    @property
    def scene(self) -> Scene:
        """The scene in the current view, in each pane."""
        arrangement, margins = self.arrangement, self._margins
        if arrangement.is_single:
            margins = margins.with_controls(self._document.experiment.data, line_height())
        viewport = self.camera.viewport(*arrangement.size, arrangement.margins(margins))
        return self._scene_on(viewport, arrangement.is_bare)

    @property
    def extent(self) -> Extent:
        """The part of the data that the canvas shows."""
        return self.camera.extent

    def show_all(self) -> None:
        """Show all points that are not hidden."""
        self.camera.show_all(self.visible.points.xy, self._document.experiment.data.aspect)

    @property
    def ideal_ratio(self) -> float:
        """The width of the canvas, in heights, at which its sheets are as large as they can be."""
        return 2.0 if len(self.panes) == 2 else 1.0

    def show_alone(self, number: int, again: bool) -> None:
        """Show one lane large; where one is and it is asked for ``again``, show all in panes."""
        all_again = again and self.lanes_shown.mode == ONE
        self.current.choose(number)
        self.lanes_shown.choose(PANES if all_again else ONE)

    def show_findings(self, findings: Mapping[str, PaneFinding]) -> None:
        """Mark in the titles of panes what is most pressing about a lane, by its name."""
        self.titles.findings = findings
        self.titles.catch_up()

    @property
    def grid_size(self) -> int:
        """Number of columns (and, except for a curve, rows) of the prediction grid."""
        return CURVE_COLUMNS if self._document.experiment.data.task == "curve" else GRID_SIZE

    @property
    def requests(self) -> tuple[Request, ...]:
        """The requests for the observables that are shown, for the current view."""
        grid, task = Grid(self.grid_size, self.extent), self._document.experiment.data.task
        asked = (*self.optional_layers.requests(grid, task), *self.reading.requests)
        more = {request.key: request for request in (*asked, *self.neuron.requests(grid))}
        return (PREDICTION.request(grid), *more.values())

    @property
    def view(self) -> View:
        """The scene with a pane's size and device pixel ratio."""
        return View(self.scene, *self.arrangement.size, self.devicePixelRatioF())

    @property
    def picture(self) -> Picture:
        """The picture of the current lane's pane; a changed view starts a new picture."""
        return self.panes.picture(self.panes.current)

    @property
    def prediction(self) -> Prediction | None:
        """What the pane of the current lane shows of the network's answer."""
        return self.panes.current.answers.prediction

    def sizeHint(self) -> QSize:
        return QSize(640, 640)

    def apply_theme(self, theme: Theme) -> None:
        if theme != self.theme:
            self.theme = theme
            for bar in (self.selection_bar, self.switch_bar, self.ways):
                bar.apply_theme(theme)
            self.titles.theme = theme
            self.titles.catch_up()
            self.update()

    @staticmethod
    def model_of(lane: LaneSnapshot | None, snapshot: Snapshot | None) -> Answers | None:
        return Answers.of(lane, snapshot)

    @property
    def options(self) -> Options:
        """Task and classes of the document, how lanes are shown, which are selected, and whether seeds are compared."""
        data = self._document.experiment.data
        seeds = self.switches.on(DISAGREEMENT)
        return data.task, data.classes, self.lanes_shown.mode, self.current.selected, seeds

    @staticmethod
    def compose(model: Parts, options: Options) -> Shown:
        task, classes, mode, selected, seeds = options
        answers = tuple(
            LaneModel(
                part.look,
                part.is_current,
                Answers.made_for(part.model, task, classes).with_disagreement(seeds),
            )
            for part in model
        )
        return shown_parts(answers, mode, selected)

    def draw(self, shown: Shown) -> None:
        before = self.panes.current.answers.prediction is None
        others, changed = self.panes.show(shown)
        own = self.panes.current.answers
        self._show_batches()
        self.neuron.show_neuron(own.neuron)
        read = self.panes.read.answers
        ringed = self.reading.show(
            read.points, read.spot, read.prediction is not None, read.at_spot, read.uneven
        )
        if others:
            self._refresh_surroundings()
            self.update()
            self.panes_changed.emit()
        elif ringed and self.optional_layers.rings:
            self._update_panes(self.scene.viewport.square.toAlignedRect())
        for pane in changed:
            if self.isVisible():
                self.panes.picture(pane).show_prediction(*self._drawn_answer(pane))
            self.update(self._square_of(pane))
        if (own.prediction is None) != before:
            self._refresh_surroundings()

    def _drawn_answer(self, pane: Pane) -> tuple[Prediction | None, Uncertainty | None, Disagreement | None]:
        """The function of the neuron that is looked at, or the network's answer and how sure it is."""
        function = self.neuron.function
        return pane.answer if function is None or not pane.is_current else (function, None, None)

    def _square_of(self, pane: Pane) -> QRect:
        square = self.scene.viewport.square.toAlignedRect()
        return square.translated(self.arrangement.offset(self.panes.shown.index(pane)))

    def _update_panes(self, region: QRect | QRegion) -> None:
        """Repaint a region of one pane in all panes."""
        self.update(in_all(region, self.arrangement))

    # -- export

    def export_size(self) -> QSize:
        return export_size(len(self.panes), text_size.scale())

    def paint_export(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the canvas without the tool's preview into the middle of ``rect``, in the painter's units."""
        size = QSizeF(self.export_size())
        scale = min(rect.width() / size.width(), rect.height() / size.height())
        painter.save()
        painter.translate(QRectF(rect).center() - QPointF(size.width(), size.height()) * (scale / 2))
        painter.scale(scale, scale)
        self._paint_panes(painter)
        painter.restore()

    def _paint_panes(self, painter: QPainter) -> None:
        """Paint all panes with vector shapes into a rectangle of ``export_size``."""
        size = self.export_size()
        arrangement = Arrangement.of(size.width(), size.height(), len(self.panes), text_size.scale())
        painter.fillRect(QRectF(QPointF(), QSizeF(size)), QColor(self.theme.window))
        viewport = self.camera.viewport(*arrangement.size, arrangement.margins(self._margins))
        scene = self._scene_on(viewport, arrangement.is_bare)
        for index, pane in enumerate(self.panes):
            painter.save()
            painter.translate(QPointF(arrangement.offset(index)))
            inside = QRectF(QPointF(), QSizeF(arrangement.panes[index].size()))
            points, hidden = self.visible.points, self.visible.hidden
            answer = self._drawn_answer(pane)
            paint_picture(painter, inside, scene, points, *answer, hidden, arrangement.is_single)
            self._paint_layers(painter, scene, pane)
            painter.restore()
            self._paint_surround(painter, arrangement, index, pane, titled=True)
        if not arrangement.is_single:
            self._paint_common_legend(painter, scene, arrangement)

    def _paint_layers(self, painter: QPainter, scene: Scene, pane: Pane) -> None:
        """Paint the optional layers of a pane, and what is said of it."""
        said, (_, _, apart) = self._said(pane), self._drawn_answer(pane)
        self.optional_layers.paint(
            painter,
            scene,
            pane.answers.uncertainty,
            lambda: self.reading.wrong(pane.answers.points),
            self._batch(pane),
            said,
            apart,
            pane.answers.uneven and (self.neuron.function is None or not pane.is_current),
        )
        if isinstance(pane.answers.prediction, Compared):
            paint_lane_key(painter, scene, pane.answers.prediction)

    def _show_batches(self) -> None:
        """Repaint if augmented points are shown, and a lane has others."""
        before, self._batches = self._batches, [pane.answers.ghosts for pane in self.panes]
        same = len(before) == len(self._batches) and all(map(is_, before, self._batches))
        if self.optional_layers.augmented and not same:
            self.update()

    def _batch(self, pane: Pane) -> Batch:
        """The augmented batch of a pane's lane; only the current one says what it lacks."""
        ghosts, lanes = pane.answers.ghosts, self._document.experiment.lanes
        lane = next((one for one in lanes if one.name == pane.look.name), None)
        if not pane.is_current or lane is None:
            return Batch(ghosts)
        return Batch(ghosts, message_for(ghosts, moves_points(lane)))

    def _paint_surround(
        self, painter: QPainter, arrangement: Arrangement, index: int, pane: Pane, titled: bool = False
    ) -> None:
        """Paint the frame of one of several panes, and where no widget does it, its title."""
        if arrangement.is_single:
            return
        rect = arrangement.panes[index]
        paint_frame(painter, rect, pane.look, pane.is_current, self.theme)
        part = self.titles.part(index)
        if titled and part is not None:
            line = QRectF(rect.left() + 2, rect.top() + 2, rect.width() - 4, arrangement.title_height)
            finding = self.titles.findings.get(pane.look.name)
            paint_title(painter, line, pane.look, part.model, finding, pane.is_current, self.theme)

    def _paint_common_legend(self, painter: QPainter, scene: Scene, arrangement: Arrangement) -> None:
        """Paint one legend above all panes."""
        first, last = arrangement.panes[0], arrangement.panes[-1]
        side = max(last.right(), arrangement.panes[min(1, len(arrangement.panes) - 1)].right()) - first.left()
        above = replace(scene.viewport, left=float(first.left()), top=float(first.top()), side=float(side))
        paint_legend(painter, replace(scene, viewport=above), self.legend)

    def _said(self, pane: Pane) -> str:
        """What is drawn below the points, or else what the points lack or the network does not tell apart."""
        prediction = pane.answers.prediction
        if isinstance(prediction, Compared):
            return self._caption.lack() or prediction.caption
        neuron = self.neuron.caption if pane.is_current else ""
        # In a pane it would cover the points.
        doubt = self._caption.doubt(prediction) if self.arrangement.is_single else ""
        return neuron or self._caption.lack() or doubt

    @property
    def _margins(self) -> Margins:
        return Margins.of(self._document.experiment.data, text_size.scale())

    def _scene_on(self, viewport: Viewport, bare: bool = False) -> Scene:
        data = self._document.experiment.data
        return Scene(
            viewport,
            with_class_colours(self.theme, data),
            data.task,
            data.classes,
            file_labels(data),
            data.axes,
            data.extent.value,
            self.switches.on(DISCRETIZE),
            bare,
        )

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, scene, arrangement = QPainter(self), self.scene, self.arrangement
        points, hidden = self.visible.points, self.visible.hidden
        if not arrangement.is_single:
            painter.fillRect(event.rect(), QColor(self.theme.backdrop))
            self._paint_common_legend(painter, scene, arrangement)
        # A legend outside the part that is repainted is not painted.
        legend = arrangement.is_single and event.rect().top() < scene.viewport.square.top() - 1
        for index, pane in enumerate(self.panes):
            rect = arrangement.panes[index]
            if not event.region().intersects(rect):
                continue
            with restoring(painter):
                painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
                painter.translate(rect.topLeft())
                picture, answer = self.panes.picture(pane), self._drawn_answer(pane)
                picture.paint(painter, points, *answer, hidden, legend)
                self._paint_layers(painter, scene, pane)
                self._overlay.paint(painter, scene)
            self._paint_surround(painter, arrangement, index, pane)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        self.pointer.move_to(None)
        self._refresh_surroundings()

    # -- changes from elsewhere

    def _document_changed(self, before: Experiment, after: Experiment) -> None:
        if before.data.task != after.data.task or before.data.classes != after.data.classes:
            self._forget_data()
            fit_settings(self._settings, self._document.experiment.data)
        elif before.data is after.data:
            return
        self.context.follow(before)
        if not self.panes.current.shows(self.view):
            # Names or colours of classes may have changed.
            self.update()
        self._update_panes(self.picture.update_points(self.visible.points))
        self._refresh_overlay()
        self._refresh_surroundings()
        if self.pointer.gesture.tool is None:
            self._refresh_description()

    def _settings_changed(self) -> None:
        if self.visible.splits_changed:
            self.context.selection.keep(self.context.reachable)
            self._update_panes(self.picture.update_points(self.visible.points))
            self._refresh_surroundings()
        self._refresh_overlay()

    def _view_changed(self) -> None:
        self._refresh_surroundings()
        self.update()

    def _start_over(self) -> None:
        """Show a new document, which is not trained yet."""
        self.show_snapshot(None)
        self._forget_data()
        self._data_view.start()

    def _forget_data(self) -> None:
        """Drop prediction, stroke and selection: they belong to the former data."""
        self.catch_up()
        self.pointer.gesture.drop()
        self.context.selection.clear()
        self.update()

    def _refresh_surroundings(self) -> None:
        """Update the legend, the counts of points beyond each edge, and the bar of the selection."""
        arrangement, viewport, points = self.arrangement, self.scene.viewport, self.visible.points
        task = self._document.experiment.data.task
        square = viewport.square.translated(QPointF(arrangement.offset(0)))
        controls = square
        if not arrangement.is_single:
            right = max(pane.right() for pane in arrangement.panes)
            controls = QRectF(QPointF(arrangement.offset(0)), QPointF(right, arrangement.panes[-1].bottom()))
        self.selection_bar.arrange(controls)
        gap = self._margins.right if task == "surface" and arrangement.is_single else 0
        self.switch_bar.arrange(controls, task, gap)
        self.reading.arrange(square)
        self.titles.arrange(arrangement)
        self.ways.arrange()
        beyond = count_beyond(points.xy, viewport.extent, *viewport.axes.units.tolist())
        self.edges.show_counts(beyond, square)
        fits = task == "curve" and self.prediction is not None and not isinstance(self.prediction, Compared)
        legend = Legend.of(points, fits, viewport.extent, self.visible.hidden)
        if legend != self.legend:
            self.legend = legend
            self.update()

    def _refresh_seeds(self, *_: object) -> None:
        """Offer to show where seeds disagree if a pane has a lane with several."""
        lanes, mode = self._document.experiment.lanes, self.lanes_shown.mode
        self.switches.give_reason(
            DISAGREEMENT,
            no_seeds_message(
                [lanes[look.number].repeats for look in self.current.shown],
                self.current.lane.repeats,
                mode,
            ),
        )

    def _refresh_description(self) -> None:
        training, validation, test = self._document.points.counts()
        self.setAccessibleDescription(
            f"{training} training, {validation} validation and {counted(test, 'test point')}. "
            "Draw with the mouse, or move the circle with the arrow keys and press Enter; Delete erases."
        )

    def _refresh_overlay(self) -> None:
        self._update_panes(self._overlay.refresh(self.scene))
