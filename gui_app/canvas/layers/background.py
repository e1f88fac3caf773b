"""The layer under the points: the sheet with the prediction, and the axes around it."""

from __future__ import annotations

from PySide6.QtGui import QColor, QImage, QPainter

from engine.observation.observables import Prediction, Uncertainty
from engine.observation.observables.disagreement import Disagreement
from gui_app.canvas.layers.compared import Compared
from gui_app.canvas.layers.prediction import paint_prediction
from gui_app.canvas.layers.scene import Scene, View
from gui_app.canvas.layers.surround import paint_axes, paint_border, paint_sheet
from gui_app.theme.painting import painting


class Background:
    """The background of one view as an image; a new prediction repaints only the sheet."""

    def __init__(self, view: View) -> None:
        self._scene = view.scene
        self._prediction: Prediction | None = None
        self._uncertainty: Uncertainty | None = None
        self._disagreement: Disagreement | None = None
        backdrop = QColor(view.scene.theme.backdrop)
        self._image = view.blank(QImage.Format.Format_RGB32, backdrop)
        self._image.setDevicePixelRatio(view.ratio)
        with painting(self._image) as painter:
            paint_axes(painter, self._scene)
            self._paint_sheet(painter)

    def show_prediction(
        self,
        prediction: Prediction | None,
        uncertainty: Uncertainty | None = None,
        disagreement: Disagreement | None = None,
    ) -> None:
        """Paint them into the image; does nothing if all are painted already."""
        if (
            prediction is not self._prediction
            or uncertainty is not self._uncertainty
            or disagreement is not self._disagreement
        ):
            self._prediction, self._uncertainty = prediction, uncertainty
            self._disagreement = disagreement
            with painting(self._image) as painter:
                self._paint_sheet(painter)

    def paint(self, painter: QPainter) -> None:
        """Paint at the widget's origin."""
        painter.drawImage(0, 0, self._image)

    def _paint_sheet(self, painter: QPainter) -> None:
        painter.setClipRect(self._scene.viewport.square)
        outside = self._scene.theme.backdrop
        paint_background_sheet(
            painter,
            self._scene,
            self._prediction,
            self._uncertainty,
            outside,
            disagreement=self._disagreement,
        )


def paint_background_sheet(
    painter: QPainter,
    scene: Scene,
    prediction: Prediction | None,
    uncertainty: Uncertainty | None,
    outside: str,
    enlarged: int = 1,
    disagreement: Disagreement | None = None,
) -> None:
    """Paint the sheet, its rounded corners in the colour ``outside``; ``enlarged`` as in ``paint_prediction``."""
    lines = isinstance(prediction, Compared) and not prediction.filled
    covered = prediction is not None and scene.task != "curve" and not lines
    paint_sheet(painter, scene, grid=not covered)
    if prediction is not None:
        paint_prediction(painter, scene, prediction, uncertainty, enlarged, disagreement)
    paint_border(painter, scene, outside)
