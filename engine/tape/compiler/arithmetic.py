"""Arithmetic on LLVM values of one element type: single numbers or vectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from llvmlite import ir

from engine.tape.vector_math import FUNCTIONS, constant, power

ELEMENT: dict[str, Any] = {"f32": ir.FloatType(), "f64": ir.DoubleType(), "b8": ir.IntType(1)}
"""The LLVM type of an element in a register; in memory, a bool takes a byte."""


def type_of(dtype: str, width: int) -> Any:
    """The LLVM type of ``width`` elements."""
    return ELEMENT[dtype] if width == 1 else ir.VectorType(ELEMENT[dtype], width)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Emits instructions for ``width`` elements of type ``dtype``."""

    builder: ir.IRBuilder
    dtype: str
    width: int

    def number(self, value: float) -> Any:
        if self.dtype == "b8":
            truth = int(bool(value))
            return ir.Constant(type_of("b8", self.width), truth if self.width == 1 else [truth] * self.width)
        return constant(type_of(self.dtype, self.width), value)

    def add(self, a: Any, b: Any) -> Any:
        return self.builder.fadd(a, b)

    def sub(self, a: Any, b: Any) -> Any:
        return self.builder.fsub(a, b)

    def mul(self, a: Any, b: Any) -> Any:
        return self.builder.fmul(a, b)

    def div(self, a: Any, b: Any) -> Any:
        return self.builder.fdiv(a, b)

    def neg(self, a: Any) -> Any:
        return self.builder.fneg(a)

    def fma(self, a: Any, b: Any, c: Any) -> Any:
        """a·b + c, rounded once where the processor can."""
        return self.intrinsic("fmuladd", a, b, c)

    def sqrt(self, a: Any) -> Any:
        return self.intrinsic("sqrt", a)

    def abs(self, a: Any) -> Any:
        return self.intrinsic("fabs", a)

    def call(self, name: str, a: Any) -> Any:
        """An elementary function of ``engine.tape.vector_math``."""
        return FUNCTIONS[name](self.builder, a)

    def power(self, a: Any, b: Any) -> Any:
        return power(self.builder, a, b)

    def compare(self, operator: str, a: Any, b: Any) -> Any:
        """False where a or b is NaN, but for "!="."""
        if operator == "!=":
            return self.builder.fcmp_unordered(operator, a, b)
        return self.builder.fcmp_ordered(operator, a, b)

    def is_nan(self, a: Any) -> Any:
        return self.builder.fcmp_unordered("uno", a, a)

    def select(self, condition: Any, a: Any, b: Any) -> Any:
        return self.builder.select(condition, a, b)

    def larger(self, a: Any, b: Any) -> Any:
        """The larger of two; NaN if one of them is."""
        return self._extreme(">", a, b)

    def smaller(self, a: Any, b: Any) -> Any:
        return self._extreme("<", a, b)

    def _extreme(self, operator: str, a: Any, b: Any) -> Any:
        either = self.select(self.compare(operator, a, b), a, b)
        return self.select(self.is_nan(a), a, either)

    def as_float(self, condition: Any) -> Any:
        """1 where true, else 0."""
        return self.builder.uitofp(condition, type_of(self.dtype, self.width))

    def intrinsic(self, name: str, *values: Any) -> Any:
        kind, module = values[0].type, self.builder.module
        element = "f64" if self.dtype == "f64" else "f32"
        full = f"llvm.{name}.{element}" if self.width == 1 else f"llvm.{name}.v{self.width}{element}"
        function = module.globals.get(full)
        if function is None:
            function = ir.Function(module, ir.FunctionType(kind, [kind] * len(values)), full)
        return self.builder.call(function, values)

    def scalar(self, value: Any) -> Any:
        """A double that is the same for all elements."""
        single = self.builder.fptrunc(value, ELEMENT["f32"]) if self.dtype == "f32" else value
        if self.width == 1:
            return single
        kind = ir.VectorType(single.type, self.width)
        nothing, first = ir.Constant(kind, ir.Undefined), ir.Constant(ir.IntType(32), 0)
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), self.width), None)
        return self.builder.shuffle_vector(
            self.builder.insert_element(nothing, single, first), nothing, zeros
        )

    def convert(self, value: Any, dtype: str) -> Any:
        """A value of another element type as one of this."""
        if dtype == self.dtype:
            return value
        if self.dtype == "b8":
            zero = constant(value.type, 0.0)
            return self.builder.fcmp_unordered("!=", value, zero)
        if dtype == "b8":
            return self.as_float(value)
        kind = type_of(self.dtype, self.width)
        return self.builder.fpext(value, kind) if self.dtype == "f64" else self.builder.fptrunc(value, kind)


Emit = Callable[..., Any]
