"""The word about data that cannot teach to tell classes apart, because there is one class alone."""

from __future__ import annotations

from engine.catalogue.tasks import CLASSIFICATION
from engine.experiment import DataSettings, Points, class_labels


def one_class_message(data: DataSettings, points: Points) -> str:
    """Return what is missing if all points are of one class; "" otherwise."""
    if data.task != CLASSIFICATION or not len(points) or (points.target != points.target[0]).any():
        return ""
    labels, index = class_labels(data), int(points.target[0])
    other = 1 if index == 0 else 0
    return f"All points are of class {labels[index]}: draw a second class (key {other + 1})"
