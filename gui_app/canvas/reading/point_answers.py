"""What the network answers for the points of the document, and which of them it takes for another class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from engine.catalogue.tasks import CLASSIFICATION
from engine.experiment import Points
from engine.observation.observables import PointAnswers
from gui_app.session.document import Document
from gui_app.session.tool_settings import ToolSettings

Indices = NDArray[np.int64]
_NONE: Indices = np.empty(0, dtype=np.int64)


class KnownAnswers(QObject):
    """The newest answers for the points of ``document``; none while they are of other points."""

    def __init__(self, document: Document, settings: ToolSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._settings = document, settings
        self._newest: PointAnswers | None = None
        self._wrong: tuple[PointAnswers, Points, frozenset[int], Indices] | None = None
        """The latest wrong points that were asked for, and what they follow from."""

    def show(self, answers: PointAnswers | None) -> bool:
        """Take the newest answers; return whether they differ from those before."""
        if answers is self._newest:
            return False
        self._newest = answers
        return True

    @property
    def answers(self) -> PointAnswers | None:
        """The answers for the present points, if they are known."""
        newest = self._newest
        return newest if newest is not None and newest.digest == self._document.points.digest else None

    @property
    def wrong(self) -> Indices:
        """The indices of shown points that are taken for another class, ascending."""
        return self.wrong_of(self.answers)

    def wrong_of(self, answers: PointAnswers | None) -> Indices:
        """Return the indices for these answers, of whatever lane; none for answers that are of other points."""
        points, shown = self._document.points, self._settings.shown
        if answers is None or self._document.experiment.data.task != CLASSIFICATION:
            return _NONE
        if answers.digest != points.digest:
            return _NONE
        found = self._wrong
        if found is None or found[0] is not answers or found[1] is not points or found[2] != shown:
            index = np.flatnonzero((answers.answer != points.target) & self._settings.shows(points))
            self._wrong = found = answers, points, shown, index
        return found[3]

    @property
    def worst(self) -> Indices:
        """The indices of points to look at, largest loss first: wrong ones, or in regression all that are shown."""
        answers, points = self.answers, self._document.points
        if answers is None:
            return _NONE
        regression = self._document.experiment.data.task != CLASSIFICATION
        index = np.flatnonzero(self._settings.shows(points)) if regression else self.wrong
        loss = np.nan_to_num(answers.loss[index], nan=np.inf)
        found: Indices = index[np.argsort(-loss, kind="stable")]
        return found
