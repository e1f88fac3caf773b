"""Record the tensor calls of a function once; replay them into the same memory, without autograd.

A ``TorchDispatchMode`` sees every ATen call below autograd: forward, backward and update. Two kinds of calls are
dropped: those that only make a view, because the view stays valid, and those whose results nothing reads. The others
are kept in their ``out=`` form, which writes into the same memory as the recorded call. Each form is tried while
recording and kept only if it gives the same bits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

from engine.tape.recorder import Operation, Recorder
from engine.tape.ways import Way

log = logging.getLogger(__name__)


class Unrecordable(RuntimeError):
    """A call whose replay would not be the recorded call; the message names it."""


class Tape:
    """Calls that repeat, bit for bit, what a function did when it was recorded.

    Tensors that the function reads and writes may change their values but not their memory, and no Python value may
    decide which operations are called.
    """

    def __init__(self, operations: list[Operation], kept: list[Any]) -> None:
        self.operations = operations
        self._calls = [operation.call for operation in operations]
        # Keeps the memory that the calls write into.
        self._kept = kept

    def __len__(self) -> int:
        return len(self._calls)

    def play(self) -> None:
        """Repeat all calls."""
        for call in self._calls:
            call()


def record(function: Callable[[], Sequence[Tensor] | None]) -> Tape:
    """Run a function once and record its tensor calls.

    Parameters
    ----------
    function
        Returns the tensors that are read later; None if it only writes into existing memory.

    Returns
    -------
    Tape
        Computes these tensors again, and what the function wrote into existing memory.

    Raises
    ------
    Unrecordable
        If a call cannot be replayed.

    Examples
    --------
    >>> import torch
    >>> x = torch.ones(2)
    >>> results = []
    >>> def double() -> list[Tensor]:
    ...     results.append(2 * x)
    ...     return results
    >>> tape = record(double)
    >>> _ = x.fill_(3.0)
    >>> tape.play()
    >>> results
    [tensor([6., 6.])]
    """
    recorder = Recorder()
    with recorder:
        results = function()
    if recorder.problem:
        raise Unrecordable(recorder.problem)
    return Tape(recorder.needed(() if results is None else results), recorder.kept)


class Recorded:
    """A function that is recorded after some eager calls and replayed from then on, with the same bits.

    A function that cannot be recorded always runs eagerly; the reason is logged. Each eager call makes new tensors,
    while a replay reads and writes those of the recorded call. So no recorded function may read a tensor that another
    one makes: put both into one function, or have the first write into memory that both share.

    Parameters
    ----------
    function
        As for ``record``.
    way
        How it runs: eagerly, or recorded.
    eager
        How many calls run eagerly before the recorded one.
    name
        What the function does, as a message names it.
    """

    def __init__(
        self,
        function: Callable[[], Sequence[Tensor] | None],
        way: Way = Way.REPLAY,
        eager: int = 0,
        *,
        name: str,
    ) -> None:
        self._function = function
        self.way = way
        """How it really runs: eagerly if it cannot be recorded."""
        self._eager_calls = eager
        self._name = name
        self._tape: Tape | None = None

    def __call__(self) -> None:
        if self._tape is not None:
            self._tape.play()
        elif self.way.records and self._eager_calls == 0:
            self._record()
        else:
            self._function()
            self._eager_calls -= self.way.records

    def _record(self) -> None:
        try:
            self._tape = record(self._function)
        except Unrecordable as reason:
            self.way = Way.EAGER
            log.warning("%s cannot be replayed and runs more slowly: %s", self._name, reason)
