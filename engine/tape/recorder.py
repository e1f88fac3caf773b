"""Record the tensor calls of a function, with the memory that each reads and writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from engine.tape.bound_calls import Call, call_in_place, call_into, is_random

_CONSTANTS = {
    f"aten::{name}": value
    for value, names in (
        (0.0, ("zeros", "zeros_like", "new_zeros")),
        (1.0, ("ones", "ones_like", "new_ones")),
    )
    for name in names
}
"""Operations with a constant result."""


@dataclass(eq=False)
class Operation:
    """A recorded ATen call.

    Attributes
    ----------
    func
        The ``OpOverload``.
    args, kwargs
        Its arguments.
    result
        What it returned.
    call
        Repeats it, into the same memory.
    reads, writes
        Addresses of the memory that it reads and writes.
    stays
        Whether it is repeated even if nothing reads its results.
    constant
        Whether its results are the same each time.
    """

    func: Any
    args: Any
    kwargs: Any
    result: Any
    call: Call
    reads: set[int]
    writes: set[int]
    stays: bool = False
    constant: bool = False


class Recorder(TorchDispatchMode):
    """Records the calls in a ``with`` block. ``problem`` names the first call that cannot be replayed."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: list[Any] = []
        self.problem = ""
        self._noted: list[Operation] = []
        self._made: set[int] = set()

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Let PyTorch not import torch._dynamo, in 0.6 s, only to leave this class out of what it compiles."""
        return False

    def needed(self, results: Sequence[Tensor]) -> list[Operation]:
        """Return the operations that ``results`` depend on.

        A constant is computed again only if another call writes into it.
        """
        changed = {memory for noted in self._noted if not noted.constant for memory in noted.writes}
        wanted = {_memory(tensor) for tensor in results}
        operations: list[Operation] = []
        for noted in reversed(self._noted):
            if noted.constant and not noted.writes & changed:
                continue
            if noted.stays or noted.writes & wanted or not noted.writes <= self._made:
                wanted |= noted.reads
                operations.append(noted)
        return operations[::-1]

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        written = _written(func, args, kwargs)
        result = func(*args, **kwargs)
        self.kept.append((args, kwargs, result))
        reads = {_memory(tensor) for tensor in _tensors([args, [*kwargs.values()]])}
        if written:
            writes = {_memory(tensor) for tensor in written}
            call = call_in_place(func, args, kwargs)
            self._noted.append(Operation(func, args, kwargs, result, call, reads, writes, is_random(func)))
        elif not _is_view(result, args):
            self._note_result(func, args, kwargs, result, reads)
        return result

    def _note_result(self, func: Any, args: Any, kwargs: Any, result: Any, reads: set[int]) -> None:
        """Record a call whose result has its own memory."""
        writes = {_memory(tensor) for tensor in _tensors([result])}
        self._made |= writes
        if func._schema.name in _CONSTANTS and isinstance(result, Tensor):
            fill = partial(result.fill_, _CONSTANTS[func._schema.name])
            self._noted.append(Operation(func, args, kwargs, result, fill, set(), writes, constant=True))
            return
        with torch.no_grad():
            call = call_into(func, args, kwargs, result)
        if call is None:
            self.problem = self.problem or f"{func} cannot write into given memory"
        else:
            self._noted.append(Operation(func, args, kwargs, result, call, reads, writes, is_random(func)))


def _written(func: Any, args: Any, kwargs: Any) -> list[Tensor]:
    """Return the arguments that the operation writes into."""
    return [
        kwargs[argument.name] if argument.name in kwargs else args[index]
        for index, argument in enumerate(func._schema.arguments)
        if argument.alias_info is not None and argument.alias_info.is_write
    ]


def _memory(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def _is_view(result: Any, args: Any) -> bool:
    """Whether every result shares the memory of an argument."""
    outputs = result if isinstance(result, tuple | list) else [result]
    inputs = {_memory(tensor) for tensor in _tensors(args)}
    return all(isinstance(output, Tensor) and _memory(output) in inputs for output in outputs)


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _tensors(item)
