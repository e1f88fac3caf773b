"""The LLVM modules of a program: one for each kind of group, and one that calls their functions for lanes and steps.

Programs of many networks need the same kinds of groups: each is compiled once for all of them.

``step(buffers, scalars, scratch)`` computes a function once. ``run`` does so for lanes and steps: lanes are the outer
loop, so that what a lane works on stays in the processor's cache, and a lane's numbers cannot depend on its neighbours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Protocol

from llvmlite import ir

from engine.tape.compiler.grouping import Group, group, mark_stores, place
from engine.tape.compiler.kernels.fused import Fused
from engine.tape.compiler.kernels.loops import INDEX, POINTER, number
from engine.tape.compiler.kernels.product import Multiplied
from engine.tape.compiler.kernels.reduction import Reduced
from engine.tape.compiler.kernels.transposed import Transposed
from engine.tape.compiler.source import SIZES, Access, Buffer, Source
from engine.tape.compiler.statements import Product, Reduction, Statement, Transposition

BYTE = ir.IntType(8)


class Kernel(Protocol):
    """A function that groups of one ``signature`` share."""

    accesses: list[Access]
    scalars: list[int]
    signature: tuple[Any, ...]

    def emit(self, function: ir.Function) -> None: ...


def kernel_of(one: Group, width: int) -> Kernel:
    """The function of a group for vectors of up to ``width`` float32."""
    statement = one.statements[0]
    match statement:
        case Reduction():
            return Reduced(statement, width)
        case Product():
            return Multiplied(statement, width)
        case Transposition():
            return Transposed(statement, width)
    return Fused(one, width)


def name_of(kernel: Kernel, width: int) -> str:
    """The name of a kernel's function, the same in all programs and for no other function."""
    digest = hashlib.sha256(repr((kernel.signature, width)).encode()).hexdigest()
    return f"{kernel.signature[0]}_{digest[:32]}"


def text_of(kernel: Kernel, name: str) -> str:
    """The text of a module with the function of a kernel alone."""
    module = ir.Module(name)
    kernel.emit(_function(module, kernel, name))
    return str(module)


def _function(module: ir.Module, kernel: Kernel, name: str) -> ir.Function:
    arguments = [POINTER] * (len(kernel.accesses) + len(kernel.scalars))
    return ir.Function(module, ir.FunctionType(ir.VoidType(), arguments), name)


class Module:
    """Builds the module that calls the kernels of a source whose calls have become ``statements``.

    ``kernels`` are those that it calls, by the names of their functions.
    """

    def __init__(self, source: Source, statements: Sequence[Statement], width: int) -> None:
        self._buffers: Sequence[Buffer] = source.buffers
        self._groups = group(statements)
        mark_stores(self._groups, self._buffers)
        self._places, self.scratch_size = place(self._groups, self._buffers)
        self._groups = [one for one in self._groups if any(one.stores)]
        self._width = width
        outside = [number_ for number_, buffer in enumerate(self._buffers) if buffer.kind != "scratch"]
        self._slots = {buffer: slot for slot, buffer in enumerate(outside)}
        self._module = ir.Module("program")
        self.kernels: dict[str, Kernel] = {}
        self._functions: dict[str, ir.Function] = {}
        self._emit_run(self._emit_step())

    def __str__(self) -> str:
        return str(self._module)

    def _emit_step(self) -> ir.Function:
        kind = ir.FunctionType(ir.VoidType(), [POINTER] * 3)
        function = ir.Function(self._module, kind, "step")
        function.linkage = "internal"
        builder = ir.IRBuilder(function.append_basic_block("entry"))
        buffers, scalars, scratch = function.args
        pointers: dict[int, Any] = {}
        for one in self._groups:
            kernel = kernel_of(one, self._width)
            accesses = [
                self._address(builder, access, buffers, scratch, pointers) for access in kernel.accesses
            ]
            numbers = [
                builder.gep(scalars, [number(index)], source_etype=ir.DoubleType())
                for index in kernel.scalars
            ]
            builder.call(self._function(kernel), [*accesses, *numbers])
        builder.ret_void()
        return function

    def _address(
        self, builder: ir.IRBuilder, access: Access, buffers: Any, scratch: Any, pointers: dict[int, Any]
    ) -> Any:
        buffer = access.buffer
        if buffer not in pointers:
            if self._buffers[buffer].kind == "scratch":
                at = number(self._places.get(buffer, 0))
                pointers[buffer] = builder.gep(scratch, [at], source_etype=BYTE)
            else:
                at = builder.gep(buffers, [number(self._slots[buffer])], source_etype=POINTER)
                pointers[buffer] = builder.load(at, typ=POINTER, align=8)
        offset = number(access.offset * SIZES[access.dtype])
        return builder.gep(pointers[buffer], [offset], source_etype=BYTE)

    def _function(self, kernel: Kernel) -> ir.Function:
        name = name_of(kernel, self._width)
        if name not in self.kernels:
            self.kernels[name] = kernel
            self._functions[name] = _function(self._module, kernel, name)
        return self._functions[name]

    def _emit_run(self, step: ir.Function) -> None:
        """``run(bases, lane_strides, step_strides, count, scalars, scratch, lane, lanes, step, steps, look, wrong)``.

        Buffer i of a lane in a step begins at bases[i] + lane · lane_strides[i] + step · step_strides[i], in bytes.
        After a step, the float in buffer ``look`` is looked at, unless that is negative: a lane ends at the first step
        where it is not finite, and ``wrong[lane]`` becomes the number of that step.
        """
        arguments = [*[POINTER] * 3, INDEX, *[POINTER] * 2, *[INDEX] * 5, POINTER]
        run = ir.Function(self._module, ir.FunctionType(ir.VoidType(), arguments), "run")
        bases, lane_strides, step_strides, count, scalars, scratch, lane, lanes, first, steps, look, wrong = (
            run.args
        )
        names = (
            "entry",
            "lane",
            "pointers",
            "step",
            "look",
            "moves",
            "next_step",
            "wrong",
            "next_lane",
            "end",
        )
        at = {name: run.append_basic_block(name) for name in names}
        builder = ir.IRBuilder(at["entry"])
        buffers = builder.alloca(POINTER, count)
        builder.cbranch(builder.icmp_signed("<", lane, lanes), at["lane"], at["end"])

        builder.position_at_end(at["lane"])
        now = builder.phi(INDEX)
        now.add_incoming(lane, at["entry"])
        builder.branch(at["pointers"])

        builder.position_at_end(at["pointers"])
        slot = builder.phi(INDEX)
        slot.add_incoming(number(0), at["lane"])
        base = _element(builder, bases, slot, POINTER)
        of_lane = builder.mul(now, _element(builder, lane_strides, slot, INDEX))
        of_step = builder.mul(first, _element(builder, step_strides, slot, INDEX))
        begin = builder.gep(base, [builder.add(of_lane, of_step)], source_etype=BYTE)
        builder.store(begin, builder.gep(buffers, [slot], source_etype=POINTER), align=8)
        more = builder.add(slot, number(1))
        slot.add_incoming(more, at["pointers"])
        builder.cbranch(builder.icmp_signed("<", more, count), at["pointers"], at["step"])

        builder.position_at_end(at["step"])
        turn = builder.phi(INDEX)
        turn.add_incoming(number(0), at["pointers"])
        builder.call(step, [buffers, scalars, scratch])
        builder.cbranch(builder.icmp_signed("<", look, number(0)), at["moves"], at["look"])

        builder.position_at_end(at["look"])
        seen = builder.load(_element(builder, buffers, look, POINTER), typ=ir.FloatType(), align=4)
        nothing = builder.fsub(seen, seen)
        builder.cbranch(builder.fcmp_ordered("==", nothing, nothing), at["moves"], at["wrong"])

        builder.position_at_end(at["moves"])
        moved = builder.phi(INDEX)
        moved.add_incoming(number(0), at["step"])
        moved.add_incoming(number(0), at["look"])
        entry = builder.gep(buffers, [moved], source_etype=POINTER)
        stride = _element(builder, step_strides, moved, INDEX)
        further = builder.gep(builder.load(entry, typ=POINTER, align=8), [stride], source_etype=BYTE)
        builder.store(further, entry, align=8)
        after = builder.add(moved, number(1))
        moved.add_incoming(after, at["moves"])
        builder.cbranch(builder.icmp_signed("<", after, count), at["moves"], at["next_step"])

        builder.position_at_end(at["next_step"])
        next_turn = builder.add(turn, number(1))
        turn.add_incoming(next_turn, at["next_step"])
        builder.cbranch(builder.icmp_signed("<", next_turn, steps), at["step"], at["next_lane"])

        builder.position_at_end(at["wrong"])
        builder.store(turn, builder.gep(wrong, [now], source_etype=INDEX), align=8)
        builder.branch(at["next_lane"])

        builder.position_at_end(at["next_lane"])
        next_lane = builder.add(now, number(1))
        now.add_incoming(next_lane, at["next_lane"])
        builder.cbranch(builder.icmp_signed("<", next_lane, lanes), at["lane"], at["end"])

        builder.position_at_end(at["end"])
        builder.ret_void()


def _element(builder: ir.IRBuilder, array: Any, index: Any, kind: Any) -> Any:
    return builder.load(builder.gep(array, [index], source_etype=kind), typ=kind, align=8)
