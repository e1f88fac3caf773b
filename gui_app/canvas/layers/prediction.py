"""The prediction as an image: class areas with the decision boundary, or a coloured surface."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from engine.observation.observables import Prediction, Uncertainty
from gui_app.canvas.layers.contours import class_boundaries
from gui_app.canvas.layers.paths import segments_path
from gui_app.canvas.layers.scene import Scene
from gui_app.canvas.layers.uncertainty import paint_uncertainty
from gui_app.theme.tokens import Theme, rgb

BOUNDARY_WIDTH = 1.3
CLASS_STRENGTH = {"light": 0.56, "dark": 0.44}
"""Share of the class's colour at certainty; below 1, so that points stand out."""
SURFACE_STRENGTH = {"light": 0.8, "dark": 0.72}
_OPAQUE = 0xFF000000
_LEVELS = 256

MIN_PROBABILITY = np.float32(1e-30)
"""Smaller probabilities are raised to this value before their logarithm is taken."""


def prediction_image(prediction: Prediction, scene: Scene) -> QImage | None:
    """Return an image with one opaque pixel per grid point, top row first; None for a curve."""
    values = prediction.values
    if scene.task == "classification" and values.ndim == 3:
        return _image(class_colours(values, scene))
    if scene.task == "surface" and values.ndim == 2:
        return _image(surface_colours(values, scene.theme))
    return None


def class_colours(probabilities: NDArray[np.float32], scene: Scene) -> NDArray[np.uint32]:
    """Return packed colours [rows, columns] of probabilities [rows, columns, classes]: the less certain, the paler."""
    rows, columns, classes = probabilities.shape
    paper = rgb(scene.paper)
    full = np.array([rgb(colour) for colour in scene.theme.classes[:classes]])
    flat = np.nan_to_num(probabilities.reshape(-1, classes), nan=0.0, posinf=1.0, neginf=0.0)
    # 0 at the probability of a random guess, 1 at certainty
    certainty = np.clip((flat * classes - 1) / (classes - 1), 0, 1)
    colours = certainty @ ((full - paper) * CLASS_STRENGTH[scene.theme.name]) + paper
    return _packed(colours).reshape(rows, columns)


def surface_colours(values: NDArray[np.float32], theme: Theme) -> NDArray[np.uint32]:
    """Return packed colours [rows, columns] of values, clipped to -1…1; NaN counts as 0."""
    level = (np.clip(np.nan_to_num(values, nan=0.0), -1, 1) + 1) * ((_LEVELS - 1) / 2)
    return _surface_table(theme)[(level + 0.5).astype(np.uint8)]


def value_colours(values: NDArray[np.float64], theme: Theme, strength: float = 1.0) -> NDArray[np.float32]:
    """Return colours of the diverging colour map: float32 [n, 3] from 0 to 255 for values [n] from -1 to 1."""
    low, middle, high = rgb(theme.low), rgb(theme.middle), rgb(theme.high)
    share = np.clip(values, -1, 1).astype(np.float32)[:, None] * np.float32(strength)
    up, down = np.maximum(share, 0), np.maximum(-share, 0)
    colours: NDArray[np.float32] = middle + up * (high - middle) + down * (low - middle)
    return colours


def value_colour(value: float, theme: Theme) -> str:
    """Return the colour of one value, as ``#rrggbb``."""
    red, green, blue = np.rint(value_colours(np.array([value]), theme)[0]).astype(int).tolist()
    return f"#{red:02x}{green:02x}{blue:02x}"


def paint_prediction(
    painter: QPainter,
    scene: Scene,
    prediction: Prediction,
    uncertainty: Uncertainty | None = None,
    enlarged: int = 1,
) -> None:
    """Paint image, uncertainty and boundary into the rectangle of the prediction's extent.

    The image has ``enlarged`` pixels for each grid point in each direction.
    """
    image = prediction_image(prediction, scene)
    if image is None:
        paint_uncertainty(painter, scene, prediction, uncertainty)
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
    if scene.task == "classification":
        _paint_boundary(painter, scene, prediction)
    painter.restore()


def _paint_boundary(painter: QPainter, scene: Scene, prediction: Prediction) -> None:
    # Between cells, log odds are closer to linear than probabilities, which jump from 0 to 1 in a confident network.
    scores = np.log(np.maximum(prediction.values, MIN_PROBABILITY))
    segments = class_boundaries(scores, prediction.extent)
    pen = QPen(QColor(scene.theme.boundary), BOUNDARY_WIDTH)
    pen.setCapStyle(Qt.PenCapStyle.SquareCap)
    painter.setPen(pen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.drawPath(segments_path(scene.viewport.to_pixels(segments)))


@lru_cache(maxsize=4)
def _surface_table(theme: Theme) -> NDArray[np.uint32]:
    return _packed(value_colours(np.linspace(-1, 1, _LEVELS), theme, SURFACE_STRENGTH[theme.name]))


def _packed(colours: NDArray[np.float32]) -> NDArray[np.uint32]:
    """Return red, green, blue [n, 3] as Qt's 0xffrrggbb [n]."""
    channels = np.clip(colours + 0.5, 0, 255).astype(np.uint32)
    packed: NDArray[np.uint32] = channels[:, 0] << 16 | channels[:, 1] << 8 | channels[:, 2]
    return packed | np.uint32(_OPAQUE)


def _image(packed: NDArray[np.uint32]) -> QImage:
    rows, columns = packed.shape
    top_first = np.ascontiguousarray(packed[::-1])
    # The copy owns its pixels; the array is freed when this function returns.
    return QImage(top_first.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()
