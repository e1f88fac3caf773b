"""How far the losses of our own seeds lie apart."""

from __future__ import annotations

from engine.experiment import Experiment
from tests.engine.helpers import trained
from tests.engine.seeds import of_seeds


def assert_within_spread(loss: float, settings: Experiment, epochs: int) -> None:
    """Another seed's final training loss is hardly ever further out than the spread of 20 of them on either side."""
    trainer = trained(of_seeds(settings), epochs, "auto")
    losses = [float(run.history.view().loss[-1, 0]) for run in trainer.runs]
    low, high = min(losses), max(losses)
    assert low - (high - low) <= loss <= high + (high - low), (low, loss, high)
