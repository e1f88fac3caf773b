"""Activations against closed forms in double precision."""

from __future__ import annotations

from math import erf

import numpy as np
import pytest
import torch

from engine.catalogue.activations import ACTIVATIONS
from tests.engine.oracles import Oracles

Z = np.concatenate((np.linspace(-6, 6, 49), [-40.0, 40.0]))

CLOSED_FORMS = Oracles(
    "CLOSED_FORMS",
    __file__,
    {
        "linear": lambda z: z,
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
        "tanh": np.tanh,
        "relu": lambda z: np.maximum(z, 0),
        "leaky_relu": lambda z, slope: np.where(z > 0, z, slope * z),
        "elu": lambda z, alpha: np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0))),
        "selu": lambda z: (
            1.0507009873554805 * np.where(z > 0, z, 1.6732632423543772 * np.expm1(np.minimum(z, 0)))
        ),
        "gelu": lambda z: z * np.array([(1 + erf(x / np.sqrt(2))) / 2 for x in z]),
        "silu": lambda z: z / (1 + np.exp(-z)),
        "softplus": lambda z: np.logaddexp(0, z),
        "softsign": lambda z: z / (1 + np.abs(z)),
        "sine": np.sin,
    },
)


def cases() -> list[tuple[str, dict[str, float]]]:
    """Every activation with its defaults, and with other parameters where it has any."""
    plain = [(key, entry.defaults()) for key, entry in ACTIVATIONS.items()]
    changed = [(key, {k: v + 0.3 for k, v in given.items()}) for key, given in plain if given]
    return plain + changed


@pytest.mark.parametrize(("name", "parameters"), cases())
def test_values_follow_the_formula(name: str, parameters: dict[str, float]) -> None:
    found = ACTIVATIONS[name].function(torch.tensor(Z), **parameters).numpy()
    np.testing.assert_allclose(found, CLOSED_FORMS[name](Z, **parameters), rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize(("name", "parameters"), cases())
def test_gradients_follow_the_values(name: str, parameters: dict[str, float]) -> None:
    z = torch.tensor(Z[Z != 0.0] + 1e-3, requires_grad=True)
    function = ACTIVATIONS[name].function
    (gradient,) = torch.autograd.grad(function(z, **parameters).sum(), z)
    step = 1e-6
    with torch.no_grad():
        numeric = (function(z + step, **parameters) - function(z - step, **parameters)) / (2 * step)
    torch.testing.assert_close(gradient, numeric, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(("name", "parameters"), cases())
def test_shapes_stay_and_extremes_are_finite(name: str, parameters: dict[str, float]) -> None:
    z = torch.tensor([[[-1e4, -100.0, 0.0], [1e-30, 100.0, 1e4]]])
    found = ACTIVATIONS[name].function(z, **parameters)
    assert found.shape == z.shape
    assert found.isfinite().all()


@pytest.mark.parametrize("name", [key for key, entry in ACTIVATIONS.items() if entry.index_invariant])
@pytest.mark.parametrize("size", [1, 7, 33, 70])
def test_a_position_free_activation_gives_an_element_the_same_bits_anywhere(name: str, size: int) -> None:
    entry = ACTIVATIONS[name]
    z = torch.randn(8, size, generator=torch.Generator().manual_seed(0)) * 3
    together = entry.function(z, **entry.defaults())
    alone = torch.stack([entry.function(part.clone(), **entry.defaults()) for part in z])
    assert torch.equal(together, alone)
