"""Where the networks of one lane that differ by their seeds disagree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.observation.snapshot import Extent

DISAGREEMENT = "disagreement"
"""The key under which ``engine.observation.seeds`` puts it; no engine computes it for a single network."""


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
