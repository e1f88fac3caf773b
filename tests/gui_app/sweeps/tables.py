"""Tables of sweeps for tests."""

from __future__ import annotations

import numpy as np

from engine.observation.sweep_table import SweepTable, TableAxis, column

L2 = (0.0, 0.001, 0.01, 0.1)
ACTIVATIONS = ("relu", "tanh", "sigmoid")


def small_table(seeds: int = 1) -> SweepTable:
    """A grid of λ₂ and activation; loss is 0.1 plus a tenth of the place on each axis, the last cell diverged."""
    across, down, seed = (
        one.ravel() for one in np.meshgrid(np.arange(4), np.arange(3), np.arange(seeds), indexing="ij")
    )
    loss = 0.1 + 0.1 * across + 0.1 * down + 0.01 * seed
    diverged = (across == 3) & (down == 2)
    loss = np.where(diverged, np.nan, loss)
    return SweepTable(
        axes=(
            TableAxis("regularization.l2", "λ₂", L2, "number", log=True),
            TableAxis("network.activation", "Activation", ACTIVATIONS, "choice"),
        ),
        places=np.stack([across, down], axis=1),
        settings={
            "regularization.l2": np.array(L2)[across],
            "network.activation": column([ACTIVATIONS[index] for index in down]),
        },
        seed=seed,
        status=np.where(diverged, "diverged", "trained"),
        results={
            "validation_loss": loss,
            "training_loss": loss / 2,
            "validation_score": 1 - loss,
            "gap": loss / 2,
            "diverged": diverged.astype(float),
        },
        names=[f"lane {row}" for row in range(len(across))],
    )
