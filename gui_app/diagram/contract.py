"""What the engine says of the inside of a network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.observation.snapshot import Extent

Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class LayerInside:
    """One layer: what its ``shown`` neurons compute on the grid, and its parameters."""

    neurons: int
    shown: NDArray[np.int64]
    values: NDArray[np.floating]
    weight: Floats
    bias: Floats
    weight_gradient: Floats
    bias_gradient: Floats
    weight_update: Floats
    bias_update: Floats
    silenced: NDArray[np.bool_]
    dead: NDArray[np.bool_]
    saturated: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Inside:
    """Inputs [features, cells…] and the layers 1 … L."""

    extent: Extent
    inputs: NDArray[np.float32]
    layers: tuple[LayerInside, ...]
    silenced_inputs: NDArray[np.bool_]
