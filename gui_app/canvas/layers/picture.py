"""The picture without the overlay, in layers that are repainted only when they change."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath

from engine.experiment import Points
from engine.observation.observables import Prediction, Uncertainty
from engine.observation.observables.disagreement import Disagreement
from gui_app.canvas.layers.background import Background, paint_background_sheet
from gui_app.canvas.layers.curve import curve_paths, paint_curve
from gui_app.canvas.layers.legend import Legend, paint_empty_message, paint_legend
from gui_app.canvas.layers.points import PointsLayer, paint_points
from gui_app.canvas.layers.scene import Scene, View
from gui_app.canvas.layers.surround import paint_axes

_EXPORT_ENLARGED = 6
"""Enlargement of the prediction's image in exports: some viewers of vector files do not smooth images."""

Curve = list[QPainterPath] | None


class Picture:
    """The picture of one view: background and points are cached images, curve and legend are painted each time.

    Pictures of the same view may share one layer of ``points``.
    """

    def __init__(self, view: View, points: PointsLayer | None = None) -> None:
        self.view = view
        self._background = Background(view)
        self.points_layer = points or PointsLayer(view)
        self._prediction: Prediction | None = None
        self._curve: Curve = None
        self._legend = Legend()
        self._legend_key: tuple[Points | None, bool, int] = None, False, 0

    def update_points(self, points: Points) -> QRect:
        """Update the points; return the part of the widget that changed."""
        return self.points_layer.update(points)

    def show_prediction(
        self,
        prediction: Prediction | None,
        uncertainty: Uncertainty | None,
        disagreement: Disagreement | None = None,
    ) -> None:
        """Update the background ahead of the paint event, because this is half the work of a frame."""
        self._background.show_prediction(prediction, uncertainty, disagreement)
        if prediction is not self._prediction:
            self._prediction, self._curve = prediction, _curve_of(self.view.scene, prediction)

    def paint(
        self,
        painter: QPainter,
        points: Points,
        prediction: Prediction | None,
        uncertainty: Uncertainty | None,
        disagreement: Disagreement | None,
        hidden: int = 0,
        with_legend: bool = True,
    ) -> None:
        """Paint everything but the overlay at the widget's origin; ``hidden`` is the number of points not shown."""
        self.show_prediction(prediction, uncertainty, disagreement)
        self.points_layer.update(points)
        self._background.paint(painter)
        self.points_layer.paint(painter)
        scene, legend = self.view.scene, self._legend_for(points, hidden)
        _paint_over(painter, scene, points, self._curve, legend, with_legend)

    def _legend_for(self, points: Points, hidden: int) -> Legend:
        """Return the legend; recompute it only if its contents changed."""
        fit = self._curve is not None
        if points is not self._legend_key[0] or (fit, hidden) != self._legend_key[1:]:
            self._legend_key = points, fit, hidden
            self._legend = Legend.of(points, fit, self.view.scene.viewport.extent, hidden)
        return self._legend


def paint_picture(
    painter: QPainter,
    rect: QRectF,
    scene: Scene,
    points: Points,
    prediction: Prediction | None,
    uncertainty: Uncertainty | None,
    disagreement: Disagreement | None,
    hidden: int = 0,
    with_legend: bool = True,
) -> None:
    """Paint the whole picture with vector shapes wherever possible, for exports that can be enlarged."""
    outside = scene.theme.window
    painter.fillRect(rect, QColor(outside))
    paint_background_sheet(painter, scene, prediction, uncertainty, outside, _EXPORT_ENLARGED, disagreement)
    paint_axes(painter, scene)
    paint_points(painter, points, scene)
    curve = _curve_of(scene, prediction)
    legend = Legend.of(points, curve is not None, scene.viewport.extent, hidden)
    _paint_over(painter, scene, points, curve, legend, with_legend)


def _paint_over(
    painter: QPainter, scene: Scene, points: Points, curve: Curve, legend: Legend, with_legend: bool
) -> None:
    """Paint curve, legend and message."""
    if curve is not None:
        paint_curve(painter, scene, curve)
    if with_legend:
        paint_legend(painter, scene, legend)
    if not len(points) and not legend.hidden:
        paint_empty_message(painter, scene)


def _curve_of(scene: Scene, prediction: Prediction | None) -> Curve:
    if scene.task != "curve" or prediction is None or prediction.values.ndim != 1:
        return None
    return curve_paths(scene, prediction)
