"""Initializers: the distributions that their formulas promise."""

from __future__ import annotations

from math import sqrt

import pytest
import torch

from engine.catalogue.initializers import INITIALIZERS
from tests.engine.oracles import Oracles

IN, OUT = 300, 200
BOUNDS = {
    "glorot_uniform": sqrt(6 / (IN + OUT)),
    "he_uniform": sqrt(6 / IN),
    "torch_default": 1 / sqrt(IN),
    "playground": 0.5,
}
DEVIATIONS = Oracles(
    "DEVIATIONS",
    __file__,
    {
        **{name: bound / sqrt(3) for name, bound in BOUNDS.items()},
        "glorot_normal": sqrt(2 / (IN + OUT)),
        "he_normal": sqrt(2 / IN),
        "lecun_normal": sqrt(1 / IN),
        "normal": 1.0,
        "orthogonal": 1 / sqrt(IN),
        "zeros": 0.0,
    },
)


def drawn(name: str, shape: tuple[int, int] = (IN, OUT), seed: int = 0, **parameters: float):
    entry = INITIALIZERS[name]
    generator = torch.Generator().manual_seed(seed)
    return entry.function(*shape, generator, **{**entry.defaults(), **parameters})


@pytest.mark.parametrize("name", INITIALIZERS)
def test_weights_have_the_deviation_of_the_formula_and_no_mean(name: str) -> None:
    weight, bias = drawn(name)
    assert weight.shape == (IN, OUT)
    assert bias.shape == (OUT,)
    assert weight.dtype == bias.dtype == torch.float32
    assert weight.std().item() == pytest.approx(DEVIATIONS[name], rel=0.02, abs=1e-12)
    assert abs(weight.mean().item()) <= 4 * DEVIATIONS[name] / sqrt(IN * OUT) + 1e-12


@pytest.mark.parametrize("name", BOUNDS)
def test_uniform_weights_fill_their_bounds(name: str) -> None:
    weight, _ = drawn(name)
    assert 0.999 * BOUNDS[name] < weight.abs().max().item() <= BOUNDS[name] * (1 + 1e-6)


@pytest.mark.parametrize("name", [key for key in DEVIATIONS if key.endswith("normal")])
def test_normal_weights_have_the_tails_of_a_normal_distribution(name: str) -> None:
    scaled = drawn(name)[0] / DEVIATIONS[name]
    assert (scaled.abs() > 2).float().mean().item() == pytest.approx(0.0455, abs=0.004)
    assert scaled.abs().max().item() > 3.5


@pytest.mark.parametrize("name", INITIALIZERS)
def test_biases_start_at_zero_but_where_promised(name: str) -> None:
    _, bias = drawn(name)
    if name == "torch_default":
        assert 0.9 / sqrt(IN) < bias.abs().max().item() <= 1 / sqrt(IN)
        assert bias.std().item() == pytest.approx(1 / sqrt(3 * IN), rel=0.1)
    else:
        assert torch.equal(bias, torch.full((OUT,), 0.1 if name == "playground" else 0.0))


@pytest.mark.parametrize("name", INITIALIZERS)
def test_a_seed_gives_its_weights_again_and_another_seed_others(name: str) -> None:
    first, again, other = drawn(name, (4, 3)), drawn(name, (4, 3)), drawn(name, (4, 3), seed=1)
    assert torch.equal(first[0], again[0])
    assert torch.equal(first[1], again[1])
    assert name == "zeros" or not torch.equal(first[0], other[0])


@pytest.mark.parametrize("name", INITIALIZERS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 512), (512, 1), (2, 8)])
def test_every_shape_can_be_drawn(name: str, shape: tuple[int, int]) -> None:
    weight, bias = drawn(name, shape)
    assert weight.shape == shape
    assert weight.isfinite().all()
    assert bias.isfinite().all()


@pytest.mark.parametrize("shape", [(8, 8), (8, 3), (3, 8)])
def test_orthogonal_rows_or_columns_are_orthonormal(shape: tuple[int, int]) -> None:
    weight, _ = drawn("orthogonal", shape)
    product = weight.T @ weight if shape[0] >= shape[1] else weight @ weight.T
    torch.testing.assert_close(product, torch.eye(min(shape)))


def test_the_spread_of_normal_is_a_parameter() -> None:
    assert drawn("normal", std=0.25)[0].std().item() == pytest.approx(0.25, rel=0.02)
    torch.testing.assert_close(drawn("normal", std=0.25)[0], drawn("normal")[0] * 0.25)
