"""A run as bytes: a header of JSON and named arrays, with a checksum. Nothing in it is code.

``engine.training.keeping`` says what a run consists of; this module knows the container alone, and loads no torch.
"""

from __future__ import annotations

import base64
import binascii
import json
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.texts import describe_size

MARK = b"NSkRun1\n"
"""What a run begins with; another arrangement of its bytes gets another number."""
MOST_BYTES = 2_000_000_000
"""The most bytes of a run, more than those of the largest that may be trained: what is kept can be read."""
MOST_UNPACKED = 256_000_000
"""The most bytes to which the text of a run unpacks, which may come from anywhere."""
LONGEST_HEADER = 16_000_000
"""The most bytes of a header."""
MOST_ARRAYS = 10_000
"""The most arrays of a run."""

MOST_IN_DOCUMENT = 16_000_000
"""The most bytes of a run in a document, so that saving holds a window up for a moment only."""
MOST_ROWS_BYTES = 4_000_000
"""The most bytes of histories in a document: those of some 45,000 epochs of one lane."""
FIRST_ROWS = 1000
"""Rows of a history that stay when others are left out, because a logarithmic axis gives them most of its width."""

KINDS = ("<f4", "<f8", "<i8", "|u1")
"""The kinds of numbers of arrays, as NumPy names them."""
ROWS = "rows"
"""The kind of an array of rows: an epoch, a step and ``width`` numbers; its shape is (rows, width)."""
POINTS = "points."
"""What the names of the arrays of the data set begin with."""
LOSS_ROWS, LAYER_ROWS = "losses", "layers"
"""The names of the rows of a lane's history, after the lane's number and a full stop."""

_HEAD = struct.Struct(f"<{len(MARK)}s16sI")
_OTHER_VERSION = "another version of the app has kept it"
_DAMAGED = "its bytes are damaged"

AnyArray = NDArray[Any]


class RunError(ValueError):
    """Why a kept run cannot be used, in a clause."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What is known of a run without unpacking it.

    Attributes
    ----------
    epoch
        Whole epochs that it has trained.
    lanes
        How many lanes it has.
    edited
        Whether a weight was set by hand.
    """

    epoch: int
    lanes: int
    edited: bool

    @property
    def worth(self) -> bool:
        """Whether it is more than what its seeds give."""
        return self.epoch > 0 or self.edited


@dataclass(frozen=True, slots=True)
class Kept:
    """The parts of a run.

    Attributes
    ----------
    epoch
        Whole epochs that it has trained.
    lanes
        How many lanes it has.
    content
        JSON values.
    arrays
        By name; those of kind ``ROWS`` are structured, see ``rows_type``.
    """

    epoch: int
    lanes: int
    content: Any
    arrays: Mapping[str, AnyArray]


def rows_type(width: int) -> np.dtype[Any]:
    """Return the type of a row.

    Parameters
    ----------
    width
        How many numbers it has.

    Returns
    -------
    dtype
        Its fields are ``when``, an epoch and a step, and ``numbers``.
    """
    kind: np.dtype[Any] = np.dtype([("when", "<i8", (2,)), ("numbers", "<f8", (width,))])
    return kind


def pack(kept: Kept) -> bytes:
    """Write a run as bytes.

    Parameters
    ----------
    kept
        Its arrays are of ``KINDS``, or rows.

    Returns
    -------
    bytes

    Examples
    --------
    >>> run = pack(Kept(7, 1, {"a": 1}, {"b": np.arange(3.0)}))
    >>> facts(run).epoch, unpack(run).arrays["b"].tolist()
    (7, [0.0, 1.0, 2.0])
    """
    arrays = {name: np.ascontiguousarray(array) for name, array in kept.arrays.items()}
    named = [{"name": name, **_described(array)} for name, array in arrays.items()]
    header = {"epoch": kept.epoch, "lanes": kept.lanes, "content": kept.content, "arrays": named}
    text = json.dumps(header, separators=(",", ":")).encode()
    body = b"".join([text, *(array.tobytes() for array in arrays.values())])
    return _HEAD.pack(MARK, _checksum(len(text), body), len(text)) + body


def unpack(run: bytes) -> Kept:
    """Read what ``pack`` has written.

    Parameters
    ----------
    run
        From anywhere; nothing in it is trusted.

    Returns
    -------
    Kept
        Its arrays are read-only.

    Raises
    ------
    RunError
        If it is damaged, or of another version.
    """
    header, rest = _opened(run)
    try:
        arrays, position = {}, 0
        for entry in header["arrays"]:
            kind, shape = _type_of(entry), entry["shape"]
            count = shape[0] if entry["kind"] == ROWS else int(np.prod(shape, dtype=object))
            end = position + count * kind.itemsize
            if end > len(rest):
                raise RunError(_DAMAGED)
            array = np.frombuffer(rest[position:end], dtype=kind)
            if not isinstance(entry["name"], str):
                raise RunError(_DAMAGED)
            arrays[entry["name"]] = array if entry["kind"] == ROWS else array.reshape(shape)
            position = end
        return Kept(int(header["epoch"]), int(header["lanes"]), header["content"], arrays)
    except (KeyError, TypeError, ValueError, IndexError, OverflowError):
        # RunError is a ValueError, too.
        raise RunError(_DAMAGED) from None


def facts(run: bytes) -> RunFacts:
    """Say what a run is.

    Parameters
    ----------
    run
        From anywhere.

    Returns
    -------
    RunFacts

    Raises
    ------
    RunError
        If it is damaged, or of another version.
    """
    return _facts(_opened(run)[0])


def peek(start: Callable[[int], bytes]) -> RunFacts:
    """Say what a run is by its header alone, which may be damaged.

    Parameters
    ----------
    start
        Returns so many of the first bytes of the run, or all if it is shorter.

    Returns
    -------
    RunFacts

    Raises
    ------
    RunError
        If the header cannot be read, or is of another version.

    Examples
    --------
    >>> run = pack(Kept(7, 1, {}, {}))
    >>> peek(lambda count: run[:count])
    RunFacts(epoch=7, lanes=1, edited=False)
    """
    head = start(_HEAD.size)
    if len(head) < _HEAD.size or not head.startswith(MARK):
        raise RunError(_DAMAGED)
    end = _HEAD.size + min(_HEAD.unpack(head)[2], LONGEST_HEADER)
    try:
        return _facts(json.loads(start(end)[_HEAD.size :]))
    except (ValueError, RecursionError):
        raise RunError(_DAMAGED) from None


def _facts(header: Any) -> RunFacts:
    try:
        return RunFacts(int(header["epoch"]), int(header["lanes"]), _is_edited(header.get("content")))
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError):
        raise RunError(_DAMAGED) from None


def _is_edited(content: Any) -> bool:
    """Whether the content of a run, which may be anything, has a mark of a weight that was set by hand."""
    with suppress(AttributeError, TypeError):
        # In a folder, the content is beside the rows that grow.
        lanes = content.get("content", content).get("lanes", ())
        return any(mark.get("kind") == "weight" for lane in lanes for mark in lane.get("marks", ()))
    return False


def state_digest(run: bytes) -> str:
    """Return what tells this state of this run from all others; RunError if the run is damaged.

    Parameters
    ----------
    run
        Any run.

    Returns
    -------
    str
        It depends on weights, optimizers and best weights, and on the epoch and step of each lane; neither on
        histories, of which a document may hold fewer rows, nor on settings and data.

    Examples
    --------
    >>> run, other = (pack(Kept(7, 1, {}, {"0.now.row": np.full(3, weight)})) for weight in (1.0, 2.0))
    >>> state_digest(run) == state_digest(fitted(run)), state_digest(run) == state_digest(other)
    (True, False)
    """
    kept = unpack(run)
    lanes = kept.content.get("lanes") if isinstance(kept.content, dict) else None
    counts = [[lane.get("epoch"), lane.get("step")] for lane in lanes or () if isinstance(lane, dict)]
    digest = blake2b(json.dumps([kept.epoch, counts]).encode(), digest_size=16)
    for name, array in sorted(kept.arrays.items()):
        if not array.dtype.names and not name.startswith(POINTS):
            digest.update(name.encode() + array.tobytes())
    return digest.hexdigest()


def fitted(run: bytes) -> bytes:
    """Make a run small enough for a document.

    Histories of more than ``MOST_ROWS_BYTES`` lose rows: of each, the first ``FIRST_ROWS`` stay, that of the best
    epoch, those with the lowest and highest value of each column, the last, and others at even distances.

    Parameters
    ----------
    run
        Any run.

    Returns
    -------
    bytes
        The run itself where its histories are short.

    Raises
    ------
    RunError
        If it is damaged, or too large even so.
    """
    kept = unpack(run)
    rows = {name: array for name, array in kept.arrays.items() if array.dtype.names}
    if sum(array.nbytes for array in rows.values()) > MOST_ROWS_BYTES:
        room = MOST_ROWS_BYTES // len(rows)
        thin = {
            name: _thinned(array, room // array.itemsize, _best_epochs(kept, name))
            for name, array in rows.items()
        }
        run = pack(Kept(kept.epoch, kept.lanes, kept.content, {**kept.arrays, **thin}))
    if len(run) > MOST_IN_DOCUMENT:
        raise RunError(
            f"it has {describe_size(len(run))}, and a document holds at most {describe_size(MOST_IN_DOCUMENT)} of a run"
        )
    return run


def history_rows(run: bytes) -> int:
    """Return how many epochs the longest history of a run has rows of; RunError if it is damaged.

    Parameters
    ----------
    run
        Any run.

    Returns
    -------
    int
    """
    return max((len(array) for array in unpack(run).arrays.values() if array.dtype.names), default=0)


def lanes_without_history(run: bytes) -> list[str]:
    """Return the names of the lanes of a run whose history was damaged and left out; RunError if the run is damaged.

    Parameters
    ----------
    run
        Any run.

    Returns
    -------
    list of str
    """
    kept = unpack(run)
    try:
        names = [str(lane["name"]) for lane in kept.content["experiment"]["lanes"]]
    except (KeyError, TypeError):
        return []
    rows = (LOSS_ROWS, LAYER_ROWS)
    return [
        name for index, name in enumerate(names) if any(f"{index}.{part}" not in kept.arrays for part in rows)
    ]


def _best_epochs(kept: Kept, name: str) -> list[int]:
    """The best epochs of the lane whose history has this name (see ``engine.training.keeping``)."""
    try:
        lane = kept.content["lanes"][int(name.partition(".")[0])]
        return [int(lane[key]["epoch"]) for key in ("best", "first_best") if lane[key] is not None]
    except (KeyError, IndexError, TypeError, ValueError):
        return []


def _thinned(rows: AnyArray, most: int, epochs: Sequence[int]) -> AnyArray:
    """At most about so many of the rows, those of ``epochs`` among them."""
    if len(rows) <= most:
        return rows
    numbers = rows["numbers"]
    unknown = np.isnan(numbers)
    lowest, highest = (np.where(unknown, number, numbers) for number in (np.inf, -np.inf))
    named = np.flatnonzero(np.isin(rows["when"][:, 0], epochs))
    extremes = np.concatenate([lowest.argmin(0), highest.argmax(0), named])
    spread = np.linspace(0, len(rows) - 1, max(2, most - FIRST_ROWS - len(extremes))).astype(int)
    chosen: AnyArray = rows[np.unique(np.concatenate([np.arange(min(FIRST_ROWS, most)), extremes, spread]))]
    return chosen


def to_text(run: bytes) -> str:
    """Write a run as the text of one JSON string: compressed, in base 64.

    Examples
    --------
    >>> run = pack(Kept(7, 1, {}, {}))
    >>> from_text(to_text(run)) == run
    True
    """
    return base64.b64encode(zlib.compress(run, 1)).decode("ascii")


def from_text(text: str) -> bytes:
    """Read what ``to_text`` has written.

    Parameters
    ----------
    text
        From anywhere.

    Returns
    -------
    bytes
        A run whose checksum is right.

    Raises
    ------
    RunError
        If it is damaged, of another version, or unpacks to more than ``MOST_UNPACKED``.
    """
    try:
        unpacking = zlib.decompressobj()
        run = unpacking.decompress(base64.b64decode(text, validate=True), MOST_UNPACKED)
    except (binascii.Error, zlib.error, ValueError):
        raise RunError(_DAMAGED) from None
    if unpacking.unconsumed_tail:
        raise RunError(f"it is larger than {describe_size(MOST_UNPACKED)}")
    _opened(run)
    return run


def _opened(run: bytes) -> tuple[dict[str, Any], memoryview]:
    """The header, and the bytes after it; RunError where they are not what was written."""
    if len(run) < _HEAD.size or run[:4] != MARK[:4]:
        raise RunError(_DAMAGED)
    mark, checksum, length = _HEAD.unpack_from(run)
    if mark != MARK:
        raise RunError(_OTHER_VERSION)
    body = memoryview(run)[_HEAD.size :]
    if length > min(len(body), LONGEST_HEADER) or checksum != _checksum(length, body):
        raise RunError(_DAMAGED)
    try:
        header = json.loads(bytes(body[:length]))
    except (ValueError, RecursionError):
        raise RunError(_DAMAGED) from None
    if not isinstance(header, dict) or not isinstance(header.get("arrays"), list):
        raise RunError(_DAMAGED)
    if len(header["arrays"]) > MOST_ARRAYS:
        raise RunError(f"it has more than {MOST_ARRAYS:,} arrays")
    return header, body[length:]


def _described(array: AnyArray) -> dict[str, Any]:
    if array.dtype.names:
        return {"kind": ROWS, "shape": [len(array), array.dtype["numbers"].shape[0]]}
    kind = array.dtype.newbyteorder("<").str
    if kind not in KINDS:
        raise TypeError(f"a run holds no numbers of type {array.dtype}")
    return {"kind": kind, "shape": list(array.shape)}


def _type_of(entry: Mapping[str, Any]) -> np.dtype[Any]:
    shape = entry["shape"]
    if not all(isinstance(size, int) and 0 <= size <= MOST_BYTES for size in shape):
        raise ValueError
    if entry["kind"] == ROWS:
        return rows_type(shape[1])
    if entry["kind"] not in KINDS:
        raise ValueError
    kind: np.dtype[Any] = np.dtype(entry["kind"])
    return kind


def _checksum(length: int, body: bytes | memoryview) -> bytes:
    checksum = blake2b(struct.pack("<I", length), digest_size=16)
    checksum.update(body)
    return checksum.digest()
