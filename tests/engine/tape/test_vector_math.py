"""Elementary functions in LLVM IR: accuracy, special values, and the same bits at every width."""

import functools
import itertools
import math
import platform
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
from tests.engine.llvm_kernels import Kernel, add_kernel, compile_kernels, target_machine, vector_type

WIDTHS = (1, 2, 4, 8, 16)
TYPES = {"f32": ir.FloatType(), "f64": ir.DoubleType()}
NAMES = tuple(vector_math.FUNCTIONS)
INTEL = platform.machine().lower() in ("x86_64", "amd64")
MACHINES = {"this": (None, None), "no_fused_multiply_add": ("x86-64-v2", ""), "avx2": ("x86-64-v3", "")}


def _values_near(border: float) -> list[float]:
    center = np.float32(border)
    return [float(center), *(float(np.nextafter(center, np.float32(to))) for to in (-math.inf, math.inf))]


BORDERS = (
    0.0,
    1.0,
    88.72284,
    -87.33655,
    -103.97208,
    9.010914,
    17.32868,
    0.34657359,
    3.9192059,
    1.1754944e-38,
)
"""Where a result becomes infinite, denormal, 0 or 1, and where formulas change."""
SPECIAL = np.array(
    [value for border in BORDERS for sign in (1, -1) for value in _values_near(sign * border)]
    + [
        -0.0,
        0.5,
        -2.0,
        3.0,
        -3.0,
        1.5,
        -1.5,
        16777215.0,
        16777216.0,
        -16777215.0,
        1e10,
        3.4028235e38,
        -3.4028235e38,
    ]
    + [math.inf, -math.inf, math.nan],
    np.float32,
)


def any_floats(count: int) -> np.ndarray:
    """Floats of every exponent, all equally frequent."""
    bits = np.random.default_rng(0).integers(0, 2**32, count, dtype=np.uint32).view(np.float32)
    # NumPy warns of a NaN that signals.
    return np.where(np.isnan(bits), np.float32(math.nan), bits)


@functools.cache
def float_samples() -> np.ndarray:
    """Floats of every exponent, more of them where the functions bend, and special ones."""
    generator = np.random.default_rng(0)
    dense = [generator.uniform(-size, size, 30_000) for size in (0.01, 0.4, 1, 2, 5, 20, 110, 1e5)]
    values = np.concatenate([any_floats(150_000), *(part.astype(np.float32) for part in dense), SPECIAL])
    return np.resize(values, values.size // 16 * 16 + 16)


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


def errors_in_ulp(results: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Distances to exact values in units in the last place; infinite for a wrong infinity, NaN or sign of zero."""
    with np.errstate(over="ignore", invalid="ignore"):
        rounded = wanted.astype(np.float32)
        ulp = np.ldexp(1.0, np.maximum(np.frexp(wanted)[1] - 1, -126) - 23)
        errors = np.abs(results - wanted) / ulp
    odd = ~(np.isfinite(rounded) & np.isfinite(results)) | (wanted == 0)
    same = (results == rounded) & (np.signbit(results) == np.signbit(rounded)) | np.isnan(results) & np.isnan(
        rounded
    )
    return np.where(odd, np.where(same, 0, np.inf), errors)


@pytest.fixture(scope="module", params=MACHINES)
def kernels(request) -> dict[str, Kernel]:
    processor, features = MACHINES[request.param]
    if processor and not INTEL:
        pytest.skip("names an instruction set of Intel")
    module, widths = ir.Module(), {}
    for (suffix, element), width, name in itertools.product(TYPES.items(), WIDTHS, (*NAMES, "pow")):
        emit = vector_math.power if name == "pow" else vector_math.FUNCTIONS[name]
        kernel = f"{name}_{suffix}_{width}"
        add_kernel(module, kernel, vector_type(element, width), emit, inputs=2 if name == "pow" else 1)
        widths[kernel] = width
    return compile_kernels(module, widths, target_machine(processor, features))


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
        if processor and not INTEL:
            continue
        assembly = target_machine(processor, features).emit_assembly(binding.parse_assembly(str(module)))
        assert "call" not in assembly
        assert "jmp" not in assembly
