"""A tape in a form without addresses: what is computed from which buffer, and where each buffer comes from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from engine.tape.recorder import Operation

DTYPES = {torch.float32: "f32", torch.float64: "f64", torch.bool: "b8"}
"""The element types that programs compute with."""
SIZES = {"f32": 4, "f64": 8, "b8": 1}
LITERALS = frozenset({0.0, 1.0, -1.0, 0.5, 2.0})
"""Scalars that are part of a program. All others are arguments, so that an edit of a number compiles nothing."""


class Unlowerable(Exception):
    """A call that is not compiled; the message says which, and why."""


@dataclass(frozen=True, slots=True)
class Access:
    """Elements of a buffer: where the first lies, and how far apart they are along each axis, in elements."""

    buffer: int
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: str

    @property
    def count(self) -> int:
        count = 1
        for size in self.shape:
            count *= size
        return count

    @property
    def end(self) -> int:
        """The element after the last."""
        return self.offset + 1 + sum((n - 1) * s for n, s in zip(self.shape, self.strides, strict=True))

    def expanded(self, shape: tuple[int, ...]) -> Access:
        """The same elements, repeated along new and along unit axes as NumPy broadcasts."""
        missing = len(shape) - len(self.shape)
        strides = [0] * missing + [
            0 if size == 1 else stride for size, stride in zip(self.shape, self.strides, strict=True)
        ]
        return Access(self.buffer, self.offset, shape, tuple(strides), self.dtype)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number: a literal, or an element of the scalars that a program is called with."""

    literal: float | None = None
    index: int = -1


Value = Access | Scalar


@dataclass(frozen=True, slots=True)
class Foreign:
    """A tensor that no program computes with."""

    kind: str


@dataclass(frozen=True, slots=True)
class Call:
    """An ATen operation with its arguments; tensors are ``Access``, floats ``Scalar``."""

    name: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    result: Any
    operation: Operation

    def __str__(self) -> str:
        parts = [_text(self.args), *(f"{key}={_text(value)}" for key, value in self.kwargs.items())]
        return f"{_text(self.result)} = {self.name}{','.join(parts)}"


@dataclass(frozen=True, slots=True)
class Buffer:
    """Memory of a program.

    Attributes
    ----------
    kind
        "argument" (given by name), "captured" (memory that the tape read, always the same) or "scratch".
    size
        Elements.
    dtype
        Of the elements.
    name
        Of an argument.
    tensor
        The recorded memory; None for intermediate results that were not recorded.
    """

    kind: str
    size: int
    dtype: str
    name: str = ""
    tensor: Tensor | None = None


@dataclass(eq=False)
class Source:
    """The calls of a tape, their buffers and their scalars."""

    calls: list[Call] = field(default_factory=list)
    buffers: list[Buffer] = field(default_factory=list)
    scalars: list[float] = field(default_factory=list)

    def text(self) -> str:
        """All that decides about the compiled code."""
        buffers = (f"{buffer.kind} {buffer.size} {buffer.dtype}" for buffer in self.buffers)
        return "\n".join([*buffers, *map(str, self.calls)])

    def digest(self, *more: str) -> str:
        """A hexadecimal number of the text and of what else decides."""
        return hashlib.sha256("\n".join([*more, self.text()]).encode()).hexdigest()


class SourceReader:
    """Reads a tape.

    Parameters
    ----------
    arguments
        Tensors, by name, whose memory will be given anew for each call; no two share an element.

    Raises
    ------
    Unlowerable
        If two arguments share memory.
    """

    def __init__(self, arguments: Mapping[str, Tensor]) -> None:
        self._source = Source()
        self._regions: dict[int, list[_Region]] = {}
        """The arguments in each storage, which do not overlap."""
        self._wholes: dict[int, int] = {}
        """The buffer of the rest of each storage."""
        for name, tensor in arguments.items():
            start, end = _extent(tensor)
            met = self._met(tensor, start, end)
            if met:
                other = self._source.buffers[met[0].buffer].name
                raise Unlowerable(f"the memory of {name} lies within that of {other}")
            regions = self._regions.setdefault(_storage(tensor), [])
            regions.append(_Region(start, end, self._add(tensor, end - start, "argument", name)))

    def read(self, operations: Iterable[Operation]) -> Source:
        """Return the tape's source."""
        operations = list(operations)
        made = {
            address
            for operation in operations
            if operation.result is not None and not _writes_into_arguments(operation)
            for address in operation.writes
        }
        for operation in operations:
            self._source.calls.append(self._call(operation, made))
        return self._source

    def _call(self, operation: Operation, made: set[int]) -> Call:
        name = f"{operation.func._schema.name.removeprefix('aten::')}.{operation.func._overloadname}"
        args = tuple(self._value(value, made) for value in operation.args)
        kwargs = {
            key: self._value(value, made)
            for key, value in operation.kwargs.items()
            if isinstance(value, Tensor | float | int | str | list | tuple)
        }
        return Call(name, args, kwargs, self._value(operation.result, made), operation)

    def _value(self, value: Any, made: set[int]) -> Any:
        if isinstance(value, Tensor):
            return self.access(value, made)
        if isinstance(value, float) and not isinstance(value, bool):
            return self._scalar(value)
        if isinstance(value, list | tuple):
            return tuple(self._value(item, made) for item in value)
        return value

    def _scalar(self, value: float) -> Scalar:
        if value in LITERALS:
            return Scalar(literal=value)
        self._source.scalars.append(value)
        return Scalar(index=len(self._source.scalars) - 1)

    def access(self, tensor: Tensor, made: Iterable[int] = ()) -> Access | Foreign:
        """Return where a tensor lies; memory that was not met before becomes a buffer."""
        if tensor.dtype not in DTYPES:
            return Foreign(f"elements of {str(tensor.dtype).removeprefix('torch.')}")
        if not tensor.numel():
            return Foreign("a tensor without elements")
        start, end = _extent(tensor)
        met = self._met(tensor, start, end)
        if not met:
            first, buffer = 0, self._rest(tensor, made)
        elif len(met) == 1 and met[0].start <= start and end <= met[0].end:
            first, buffer = met[0].start, met[0].buffer
        else:
            return Foreign("a tensor that is more than one argument")
        dtype = DTYPES[tensor.dtype]
        if self._source.buffers[buffer].dtype != dtype:
            return Foreign("memory of another type")
        return Access(buffer, start - first, tuple(tensor.shape), tuple(tensor.stride()), dtype)

    def _met(self, tensor: Tensor, start: int, end: int) -> list[_Region]:
        """The arguments that may share elements with a tensor."""
        regions = self._regions.get(_storage(tensor), ())
        return [region for region in regions if region.start < end and start < region.end]

    def _rest(self, tensor: Tensor, made: Iterable[int]) -> int:
        """The buffer of the memory of a tensor that is no argument."""
        address = _storage(tensor)
        if address not in self._wholes:
            whole = _whole(tensor)
            self._wholes[address] = self._add(whole, len(whole), "scratch" if address in made else "captured")
        return self._wholes[address]

    def _add(self, tensor: Tensor, size: int, kind: str, name: str = "") -> int:
        self._source.buffers.append(Buffer(kind, size, DTYPES[tensor.dtype], name, tensor))
        return len(self._source.buffers) - 1


@dataclass(frozen=True, slots=True)
class _Region:
    """The elements of a storage from ``start`` to before ``end`` are those of a buffer."""

    start: int
    end: int
    buffer: int


def _extent(tensor: Tensor) -> tuple[int, int]:
    """The first element of a tensor in its storage, and the one after its last."""
    start = int(tensor.storage_offset())
    shape_and_strides = zip(tensor.shape, tensor.stride(), strict=True)
    size = 1 + sum((n - 1) * stride for n, stride in shape_and_strides) if tensor.numel() else 0
    return start, start + size


def _storage(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def _whole(tensor: Tensor) -> Tensor:
    """All of a tensor's memory, flat."""
    count = tensor.untyped_storage().nbytes() // tensor.element_size()
    return tensor.detach().as_strided((count,), (1,), 0)


def _writes_into_arguments(operation: Operation) -> bool:
    return any(
        argument.alias_info is not None and argument.alias_info.is_write
        for argument in operation.func._schema.arguments
    )


def _text(value: Any) -> str:
    if isinstance(value, Access):
        return f"{value.dtype}[{value.buffer}+{value.offset}:{value.shape}/{value.strides}]"
    if isinstance(value, Scalar):
        return repr(value.literal) if value.literal is not None else f"s{value.index}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"({','.join(map(_text, value))})"
    return repr(value)
