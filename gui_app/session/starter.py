"""The experiment of a new document: the spiral, and a network that learns it within seconds."""

from __future__ import annotations

from engine.experiment import Experiment, default_experiment, edit_many


def starter_experiment() -> Experiment:
    """The default experiment with ReLU and its initializer, because tanh of unit-scaled inputs stays on a plateau."""
    return edit_many(
        default_experiment(),
        {"lanes.0.network.activation": "relu", "lanes.0.network.initializer": "he_uniform"},
    )
