"""The weights that a lane begins with, as a file of NumPy arrays."""

from __future__ import annotations

import io

import numpy as np

from engine.export.code.plan import Plan
from engine.network import Layout, initial_parameters


def first_weights(plan: Plan) -> bytes:
    """Return the content of an .npz file.

    Parameters
    ----------
    plan
        The lane's seed and initializer are used.

    Returns
    -------
    bytes
        Arrays ``W1``, ``b1``, ``W2``, … from the input on: weights [inputs, outputs] and biases [outputs], float32.
    """
    layout = Layout.of(plan.lane, plan.data)
    row = initial_parameters(plan.lane, layout).numpy()
    arrays = {}
    for number, (weights, biases, shape) in enumerate(
        zip(layout.weight_slices(), layout.bias_slices(), layout.shapes, strict=True), 1
    ):
        arrays[f"W{number}"], arrays[f"b{number}"] = row[weights].reshape(shape), row[biases]
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()
