"""The experiment of a new document: a spiral, and a network that learns it within seconds."""

from __future__ import annotations

from engine.catalogue.presets import below_experiment
from engine.experiment import Experiment, default_experiment, edit_many


def starter_experiment() -> Experiment:
    """Return the default experiment with ReLU and He initialization; with tanh, training would stay on a plateau."""
    changes = {"network.activation": "relu", "network.initializer": "he_uniform"}
    return edit_many(default_experiment(), below_experiment(changes))
