"""Elementwise statements over the same elements in one loop, whose intermediate results stay in registers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from llvmlite import ir

from engine.tape.compiler.arithmetic import Arithmetic
from engine.tape.compiler.grouping import Group, axes, same_elements, sizes_of
from engine.tape.compiler.kernels.loops import chunks, load, loop, scaled, shifted, store
from engine.tape.compiler.operations import OPERATIONS
from engine.tape.compiler.source import Access, Scalar
from engine.tape.compiler.statements import Elementwise


@dataclass(frozen=True, slots=True)
class _Step:
    """A statement whose operands are numbers of accesses, scalars or Python values."""

    operation: str
    operands: tuple[tuple[str, Any], ...]
    out: int
    compute: str
    stored: bool


class Fused:
    """The function of a group. ``signature`` is equal for groups that need the same one; ``accesses`` and ``scalars``
    are what it is called with.
    """

    def __init__(self, group: Group, width: int) -> None:
        self.accesses: list[Access] = []
        self.scalars: list[int] = []
        self._cuts = group.cuts
        statements = [statement for statement in group.statements if isinstance(statement, Elementwise)]
        self._sizes = sizes_of(statements[0].out.count, group.cuts)
        self._steps = tuple(
            self._step(statement, stored) for statement, stored in zip(statements, group.stores, strict=True)
        )
        wide = any(access.dtype == "f64" for access in self.accesses)
        self._width = max(1, width // 2) if wide else width
        self._strides = [axes(access, group.cuts) for access in self.accesses]
        dtypes = tuple(access.dtype for access in self.accesses)
        self.signature = ("fused", self._sizes, tuple(self._strides), dtypes, self._steps, len(self.scalars))

    def _step(self, statement: Elementwise, stored: bool) -> _Step:
        operands = tuple(self._operand(value) for value in statement.operands)
        return _Step(statement.operation, operands, self._number(statement.out), statement.compute, stored)

    def _operand(self, value: Any) -> tuple[str, Any]:
        if isinstance(value, Access):
            return "access", self._number(value)
        if isinstance(value, Scalar):
            self.scalars.append(value.index)
            return "scalar", len(self.scalars) - 1
        return "python", value

    def _number(self, access: Access) -> int:
        for number_, known in enumerate(self.accesses):
            if known.buffer == access.buffer and same_elements(known, access, self._cuts):
                return number_
        self.accesses.append(access)
        return len(self.accesses) - 1

    # -- emission

    def emit(self, function: ir.Function) -> None:
        """Write the body of a function that takes pointers to the accesses, then to the scalars (double)."""
        builder = ir.IRBuilder(function.append_basic_block("entry"))
        pointers = list(function.args[: len(self.accesses)])
        numbers = [
            builder.load(pointer, typ=ir.DoubleType(), align=8)
            for pointer in function.args[len(self.accesses) :]
        ]
        self._axis(builder, len(self._sizes) - 1, pointers, numbers)
        builder.ret_void()

    def _axis(self, builder: ir.IRBuilder, axis: int, pointers: list[Any], numbers: list[Any]) -> None:
        if axis == 0:
            self._innermost(builder, pointers, numbers)
            return

        def body(index: Any) -> None:
            moved = self._moved(builder, pointers, axis, index)
            self._axis(builder, axis - 1, moved, numbers)

        loop(builder, self._sizes[axis], body)

    def _moved(self, builder: ir.IRBuilder, pointers: list[Any], axis: int, index: Any) -> list[Any]:
        return [
            shifted(builder, pointer, index, strides[axis], access.dtype)
            for pointer, strides, access in zip(pointers, self._strides, self.accesses, strict=True)
        ]

    def _innermost(self, builder: ir.IRBuilder, pointers: list[Any], numbers: list[Any]) -> None:
        for first, width, many in chunks(self._sizes[0], self._width):

            def body(index: Any, first: int = first, width: int = width) -> None:
                at = scaled(builder, index, width, first)
                self._elements(builder, self._moved(builder, pointers, 0, at), numbers, width)

            loop(builder, many, body)

    def _elements(self, builder: ir.IRBuilder, pointers: list[Any], numbers: list[Any], width: int) -> None:
        """Compute ``width`` elements."""
        known: dict[int, Any] = {}

        def element(access: int) -> Any:
            if access not in known:
                dtype = self.accesses[access].dtype
                known[access] = load(builder, pointers[access], self._strides[access][0], width, dtype)
            return known[access]

        for step in self._steps:
            m = Arithmetic(builder, step.compute, width)
            operands = []
            for place, (kind, value) in enumerate(step.operands):
                if kind == "access":
                    is_condition = step.operation == "where.self" and place == 0
                    operands.append(
                        element(value)
                        if is_condition
                        else m.convert(element(value), self.accesses[value].dtype)
                    )
                elif kind == "scalar":
                    operands.append(m.scalar(numbers[value]))
                elif step.operation == "copy":
                    operands.append(m.number(value))
                else:
                    operands.append(value)
            result = OPERATIONS[step.operation](m, *operands)
            known[step.out] = result
        for step in {step.out: step for step in self._steps if step.stored}.values():
            dtype = self.accesses[step.out].dtype
            store(builder, known[step.out], pointers[step.out], self._strides[step.out][0], width, dtype)
