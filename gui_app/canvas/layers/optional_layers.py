"""The layers that a person can switch on: uncertainty, disagreement of seeds, augmented points, wrong points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPainter

from engine.observation.observables import GHOSTS, POINTS, UNCERTAINTY, Ghosts, Grid, Request, Uncertainty
from engine.observation.observables.disagreement import Disagreement
from gui_app.canvas.layers import disagreement, ghosts, uncertainty
from gui_app.canvas.layers.scene import Scene
from gui_app.canvas.layers.wrong_points import paint_wrong
from gui_app.canvas.switches import state
from gui_app.canvas.switches.state import CanvasSwitches


@dataclass(frozen=True, slots=True)
class Batch:
    """The latest augmented batch of a lane, and what is said where there is none."""

    ghosts: Ghosts | None = None
    message: str = ""


NO_BATCH = Batch()


class OptionalLayers(QObject):
    """Paints what ``switches`` switch on; ``changed`` is emitted when the layers need a repaint."""

    changed = Signal()

    def __init__(self, switches: CanvasSwitches, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._switches = switches
        switches.changed.connect(self.changed)

    def requests(self, grid: Grid, task: str) -> tuple[Request, ...]:
        """Return the requests for what the layers show of a prediction on ``grid``."""
        asked = {
            state.UNCERTAINTY: UNCERTAINTY.request(grid),
            state.AUGMENTED: GHOSTS.request(),
            state.WRONG: POINTS.request(),
        }
        return tuple(request for key, request in asked.items() if self._shows(key, task))

    @property
    def rings(self) -> bool:
        """Whether wrong points have rings."""
        return self._switches.on(state.WRONG)

    @property
    def augmented(self) -> bool:
        """Whether augmented points are shown."""
        return self._switches.on(state.AUGMENTED)

    def paint(
        self,
        painter: QPainter,
        scene: Scene,
        shown: Uncertainty | None,
        wrong: Callable[[], NDArray[np.float64]],
        batch: Batch = NO_BATCH,
        caption: str = "",
        apart: Disagreement | None = None,
        uneven: bool = False,
    ) -> None:
        """Paint rings around points, and messages that explain each layer or say what it needs.

        ``wrong`` finds the positions [n, 2] of wrong points on the sheet, ``batch`` is the lane's, ``caption`` is the
        message of the layer below the points, ``apart`` where the seeds of a lane disagree; they are ``uneven`` while
        some catch up.
        """
        messages = [caption]
        if self._shows(state.WRONG, scene.task):
            paint_wrong(painter, scene, wrong())
        if self._switches.on(state.AUGMENTED):
            ghosts.paint_ghosts(painter, scene, batch.ghosts)
            messages.append(batch.message)
        if self._switches.on(state.UNCERTAINTY):
            messages.append(uncertainty.message_for(scene, shown))
        messages.append(disagreement.message_for(scene, apart))
        if uneven:
            messages.append(disagreement.uneven_message(scene, self._switches.on(state.DISAGREEMENT)))
        uncertainty.paint_messages(painter, scene, [*filter(None, messages)])

    def _shows(self, key: str, task: str) -> bool:
        return self._switches.on(key) and task in state.SWITCHES[key].tasks
