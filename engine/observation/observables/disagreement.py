"""Where the networks of one lane that differ by their seeds disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.observation.observables.prediction import Prediction
from engine.observation.snapshot import Extent


@dataclass(frozen=True, slots=True)
class Disagreement:
    """How far the answers of some networks lie apart, on the grid of their ``Prediction`` values.

    Attributes
    ----------
    extent
        The part of the canvas.
    networks
        How many there are.
    share : float32 [rows, columns], or [0] in regression
        Of the networks that choose another class than their mean answer; from 0 to below 1.
    deviations : float32 [rows, columns] or [columns]
        Standard deviation over the networks: in regression of the values, in the user's own units; else of the
        probability of the class where it is largest.
    """

    extent: Extent
    networks: int
    share: NDArray[np.float32]
    deviations: NDArray[np.float32]


def disagreement_of(predictions: Sequence[Prediction]) -> Disagreement | None:
    """Compare the answers of networks with one another.

    No engine computes it: a view that shows it asks for it here, so that it costs nothing while none does.

    Parameters
    ----------
    predictions
        Of each network, on one grid.

    Returns
    -------
    Disagreement or None
        None for fewer than two networks, or for different grids.
    """
    alike = {(one.extent, one.values.shape) for one in predictions}
    if len(predictions) < 2 or len(alike) != 1:
        return None
    extent = predictions[0].extent
    values = np.stack([one.values for one in predictions])
    # Values of networks that are about to diverge may be too large to be squared.
    with np.errstate(over="ignore", invalid="ignore"):
        deviations = values.std(axis=0).astype(np.float32)
    if values.ndim < 4:
        return Disagreement(extent, len(values), np.empty(0, dtype=np.float32), deviations)
    chosen, most = values.argmax(axis=3), values.mean(axis=0).argmax(axis=2)
    share = (chosen != most[None]).mean(axis=0, dtype=np.float32)
    return Disagreement(extent, len(values), share, deviations.max(axis=2))
