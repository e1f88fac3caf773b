"""One pane of the canvas: a lane's answers, and the cached picture of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.observation.observables import Prediction, Uncertainty
from engine.observation.observables.disagreement import Disagreement
from gui_app.canvas.answers import Answers
from gui_app.canvas.layers.picture import Picture
from gui_app.canvas.layers.points import PointsLayer
from gui_app.canvas.layers.scene import View
from gui_app.session.current_lane import LaneLook


@dataclass(slots=True)
class Pane:
    """What a pane shows, and its picture, which is made anew when the view is another one."""

    look: LaneLook
    is_current: bool
    answers: Answers
    _picture: Picture | None = field(default=None, repr=False)

    def picture(self, view: View, points: PointsLayer) -> Picture:
        """Return the picture of a view; ``points`` is the layer that all panes of this view share."""
        if self._picture is None or self._picture.points_layer is not points or self._picture.view != view:
            self._picture = Picture(view, points)
        return self._picture

    def shows(self, view: View) -> bool:
        """Whether its picture is one of this view."""
        return self._picture is not None and self._picture.view == view

    @property
    def answer(self) -> tuple[Prediction | None, Uncertainty | None, Disagreement | None]:
        return self.answers.prediction, self.answers.uncertainty, self.answers.disagreement
