"""Record the tensor calls of a function once; replay them into the same memory, without autograd.

A ``TorchDispatchMode`` sees every ATen call below autograd: forward, backward and update alike. Calls that only make a
view are dropped, because the view stays what it is, and so are calls whose result nobody reads; the others are kept in
their ``out=`` form, which writes where the recorded call wrote. Each is tried while recording and kept only when it
gives the same bits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from engine.training.step.out_forms import in_place_form, out_forms

log = logging.getLogger(__name__)

Call = Callable[[], object]

_CONSTANTS = {"aten::ones_like": 1.0, "aten::zeros_like": 0.0, "aten::zeros": 0.0, "aten::ones": 1.0}
"""Operations that make the same numbers whatever they are given."""
_COPIES = ("aten::clone", "aten::_to_copy")
"""Operations that ``Tensor.copy_`` does in a fraction of the time of their own ``out=`` forms."""


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
    """Run ``function`` once and return its tape, which computes again the tensors that the function returned and what
    it wrote into memory that was there before. Unrecordable when there is a call that cannot be replayed.
    """
    recorder = _Recorder()
    with recorder:
        results = function()
    if recorder.problem:
        raise Unrecordable(recorder.problem)
    return Tape(recorder.needed(() if results is None else results), recorder.kept)


class Recorded:
    """A function that runs eagerly at first, is recorded at one call, and is replayed from then on: the same bits.

    What cannot be recorded goes on eagerly, with a logged reason.

    Parameters
    ----------
    function
        What ``record`` takes.
    recording
        Whether to record at all.
    eager
        How many calls run eagerly before the one that is recorded.
    """

    def __init__(
        self, function: Callable[[], Sequence[Tensor] | None], recording: bool = True, eager: int = 0
    ) -> None:
        self._function = function
        self._records = recording
        self._eager_calls = eager
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
            log.warning("this runs without replay: %s", reason)


@dataclass
class _Noted:
    """A call, the memory that it reads and writes, and whether it must stay whoever reads what it writes."""

    call: Call
    reads: set[int]
    writes: set[int]
    stays: bool = False
    constant: bool = False


class _Recorder(TorchDispatchMode):
    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: list[Any] = []
        self.problem = ""
        self._noted: list[_Noted] = []
        self._made: set[int] = set()

    def needed(self, results: Sequence[Tensor]) -> list[Call]:
        """The calls without those that change nothing that is read later.

        A constant is made again only where something else writes into it.
        """
        changed = {memory for noted in self._noted if not noted.constant for memory in noted.writes}
        wanted = {_memory(tensor) for tensor in results}
        calls: list[Call] = []
        for noted in reversed(self._noted):
            if noted.constant and not noted.writes & changed:
                continue
            if noted.stays or noted.writes & wanted or not noted.writes <= self._made:
                wanted |= noted.reads
                calls.append(noted.call)
        return calls[::-1]

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        before = _written(func, args, kwargs)
        result = func(*args, **kwargs)
        self.kept.append((args, kwargs, result))
        reads = {_memory(tensor) for tensor in _tensors([args, [*kwargs.values()]])}
        if before:
            writes = {_memory(tensor) for tensor in before}
            self._noted.append(
                _Noted(_bind(in_place_form(func), args, kwargs), reads, writes, _is_random(func))
            )
            return result
        if _is_view(result, args):
            return result
        writes = {_memory(tensor) for tensor in _tensors([result])}
        self._made |= writes
        if func._schema.name in _CONSTANTS and isinstance(result, Tensor):
            fill = partial(result.fill_, _CONSTANTS[func._schema.name])
            self._noted.append(_Noted(fill, set(), writes, constant=True))
            return result
        with torch.no_grad():
            call = _into(func, args, kwargs, result)
        if call is None:
            self.problem = self.problem or f"{func} cannot write into given memory"
        else:
            self._noted.append(_Noted(call, reads, writes, _is_random(func)))
        return result


def _into(func: Any, args: Any, kwargs: Any, result: Any) -> Call | None:
    """``func`` as a call that writes into ``result``; None where there is none that gives the same bits."""
    if not isinstance(result, Tensor):
        return None
    if func._schema.name in _COPIES and _bits(torch.empty_like(result).copy_(args[0])).equal(_bits(result)):
        return partial(result.detach().copy_, args[0].detach())
    for candidate, name in out_forms(func):
        call = _bind(candidate, args, {**kwargs, name: result})
        if _is_random(func) or _same_bits(
            candidate, args, {**kwargs, name: torch.empty_like(result)}, name, result
        ):
            return call
    return None


def _is_random(func: Any) -> bool:
    """Whether it draws random numbers: later draws depend on it, so that it must be replayed whoever reads them."""
    return torch.Tag.nondeterministic_seeded in func.tags


def _same_bits(candidate: Any, args: Any, kwargs: Any, name: str, expected: Tensor) -> bool:
    try:
        candidate(*args, **kwargs)
    except (TypeError, RuntimeError):
        return False
    return _bits(kwargs[name]).equal(_bits(expected))


def _bits(tensor: Tensor) -> Tensor:
    """The numbers as integers, so that NaN equals NaN and −0 differs from 0."""
    integers = {4: torch.int32, 8: torch.int64, 2: torch.int16, 1: torch.uint8}
    return tensor.contiguous().view(integers[tensor.element_size()])


def _bind(function: Any, args: Any, kwargs: Any) -> Call:
    return partial(function, *_detached(args), **{key: _detached(value) for key, value in kwargs.items()})


def _detached(value: Any) -> Any:
    """The same memory without autograd, so that a replay needs no word about it."""
    if isinstance(value, Tensor):
        return value.detach()
    if isinstance(value, tuple | list):
        return type(value)(_detached(item) for item in value)
    return value


def _written(func: Any, args: Any, kwargs: Any) -> list[Tensor]:
    """The arguments that the operation writes into."""
    return [
        kwargs[argument.name] if argument.name in kwargs else args[index]
        for index, argument in enumerate(func._schema.arguments)
        if argument.alias_info is not None and argument.alias_info.is_write
    ]


def _memory(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def _is_view(result: Any, args: Any) -> bool:
    """Whether every result lies in the memory of an argument."""
    outputs = result if isinstance(result, tuple | list) else [result]
    inputs = {_memory(tensor) for tensor in _tensors(args)}
    return all(isinstance(output, Tensor) and _memory(output) in inputs for output in outputs)


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _tensors(item)
