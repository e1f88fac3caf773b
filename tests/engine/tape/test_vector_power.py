"""pow in LLVM IR: C's special cases, accuracy, and the same bits at every width."""

import functools
import itertools

import mpmath
import numpy as np
import pytest
import torch

pytest.importorskip("llvmlite")

from engine.tape import vector_math
from tests.engine.float_samples import SPECIAL, any_floats, errors_in_ulp
from tests.engine.llvm_kernels import MACHINES, TYPES, WIDTHS, Kernel, kernels_of


@pytest.fixture(scope="module", params=MACHINES)
def kernels(request) -> dict[str, Kernel]:
    return kernels_of({"pow": vector_math.power}, MACHINES[request.param], inputs=2)


@functools.cache
def pairs() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    special = np.array(list(itertools.product(SPECIAL, SPECIAL)), np.float32)
    count = 60_000
    usual = 10 ** generator.uniform(-3, 3, count)
    bases = np.concatenate([special[:, 0], any_floats(count), usual, -usual]).astype(np.float32)
    powers = [special[:, 1], generator.uniform(-5, 5, count), generator.uniform(-12, 12, count)]
    exponents = np.concatenate([*powers, np.rint(powers[-1])]).astype(np.float32)
    return np.resize(bases, bases.size // 16 * 16), np.resize(exponents, bases.size // 16 * 16)


def test_a_power_is_as_in_c_and_within_two_ulp(kernels):
    bases, exponents = pairs()
    wanted = torch.pow(torch.from_numpy(bases).double(), torch.from_numpy(exponents).double()).numpy()
    errors = errors_in_ulp(kernels["pow_f32_16"](bases, exponents), wanted)
    worst = errors.argmax()
    assert errors[worst] <= 2, f"{bases[worst]!r} ^ {exponents[worst]!r} is {errors[worst]} ulp off"


def test_a_power_of_doubles_is_within_four_ulp_where_it_is_not_extreme(kernels):
    generator = np.random.default_rng(0)
    bases = np.concatenate([10 ** generator.uniform(-3, 3, 160), generator.uniform(0.7, 1.4, 160)])
    exponents = generator.uniform(-30, 30, 320) / np.log(bases)
    results = kernels["pow_f64_8"](bases, exponents)
    with mpmath.workprec(200):
        wanted = [mpmath.mpf(float(x)) ** mpmath.mpf(float(y)) for x, y in zip(bases, exponents, strict=True)]
        errors = [
            float(abs(value - float(result)) / np.spacing(result))
            for value, result in zip(wanted, results, strict=True)
        ]
    assert max(errors) <= 4


@pytest.mark.parametrize("suffix", TYPES)
def test_a_power_has_the_same_bits_at_every_width(kernels, suffix: str):
    x = [values.astype(np.float32 if suffix == "f32" else np.float64) for values in pairs()]
    alone = kernels[f"pow_{suffix}_1"](*x).tobytes()
    assert {width for width in WIDTHS if kernels[f"pow_{suffix}_{width}"](*x).tobytes() != alone} == set()
