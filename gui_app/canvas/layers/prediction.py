"""The prediction as an image: class areas with the decision boundary, or a coloured surface."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from engine.observation.observables import Prediction, Uncertainty
from engine.observation.observables.disagreement import Disagreement
from gui_app.canvas.layers.compared import Compared
from gui_app.canvas.layers.contours import class_boundaries, log_probabilities
from gui_app.canvas.layers.disagreement import paint_disagreement
from gui_app.canvas.layers.discrete import discrete_classes, discrete_surface
from gui_app.canvas.layers.neuron import NeuronFunction
from gui_app.canvas.layers.paths import segments_path
from gui_app.canvas.layers.scene import Scene
from gui_app.canvas.layers.uncertainty import paint_uncertainty
from gui_app.theme.colour_maps import class_colours, image_of, surface_colours

BOUNDARY_WIDTH = 1.3


def prediction_image(prediction: Prediction, scene: Scene) -> QImage | None:
    """Return an image with an opaque pixel for each grid point (in steps, several), top row first; None for a curve."""
    values = prediction.values
    if isinstance(prediction, NeuronFunction) and values.ndim == 2:
        return prediction.image(scene.theme)
    if scene.task == "classification" and values.ndim == 3:
        if scene.discrete:
            return image_of(discrete_classes(log_probabilities(values), scene))
        return image_of(class_colours(values, scene.theme))
    if scene.task == "surface" and values.ndim == 2:
        if scene.discrete:
            return image_of(discrete_surface(scene.shares(values), scene))
        return image_of(surface_colours(scene.shares(values), scene.theme))
    return None


def paint_prediction(
    painter: QPainter,
    scene: Scene,
    prediction: Prediction,
    uncertainty: Uncertainty | None = None,
    enlarged: int = 1,
    disagreement: Disagreement | None = None,
) -> None:
    """Paint image, uncertainty, disagreement and boundary into the rectangle of the prediction's extent.

    The image has ``enlarged`` pixels for each grid point in each direction.
    """
    if isinstance(prediction, Compared):
        prediction.paint(painter, scene)
        return
    image = prediction_image(prediction, scene)
    if image is None:
        paint_uncertainty(painter, scene, prediction, uncertainty)
        paint_disagreement(painter, scene, prediction, disagreement)
        return
    if enlarged > 1:
        smooth, shape = Qt.TransformationMode.SmoothTransformation, Qt.AspectRatioMode.IgnoreAspectRatio
        image = image.scaled(image.size() * enlarged, shape, smooth)
    x_low, x_high, y_low, y_high = prediction.extent
    target = QRectF(scene.viewport.to_pixel(x_low, y_high), scene.viewport.to_pixel(x_high, y_low))
    painter.save()
    if prediction.extent != scene.viewport.extent:
        # The prediction was made for another view and may extend beyond this one.
        painter.setClipRect(scene.viewport.square, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(target, image)
    paint_uncertainty(painter, scene, prediction, uncertainty)
    paint_disagreement(painter, scene, prediction, disagreement)
    if prediction.values.ndim == 3:
        _paint_boundary(painter, scene, prediction)
    painter.restore()


def _paint_boundary(painter: QPainter, scene: Scene, prediction: Prediction) -> None:
    segments = class_boundaries(log_probabilities(prediction.values), prediction.extent)
    pen = QPen(QColor(scene.theme.boundary), BOUNDARY_WIDTH * scene.theme.line_scale)
    pen.setCapStyle(Qt.PenCapStyle.SquareCap)
    painter.setPen(pen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.drawPath(segments_path(scene.viewport.to_pixels(segments)))
