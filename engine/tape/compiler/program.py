"""A function that is recorded for one lane, compiled, and run for any lanes and steps."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.tape.compiler.binding import Binding, MixedBinding, NativeBinding
from engine.tape.compiler.checking import as_it_lies, other_result
from engine.tape.compiler.code import Code, Replayed, accept, parts_of
from engine.tape.compiler.source import Source, SourceReader, Unlowerable
from engine.tape.recorder import Operation, Recorder
from engine.tape.recording import Unrecordable

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Recording:
    """What was recorded of a function of one lane.

    Attributes
    ----------
    before
        Copies of the arguments as the function got them.
    templates
        Arguments and results, by name, as the function left them.
    constants
        Results that are the same each time, which no call writes.
    operations
        The calls that matter.
    source
        The same without addresses.
    kept
        Holds the memory of the calls.
    """

    before: Mapping[str, Tensor]
    templates: dict[str, Tensor]
    constants: set[str]
    operations: Sequence[Operation]
    source: Source
    kept: list[Any]

    @property
    def varying(self) -> dict[str, Tensor]:
        """Arguments, and results that are not the same each time."""
        return {key: tensor for key, tensor in self.templates.items() if key not in self.constants}


def recorded(function: Callable[[], Mapping[str, Tensor]], arguments: Mapping[str, Tensor]) -> Recording:
    """Run a function of one lane once, and record it.

    Parameters
    ----------
    function, arguments
        As for ``Program``.

    Returns
    -------
    Recording

    Raises
    ------
    Unrecordable
        If a call cannot be replayed.
    Unlowerable
        If arguments share memory, or elements of one of them do.
    """
    before = {key: as_it_lies(tensor) for key, tensor in arguments.items()}
    recorder = Recorder()
    with recorder:
        results = function()
    if recorder.problem:
        raise Unrecordable(recorder.problem)
    templates = {key: tensor.detach() for key, tensor in {**arguments, **results}.items()}
    operations = recorder.needed(tuple(results.values()))
    written = {address for operation in operations for address in operation.writes}
    constants = {key for key, tensor in results.items() if tensor.untyped_storage().data_ptr() not in written}
    for key, tensor in templates.items():
        lies_upon = any(
            n > 1 and stride == 0 for n, stride in zip(tensor.shape, tensor.stride(), strict=True)
        )
        if key not in constants and lies_upon:
            raise Unlowerable(f"elements of {key} lie upon one another")
    source = SourceReader(templates).read(operations)
    return Recording(before, templates, constants, operations, source, recorder.kept)


class Program:
    """A function of a lane as native code.

    Parameters
    ----------
    function
        Takes a lane's step. It reads and writes ``arguments`` and returns results by name; what else it reads never
        changes. Recording runs it once.
    arguments
        The memory, by name, that each run of the program gets anew; no two share an element.
    name
        What the function does, as a message names it.
    flags
        Results of which it only matters whether they are finite.

    Raises
    ------
    Unrecordable
        If a call cannot be replayed.
    Unlowerable
        If the code computes something else than the function did.
    """

    def __init__(
        self,
        function: Callable[[], Mapping[str, Tensor]],
        arguments: Mapping[str, Tensor],
        name: str,
        flags: Collection[str] = (),
    ) -> None:
        recording = recorded(function, arguments)
        before, operations, source = recording.before, recording.operations, recording.source
        self.templates, self.constants = recording.templates, recording.constants
        """Arguments and results; results that are the same each time, which no call writes."""
        self._name, self._kept = name, recording.kept
        self.parts = parts_of(source)
        self.buffers = source.buffers
        self.scalars = np.array(source.scalars or [0.0], dtype=np.float64)
        self._log_replayed()
        if any(isinstance(part, Code) and part.unchecked for part in self.parts):
            other = other_result(self.bind(), operations, recording.varying, before, flags)
            if other is not None:
                raise Unlowerable(f"compiled, it computes another {other}")
            self.parts = accept(self.parts)
        if not self.is_mixed:
            self._forget_recording()

    def _forget_recording(self) -> None:
        """Let go of all memory of the recording but what was captured: native code works in other memory."""
        self._kept = []
        self.buffers = [
            replace(buffer, tensor=None) if buffer.kind == "scratch" or buffer.name else buffer
            for buffer in self.buffers
        ]
        self.templates = {
            key: tensor
            if key in self.constants
            else torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype, device="meta")
            for key, tensor in self.templates.items()
        }

    def bind(self) -> Binding:
        """Return what holds the memory that the program runs on."""
        return MixedBinding(self) if self.is_mixed else NativeBinding(self)

    @property
    def is_mixed(self) -> bool:
        """Whether calls that nothing lowers are replayed between pieces of code."""
        return any(isinstance(part, Replayed) for part in self.parts)

    def _log_replayed(self) -> None:
        for part in self.parts:
            if isinstance(part, Replayed):
                log.info("in %s, %s is replayed: %s", self._name, part.call.name, part.reason)
                if part.call.operation.stays:
                    raise Unlowerable(f"{part.call.name} draws random numbers")
