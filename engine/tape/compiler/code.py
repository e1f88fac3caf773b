"""The native code of a source: from memory, from the disk, or newly compiled."""

from __future__ import annotations

import ctypes
import gc
import hashlib
import io
import threading
import zlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import c_int64, c_void_p
from dataclasses import dataclass, replace

from engine.tape.compiler.forking import free_over_forks
from engine.tape.compiler.lowering import Statements
from engine.tape.compiler.module import Kernel, Module, text_of
from engine.tape.compiler.native import Native, identity, object_code, width
from engine.tape.compiler.source import Call, Source, Unlowerable
from engine.tape.compiler.statements import Statement
from engine.tape.object_cache import ObjectCache

MOST_LOADED = 256
"""Programs whose code stays in memory."""
MOST_KERNELS = 1024
"""Kernels whose object code stays in memory, for other programs that need them: some 4 kB each."""


@dataclass(frozen=True, eq=False)
class Code:
    """Native code.

    Attributes
    ----------
    native
        The code.
    scratch
        Bytes of scratch memory that it needs.
    together
        Lanes that it computes at once, where there are so many.
    unchecked
        Key and object code, in pieces, where nobody has compared with PyTorch what it computes; None where that was
        done here or by whoever put it into the cache.
    """

    native: Native
    scratch: int
    together: int
    unchecked: tuple[str, Sequence[bytes]] | None = None


@dataclass(frozen=True, eq=False)
class Replayed:
    """A call that nothing lowers, with the reason."""

    call: Call
    reason: str


Part = Code | Replayed

RUN = ctypes.CFUNCTYPE(None, *[c_void_p] * 3, c_int64, *[c_void_p] * 2, *[c_int64] * 5, c_void_p)
"""See ``Module``."""

_LOADED: OrderedDict[str, Code] = OrderedDict()
_KERNELS: OrderedDict[str, bytes] = OrderedDict()
_LOCK = threading.RLock()
free_over_forks(_LOCK.acquire, _LOCK.release)
_CACHE: list[ObjectCache] = []


def parts_of(source: Source) -> tuple[Part, ...]:
    """Compile a source.

    Returns
    -------
    tuple
        One piece of code; or pieces of code between calls that nothing lowers. These work on the recorded memory, so
        that in ``source`` all intermediate results then lie there.
    """
    key = source.digest(identity())
    with _LOCK:
        code = _known(key)
        if code is not None:
            return (code,)
        segments = _lowered(source)
        if len(segments) == 1 and not isinstance(segments[0], Replayed):
            return (_compiled(key, source, segments[0]),)
        cuts = [segment.call.name if isinstance(segment, Replayed) else "" for segment in segments]
        return tuple(
            segment
            if isinstance(segment, Replayed)
            else _known(piece := _piece(key, cuts, number)) or _compiled(piece, source, segment)
            for number, segment in enumerate(segments)
        )


def _piece(key: str, cuts: Sequence[str], number: int) -> str:
    """The key of one piece of a program with replayed calls."""
    return hashlib.sha256(repr((key, cuts, number)).encode()).hexdigest()


def object_code_of(text: str) -> bytes:
    """Return the object code of a module's text, from the disk where it is there."""
    key = hashlib.sha256(f"{identity()}\n{text}".encode()).hexdigest()
    with _LOCK:
        code = _cache().get(key)
        if code is None:
            code = object_code(text)
            _cache().put(key, code)
        return code


def _lowered(source: Source) -> list[list[Statement] | Replayed]:
    """Statements up to the first call that nothing lowers, that call, the statements after it, and so on."""
    found: list[list[Statement] | Replayed] = []
    statements, taken = Statements(source), 0
    for call in source.calls:
        try:
            statements.lower(call)
        except Unlowerable as reason:
            del statements.all[statements.whole :]
            if statements.all[taken:]:
                found.append(statements.all[taken:])
            taken = len(statements.all)
            found.append(Replayed(call, str(reason)))
        statements.whole = len(statements.all)
    if statements.all[taken:] or not found:
        found.append(statements.all[taken:])
    if len(found) > 1:
        source.buffers[:] = [
            replace(buffer, kind="captured") if buffer.tensor is not None and not buffer.name else buffer
            for buffer in source.buffers
        ]
    return found


def accept(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Keep code that computes what PyTorch does, in memory and on the disk; return the parts with all of it checked."""
    accepted: list[Part] = []
    with _LOCK:
        for part in parts:
            if isinstance(part, Code) and part.unchecked is not None:
                key, codes = part.unchecked
                _cache().put(key, _packed((part.scratch, part.together), codes))
                part = _keep(key, replace(part, unchecked=None))
            accepted.append(part)
    return tuple(accepted)


def _known(key: str) -> Code | None:
    if key in _LOADED:
        _LOADED.move_to_end(key)
        return _LOADED[key]
    stored = _cache().get(key)
    if stored is None:
        return None
    numbers, codes = _unpacked(stored)
    return _keep(key, Code(Native(codes, "run", RUN), *numbers))


def _keep(key: str, code: Code) -> Code:
    _LOADED[key] = code
    while len(_LOADED) > MOST_LOADED:
        _LOADED.popitem(last=False)
    return code


def _compiled(key: str, source: Source, statements: Sequence[Statement]) -> Code:
    with _young_garbage_alone():
        module = Module(source, statements, width())
        codes = [_kernel(name, kernel) for name, kernel in module.kernels.items()]
        numbers, codes = (module.scratch_size, module.together), [*codes, object_code(str(module))]
        del module
    return Code(Native(codes, "run", RUN), *numbers, (key, codes))


def _kernel(name: str, kernel: Kernel) -> bytes:
    """The object code of a kernel, which may be another program's as well."""
    if name not in _KERNELS:
        _KERNELS[name] = object_code(text_of(kernel, name))
        while len(_KERNELS) > MOST_KERNELS:
            _KERNELS.popitem(last=False)
    _KERNELS.move_to_end(name)
    return _KERNELS[name]


def _packed(numbers: tuple[int, int], codes: Sequence[bytes]) -> bytes:
    """What is kept on the disk: ``scratch`` and ``together``, and object codes, much alike and so becoming small."""
    sizes = [*numbers, len(codes), *map(len, codes)]
    return zlib.compress(b"".join([*(size.to_bytes(8, "little") for size in sizes), *codes]), 1)


def _unpacked(stored: bytes) -> tuple[tuple[int, int], list[bytes]]:
    """``scratch`` and ``together``, and the object codes."""
    file = io.BytesIO(zlib.decompress(stored))
    scratch, together, count = (int.from_bytes(file.read(8), "little") for _ in range(3))
    sizes = [int.from_bytes(file.read(8), "little") for _ in range(count)]
    return (scratch, together), [file.read(size) for size in sizes]


@contextmanager
def _young_garbage_alone() -> Iterator[None]:
    """Collect the garbage that a module leaves by itself: searches through all objects of PyTorch take 0.25 s each."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.collect(0)
        if was_enabled:
            gc.enable()


def _cache() -> ObjectCache:
    if not _CACHE:
        _CACHE.append(ObjectCache())
    return _CACHE[0]
