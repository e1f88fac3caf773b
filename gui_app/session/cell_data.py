"""The document shows the points of the chosen cell where each cell of a sweep has points of its own."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QObject, QTimer

from engine.experiment import Experiment
from engine.experiment.own_data import data_of, have_own_data
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document


class CellData(QObject):
    """Lets the data of ``document`` be those of its chosen cell.

    All that is shown, diagnosed and exported of the data then is of the network that is shown. That is no edit: no
    cell's training depends on it, and it is no undo step.
    """

    def __init__(self, document: Document, current: CurrentLane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._current = document, current
        document.as_shown = self._with_data_of_chosen
        current.changed.connect(self._follow)
        document.replaced.connect(self._follow)

    def _with_data_of_chosen(self, experiment: Experiment) -> Experiment:
        lanes = experiment.lanes
        if not have_own_data(lanes):
            return experiment
        named = [lane for lane in lanes if lane.name == self._current.chosen_name]
        data = data_of((named or lanes)[0], experiment.data)
        return experiment if data is experiment.data else msgspec.structs.replace(experiment, data=data)

    def _follow(self) -> None:
        if self._document.announces:
            # Whoever hears of an edit hears of it before what follows from it.
            QTimer.singleShot(0, self, self._show)
        else:
            self._show()

    def _show(self) -> None:
        experiment = self._document.experiment
        if self._with_data_of_chosen(experiment) is not experiment:
            self._document.show(experiment, self._document.origin)
