"""The default view of a data set: its axes, and when it is shown."""

from __future__ import annotations

from PySide6.QtCore import QObject

from engine.data.axes import Axes, home_axes
from engine.experiment import Experiment
from gui_app.canvas.view.camera import Camera
from gui_app.canvas.view.viewport import inside
from gui_app.session.document import Document


class DataView(QObject):
    """Moves ``camera`` to the data of ``document`` when the data set is replaced, or shown in another frame."""

    def __init__(self, document: Document, camera: Camera) -> None:
        super().__init__(camera)
        self._document, self._camera = document, camera
        document.data_replaced.connect(self._follow)
        document.changed.connect(self._follow_frame)

    def start(self) -> None:
        """Show the default view of the data."""
        self._camera.start(self._axes)

    def _follow(self, whole: bool) -> None:
        """Show the default view for another ``whole`` data set; for added points, only if some are out of view."""
        all_visible = inside(self._document.points.xy, self._camera.extent).all()
        if whole or not all_visible or not self._camera.starts_from(self._axes):
            self.start()

    def _follow_frame(self, before: Experiment, after: Experiment) -> None:
        was, now = before.data, after.data
        if (was.extent, was.aspect) != (now.extent, now.aspect):
            self.start()

    @property
    def _axes(self) -> Axes:
        return home_axes(self._document.experiment.data, self._document.points)
