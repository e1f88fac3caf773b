"""What observables may learn of a lane besides its network and its points. Importing this loads no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Backward:
    """What one pass forward and back over all training points says of a lane, for the probes and for the diagram alike.

    Attributes
    ----------
    gradient : Tensor [parameters]
        Of the cost, before clipping. Valid until the lanes are measured again.
    dead, saturated : bool [hidden neurons]
        Layer by layer. See ``dead`` of ``LayerSums``; saturated is a neuron whose slope is small, as the probe
        "saturated" has it, for nearly all points.
    """

    gradient: Tensor
    dead: NDArray[np.bool_]
    saturated: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class LatestStep:
    """What the latest step did to a lane.

    Attributes
    ----------
    update : Tensor [size]
        The parameters of now minus those of before; 0 before the first step, and where weights were restored since.
    silenced : sequence of bool arrays
        Which inputs, and which neurons of each hidden layer, dropout silenced for the first point of its batch. Dropout
        draws anew for each point, so that this is one of the thinned networks that the step has trained. Empty
        without dropout, and before the first step with these settings.
    """

    update: Tensor
    silenced: Sequence[NDArray[np.bool_]]
