"""What is wrong with an experiment, in one sentence with the path of the setting."""

from __future__ import annotations

from engine.catalogue.texts import shortened
from engine.experiment.bounded_json import too_many_points

_LONGEST_PATH = 120


class ExperimentError(ValueError):
    """An experiment that is not allowed. The message names the path, what is allowed there and what was found.

    Parameters
    ----------
    path
        Of the offending value, as ``edit`` takes it; empty for the document as a whole. Kept as ``path``.
    sentence
        What is allowed and what was found, beginning with a small letter. Kept as ``sentence``.
    """

    def __init__(self, path: str, sentence: str) -> None:
        super().__init__(shortened(f"{shortened(path, _LONGEST_PATH)}: {sentence}" if path else sentence))
        self.path = path
        self.sentence = sentence


class TooManyPointsError(ExperimentError):
    """More points than there is room for. The message names no path, because it is about all points.

    Parameters
    ----------
    count
        How many there would be.
    sentence
        Why these are too many; empty if no document holds so many.
    """

    def __init__(self, count: int, sentence: str = "") -> None:
        super().__init__("", sentence or too_many_points(count))
        self.path = "data.points"
