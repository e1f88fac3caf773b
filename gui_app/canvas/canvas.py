"""The drawing canvas: the data, the network's predictions, and the tools."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from engine.catalogue.texts import counted
from engine.experiment import Experiment, file_labels
from engine.observation.observables import PREDICTION, Grid, Prediction, Request, Uncertainty
from engine.observation.snapshot import Extent, LaneSnapshot, Snapshot
from gui_app.canvas.answers import Answers
from gui_app.canvas.input.mouse import GESTURES
from gui_app.canvas.input.pointer import Pointer
from gui_app.canvas.layers.legend import Legend
from gui_app.canvas.layers.neuron import NeuronLayer
from gui_app.canvas.layers.optional_layers import OptionalLayers
from gui_app.canvas.layers.overlay import Overlay
from gui_app.canvas.layers.picture import Picture, paint_picture
from gui_app.canvas.layers.scene import Scene, View
from gui_app.canvas.reading.caption import Caption
from gui_app.canvas.reading.reading import Reading, line_height
from gui_app.canvas.selecting.actions import SelectedActions
from gui_app.canvas.selecting.bar import SelectionBar
from gui_app.canvas.switches.bar import SwitchBar
from gui_app.canvas.switches.state import DISCRETIZE, CanvasSwitches
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
from gui_app.session.snapshot_view import SnapshotView
from gui_app.session.tool_settings import ToolSettings
from gui_app.theme import text_size
from gui_app.theme.class_colours import with_class_colours
from gui_app.theme.tokens import Theme, system_theme
from gui_app.widgets.gestures import set_gestures
from gui_app.widgets.guarded import guarded
from gui_app.widgets.topics import set_topic

GRID_SIZE, CURVE_COLUMNS = 100, 300
_EXPORT_SIDE = 800


class Canvas(QWidget, SnapshotView[Answers | None, tuple[str, int], Answers]):
    """Widget that shows a document's points and the newest prediction, and that a person draws on.

    ``pointer`` turns input events into strokes of the tools, which work on ``context``; ``camera`` decides which part
    of the data is shown; ``selected`` has the commands for selected points. All edits go through the document.
    The canvas repaints when the document changes, or when a snapshot brings another prediction of the current lane
    whose network was made for the document's task and classes. ``reported(sentence)`` says what it does not show.
    """

    reported = Signal(str)

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
        self.neuron = NeuronLayer(document, current, looked_at, self)
        self.theme = system_theme()
        self.prediction: Prediction | None = None
        self._uncertainty: Uncertainty | None = None
        self.camera = Camera(self)
        self._data_view = DataView(document, self.camera)
        self.context = ToolContext(document, tool_settings, Selection(self), lambda: self.scene.viewport)
        self.selected = SelectedActions(document, self.context, self)
        self.pointer = Pointer(self, self.context, self.camera)
        self.edges = EdgeMarkers(self)
        self.selection_bar = SelectionBar(self, self.context, self.selected)
        self.visible = VisiblePoints(document, tool_settings)
        self._picture = Picture(self.view)
        self.legend = Legend()
        self.reading = Reading(
            self, document, current, tool_settings, self.context, self.pointer, self.camera
        )
        self.switch_bar = SwitchBar(self, self.switches)
        self._caption = Caption(document)
        self._overlay = Overlay(self.context, self.pointer, self.reading.finder)
        for bar in (self.selection_bar, self.switch_bar):
            bar.apply_theme(self.theme)
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
        self.pointer.gesture.ended.connect(self._refresh_description)
        self.context.selection.changed.connect(self._view_changed)
        self.camera.changed.connect(self._view_changed)
        self.optional_layers.changed.connect(self.update)
        self.neuron.changed.connect(self.update)
        self.edges.clicked.connect(self.show_all)
        self._document.changed.connect(self._document_changed)
        self._document.replaced.connect(self._start_over)
        self._settings.changed.connect(self._settings_changed)

    def _set_up_widget(self) -> None:
        self.setAccessibleName("Drawing canvas")
        set_gestures(self, "Canvas", GESTURES)
        set_topic(self, "canvas")
        self.setMinimumSize(320, 320)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    # -- the view

    @property
    def scene(self) -> Scene:
        """The scene in the current view."""
        margins = self._margins.with_controls(self._document.experiment.data, line_height())
        return self._scene_on(self.camera.viewport(self.width(), self.height(), margins))

    @property
    def extent(self) -> Extent:
        """The part of the data that the canvas shows."""
        return self.camera.extent

    def show_all(self) -> None:
        """Show all points that are not hidden."""
        self.camera.show_all(self.visible.points.xy, self._document.experiment.data.aspect)

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
        """The scene with the widget's size and device pixel ratio."""
        return View(self.scene, self.width(), self.height(), self.devicePixelRatioF())

    @property
    def picture(self) -> Picture:
        """The picture of the current view; a changed view starts a new picture."""
        if self._picture.view != self.view:
            self._picture = Picture(self.view)
        return self._picture

    def sizeHint(self) -> QSize:
        return QSize(640, 640)

    def apply_theme(self, theme: Theme) -> None:
        if theme != self.theme:
            self.theme = theme
            for bar in (self.selection_bar, self.switch_bar):
                bar.apply_theme(theme)
            self.update()

    @staticmethod
    def model_of(lane: LaneSnapshot | None, snapshot: Snapshot | None) -> Answers | None:
        return Answers.of(lane, snapshot)

    @property
    def options(self) -> tuple[str, int]:
        """Task and classes of the document."""
        data = self._document.experiment.data
        return data.task, data.classes

    @staticmethod
    def compose(model: Answers | None, options: tuple[str, int]) -> Answers:
        return Answers.made_for(model, *options)

    def draw(self, shown: Answers) -> None:
        self.optional_layers.show_batch(shown.ghosts)
        self.neuron.show_neuron(shown.neuron)
        ringed = self.reading.show(shown.points, shown.spot, shown.prediction is not None)
        if ringed and self.optional_layers.rings:
            self.update(self.scene.viewport.square.toAlignedRect())
        if shown.prediction is not self.prediction or shown.uncertainty is not self._uncertainty:
            comes_or_goes = (shown.prediction is None) != (self.prediction is None)
            self.prediction, self._uncertainty = shown.prediction, shown.uncertainty
            if self.isVisible():
                self.picture.show_prediction(*self._drawn_answer)
            self.update(self.scene.viewport.square.toAlignedRect())
            if comes_or_goes:
                self._refresh_surroundings()

    @property
    def _drawn_answer(self) -> tuple[Prediction | None, Uncertainty | None]:
        """The function of the neuron that is looked at, or the network's answer with its uncertainty."""
        function = self.neuron.function
        return (self.prediction, self._uncertainty) if function is None else (function, None)

    # -- export

    def export_size(self) -> QSize:
        return QSize(_EXPORT_SIDE, _EXPORT_SIDE)

    def paint_export(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the canvas without the tool's preview into the middle of ``rect``, in the painter's units."""
        rect = QRectF(rect)
        side = min(rect.width(), rect.height())
        painter.save()
        painter.translate(rect.center() - QPointF(side / 2, side / 2))
        painter.scale(side / _EXPORT_SIDE, side / _EXPORT_SIDE)
        scene = self._scene_on(self.camera.viewport(_EXPORT_SIDE, _EXPORT_SIDE, self._margins))
        whole = QRectF(0, 0, _EXPORT_SIDE, _EXPORT_SIDE)
        paint_picture(
            painter,
            whole,
            scene,
            self.visible.points,
            *self._drawn_answer,
            self.visible.hidden,
        )
        self.optional_layers.paint(painter, scene, self._uncertainty, self.reading.wrong, self._said)
        painter.restore()

    @property
    def _said(self) -> str:
        """What is drawn below the points, or else what the points lack or the network does not tell apart."""
        neuron = self.neuron.caption
        return neuron or self._caption.lack() or self._caption.doubt(self.prediction)

    @property
    def _margins(self) -> Margins:
        return Margins.of(self._document.experiment.data, text_size.scale())

    def _scene_on(self, viewport: Viewport) -> Scene:
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
        )

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, scene = QPainter(self), self.scene
        self.picture.paint(
            painter,
            self.visible.points,
            *self._drawn_answer,
            self.visible.hidden,
            event.rect(),
        )
        self.optional_layers.paint(painter, scene, self._uncertainty, self.reading.wrong, self._said)
        self._overlay.paint(painter, scene)

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
        if self._picture.view != self.view:
            # Names or colours of classes may have changed.
            self.update()
        self.update(self.picture.update_points(self.visible.points))
        self._refresh_overlay()
        self._refresh_surroundings()
        if self.pointer.gesture.tool is None:
            self._refresh_description()

    def _settings_changed(self) -> None:
        if self.visible.splits_changed:
            self.context.selection.keep(self.context.reachable)
            self.update(self.picture.update_points(self.visible.points))
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
        viewport, points = self.scene.viewport, self.visible.points
        self.selection_bar.arrange(viewport.square)
        task = self._document.experiment.data.task
        self.switch_bar.arrange(viewport.square, task, self._margins.right if task == "surface" else 0)
        self.reading.arrange(viewport.square)
        beyond = count_beyond(points.xy, viewport.extent, *viewport.axes.units.tolist())
        self.edges.show_counts(beyond, viewport.square)
        legend = Legend.of(points, self.prediction is not None, viewport.extent, self.visible.hidden)
        if legend != self.legend:
            self.legend = legend
            self.update()

    def _refresh_description(self) -> None:
        training, validation, test = self._document.points.counts()
        self.setAccessibleDescription(
            f"{training} training, {validation} validation and {counted(test, 'test point')}. "
            "Draw with the mouse, or move the circle with the arrow keys and press Enter; Delete erases."
        )

    def _refresh_overlay(self) -> None:
        self.update(self._overlay.refresh(self.scene))
