"""Numbers in LLVM IR that are written like numbers in Python: ``x * x + 1.0`` emits a product and a sum.

A number is a scalar or a vector of floats; the same instructions come out for both, so an element's result does not
depend on the width. ``fused`` is ``llvm.fmuladd``: one rounding where the processor has fused multiply-add, else two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from llvmlite import ir

from engine.tape.elementary.formats import DOUBLE, Format, constant, format_of, intrinsic, like


class _Value:
    """A value and the builder that emits what is done with it."""

    __slots__ = ("builder", "value")

    def __init__(self, builder: ir.IRBuilder, value: ir.Value) -> None:
        self.builder = builder
        self.value = value


_Choice = TypeVar("_Choice", bound=_Value)


class Condition(_Value):
    """A truth value in each element."""

    __slots__ = ()

    def __and__(self, other: Condition) -> Condition:
        return Condition(self.builder, self.builder.and_(self.value, other.value))


class Number(_Value):
    """A floating-point number in each element."""

    __slots__ = ()

    @property
    def type(self) -> ir.Type:
        return self.value.type

    @property
    def format(self) -> Format:
        return format_of(self.type)

    def of(self, value: float | Number) -> Number:
        """Return a Python number as a constant of this number's type."""
        if isinstance(value, Number):
            return value
        return Number(self.builder, constant(self.type, value))

    def __add__(self, other: float | Number) -> Number:
        return Number(self.builder, self.builder.fadd(self.value, self.of(other).value))

    def __sub__(self, other: float | Number) -> Number:
        return Number(self.builder, self.builder.fsub(self.value, self.of(other).value))

    def __rsub__(self, other: float) -> Number:
        return self.of(other) - self

    def __mul__(self, other: float | Number) -> Number:
        return Number(self.builder, self.builder.fmul(self.value, self.of(other).value))

    def __truediv__(self, other: float | Number) -> Number:
        return Number(self.builder, self.builder.fdiv(self.value, self.of(other).value))

    def __neg__(self) -> Number:
        return Number(self.builder, self.builder.fneg(self.value))

    def _compare(self, operator: str, other: float | Number) -> Condition:
        return Condition(self.builder, self.builder.fcmp_ordered(operator, self.value, self.of(other).value))

    def __lt__(self, other: float | Number) -> Condition:
        return self._compare("<", other)

    def __le__(self, other: float | Number) -> Condition:
        return self._compare("<=", other)

    def __gt__(self, other: float | Number) -> Condition:
        return self._compare(">", other)

    def __ge__(self, other: float | Number) -> Condition:
        return self._compare(">=", other)

    def equals(self, other: float | Number) -> Condition:
        return self._compare("==", other)

    def _call(self, name: str, *others: Number) -> Number:
        values = [self.value, *(other.value for other in others)]
        declared = intrinsic(self.builder.module, name, self.type, [value.type for value in values])
        return Number(self.builder, self.builder.call(declared, values))

    def magnitude(self) -> Number:
        return self._call("fabs")

    def with_sign_of(self, other: Number) -> Number:
        return self._call("copysign", other)

    def fused(self, factor: float | Number, summand: float | Number) -> Number:
        """Return self · factor + summand."""
        return self._call("fmuladd", self.of(factor), self.of(summand))

    def at_most(self, bound: float) -> Number:
        """Return the lesser one; NaN stays NaN."""
        return where(self > bound, self.of(bound), self)

    def at_least(self, bound: float) -> Number:
        """Return the greater one; NaN stays NaN."""
        return where(self < bound, self.of(bound), self)

    def polynomial(self, coefficients: Sequence[float], square: Number | None = None) -> Number:
        """Return Σ c_k self^k, the lowest power first.

        Given the square, even and odd powers are summed beside each other: as many instructions, half the wait.
        """
        if square is not None:
            odd, even = (square.polynomial(coefficients[start::2]) for start in (1, 0))
            return odd.fused(self, even)
        *lower, highest = coefficients
        result = self.of(highest)
        for coefficient in reversed(lower):
            result = result.fused(self, coefficient)
        return result

    def upper_half(self) -> Number:
        """Return a double with the upper half of the digits: products of two of these are exact."""
        return (self.bits() & -(1 << 27)).number(DOUBLE)

    def bits(self) -> Bits:
        """Return the bit pattern."""
        return Bits(self.builder, self.builder.bitcast(self.value, like(self.type, self.format.integer)))

    def to(self, format_: Format) -> Number:
        """Return the number in another format."""
        cast = self.builder.fpext if format_ is DOUBLE else self.builder.fptrunc
        return (
            self
            if format_ is self.format
            else Number(self.builder, cast(self.value, like(self.type, format_.type)))
        )


class Bits(_Value):
    """An integer as wide as a number, in each element."""

    __slots__ = ()

    @property
    def width(self) -> int:
        """How many bits an element has."""
        type_ = self.value.type
        width: int = (type_.element if isinstance(type_, ir.VectorType) else type_).width
        return width

    def of(self, value: int | Bits) -> Bits:
        return value if isinstance(value, Bits) else Bits(self.builder, constant(self.value.type, value))

    def __add__(self, other: int | Bits) -> Bits:
        return Bits(self.builder, self.builder.add(self.value, self.of(other).value))

    def __sub__(self, other: int | Bits) -> Bits:
        return Bits(self.builder, self.builder.sub(self.value, self.of(other).value))

    def __rsub__(self, other: int) -> Bits:
        return self.of(other) - self

    def __and__(self, other: int | Bits) -> Bits:
        return Bits(self.builder, self.builder.and_(self.value, self.of(other).value))

    def __xor__(self, other: int | Bits) -> Bits:
        return Bits(self.builder, self.builder.xor(self.value, self.of(other).value))

    def __lshift__(self, count: int) -> Bits:
        return Bits(self.builder, self.builder.shl(self.value, self.of(count).value))

    def __rshift__(self, count: int) -> Bits:
        """Shift right, zeros from the left."""
        return Bits(self.builder, self.builder.lshr(self.value, self.of(count).value))

    def equals(self, other: int | Bits) -> Condition:
        return Condition(self.builder, self.builder.icmp_signed("==", self.value, self.of(other).value))

    def number(self, format_: Format) -> Number:
        """Return the number with this bit pattern."""
        return Number(self.builder, self.builder.bitcast(self.value, like(self.value.type, format_.type)))

    def rounded(self, format_: Format) -> Number:
        """Return the number with this value, read as a signed integer."""
        return Number(self.builder, self.builder.sitofp(self.value, like(self.value.type, format_.type)))

    def to(self, format_: Format) -> Bits:
        """Return the lowest bits, as many as a number of a narrower format has."""
        if self.value.type == like(self.value.type, format_.integer):
            return self
        return Bits(self.builder, self.builder.trunc(self.value, like(self.value.type, format_.integer)))


def where(condition: Condition, yes: _Choice, no: _Choice) -> _Choice:
    """Return one of two values in each element."""
    return type(yes)(yes.builder, yes.builder.select(condition.value, yes.value, no.value))


def exact_sum(larger: Number, smaller: Number) -> tuple[Number, Number]:
    """Return the rounded sum of two numbers and what rounding lost; the first is the larger one, or zero."""
    total = larger + smaller
    return total, (larger - total) + smaller


def exact_product(x: Number, y: Number) -> tuple[Number, Number]:
    """Return the rounded product of two doubles and what rounding lost."""
    product, x_upper, y_upper = x * y, x.upper_half(), y.upper_half()
    x_lower, y_lower = x - x_upper, y - y_upper
    lost = (x_upper * y_upper - product) + x_upper * y_lower + x_lower * y_upper
    return product, lost + x_lower * y_lower
