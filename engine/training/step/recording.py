"""Record the tensor calls of a function once; replay them into the same memory, without autograd.

A ``TorchDispatchMode`` sees every ATen call below autograd: forward, backward and update alike. Calls that only make a
view are dropped, because the view stays what it is, and so are calls whose result nobody reads; the others are kept in
their ``out=`` form, which writes where the recorded call wrote. Each is tried while recording and kept only when it
gives the same bits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

from engine.training.step.bound_calls import Call
from engine.training.step.recorder import Recorder

log = logging.getLogger(__name__)


class Unrecordable(RuntimeError):
    """A call whose replay would not be the recorded call; the message names it."""


class Tape:
    """Calls that do again, to the bit, what a function did when it was recorded.

    Everything that the function reads and writes must stay where it is: tensors may change their values but not
    their memory, and no Python value may decide what is called.
    """

    def __init__(self, calls: list[Call], kept: list[Any]) -> None:
        self._calls = calls
        # What is written must not be freed while there is something that writes it.
        self._kept = kept

    def __len__(self) -> int:
        return len(self._calls)

    def play(self) -> None:
        """Do it again."""
        for call in self._calls:
            call()


def record(function: Callable[[], Sequence[Tensor] | None]) -> Tape:
    """Run a function once and record its tensor calls.

    Parameters
    ----------
    function
        Returns the tensors that are read later, or None where it only writes into memory that was there before.

    Returns
    -------
    Tape
        Computes again these tensors, and what the function wrote into memory that was there before.

    Raises
    ------
    Unrecordable
        Where a call cannot be replayed.

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
    """A function that runs eagerly at first, is recorded at one call, and is replayed from then on: the same bits.

    What cannot be recorded goes on eagerly, with a logged reason. Each eager call makes new tensors, while a replay
    reads and writes those of the recorded call. So no recorded function may read a tensor that another one makes: put
    both into one function, or have the first write into memory that both share.

    Parameters
    ----------
    function
        What ``record`` takes.
    recording
        Whether to record at all.
    eager
        How many calls run eagerly before the one that is recorded.
    name
        What the function does, as a message names it.
    """

    def __init__(
        self,
        function: Callable[[], Sequence[Tensor] | None],
        recording: bool = True,
        eager: int = 0,
        *,
        name: str,
    ) -> None:
        self._function = function
        self._records = recording
        self._eager_calls = eager
        self._name = name
        self._tape: Tape | None = None

    def __call__(self) -> None:
        if self._tape is not None:
            self._tape.play()
        elif self._records and self._eager_calls == 0:
            self._record()
        else:
            self._function()
            self._eager_calls -= self._records

    def _record(self) -> None:
        try:
            self._tape = record(self._function)
        except Unrecordable as reason:
            self._records = False
            log.warning("%s cannot be replayed and runs more slowly: %s", self._name, reason)
