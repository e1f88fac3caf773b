"""The drawing canvas: the data, what the network makes of it, and the tools at work."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from engine.experiment import Experiment, file_labels
from engine.observation.snapshot import CANVAS_EXTENT, Extent, Prediction, Snapshot
from gui_app.canvas.brush_circle import circle_rect, drawing_colour, paint_circle
from gui_app.canvas.legend import Legend
from gui_app.canvas.picture import Picture, paint_picture
from gui_app.canvas.pointer import Pointer
from gui_app.canvas.scene import Scene, View
from gui_app.canvas.tool_settings import ToolSettings
from gui_app.canvas.tools import tool_for
from gui_app.canvas.viewport import Viewport
from gui_app.class_looks import dressed
from gui_app.document import Document
from gui_app.theme import Theme, system_theme

GRID_SIZE, CURVE_COLUMNS = 100, 300
_EXPORT_SIDE = 800


class Canvas(QWidget):
    """Shows a document's points and the newest prediction, and lets a person draw.

    ``pointer`` is the hand that draws. All edits go through the document, and every picture comes from its
    ``changed`` signal or from ``show_snapshot``.
    """

    export_name = "canvas"
    export_title = "Canvas"

    def __init__(
        self, document: Document, tool_settings: ToolSettings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._settings = document, tool_settings
        self._theme = system_theme()
        self._prediction: Prediction | None = None
        self._picture = Picture(self._view)
        self._legend = Legend()
        self._circle = QRect()
        self.pointer = Pointer(self, lambda: self.scene.viewport, document, tool_settings)
        self.pointer.moved.connect(self._refresh_circle)
        self.pointer.gesture.ended.connect(self._refresh_words)
        document.changed.connect(self._document_changed)
        document.replaced.connect(self._forget_data)
        tool_settings.changed.connect(self._refresh_circle)
        self._set_up_widget()
        self._fit_settings()
        self._refresh_legend()
        self._refresh_words()

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
        return self._scene_on(Viewport.fitted(self.width(), self.height()))

    @property
    def extent(self) -> Extent:
        """What the canvas shows, in canvas units."""
        return CANVAS_EXTENT

    @property
    def grid_size(self) -> int:
        """How many columns (and, but for a curve, rows) of predictions are worth asking for."""
        return CURVE_COLUMNS if self._document.experiment.data.task == "curve" else GRID_SIZE

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
            self.update()

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show lane 0's prediction; None clears it. One that was made for other data changes nothing."""
        if snapshot is None:
            self._show_prediction(None)
        elif snapshot.lanes and self._fits(snapshot) and snapshot.lanes[0].prediction is not None:
            self._show_prediction(snapshot.lanes[0].prediction)

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
                self._refresh_legend()

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
        scene = self._scene_on(Viewport.fitted(_EXPORT_SIDE, _EXPORT_SIDE))
        whole = QRectF(0, 0, _EXPORT_SIDE, _EXPORT_SIDE)
        paint_picture(painter, whole, scene, self._document.points, self._prediction)
        painter.restore()

    def _scene_on(self, viewport: Viewport) -> Scene:
        data = self._document.experiment.data
        return Scene(viewport, dressed(self._theme, data), data.task, data.classes, file_labels(data))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, scene = QPainter(self), self.scene
        self._current_picture().paint(painter, self._document.points, self._prediction)
        if self.pointer.place is not None:
            colour = drawing_colour(scene, self._settings)
            paint_circle(painter, scene, self.pointer.tool, self.pointer.place, self._settings.radius, colour)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.pointer.move_to(None)

    # -- changes from elsewhere

    def _document_changed(self, before: Experiment, after: Experiment) -> None:
        if before.data.task != after.data.task or before.data.classes != after.data.classes:
            self._forget_data()
            self._fit_settings()
        elif before.data is after.data:
            return
        if self._picture.view != self._view:
            self.update()
        self.update(self._current_picture().update_points(self._document.points))
        self._refresh_legend()
        if self.pointer.gesture.tool is None:
            self._refresh_words()

    def _forget_data(self) -> None:
        """What was predicted, or is being drawn, belongs to data that are no more."""
        self._prediction = None
        self.pointer.gesture.drop()
        self.update()

    def _fit_settings(self) -> None:
        """Choose a tool and a class that the data have."""
        data = self._document.experiment.data
        self._settings.tool = tool_for(self._settings.tool, data.task).key
        self._settings.class_index = min(self._settings.class_index, data.classes - 1)

    def _refresh_legend(self) -> None:
        legend = Legend.of(self._document.points, self._prediction is not None)
        if legend != self._legend:
            self._legend = legend
            self.update()

    def _refresh_words(self) -> None:
        training, validation, test = self._document.points.counts()
        self.setAccessibleDescription(
            f"{training} training, {validation} validation and {test} test points. "
            "Draw with the mouse, or move the circle with the arrow keys and press Enter; Delete erases."
        )

    def _refresh_circle(self) -> None:
        before, self._circle = self._circle, QRect()
        if self.pointer.place is not None:
            self._circle = circle_rect(self.scene, self.pointer.place, self._settings.radius)
        self.update(before)
        self.update(self._circle)
