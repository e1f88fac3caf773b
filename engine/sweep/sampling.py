"""Random cells and Sobol sequences: shares of each axis, from 0 up to below 1."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from engine.experiment.validation import ExperimentError
from engine.sweep.spec import SamplingSpec


def sampled_shares(sampling: SamplingSpec, axes: int) -> NDArray[np.float64]:
    """Return where cells lie on their axes.

    Parameters
    ----------
    sampling
        Random, or a scrambled Sobol sequence (Sobol 1967; Owen 1998), by its seed.
    axes
        How many.

    Returns
    -------
    array [cells, axes]
        From 0 up to below 1.

    Raises
    ------
    ExperimentError
        Where scipy, which makes Sobol sequences, is not installed.
    """
    count = sampling.count or 0
    if sampling.kind == "random":
        return np.random.Generator(np.random.PCG64(sampling.seed)).random((count, axes))
    try:
        from scipy.stats import qmc
    except ImportError:
        raise ExperimentError(
            "sampling.kind",
            "sobol needs scipy; install it with: pip install 'neural-sketchbook[sobol]', or use random",
        ) from None
    with warnings.catch_warnings():
        # The balance of a count that is no power of two is a little worse: the count is what a person asked for.
        warnings.simplefilter("ignore", UserWarning)
        shares: NDArray[np.float64] = qmc.Sobol(axes, scramble=True, rng=sampling.seed).random(count)
    return np.minimum(shares, np.nextafter(1.0, 0.0))
