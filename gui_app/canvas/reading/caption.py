"""What the canvas says in words of what it shows, and of what the data lack."""

from __future__ import annotations

import numpy as np

from engine.catalogue.tasks import CLASSIFICATION
from engine.experiment import TRAINING, DataSettings, Points
from engine.observation.observables import Prediction
from gui_app.session.document import Document
from gui_app.session.no_points import no_points_message, one_class_message

SURE = 0.1
"""A network is unsure everywhere while it goes no farther than this share of the way from guessing to certainty."""


class Caption:
    """Sentences about the data of ``document`` and about predictions, each found anew only for others."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._lack: tuple[Points, DataSettings, str] | None = None
        self._doubt: tuple[Prediction, str] | None = None

    def lack(self) -> str:
        """Return what the points lack; "" for nothing."""
        points, data = self._document.points, self._document.experiment.data
        if self._lack is None or self._lack[0] is not points or self._lack[1] is not data:
            missing = len(points) > 0 and not points.counts()[TRAINING]
            said = no_points_message(empty=False) if missing else one_class_message(self._document)
            self._lack = points, data, said
        return self._lack[2]

    def doubt(self, prediction: Prediction | None) -> str:
        """Return that a network tells no class from another anywhere; "" if it does."""
        if prediction is None or self._document.experiment.data.task != CLASSIFICATION:
            return ""
        if self._doubt is None or self._doubt[0] is not prediction:
            self._doubt = prediction, unsure_message(prediction)
        return self._doubt[1]


def unsure_message(prediction: Prediction) -> str:
    """Return that no class is much more probable than by guessing, at no position; "" if one is somewhere."""
    values = prediction.values
    classes = values.shape[-1]
    largest = float(np.nanmax(values, initial=0.0))
    if values.ndim != 3 or classes < 2 or largest > 1 / classes + SURE * (1 - 1 / classes):
        return ""
    return f"The network is unsure everywhere: no class gets more than {100 * largest:.0f} %"
