"""The drawing canvas: the data, what the network makes of it, and the tools at work."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from engine.experiment import Experiment, Points, file_labels
from engine.observation.snapshot import Extent, Ghosts, Prediction, Snapshot
from gui_app.canvas import ghosts_layer, uncertainty_layer
from gui_app.canvas.camera import Camera
from gui_app.canvas.cheat_sheet import CheatSheet
from gui_app.canvas.edge_markers import EdgeMarkers, count_beyond
from gui_app.canvas.extras import Extras
from gui_app.canvas.ghosts_layer import paint_ghosts
from gui_app.canvas.legend import Legend
from gui_app.canvas.overlay import Overlay
from gui_app.canvas.picture import Picture, paint_picture
from gui_app.canvas.pointer import Pointer
from gui_app.canvas.scene import Scene, View
from gui_app.canvas.selected import SelectedActions
from gui_app.canvas.selection import Selection
from gui_app.canvas.selection_bar import SelectionBar
from gui_app.canvas.tool_settings import ToolSettings
from gui_app.canvas.tools import Bench, tool_for
from gui_app.canvas.viewport import Viewport
from gui_app.class_looks import dressed
from gui_app.document import Document
from gui_app.theme import Theme, system_theme

GRID_SIZE, CURVE_COLUMNS = 100, 300
_EXPORT_SIDE = 800


class Canvas(QWidget):
    """Shows a document's points and the newest prediction, and lets a person draw.

    ``pointer`` is the hand that draws on the ``bench``, ``camera`` what is shown, ``selected`` what can be done with
    selected points. All edits go through the document, and every picture comes from its ``changed`` signal or from
    ``show_snapshot``.
    """

    export_name = "canvas"
    export_title = "Canvas"

    def __init__(
        self, document: Document, tool_settings: ToolSettings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._settings = document, tool_settings
        self.extras = Extras(self)
        self.extras.changed.connect(self.update)
        self._ghosts: Ghosts | None = None
        self._theme = system_theme()
        self._prediction: Prediction | None = None
        self.camera = Camera(self)
        self.bench = Bench(document, tool_settings, Selection(self), lambda: self.scene.viewport)
        self.selected = SelectedActions(document, self.bench, self)
        self.pointer = Pointer(self, self.bench, self.camera)
        self.cheat_sheet = CheatSheet(self)
        self.edges = EdgeMarkers(self)
        self.selection_bar = SelectionBar(self, self.bench, self.selected)
        self._shown, self._shown_of = document.points, (document.points, tool_settings.shown)
        self._picture = Picture(self._view)
        self._legend = Legend()
        self._overlay = Overlay(self.bench, self.pointer)
        self.selection_bar.apply_theme(self._theme)
        self._connect()
        self._set_up_widget()
        self._fit_settings()
        self._refresh_surroundings()
        self._refresh_words()

    def _connect(self) -> None:
        self.pointer.moved.connect(self._refresh_overlay)
        self.pointer.gesture.ended.connect(self._refresh_words)
        self.bench.selection.changed.connect(self._selection_changed)
        self.camera.changed.connect(self._view_changed)
        self.edges.clicked.connect(self.show_all)
        self._document.changed.connect(self._document_changed)
        self._document.replaced.connect(self._forget_data)
        self._settings.changed.connect(self._settings_changed)

    def _set_up_widget(self) -> None:
        self.setAccessibleName("Drawing canvas")
        self.setMinimumSize(320, 320)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    # -- what is shown

    @property
    def scene(self) -> Scene:
        """The view as it is now."""
        return self._scene_on(self.camera.viewport(self.width(), self.height()))

    @property
    def extent(self) -> Extent:
        """What the canvas shows, in canvas units."""
        return self.camera.extent

    def show_all(self) -> None:
        """Show all points that are not hidden."""
        self.camera.show_all(self._points.xy)

    @property
    def grid_size(self) -> int:
        """How many columns (and, but for a curve, rows) of predictions are worth asking for."""
        return CURVE_COLUMNS if self._document.experiment.data.task == "curve" else GRID_SIZE

    @property
    def _points(self) -> Points:
        """The points that are not hidden, chosen anew for other points or splits only."""
        points, shown = self._document.points, self._settings.shown
        if points is not self._shown_of[0] or shown != self._shown_of[1]:
            self._shown_of = points, shown
            mask = self._settings.shows(points)
            self._shown = points if mask.all() else points[mask]
        return self._shown

    @property
    def _view(self) -> View:
        return View(self.scene, self.width(), self.height(), self.devicePixelRatioF())

    def _current_picture(self) -> Picture:
        """The picture of the view as it is now; another view starts another picture."""
        if self._picture.view != self._view:
            self._picture = Picture(self._view)
        return self._picture

    def sizeHint(self) -> QSize:
        return QSize(640, 640)

    def apply_theme(self, theme: Theme) -> None:
        if theme != self._theme:
            self._theme = theme
            self.selection_bar.apply_theme(theme)
            self.update()

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show lane 0's prediction; None clears it. One that was made for other data changes nothing."""
        if snapshot is None:
            self._show_prediction(None)
            self._show_ghosts(None)
        elif snapshot.lanes and self._fits(snapshot):
            lane = snapshot.lanes[0]
            self._show_ghosts(lane.ghosts)
            if lane.prediction is not None:
                self._show_prediction(lane.prediction)

    def _fits(self, snapshot: Snapshot) -> bool:
        data = self._document.experiment.data
        return snapshot.task == data.task and (
            data.task != "classification" or snapshot.classes == data.classes
        )

    def _show_prediction(self, prediction: Prediction | None) -> None:
        if prediction is not self._prediction:
            comes_or_goes = prediction is None or self._prediction is None
            self._prediction = prediction
            self.update(self.scene.viewport.square.toAlignedRect())
            if comes_or_goes:
                self._refresh_surroundings()

    def _show_ghosts(self, ghosts: Ghosts | None) -> None:
        if ghosts is not self._ghosts:
            self._ghosts = ghosts
            if self.extras.ghosts:
                self.update()

    # -- pictures to keep

    def export_size(self) -> QSize:
        return QSize(_EXPORT_SIDE, _EXPORT_SIDE)

    def paint_export(self, painter: QPainter, rect: QRectF) -> None:
        """Paint all but the cursor into the middle of ``rect``, in the painter's units."""
        rect = QRectF(rect)
        side = min(rect.width(), rect.height())
        painter.save()
        painter.translate(rect.center() - QPointF(side / 2, side / 2))
        painter.scale(side / _EXPORT_SIDE, side / _EXPORT_SIDE)
        scene = self._scene_on(self.camera.viewport(_EXPORT_SIDE, _EXPORT_SIDE))
        whole = QRectF(0, 0, _EXPORT_SIDE, _EXPORT_SIDE)
        paint_picture(painter, whole, scene, self._points, self._prediction)
        self._paint_extras(painter, scene)
        painter.restore()

    def _paint_extras(self, painter: QPainter, scene: Scene) -> None:
        words = []
        if self.extras.ghosts:
            paint_ghosts(painter, scene, self._ghosts)
            words.append(ghosts_layer.words_for(self._ghosts))
        if self.extras.uncertainty:
            words.append(uncertainty_layer.words_for(scene, self._prediction))
        uncertainty_layer.paint_words(painter, scene, [*filter(None, words)])

    def _scene_on(self, viewport: Viewport) -> Scene:
        data = self._document.experiment.data
        return Scene(viewport, dressed(self._theme, data), data.task, data.classes, file_labels(data))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, scene = QPainter(self), self.scene
        self._current_picture().paint(painter, self._points, self._prediction)
        self._paint_extras(painter, scene)
        self._overlay.paint(painter, scene)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.pointer.move_to(None)
        self.cheat_sheet.fit()
        self.selection_bar.place(self.scene.viewport.square)
        self._refresh_surroundings()

    # -- changes from elsewhere

    def _document_changed(self, before: Experiment, after: Experiment) -> None:
        if before.data.task != after.data.task or before.data.classes != after.data.classes:
            self._forget_data()
            self._fit_settings()
        elif before.data is after.data:
            return
        self._follow_selected(before, after)
        if self._picture.view != self._view:
            # Classes may have got other names or colours.
            self.update()
        self.update(self._current_picture().update_points(self._points))
        self._refresh_overlay()
        self._refresh_surroundings()
        if self.pointer.gesture.tool is None:
            self._refresh_words()

    def _selection_changed(self) -> None:
        self.selection_bar.place(self.scene.viewport.square)
        self.update()

    def _follow_selected(self, before: Experiment, after: Experiment) -> None:
        """Other generated points are others, however many they are; points that are hidden now are given up."""
        selection = self.bench.selection
        if before.data.generator != after.data.generator:
            selection.clear()
        selection.follow(self._document.points)
        selection.keep(self.bench.reachable)

    def _settings_changed(self) -> None:
        if self._settings.shown != self._shown_of[1]:
            self.bench.selection.keep(self.bench.reachable)
            self.update(self._current_picture().update_points(self._points))
            self._refresh_surroundings()
        self._refresh_overlay()

    def _view_changed(self) -> None:
        self._refresh_surroundings()
        self.update()

    def _forget_data(self) -> None:
        """What was predicted, or is being drawn, belongs to data that are no more."""
        self._prediction = self._ghosts = None
        self.pointer.gesture.drop()
        self.bench.selection.clear()
        self.update()

    def _fit_settings(self) -> None:
        """Choose a tool and a class that the data have."""
        data = self._document.experiment.data
        self._settings.tool = tool_for(self._settings.tool, data.task).key
        self._settings.class_index = min(self._settings.class_index, data.classes - 1)

    def _refresh_surroundings(self) -> None:
        """The legend, and the number of points beyond each edge."""
        viewport, points = self.scene.viewport, self._points
        self.edges.show_counts(count_beyond(points.xy, viewport.extent), viewport.square)
        legend = Legend.of(points, self._prediction is not None, viewport.extent)
        if legend != self._legend:
            self._legend = legend
            self.update()

    def _refresh_words(self) -> None:
        training, validation, test = self._document.points.counts()
        self.setAccessibleDescription(
            f"{training} training, {validation} validation and {test} test points. "
            "Draw with the mouse, or move the circle with the arrow keys and press Enter; Delete erases."
        )

    def _refresh_overlay(self) -> None:
        self.update(self._overlay.refresh(self.scene))
