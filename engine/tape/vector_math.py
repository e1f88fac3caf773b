"""Elementary functions for compiled tapes, emitted as LLVM IR for a scalar or for a vector of any width.

No call of a mathematical library and no branch: an element's result has the same bits in a scalar and in a vector of
any width, on one machine. ``engine.tape.elementary`` has the formulas.

A float's result is within 2 units in the last place (ulp), denormal numbers included. All floats were tried, with and
without fused multiply-add: exp 1.2, expm1 1.7, log 1.1, log1p 1.7, tanh and sigmoid 2.0, erf 1.4, sin and cos 1.6 up to
1e8; pow of many pairs: 0.5. tanh, expm1, log and log1p never fall from one float to the next. A double is within
4 ulp: of pow as long as it is between 1e-13 and 1e13, of sin and cos up to 1.6e6.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from llvmlite import ir

from engine.tape.elementary import error_function, exponential, logarithm, trigonometric
from engine.tape.elementary import power as powers
from engine.tape.elementary.formats import constant, format_of
from engine.tape.elementary.values import Number

Emit = Callable[[ir.IRBuilder, ir.Value], ir.Value]

__all__ = ["FUNCTIONS", "Emit", "constant", "function", "power"]


def _emitter(formula: Callable[[Number], Number]) -> Emit:
    return lambda builder, value: formula(Number(builder, value)).value


FUNCTIONS: Mapping[str, Emit] = {
    "exp": _emitter(exponential.exponential),
    "expm1": _emitter(exponential.exponential_minus_one),
    "log": _emitter(logarithm.logarithm),
    "log1p": _emitter(logarithm.logarithm_of_one_plus),
    "tanh": _emitter(exponential.hyperbolic_tangent),
    "sigmoid": _emitter(exponential.logistic),
    "erf": _emitter(error_function.error_function),
    "sin": _emitter(trigonometric.sine),
    "cos": _emitter(trigonometric.cosine),
}
"""What emits a function of one value of type float, double or a vector of these, by name."""


def power(builder: ir.IRBuilder, base: ir.Value, exponent: ir.Value) -> ir.Value:
    """Emit base^exponent, both of one type."""
    return powers.power(Number(builder, base), Number(builder, exponent)).value


def function(module: ir.Module, name: str, type_: ir.Type) -> ir.Function:
    """Return a function of a module that computes what ``FUNCTIONS[name]`` (or ``power``, for "pow") emits.

    It is defined on the first call and known inside the module alone. A call costs a few cycles, an inlined formula the
    time to compile it.
    """
    width = f"v{type_.count}" if isinstance(type_, ir.VectorType) else ""
    full_name = f"{name}.{width}{format_of(type_).suffix}"
    known = module.globals.get(full_name)
    return known or _define(module, full_name, name, type_)


def _define(module: ir.Module, full_name: str, name: str, type_: ir.Type) -> ir.Function:
    arguments = [type_, type_] if name == "pow" else [type_]
    defined = ir.Function(module, ir.FunctionType(type_, arguments), full_name)
    defined.linkage = "internal"
    defined.calling_convention = "fastcc"
    defined.attributes.add("nounwind")
    builder = ir.IRBuilder(defined.append_basic_block())
    emit = power if name == "pow" else FUNCTIONS[name]
    builder.ret(emit(builder, *defined.args))
    return defined
