"""Elementary functions in LLVM IR: accuracy, special values, and the same bits at every width."""

import itertools
from collections.abc import Callable

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("llvmlite")

from llvmlite import binding, ir

from engine.tape import vector_math
from tests.engine.float_samples import errors_in_ulp, float_samples
from tests.engine.llvm_kernels import (
    MACHINES,
    TYPES,
    WIDTHS,
    Kernel,
    add_kernel,
    compile_kernels,
    kernels_of,
    target_machine,
    vector_type,
)

NAMES = tuple(vector_math.FUNCTIONS)


@pytest.fixture(scope="module", params=MACHINES)
def kernels(request) -> dict[str, Kernel]:
    """Each function as ``name_format_width``, for this machine and for instruction sets it also has."""
    return kernels_of(vector_math.FUNCTIONS, MACHINES[request.param])


def exact(name: str, x: np.ndarray) -> np.ndarray:
    values = torch.from_numpy(x).double()
    if name == "sigmoid":
        power = values.abs().neg().exp()
        return (
            (torch.where(values < 0, power, torch.ones(())) / (1 + power))
            .where(values == values, values)
            .numpy()
        )
    return getattr(torch, name)(values).numpy()


@pytest.mark.parametrize("name", NAMES)
def test_every_float_is_within_two_ulp(kernels, name: str):
    x = float_samples()
    if name in ("sin", "cos"):
        x = x[~(np.abs(x) > 1e8) | np.isinf(x)]
        x = np.resize(x, x.size // 16 * 16)
    errors = errors_in_ulp(kernels[f"{name}_f32_16"](x), exact(name, x))
    worst = errors.argmax()
    assert errors[worst] <= 2, f"{name}({x[worst]!r}) is {errors[worst]} ulp off"


@pytest.mark.parametrize("suffix", TYPES)
@pytest.mark.parametrize("name", NAMES)
def test_an_element_has_the_same_bits_at_every_width(kernels, name: str, suffix: str):
    x = float_samples().astype(np.float32 if suffix == "f32" else np.float64)
    alone = kernels[f"{name}_{suffix}_1"](x).tobytes()
    assert {width for width in WIDTHS if kernels[f"{name}_{suffix}_{width}"](x).tobytes() != alone} == set()


MPMATH: dict[str, Callable] = {
    **{name: getattr(mpmath, name) for name in NAMES if hasattr(mpmath, name)},
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
}


def doubles(name: str) -> np.ndarray:
    generator = np.random.default_rng(0)
    signs = generator.choice([-1.0, 1.0], 160)
    wide = generator.uniform(-700, 700, 160)
    x = np.concatenate([signs * 10 ** generator.uniform(-18, 0, 160), generator.uniform(-3, 3, 160), wide])
    return {"log": np.abs(x), "log1p": np.maximum(x, -0.9999)}.get(name, x)


@pytest.mark.parametrize("name", NAMES)
def test_doubles_are_within_four_ulp(kernels, name: str):
    x = doubles(name)
    with mpmath.workprec(200):
        wanted = [MPMATH[name](mpmath.mpf(float(value))) for value in x]
        results = kernels[f"{name}_f64_8"](x)
        errors = [
            float(abs(mpmath.mpf(float(result)) - value)) / float(np.spacing(abs(float(value))))
            for result, value in zip(results, wanted, strict=True)
        ]
    assert max(errors) <= 4


@pytest.mark.parametrize("name", ["tanh", "sin", "expm1", "log1p"])
def test_tiny_numbers_and_the_sign_of_zero_are_kept(kernels, name: str):
    x = np.array([0.0, -0.0, 1e-45, -1e-45, 1e-40, -1e-40, 1e-20, -1e-20] * 2, np.float32)
    assert kernels[f"{name}_f32_16"](x).tobytes() == x.tobytes()


@pytest.mark.parametrize("name", ["tanh", "sin", "erf"])
def test_an_odd_function_is_odd_to_the_bit(kernels, name: str):
    x = float_samples()
    assert np.array_equal(kernels[f"{name}_f32_16"](-x), -kernels[f"{name}_f32_16"](x), equal_nan=True)


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "erf", "sin", "cos"])
def test_a_bounded_function_keeps_its_bounds_for_any_number(kernels, name: str):
    for suffix in TYPES:
        x = float_samples().astype(np.float32 if suffix == "f32" else np.float64)
        result = kernels[f"{name}_{suffix}_8"](x[np.isfinite(x)][: x.size // 32 * 16])
        assert np.abs(result).max() <= 1


MONOTONE = ("tanh", "expm1", "log", "log1p")


@settings(max_examples=30)
@given(bits=st.integers(0, 0x7F800000 - 2048), sign=st.sampled_from([1, -1]))
def test_neighbouring_floats_keep_their_order(kernels, bits: int, sign: int):
    """What is tried here with some was tried once with all floats."""
    ascending = sign * np.arange(bits, bits + 2048, dtype=np.int32).view(np.float32)[::sign]
    for name in MONOTONE:
        result = kernels[f"{name}_f32_16"](ascending)
        falls = result[1:] < result[:-1]
        assert not falls.any(), f"{name} falls after {ascending[:-1][falls][0]!r}"


@pytest.mark.parametrize("width", [1, 8])
def test_a_function_is_defined_once_a_module_and_gives_the_inlined_bits(width: int):
    module, type_ = ir.Module(), vector_type(ir.FloatType(), width)

    def call(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
        tanh = vector_math.function(module, "tanh", type_)
        assert vector_math.function(module, "tanh", type_) is tanh
        power = vector_math.function(module, "pow", type_)
        return builder.call(power, [builder.call(tanh, [x]), vector_math.constant(type_, 2.0)])

    def inline(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
        return vector_math.power(
            builder, vector_math.FUNCTIONS["tanh"](builder, x), vector_math.constant(type_, 2.0)
        )

    add_kernel(module, "called", type_, call)
    add_kernel(module, "inlined", type_, inline)
    compiled = compile_kernels(module, {"called": width, "inlined": width}, target_machine())
    x = float_samples()
    assert compiled["called"](x).tobytes() == compiled["inlined"](x).tobytes()


def test_no_formula_calls_a_library():
    """What llvmlite links on one machine may be missing on another: only fused multiply-add and the like remain."""
    module = ir.Module()
    for element, name in itertools.product(TYPES.values(), (*NAMES, "pow")):
        vector_math.function(module, name, vector_type(element, 4)).linkage = "external"
    for processor, features in MACHINES.values():
        assembly = target_machine(processor, features).emit_assembly(binding.parse_assembly(str(module)))
        assert "call" not in assembly
        assert "jmp" not in assembly
