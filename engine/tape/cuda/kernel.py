"""The CUDA C of a program: one kernel, whose blocks compute a lane each, for some steps in turn.

What belongs to a lane and stays from step to step (parameters, slots of the optimizer, strengths) is copied to shared
memory on the chip before the first step, and back after the last one; intermediate results live there alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from engine.tape.compiler.grouping import Group, group, mark_stores, place
from engine.tape.compiler.source import SIZES, Access, Buffer, Source, Unlowerable
from engine.tape.compiler.statements import Product, Statement
from engine.tape.cuda.arithmetic import TYPES, Lines
from engine.tape.cuda.bodies import Block, write

MOST_SHARED = 227 * 1024
"""Bytes of shared memory that a block can have (compute capability 9.0)."""
WARP = 32
OUTPUTS_PER_THREAD = 4
"""Of the largest matrix product of a program."""
MOST_THREADS = 256


@dataclass(frozen=True, eq=False)
class Kernel:
    """A kernel's text and what it needs to be launched.

    Attributes
    ----------
    text
        CUDA C; the function is ``run``.
    threads
        Of a block.
    shared
        Bytes of dynamic shared memory.
    resident
        The slots of the arguments that stay on the chip.
    """

    text: str
    threads: int
    shared: int
    resident: tuple[int, ...]


def threads_for(statements: Sequence[Statement]) -> int:
    """Return how many threads compute a lane: more for wider networks and larger batches."""
    largest = max((one.out.count for one in statements if isinstance(one, Product)), default=WARP)
    threads = WARP
    while threads < MOST_THREADS and largest > OUTPUTS_PER_THREAD * threads:
        threads *= 2
    return threads


def kernel_of(
    source: Source,
    statements: Sequence[Statement],
    moving: Collection[str],
    look: str | None = None,
    threads: int | None = None,
    warp: int = WARP,
    most_shared: int = MOST_SHARED,
) -> Kernel:
    """Write the kernel of a program.

    Parameters
    ----------
    source
        Its buffers and scalars.
    statements
        What it computes.
    moving
        Names of arguments that lie elsewhere in each step, or are the same for all lanes.
    look
        The name of the float after which a lane goes no further where it is not finite; None for none.
    threads
        Of a block; None for a number by the size of the program. A multiple of ``warp``.
    warp
        Threads that exchange numbers directly.
    most_shared
        Bytes that a block may have.

    Returns
    -------
    Kernel

    Raises
    ------
    Unlowerable
        If intermediate results are too many for the chip.
    """
    groups = group(statements)
    mark_stores(groups, source.buffers)
    places, scratch = place(groups, source.buffers)
    groups = [one for one in groups if any(one.stores)]
    if scratch > most_shared:
        raise Unlowerable(f"intermediate results of {scratch:,} bytes are too many for a multiprocessor")
    writer = _Writer(source.buffers, places, scratch, groups, moving, most_shared)
    threads = threads or threads_for(statements)
    text = writer.text(threads, warp, look, max(1, len(source.scalars)))
    return Kernel(text, threads, writer.shared, writer.resident)


class _Writer:
    def __init__(
        self,
        buffers: Sequence[Buffer],
        places: dict[int, int],
        scratch: int,
        groups: Sequence[Group],
        moving: Collection[str],
        most_shared: int,
    ) -> None:
        self._buffers, self._groups, self._places = buffers, groups, dict(places)
        outside = [number for number, buffer in enumerate(buffers) if buffer.kind != "scratch"]
        self._slots = {number: slot for slot, number in enumerate(outside)}
        touched = {access.buffer for one in groups for access in _accesses(one)}
        self._written = {one.out.buffer for each in groups for one in each.statements}
        self.shared = scratch
        residents = []
        for number in sorted(touched, key=lambda number: buffers[number].size):
            buffer = buffers[number]
            size = -(-buffer.size * SIZES[buffer.dtype] // 64) * 64
            stays = buffer.kind == "argument" and buffer.name not in moving
            if stays and self.shared + size <= most_shared:
                self._places[number] = self.shared
                self.shared += size
                residents.append(number)
        self._residents = residents
        self.resident = tuple(self._slots[number] for number in residents)

    def text(self, threads: int, warp: int, look: str | None, scalars: int) -> str:
        lines = Lines()
        sync = "__syncwarp();" if threads == warp == WARP else "__syncthreads();"
        slots = range(len(self._slots))
        lines.add(_TABLE.format(slots=max(1, len(self._slots)), scalars=scalars))
        lines.add(f'extern "C" __global__ void __launch_bounds__({threads}) run(const Table table) {{')
        lines.add("extern __shared__ __align__(64) unsigned char shared[];")
        lines.add("const int thread = threadIdx.x;")
        lines.add("const long long lane = table.lane + blockIdx.x;")
        lines.add("const long long first = table.step + (long long)blockIdx.y * table.steps;")
        for slot in slots:
            lines.add(
                f"char* p{slot} = table.bases[{slot}] + lane * table.lane_strides[{slot}]"
                f" + first * table.step_strides[{slot}];"
            )
        for number in self._residents:
            self._move(lines, number, threads, into=True)
        lines.add(sync)
        lines.add("int done = 0;")
        lines.add("for (; done < table.steps; ++done) {")
        block = Block(threads, warp, self._place)
        since: list[_Touch] = []
        for one in self._groups:
            touches = [self._touch(access, writes) for access, writes in _uses(one)]
            if any(_meet(touch, other) for touch in touches for other in since):
                lines.add(sync)
                since = []
            since += touches
            lines.add("{")
            write(lines, one, block)
            lines.add("}")
        lines.add(sync)
        if look is not None:
            number = next(n for n, buffer in enumerate(self._buffers) if buffer.name == look)
            lines.add(f"const float seen = {self._place(number)}[0];")
            lines.add("if (table.looks && !(seen - seen == 0.0f)) break;")
            # Nobody writes the next look before all have seen this one.
            lines.add(sync)
        for slot in slots:
            if slot not in self.resident:
                lines.add(f"p{slot} += table.step_strides[{slot}];")
        lines.add("}")
        for number in self._residents:
            if number in self._written:
                self._move(lines, number, threads, into=False)
        lines.add("if (thread == 0 && table.done) table.done[blockIdx.x] = done;")
        lines.add("}")
        return "\n".join(lines.all) + "\n"

    def _place(self, number: int) -> str:
        buffer = self._buffers[number]
        kind = TYPES[buffer.dtype]
        if number in self._places or buffer.kind == "scratch":
            return f"(({kind}*)(shared + {self._places.get(number, 0)}))"
        return f"(({kind}*)p{self._slots[number]})"

    def _move(self, lines: Lines, number: int, threads: int, into: bool) -> None:
        """Copy an argument to shared memory, or back."""
        buffer = self._buffers[number]
        near, far = self._place(number), f"(({TYPES[buffer.dtype]}*)p{self._slots[number]})"
        to, source = (near, far) if into else (far, near)
        lines.add(f"for (int i = thread; i < {buffer.size}; i += {threads}) {to}[i] = {source}[i];")

    def _touch(self, access: Access, writes: bool) -> _Touch:
        size = SIZES[access.dtype]
        space, at = (
            ("shared", self._places.get(access.buffer)) if access.buffer in self._places else ("", None)
        )
        if at is None:
            space, at = f"global {access.buffer}", 0
        return _Touch(space, at + access.offset * size, at + access.end * size, writes)


@dataclass(frozen=True, slots=True)
class _Touch:
    """Bytes that a group reads or writes."""

    space: str
    start: int
    end: int
    writes: bool


def _meet(one: _Touch, other: _Touch) -> bool:
    """Whether two groups must not run at the same time."""
    return (
        one.space == other.space
        and (one.writes or other.writes)
        and one.start < other.end
        and other.start < one.end
    )


def _uses(one: Group) -> list[tuple[Access, bool]]:
    """What a group reads, and what it writes."""
    stored = [statement for statement, stores in zip(one.statements, one.stores, strict=True) if stores]
    reads = [(access, False) for statement in one.statements for access in statement.reads]
    return [*reads, *((statement.out, True) for statement in stored)]


def _accesses(one: Group) -> list[Access]:
    return [access for access, _ in _uses(one)]


_TABLE = """struct Table {{
char* bases[{slots}]; long long lane_strides[{slots}]; long long step_strides[{slots}];
double scalars[{scalars}]; int* done; long long lane; long long step; int steps; int looks;
}};"""
