"""The LLVM modules of a program: one for each kind of group, and one that calls their functions for lanes and steps.

Programs of many networks need the same kinds of groups: each is compiled once for all of them.

``step`` computes a function once for a few lanes, as many as the processor's nearest cache holds, and for each of them
with the same instructions, so that no lane's numbers depend on its neighbours. ``run`` does so for lanes and steps;
lanes are the outer loop, so that what they work on stays in the cache.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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
RUN = (*[POINTER] * 3, INDEX, *[POINTER] * 2, *[INDEX] * 5, POINTER)
"""The types of what ``run`` is called with."""
MOST_TOGETHER = 4
"""Lanes that are computed at once."""
NEAR = 32 * 1024
"""Bytes that stay in a processor's nearest cache."""


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


def together(scratch: int, buffers: Sequence[Buffer]) -> int:
    """How many lanes are computed at once: as many as a near cache holds."""
    outside = sum(buffer.size * SIZES[buffer.dtype] for buffer in buffers if buffer.kind != "scratch")
    return max(1, min(MOST_TOGETHER, NEAR // max(1, scratch + outside)))


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
        self._places, self._scratch = place(self._groups, self._buffers)
        self._groups = [one for one in self._groups if any(one.stores)]
        self._width = width
        outside = [number_ for number_, buffer in enumerate(self._buffers) if buffer.kind != "scratch"]
        self._slots = {buffer: slot for slot, buffer in enumerate(outside)}
        self._module = ir.Module("program")
        self.kernels: dict[str, Kernel] = {}
        self._functions: dict[str, ir.Function] = {}
        self.together = together(self._scratch, self._buffers)
        self.scratch_size = self.together * self._scratch
        self._emit_run(self._emit_step())

    def __str__(self) -> str:
        return str(self._module)

    def _emit_step(self) -> ir.Function:
        """``step(buffers, count, scalars, scratch, lanes)``: a step of some lanes.

        Each group is computed for one lane after the other: a processor begins with the next lane while results of
        the last are on their way. ``buffers`` holds ``count`` pointers of the first lane, then those of the next.
        """
        kind = ir.FunctionType(ir.VoidType(), [POINTER, INDEX, POINTER, POINTER, INDEX])
        function = ir.Function(self._module, kind, "step")
        function.linkage = "internal"
        builder = ir.IRBuilder(function.append_basic_block("entry"))
        buffers, count, scalars, scratch, lanes = function.args
        for one in self._groups:
            kernel = kernel_of(one, self._width)
            numbers = [
                builder.gep(scalars, [number(index)], source_etype=ir.DoubleType())
                for index in kernel.scalars
            ]
            with _counted(builder, lanes) as lane:
                pointers = builder.gep(buffers, [builder.mul(lane, count)], source_etype=POINTER)
                at = builder.mul(lane, number(self._scratch))
                memory = builder.gep(scratch, [at], source_etype=BYTE)
                accesses = [self._address(builder, access, pointers, memory) for access in kernel.accesses]
                builder.call(self._function(kernel), [*accesses, *numbers])
        builder.ret_void()
        return function

    def _address(self, builder: ir.IRBuilder, access: Access, pointers: Any, scratch: Any) -> Any:
        buffer, offset = access.buffer, access.offset * SIZES[access.dtype]
        if self._buffers[buffer].kind == "scratch":
            at = number(self._places.get(buffer, 0) + offset)
            return builder.gep(scratch, [at], source_etype=BYTE)
        base = _element(builder, pointers, number(self._slots[buffer]), POINTER)
        return builder.gep(base, [number(offset)], source_etype=BYTE)

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
        run = ir.Function(self._module, ir.FunctionType(ir.VoidType(), RUN), "run")
        *memory, lane, lanes, first, steps, look, wrong = run.args
        builder = ir.IRBuilder(run.append_basic_block("entry"))
        builder.call(self._emit_turns(step), [*memory, lane, lanes, first, number(0), steps, look, wrong])
        builder.ret_void()

    def _emit_turns(self, step: ir.Function) -> ir.Function:
        """As ``run``, with the first turn after ``step``: some lanes at a time, each of which ends by itself."""
        kind = ir.FunctionType(ir.VoidType(), [*RUN[:9], INDEX, *RUN[9:]])
        function = ir.Function(self._module, kind, "turns")
        function.linkage = "internal"
        (
            bases, lane_strides, step_strides, count, scalars, scratch,
            lane, lanes, first, begin, steps, look, wrong,
        ) = function.args  # fmt: skip
        names = ("entry", "lane", "step", "look", "moves", "wrong", "next_lane", "end")
        at = {name: function.append_basic_block(name) for name in names}
        builder = ir.IRBuilder(at["entry"])
        buffers = builder.alloca(POINTER, builder.mul(count, number(self.together)))
        some_wrong = builder.alloca(ir.IntType(1))
        some = builder.and_(builder.icmp_signed("<", lane, lanes), builder.icmp_signed("<", begin, steps))
        start = builder.add(first, begin)
        builder.cbranch(some, at["lane"], at["end"])

        def pointer(one: Any, slot: Any) -> Any:
            return builder.gep(buffers, [builder.add(builder.mul(one, count), slot)], source_etype=POINTER)

        builder.position_at_end(at["lane"])
        now = builder.phi(INDEX)
        now.add_incoming(lane, at["entry"])
        left = builder.sub(lanes, now)
        fits = builder.icmp_signed("<", left, number(self.together))
        together = builder.select(fits, left, number(self.together))
        with _counted(builder, together) as one, _counted(builder, count) as slot:
            of_lane = builder.mul(builder.add(now, one), _element(builder, lane_strides, slot, INDEX))
            of_step = builder.mul(start, _element(builder, step_strides, slot, INDEX))
            base = _element(builder, bases, slot, POINTER)
            place = builder.gep(base, [builder.add(of_lane, of_step)], source_etype=BYTE)
            builder.store(place, pointer(one, slot), align=8)
        prepared = builder.block
        builder.branch(at["step"])

        builder.position_at_end(at["step"])
        turn = builder.phi(INDEX)
        turn.add_incoming(begin, prepared)
        builder.call(step, [buffers, count, scalars, scratch, together])
        builder.cbranch(builder.icmp_signed("<", look, number(0)), at["moves"], at["look"])

        def is_fine(one: Any) -> Any:
            seen = _element(builder, buffers, builder.add(builder.mul(one, count), look), POINTER)
            value = builder.load(seen, typ=ir.FloatType(), align=4)
            nothing = builder.fsub(value, value)
            return builder.fcmp_ordered("==", nothing, nothing)

        builder.position_at_end(at["look"])
        builder.store(ir.IntType(1)(0), some_wrong)
        with _counted(builder, together) as one:
            builder.store(builder.or_(builder.load(some_wrong), builder.not_(is_fine(one))), some_wrong)
        builder.cbranch(builder.load(some_wrong), at["wrong"], at["moves"])

        builder.position_at_end(at["moves"])
        with _counted(builder, together) as one, _counted(builder, count) as slot:
            entry = pointer(one, slot)
            stride = _element(builder, step_strides, slot, INDEX)
            further = builder.gep(builder.load(entry, typ=POINTER, align=8), [stride], source_etype=BYTE)
            builder.store(further, entry, align=8)
        next_turn = builder.add(turn, number(1))
        turn.add_incoming(next_turn, builder.block)
        builder.cbranch(builder.icmp_signed("<", next_turn, steps), at["step"], at["next_lane"])

        builder.position_at_end(at["wrong"])
        resumed = builder.add(turn, number(1))
        memory = [bases, lane_strides, step_strides, count, scalars, scratch]
        with _counted(builder, together) as one:
            this = builder.add(now, one)
            with builder.if_else(is_fine(one)) as (fine, not_fine):
                with fine:
                    after = builder.add(this, number(1))
                    builder.call(function, [*memory, this, after, first, resumed, steps, look, wrong])
                with not_fine:
                    builder.store(turn, builder.gep(wrong, [this], source_etype=INDEX), align=8)
        builder.branch(at["next_lane"])

        builder.position_at_end(at["next_lane"])
        next_lane = builder.add(now, together)
        now.add_incoming(next_lane, at["next_lane"])
        builder.cbranch(builder.icmp_signed("<", next_lane, lanes), at["lane"], at["end"])

        builder.position_at_end(at["end"])
        builder.ret_void()
        return function


@contextmanager
def _counted(builder: ir.IRBuilder, count: Any) -> Iterator[Any]:
    """Emit a loop whose index counts from 0 to before ``count``, which is 1 or more."""
    before = builder.block
    body, end = builder.append_basic_block("turn"), builder.append_basic_block("after")
    builder.branch(body)
    builder.position_at_end(body)
    index = builder.phi(INDEX)
    index.add_incoming(number(0), before)
    yield index
    following = builder.add(index, number(1))
    index.add_incoming(following, builder.block)
    builder.cbranch(builder.icmp_signed("<", following, count), body, end)
    builder.position_at_end(end)


def _element(builder: ir.IRBuilder, array: Any, index: Any, kind: Any) -> Any:
    return builder.load(builder.gep(array, [index], source_etype=kind), typ=kind, align=8)
