"""What a network answers on a coarse grid over the whole frame, for a small picture of it."""

from __future__ import annotations

from engine.observation.observables.observable import Observable
from engine.observation.observables.prediction import Prediction, predictions

THUMBNAIL = Observable(key="thumbnail", label="Thumbnail", value=Prediction, cost="grid", compute=predictions)
"""A key of its own, because the canvas may look at another part of the plane."""
