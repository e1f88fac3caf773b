"""What lies under the cursor: a position or a point, and what the network answers there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engine.experiment import Experiment
from engine.experiment.frame import loss_unit_text
from engine.observation.observables import POINTS, SPOT, Position, Request, Spot
from gui_app.canvas.input.pointer import Pointer
from gui_app.canvas.reading.point_answers import KnownAnswers
from gui_app.canvas.reading.texts import (
    BREVITIES,
    SEPARATOR,
    UNEVEN,
    answer_text,
    point_text,
    position_text,
    seeds_text,
)
from gui_app.canvas.tools import ToolContext
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document

_REACH = 7
"""Largest distance of the cursor from a point that is read, in pixels."""


class Readout(QObject):
    """Reads what is under ``pointer``, be it moved by mouse or by keyboard; ``changed(forms)`` follows each change.

    ``forms`` are texts, the longest, ``text``, first.

    The answer is computed by the engine for the very position, and stays until that for a new position is there.
    """

    changed = Signal(tuple)

    def __init__(
        self,
        document: Document,
        current: CurrentLane,
        context: ToolContext,
        pointer: Pointer,
        known: KnownAnswers,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._current = current
        self._document, self._context, self._pointer, self._known = document, context, pointer, known
        self.position: Position | None = None
        self.index: int | None = None
        """The point that is read, if one is under the cursor."""
        self._spot: Spot | None = None
        self._at_spot: Sequence[NDArray[np.floating]] = ()
        self._uneven = False
        self.text = ""

    @property
    def requests(self) -> tuple[Request, ...]:
        """The requests for the answer at the position, and for those at points."""
        if self.position is None:
            return ()
        spot = SPOT.request(self.position)
        return (spot,) if self.index is None else (spot, POINTS.request())

    def follow(self, before: Experiment, after: Experiment) -> None:
        """Look again after an edit; an answer for another task or other classes says nothing of the data."""
        if (before.data.task, before.data.classes) != (after.data.task, after.data.classes):
            self._spot = None
        self.look()

    def look(self, *_: object) -> None:
        """Look again, after the cursor or the data have moved."""
        cursor, context = self._pointer.position, self._context
        self.position = self.index = None
        if cursor is not None:
            # While a stroke is drawn, points come and go under the cursor.
            if self._pointer.gesture.tool is None:
                self.index = context.nearest(cursor, _REACH * context.pixel)
            x, y = context.viewport().axes.to_data(np.array(cursor)).tolist()
            if self.index is not None:
                x, y = context.points.xy[self.index].tolist()
            self.position = Position(x, y)
        self._refresh()

    def show(
        self, spot: Spot | None, at_spot: Sequence[NDArray[np.floating]] = (), uneven: bool = False
    ) -> None:
        """Take the newest answer with those of single seeds, and the newest answers for points."""
        self._uneven = uneven
        if spot is None or spot.position == self.position:
            self._spot, self._at_spot = spot, at_spot
        if self.index is not None and self.index >= len(self._context.points):
            # Lanes of another document are shown before its points are looked at.
            self.look()
        else:
            self._refresh()

    def _refresh(self) -> None:
        text = self._written()
        if text != self.text:
            self.text = text
            self.changed.emit((text, *map(self._written, range(1, BREVITIES))))

    def _written(self, brevity: int = 0) -> str:
        if self.position is None:
            return ""
        data, parts = self._document.experiment.data, []
        if self.index is not None:
            unit = loss_unit_text(data, self._current.lane.training.loss.name)
            answers = self._known.answers
            parts.append(point_text(data, self._context.points, self.index, answers, brevity, unit))
        else:
            parts.append(position_text(data, self.position.x, self.position.y, brevity))
        # Of a point, its own words come first.
        if self._spot is not None and (self.index is None or brevity < 4):
            parts.append(answer_text(data, self._spot.values, brevity))
            if seeds := seeds_text(data, self._at_spot, brevity):
                parts.append(seeds)
            if self._uneven and brevity < 4:
                parts.append(UNEVEN)
        if self.index is not None and brevity < 3:
            parts.append(position_text(data, self.position.x, self.position.y, brevity))
        return SEPARATOR.join(parts)
