"""Reading at the canvas: the line under the sheet, the answers for points, and the way to wrong ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRectF
from PySide6.QtWidgets import QWidget

from engine.observation.observables import PointAnswers, Request, Spot
from gui_app.canvas.input.pointer import Pointer
from gui_app.canvas.reading.finder import PointFinder
from gui_app.canvas.reading.point_answers import KnownAnswers
from gui_app.canvas.reading.readout import Readout
from gui_app.canvas.tools import ToolContext
from gui_app.canvas.view.camera import Camera
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.tool_settings import ToolSettings
from gui_app.theme import text_size
from gui_app.widgets.elided_label import ElidedLabel

_EDGE, _OUTSIDE = 8, 20
"""Pixels between the line and the edges of the canvas, at least, and how far it begins left of the sheet."""


def line_height() -> int:
    """Return the height of the line, in pixels."""
    return round(1.45 * text_size.small())


class Reading(QObject):
    """Reads what is under ``pointer`` and shows it in a line at the lower edge of ``canvas``."""

    def __init__(
        self,
        canvas: QWidget,
        document: Document,
        current: CurrentLane,
        settings: ToolSettings,
        context: ToolContext,
        pointer: Pointer,
        camera: Camera,
    ) -> None:
        super().__init__(canvas)
        self._canvas, self._context = canvas, context
        self.known = KnownAnswers(document, settings, self)
        self.readout = Readout(document, current, context, pointer, self.known, self)
        self.finder = PointFinder(context, pointer, camera, self.known, self)
        self.line = ElidedLabel(canvas)
        self.line.setProperty("role", "reading")
        self.line.setAccessibleName("Under the cursor")
        self.readout.changed.connect(lambda forms: self.line.show_text(*forms))
        pointer.moved.connect(self.readout.look)
        document.changed.connect(self.readout.follow)

    @property
    def requests(self) -> tuple[Request, ...]:
        """The requests for what is read and looked for."""
        return tuple(
            {request.key: request for request in (*self.readout.requests, *self.finder.requests)}.values()
        )

    def wrong(self, answers: PointAnswers | None) -> NDArray[np.float64]:
        """Return the positions on the sheet [n, 2] of points for which these answers are wrong."""
        return self._context.xy[self.known.wrong_of(answers)]

    def show(
        self,
        answers: PointAnswers | None,
        spot: Spot | None,
        trained: bool,
        at_spot: Sequence[NDArray[np.floating]] = (),
        uneven: bool = False,
    ) -> bool:
        """Take what the engine has answered; return whether other points may be wrong.

        ``at_spot`` are the answers of single seeds at the spot, if they are read; ``uneven`` says that those of some
        seeds are of earlier epochs than those of others.
        """
        differs = self.known.show(answers)
        self.readout.show(spot, at_spot, uneven)
        self.finder.take_answers(trained)
        return differs

    def arrange(self, square: QRectF) -> None:
        """Move the line to the lower edge of the canvas, from the left edge of the sheet, the ``square``."""
        height, left = line_height(), max(int(square.left()) - _OUTSIDE, _EDGE)
        wide = max(self._canvas.width() - _EDGE - left, 1)
        self.line.setGeometry(left, self._canvas.height() - height - 2, wide, height)
