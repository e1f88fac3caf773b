"""Floating-point formats, constants and intrinsics for a scalar or a vector of any width."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from llvmlite import ir


@dataclass(frozen=True)
class Format:
    """A floating-point format, as far as formulas depend on it."""

    type: ir.Type
    integer: ir.Type
    mantissa: int
    bias: int
    suffix: str

    @property
    def magic(self) -> float:
        """1.5 · 2^mantissa: adding it rounds to the nearest integer, which then stands in the lowest bits."""
        return 1.5 * 2.0**self.mantissa

    def bits_of(self, value: float) -> int:
        """Return the bit pattern of a value, as an integer."""
        codes = ("<f", "<i") if self.mantissa == 23 else ("<d", "<q")
        bits: int = struct.unpack(codes[1], struct.pack(codes[0], value))[0]
        return bits


SINGLE = Format(ir.FloatType(), ir.IntType(32), 23, 127, "f32")
DOUBLE = Format(ir.DoubleType(), ir.IntType(64), 52, 1023, "f64")


def format_of(type_: ir.Type) -> Format:
    """Return the format of a float or double, or of a vector's elements."""
    element = type_.element if isinstance(type_, ir.VectorType) else type_
    if element == SINGLE.type:
        return SINGLE
    if element == DOUBLE.type:
        return DOUBLE
    raise TypeError(f"An elementary function takes float or double, not {type_}.")


def like(type_: ir.Type, element: ir.Type) -> ir.Type:
    """Return the type of as many elements as another type has."""
    return ir.VectorType(element, type_.count) if isinstance(type_, ir.VectorType) else element


class _Splat(ir.Constant):  # type: ignore[misc]
    """A vector constant of equal elements, written once: long lists of them would take most of the parser's time."""

    def _get_reference(self) -> str:
        return f"splat ({self.constant[0]})"


def constant(like_type: ir.Type, value: float) -> ir.Constant:
    """Return a constant of a type: in each element of a vector type, or plain."""
    if isinstance(like_type, ir.VectorType):
        return _Splat(like_type, ir.Constant(like_type.element, value))
    return ir.Constant(like_type, value)


def intrinsic(module: ir.Module, name: str, result: ir.Type, arguments: Sequence[ir.Type]) -> ir.Function:
    """Return the declaration of an intrinsic that is overloaded by its result's type."""
    count = f"v{result.count}" if isinstance(result, ir.VectorType) else ""
    full_name = f"llvm.{name}.{count}{format_of(result).suffix}"
    known = module.globals.get(full_name)
    return known or ir.Function(module, ir.FunctionType(result, arguments), full_name)
