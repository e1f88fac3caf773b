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
    """Run ``function`` once and return its tape, which makes anew the tensors that the function returned and what it
    wrote into memory that was there before. Unrecordable when there is a call that cannot be replayed.
    """
    recorder = _Recorder()
    with recorder:
        results = function()
    if recorder.problem:
        raise Unrecordable(recorder.problem)
    return Tape(recorder.needed(() if results is None else results), recorder.kept)


class Replayed:
    """``function`` as a call that records itself after ``eager`` calls and is replayed from then on: the same bits.

    What cannot be recorded goes on as it is, with a logged reason.
    """

    def __init__(
        self, function: Callable[[], Sequence[Tensor] | None], recording: bool = True, eager: int = 0
    ) -> None:
        self._call: Callable[[], object] = function
        self._function = function
        self._eager = eager if recording else -1

    def __call__(self) -> None:
        if self._eager == 0:
            try:
                self._call = record(self._function).play
            except Unrecordable as reason:
                log.warning("this runs without replay: %s", reason)
        else:
            self._call()
        self._eager -= self._eager >= 0


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
        changed = {place for noted in self._noted if not noted.constant for place in noted.writes}
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
            self._noted.append(_Noted(_bind(_in_place(func), args, kwargs), reads, writes, _is_random(func)))
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
    for candidate, name in _out_forms(func):
        call = _bind(candidate, args, {**kwargs, name: result})
        if _is_random(func) or _same_bits(
            candidate, args, {**kwargs, name: torch.empty_like(result)}, name, result
        ):
            return call
    return None


def _is_random(func: Any) -> bool:
    """Whether it draws numbers, of which those that come later depend."""
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


def _out_forms(func: Any) -> Iterator[tuple[Any, str]]:
    """Callables that write into a given tensor, the fastest first, with the name of that argument."""
    name = func._schema.name.split("::")[1]
    for place in (torch, torch._C._nn, torch.special, torch.linalg):
        binding = getattr(place, name, None)
        if binding is not None and func.namespace == "aten":
            yield binding, "out"
    packet = func.overloadpacket
    inputs = [argument.name for argument in func._schema.arguments]
    for overload in packet.overloads():
        form = getattr(packet, overload)
        outs = [argument.name for argument in form._schema.arguments if argument.is_out]
        if len(outs) == 1 and [a.name for a in form._schema.arguments if not a.is_out] == inputs:
            yield form._op, outs[0]


def _in_place(func: Any) -> Any:
    """The method of ``Tensor`` that does what the in-place operation does, where there is one: it is called faster."""
    name = func._schema.name.split("::")[1]
    method = getattr(Tensor, name, None)
    return method if method is not None and name.endswith("_") else func._op


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
        kwargs[argument.name] if argument.name in kwargs else args[place]
        for place, argument in enumerate(func._schema.arguments)
        if argument.alias_info is not None and argument.alias_info.is_write
    ]


def _memory(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def _is_view(result: Any, args: Any) -> bool:
    """Whether all that came out is memory that went in."""
    outputs = result if isinstance(result, tuple | list) else [result]
    inputs = {_memory(tensor) for tensor in _tensors(args)}
    return all(isinstance(output, Tensor) and _memory(output) in inputs for output in outputs)


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _tensors(item)
