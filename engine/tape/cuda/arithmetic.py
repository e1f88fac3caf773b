"""Arithmetic that writes CUDA C: the operations of ``engine.tape.compiler.operations`` as text."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from math import isinf, isnan
from typing import Any

import numpy as np

TYPES = {"f32": "float", "f64": "double", "b8": "bool"}
"""The C type of an element."""


@dataclass
class Lines:
    """The lines of a kernel, and names for the values in it."""

    all: list[str] = field(default_factory=list)
    _names: Any = field(default_factory=itertools.count)

    def add(self, line: str) -> None:
        self.all.append(line)

    def value(self, kind: str, expression: str) -> str:
        """Add a constant of a C type, and return its name."""
        name = f"v{next(self._names)}"
        self.add(f"const {kind} {name} = {expression};")
        return name


@dataclass(frozen=True, slots=True)
class CudaArithmetic:
    """Writes the computation of one element of type ``dtype``; values are names and literals.

    It has the methods of ``engine.tape.compiler.arithmetic.Arithmetic`` that operations call.
    """

    lines: Lines
    dtype: str

    def _value(self, expression: str) -> str:
        return self.lines.value(TYPES[self.dtype], expression)

    def _function(self, name: str, *values: str) -> str:
        return self._value(f"{name}{'' if self.dtype == 'f64' else 'f'}({', '.join(values)})")

    def number(self, value: float) -> str:
        return literal(value, self.dtype)

    def add(self, a: str, b: str) -> str:
        return self._value(f"{a} + {b}")

    def sub(self, a: str, b: str) -> str:
        return self._value(f"{a} - {b}")

    def mul(self, a: str, b: str) -> str:
        return self._value(f"{a} * {b}")

    def div(self, a: str, b: str) -> str:
        return self._value(f"{a} / {b}")

    def neg(self, a: str) -> str:
        return self._value(f"-{a}")

    def fma(self, a: str, b: str, c: str) -> str:
        """a·b + c, rounded once."""
        return self._function("fma", a, b, c)

    def sqrt(self, a: str) -> str:
        return self._function("sqrt", a)

    def abs(self, a: str) -> str:
        return self._function("fabs", a)

    def call(self, name: str, a: str) -> str:
        """An elementary function, in the accuracy of CUDA's library (at most 2 units of the last place)."""
        if name == "sigmoid":
            one = self.number(1.0)
            return self.div(one, self.add(one, self.call("exp", self.neg(a))))
        return self._function(name, a)

    def power(self, a: str, b: str) -> str:
        return self._function("pow", a, b)

    def compare(self, operator: str, a: str, b: str) -> str:
        """False where a or b is NaN, but for "!="."""
        return self.lines.value("bool", f"{a} {operator} {b}")

    def is_nan(self, a: str) -> str:
        return self.lines.value("bool", f"{a} != {a}")

    def select(self, condition: str, a: str, b: str) -> str:
        return self._value(f"{condition} ? {a} : {b}")

    def larger(self, a: str, b: str) -> str:
        """The larger of two; NaN if one of them is."""
        return self._value(f"({a} > {b} || {a} != {a}) ? {a} : {b}")

    def smaller(self, a: str, b: str) -> str:
        return self._value(f"({a} < {b} || {a} != {a}) ? {a} : {b}")

    def as_float(self, condition: str) -> str:
        """1 where true, else 0."""
        return self._value(f"{condition} ? {self.number(1.0)} : {self.number(0.0)}")

    def scalar(self, value: str) -> str:
        """A double that is the same for all elements."""
        return self._value(f"({TYPES[self.dtype]}){value}")

    def convert(self, value: str, dtype: str) -> str:
        """A value of another element type as one of this."""
        if dtype == self.dtype:
            return value
        if self.dtype == "b8":
            return self._value(f"{value} != 0")
        return self.as_float(value) if dtype == "b8" else self._value(f"({TYPES[self.dtype]}){value}")


def literal(value: float, dtype: str) -> str:
    """Return a number as CUDA C writes it, exactly.

    Parameters
    ----------
    value
        Any number.
    dtype
        "f32", "f64" or "b8".

    Returns
    -------
    str

    Examples
    --------
    >>> literal(0.5, "f32"), literal(1.0, "b8"), literal(float("-inf"), "f64")
    ('0x1.0000000000000p-1f', 'true', '(-__longlong_as_double(0x7ff0000000000000LL))')
    """
    if dtype == "b8":
        return "true" if value else "false"
    value = float(np.float32(value)) if dtype == "f32" else float(value)
    if isnan(value):
        return (
            "__int_as_float(0x7fffffff)" if dtype == "f32" else "__longlong_as_double(0x7fffffffffffffffLL)"
        )
    if isinf(value):
        found = (
            "__int_as_float(0x7f800000)" if dtype == "f32" else "__longlong_as_double(0x7ff0000000000000LL)"
        )
        return found if value > 0 else f"(-{found})"
    text = value.hex() + ("f" if dtype == "f32" else "")
    return f"({text})" if text.startswith("-") else text
