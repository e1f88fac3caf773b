"""Compiles a formula in LLVM IR and runs it over arrays, a vector at a time."""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from llvmlite import binding, ir
from numpy.typing import NDArray

Array = NDArray[Any]
Kernel = Callable[..., Array]

WIDTHS = (1, 2, 4, 8, 16)
TYPES = {"f32": ir.FloatType(), "f64": ir.DoubleType()}
_HAS = binding.get_host_cpu_features()
MACHINES: dict[str, tuple[str | None, str | None]] = {
    "this": (None, None),
    **({"no_fused_multiply_add": ("x86-64-v2", "")} if _HAS.get("sse4.2") else {}),
    **({"avx2": ("x86-64-v3", "")} if _HAS.get("avx2") and _HAS.get("fma") else {}),
}
"""Processors and their features that this machine can run; None is all that it has."""


def vector_type(element: ir.Type, width: int) -> ir.Type:
    """Return a vector type, or the element's type for a width of 1."""
    return element if width == 1 else ir.VectorType(element, width)


def add_kernel(
    module: ir.Module, name: str, type_: ir.Type, emit: Callable[..., ir.Value], inputs: int = 1
) -> None:
    """Define a function that reads one value from each input, computes, and writes the result."""
    pointer = type_.as_pointer()
    kernel = ir.Function(
        module, ir.FunctionType(ir.VoidType(), [pointer] * (inputs + 1) + [ir.IntType(64)]), name
    )
    entry, loop, end = (kernel.append_basic_block(label) for label in ("entry", "loop", "end"))
    ir.IRBuilder(entry).branch(loop)
    builder = ir.IRBuilder(loop)
    index = builder.phi(ir.IntType(64))
    loaded = [builder.load(builder.gep(address, [index])) for address in kernel.args[:inputs]]
    for load in loaded:
        load.align = 4
    builder.store(emit(builder, *loaded), builder.gep(kernel.args[inputs], [index])).align = 4
    following = builder.add(index, index.type(1))
    index.add_incoming(index.type(0), entry)
    index.add_incoming(following, loop)
    builder.cbranch(builder.icmp_signed("<", following, kernel.args[-1]), loop, end)
    ir.IRBuilder(end).ret_void()


def compile_kernels(
    module: ir.Module, widths: Mapping[str, int], machine: binding.TargetMachine
) -> dict[str, Kernel]:
    """Compile a module for a machine and return its kernels, of so many elements a step, as functions of arrays."""
    module.triple = binding.get_default_triple()
    parsed = binding.parse_assembly(str(module))
    parsed.verify()
    options = binding.create_pipeline_tuning_options(speed_level=1)
    passes = binding.create_pass_builder(machine, options)
    passes.getModulePassManager().run(parsed, passes)
    engine = binding.create_mcjit_compiler(parsed, machine)
    engine.finalize_object()
    return {name: _runner(engine, engine.get_function_address(name), width) for name, width in widths.items()}


def _runner(engine: Any, address: int, width: int) -> Kernel:
    def run(*inputs: Array) -> Array:
        arrays = [np.ascontiguousarray(values) for values in inputs]
        result = np.empty_like(arrays[0])
        assert result.size % width == 0
        pointers = [array.ctypes.data for array in (*arrays, result)]
        prototype = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * len(pointers), ctypes.c_int64)
        prototype(address)(*pointers, result.size // width)
        return result

    run.engine = engine  # type: ignore[attr-defined]  # It owns the code.
    return run


def target_machine(processor: str | None = None, features: str | None = None) -> binding.TargetMachine:
    """Return this machine, or one of the same kind with fewer instructions."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    return binding.Target.from_default_triple().create_target_machine(
        cpu=binding.get_host_cpu_name() if processor is None else processor,
        features=binding.get_host_cpu_features().flatten() if features is None else features,
        opt=2,
    )


def kernels_of(
    functions: Mapping[str, Callable[..., ir.Value]], machine: tuple[str | None, str | None], inputs: int = 1
) -> dict[str, Kernel]:
    """Compile functions for each format and width, as ``name_format_width``."""
    module, widths = ir.Module(), {}
    for (suffix, element), width, name in itertools.product(TYPES.items(), WIDTHS, functions):
        kernel = f"{name}_{suffix}_{width}"
        add_kernel(module, kernel, vector_type(element, width), functions[name], inputs)
        widths[kernel] = width
    return compile_kernels(module, widths, target_machine(*machine))
