"""A function that is recorded for one lane on the processor, and runs for any lanes and steps on a CUDA device."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from engine.tape.compiler.binding import Place, Steps, Table
from engine.tape.compiler.checking import other_result
from engine.tape.compiler.lowering import Statements
from engine.tape.compiler.program import recorded
from engine.tape.compiler.source import Unlowerable
from engine.tape.cuda.kernel import Kernel, kernel_of
from engine.tape.cuda.launching import compiled


class Launches(Protocol):
    """A kernel that can be launched."""

    def launch(self, grid: tuple[int, int], table: bytes) -> None: ...


class CudaProgram:
    """A function of a lane as a kernel.

    Parameters
    ----------
    function, arguments, name, flags
        As for ``engine.tape.compiler.program.Program``; everything lies in the processor's memory.
    moving
        Names of arguments that lie elsewhere in each step, or are the same for all lanes.
    look
        The name of the float after which a lane goes no further where it is not finite; None for none.
    device
        Where it runs.
    compiler
        Compiles the kernel.

    Raises
    ------
    Unrecordable
        If a call cannot be replayed.
    Unlowerable
        If a call cannot be lowered, if the program is too large, or if the kernel computes something else.
    """

    def __init__(
        self,
        function: Callable[[], Mapping[str, Tensor]],
        arguments: Mapping[str, Tensor],
        name: str,
        moving: Collection[str],
        flags: Collection[str] = (),
        look: str | None = None,
        device: torch.device | str = "cuda",
        compiler: Callable[[Kernel, torch.device], Launches] = compiled,
    ) -> None:
        recording = recorded(function, arguments)
        source = recording.source
        self.device = torch.device(device)
        statements = Statements(source)
        for call in source.calls:
            try:
                statements.lower(call)
            except Unlowerable as reason:
                raise Unlowerable(f"{call.name}: {reason}") from None
        kernel = kernel_of(source, statements.all, moving, look)
        self.templates, self.constants = recording.templates, recording.constants
        self.scalars = np.array(source.scalars or [0.0], dtype=np.float64)
        self.buffers = [
            replace(buffer, tensor=buffer.tensor.to(self.device))
            if buffer.kind == "captured" and buffer.tensor is not None
            else replace(buffer, tensor=None)
            for buffer in source.buffers
        ]
        self.kernel, self.name = kernel, name
        self.function = compiler(kernel, self.device)
        other = other_result(
            _OnProcessor(self), recording.operations, recording.varying, recording.before, flags
        )
        if other is not None:
            raise Unlowerable(f"as a kernel, {name} computes another {other}")

    def bind(self) -> CudaBinding:
        """Return what holds the memory that the program runs on."""
        return CudaBinding(self)


class CudaBinding:
    """Memory that a program runs on, all of it on the device.

    Parameters
    ----------
    program
        The program.
    """

    def __init__(self, program: CudaProgram) -> None:
        self._program, self._table = program, Table(program)
        self._looks = False

    def set(self, name: str, tensor: Tensor, lanes: int | None = None, steps: int | None = None) -> None:
        """Let an argument lie in a tensor of the device.

        Parameters
        ----------
        name, tensor, lanes, steps
            As for ``engine.tape.compiler.binding.Binding``.
        """
        self._table.set(name, tensor, lanes, steps)
        if name in self._program.constants:
            Place(tensor, lanes, steps).fill(self._program.templates[name].to(tensor.device))

    def end_lanes(self) -> None:
        """Let a lane go no further after a step whose look is not finite."""
        self._looks = True

    def run(self, first: int, end: int, steps: int, start: int = 0, done: Tensor | None = None) -> None:
        """Compute some lanes, each for all steps or until its look is not finite, on PyTorch's current stream.

        Parameters
        ----------
        first, end
            The lanes from ``first`` to before ``end``.
        steps, start
            How many steps, and the first.
        done : Tensor, int32 [end − first]
            Gets how many steps each lane made that looked right: ``steps``, or fewer.
        """
        if end > first and steps > 0:
            self._launch((end - first, 1), first, steps, start, done)

    def spread(self, first: int, end: int, steps: int, start: int = 0) -> None:
        """Compute some lanes for steps of which none reads what another one writes, all at once.

        Parameters
        ----------
        first, end, steps, start
            As for ``run``.
        """
        if end > first and steps > 0:
            self._launch((end - first, steps), first, 1, start, None)

    def _launch(self, grid: tuple[int, int], lane: int, steps: int, start: int, done: Tensor | None) -> None:
        table = self._table
        arguments = (table.bases, table.lane_strides, table.step_strides, table.scalars)
        numbers = np.array([0 if done is None else done.data_ptr(), lane, start], dtype=np.int64)
        flags = np.array([steps, self._looks], dtype=np.int32)
        packed = b"".join(part.tobytes() for part in (*arguments, numbers, flags))
        self._program.function.launch(grid, packed)


class _OnProcessor:
    """Runs a program once on copies of memory of the processor, to compare what it computes."""

    def __init__(self, program: CudaProgram) -> None:
        self._program, self._binding = program, program.bind()
        self._both: list[tuple[Tensor, Tensor]] = []

    def set(self, name: str, tensor: Tensor, lanes: int | None = None, steps: int | None = None) -> None:
        copy = torch.empty_strided(
            tensor.shape, tensor.stride(), dtype=tensor.dtype, device=self._program.device
        )
        self._both.append((tensor, copy.copy_(tensor)))
        self._binding.set(name, copy)

    def look_at(self, name: str) -> None:
        """Nothing ends after one step."""

    def run(self, first: int, end: int, steps: int, start: int = 0) -> Steps:
        for tensor, copy in self._both:
            copy.copy_(tensor)
        self._binding.run(first, end, steps, start)
        for tensor, copy in self._both:
            tensor.copy_(copy)
        return np.full(end - first, steps)
