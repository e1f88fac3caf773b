"""Record the tensor calls of a function once; replay them into the same memory, without autograd.

A ``TorchDispatchMode`` sees every ATen call below autograd: forward, backward and update alike. Calls that only make a
view are dropped, because the view stays what it is; the others are kept in their ``out=`` form, which writes where the
recorded call wrote. Each is tried while recording and kept only when it gives the same bits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

log = logging.getLogger(__name__)

Call = Callable[[], object]

_CONSTANTS = {"aten::ones_like": 1.0, "aten::zeros_like": 0.0, "aten::zeros": 0.0, "aten::ones": 1.0}
"""Operations that make the same numbers whatever they are given."""


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


def record(function: Callable[[], object]) -> Tape:
    """Run ``function`` once and return its tape. Unrecordable when there is a call that cannot be replayed."""
    recorder = _Recorder()
    with recorder:
        function()
    if recorder.problem:
        raise Unrecordable(recorder.problem)
    return Tape(recorder.finish(), recorder.kept)


class _Recorder(TorchDispatchMode):
    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.calls: list[Call] = []
        self.kept: list[Any] = []
        self.problem = ""
        self._constants: list[tuple[Tensor, int, Call]] = []
        self._written: set[int] = set()

    def finish(self) -> list[Call]:
        """The calls; a constant is made again only where something writes into it."""
        for result, place, call in reversed(self._constants):
            if _memory(result) in self._written:
                self.calls.insert(place, call)
        return self.calls

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        before = _written(func, args, kwargs)
        result = func(*args, **kwargs)
        self.kept.append((args, kwargs, result))
        self._written |= {_memory(tensor) for tensor in before}
        if before:
            self.calls.append(_bind(_in_place(func), args, kwargs))
        elif func._schema.name in _CONSTANTS and isinstance(result, Tensor):
            self._constants.append(
                (result, len(self.calls), partial(result.fill_, _CONSTANTS[func._schema.name]))
            )
        elif not _is_view(result, args):
            with torch.no_grad():
                call = _into(func, args, kwargs, result)
            if call is None:
                self.problem = self.problem or f"{func} cannot write into given memory"
            else:
                self.calls.append(call)
        return result


def _into(func: Any, args: Any, kwargs: Any, result: Any) -> Call | None:
    """``func`` as a call that writes into ``result``; None where there is none that gives the same bits."""
    if not isinstance(result, Tensor):
        return None
    random = torch.Tag.nondeterministic_seeded in func.tags
    for candidate, name in _out_forms(func):
        call = _bind(candidate, args, {**kwargs, name: result})
        if random or _same_bits(candidate, args, {**kwargs, name: torch.empty_like(result)}, name, result):
            return call
    return None


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
