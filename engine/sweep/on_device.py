"""What a CUDA device makes of a batch, as the columns of a sweep."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.observation.sweep_measures import SWEEP_MEASURES, Floats, LaneResult
from engine.training.device_trace import Trained


def columns_of(found: Trained, task: str) -> dict[str, Floats]:
    """Return what ``engine.observation.sweep_measures.measured`` returns, from arrays.

    Parameters
    ----------
    found
        What came of the lanes.
    task
        Of the data.

    Returns
    -------
    dict of float64 [lanes]
    """
    numbers = found.numbers.numpy().T
    # A measure reads one number of each network, or the difference of two: it does the same with columns.
    columns_by_field: dict[str, Any] = {
        "loss": tuple(numbers[:3]),
        "score": tuple(numbers[4:7]),
        "epochs": found.epochs.double().numpy(),
        "lowest_validation_loss": found.lowest.numpy(),
        "best_epoch": found.best_epoch.numpy(),
        "epochs_to_threshold": found.reached.numpy(),
        "zero_share": found.zero_share.numpy(),
        "gradient_ratio": found.gradient_ratio.numpy(),
        "convergence": found.convergence.numpy(),
    }
    whole = LaneResult(task, **columns_by_field)
    columns = {
        key: np.asarray(measure.of(whole), dtype=np.float64) for key, measure in SWEEP_MEASURES.items()
    }
    return columns | {"diverged": found.diverged.double().numpy()}


def statuses_of(found: Trained) -> NDArray[np.str_]:
    """Return "diverged" or "trained" for each lane.

    Parameters
    ----------
    found
        What came of the lanes.

    Returns
    -------
    str [lanes]
    """
    return np.where(found.diverged.numpy(), "diverged", "trained")
