"""Where the view of a data set begins: which axes it gets, and when it begins anew."""

from __future__ import annotations

from PySide6.QtCore import QObject

from engine.data.axes import HOME, Axes
from gui_app.canvas.view.camera import Camera
from gui_app.canvas.view.viewport import inside
from gui_app.session.document import Document


class DataView(QObject):
    """Moves ``camera`` to the data of ``document`` when another data set has come."""

    def __init__(self, document: Document, camera: Camera) -> None:
        super().__init__(camera)
        self._document, self._camera = document, camera
        document.data_replaced.connect(self._follow)

    def start(self) -> None:
        """Begin anew: show the data on axes that suit them."""
        self._camera.start(self._axes)

    def _follow(self, whole: bool) -> None:
        """Begin anew for another data set; for points beside the former ones only where they would not be seen."""
        seen = inside(self._document.points.xy, self._camera.extent).all()
        if whole or not seen or not self._camera.starts_from(self._axes):
            self.start()

    @property
    def _axes(self) -> Axes:
        """The usual axes for generated points, or those that show the points of a person."""
        generated = self._document.experiment.data.points is None
        return HOME if generated else Axes.showing(self._document.points.xy)
