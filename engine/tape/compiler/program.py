"""A function that is recorded for one lane, compiled, and run for any lanes and steps."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping

import numpy as np
import torch
from torch import Tensor

from engine.tape.compiler.binding import Binding, MixedBinding, NativeBinding
from engine.tape.compiler.code import Replayed, parts_of
from engine.tape.compiler.source import SourceReader, Unlowerable
from engine.tape.recorder import Recorder
from engine.tape.recording import Unrecordable

log = logging.getLogger(__name__)

TOLERANCE = 1e-4
"""See ``differs``."""


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
        before = {key: tensor.detach().clone() for key, tensor in arguments.items()}
        recorder = Recorder()
        with recorder:
            results = function()
        if recorder.problem:
            raise Unrecordable(recorder.problem)
        self.templates = {key: tensor.detach() for key, tensor in {**arguments, **results}.items()}
        operations = recorder.needed(tuple(results.values()))
        written = {address for operation in operations for address in operation.writes}
        self.constants = {
            key for key, tensor in results.items() if tensor.untyped_storage().data_ptr() not in written
        }
        """Results that are the same each time, which no call writes."""
        source = SourceReader(self.templates).read(operations)
        self._name, self._kept = name, recorder.kept
        self.parts = parts_of(source)
        self.buffers = source.buffers
        self.scalars = np.array(source.scalars or [0.0], dtype=np.float64)
        self._log_replayed()
        self._check(before, flags)

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

    def _check(self, before: Mapping[str, Tensor], flags: Collection[str]) -> None:
        """Run on what the recorded function got, and compare with what it made of it."""
        binding = self.bind()
        expected = {key: tensor.clone() for key, tensor in self.templates.items()}
        found = {
            key: before[key].clone() if key in before else _spoilt(tensor) for key, tensor in expected.items()
        }
        for key, tensor in found.items():
            binding.set(key, tensor)
        binding.run(0, 1, 1)
        for key, tensor in expected.items():
            if key in flags:
                same = torch.equal(found[key].isfinite(), tensor.isfinite())
            else:
                same = not differs(found[key], tensor, before.get(key))
            if not same:
                raise Unlowerable(f"compiled, it computes another {key}")


def _spoilt(tensor: Tensor) -> Tensor:
    """A tensor in which every element is another."""
    if tensor.dtype == torch.bool:
        return tensor.logical_not()
    return torch.full_like(tensor, torch.nan).where(tensor.isfinite(), torch.zeros_like(tensor))


def differs(found: Tensor, expected: Tensor, before: Tensor | None) -> bool:
    """Whether native code computed something else than PyTorch.

    Rounding makes a difference of ``TOLERANCE`` of the largest element at most, but for one thing: optimizers divide
    by the size of the gradient, so that an element whose gradient is lost in rounding moves anywhere within an update.
    That is granted to half of the elements, since behind normalization a bias has no gradient but rounding.

    Parameters
    ----------
    found, expected
        What the code and PyTorch made.
    before
        What was there before; None where that does not matter.
    """
    found, expected = found.double(), expected.double()
    scale = expected.abs().nan_to_num(0.0, 0.0, 0.0).max()
    same = (found - expected).abs() <= TOLERANCE * scale + 1e-30
    same |= found.isfinite().logical_not() & expected.isfinite().logical_not()
    if before is None or same.all():
        return not bool(same.all())
    reach = (expected - before.double()).abs().nan_to_num(0.0, 0.0, 0.0).max()
    close = (found - expected).abs() <= 2.0 * reach
    return not bool((same | close).all()) or int((~same).sum()) > same.numel() // 2
