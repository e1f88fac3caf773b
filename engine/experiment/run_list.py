"""The runs that a document remembers after they have ended: records with settings, results, curves and a picture.

A list of runs is a tuple of records, the oldest first; each record has a number that no other one of its document has
or has had.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from math import isfinite
from typing import Annotated, TypeAlias

import msgspec
import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from engine.catalogue.hyperparameters import CLASSES
from engine.catalogue.tasks import TASKS
from engine.catalogue.texts import as_sentence, counted, short_repr
from engine.experiment.class_looks import without_looks
from engine.experiment.points import Points
from engine.experiment.settings import MOST_REPEATS, ONE_LINE, DataSettings, Lane
from engine.experiment.validation import ExperimentError

RUNS = "runs"
"""The key of the list in a file."""
LAST_RUN = "last_run"
"""The key of the highest number that a run has had, where the list does not tell it any more."""
HIGHEST = 2**31
"""The highest number that a run can have."""
MOST_RUNS = 200
"""How many runs a document remembers."""
MOST_BYTES = 8_000_000
"""How many bytes of its file they take at most."""
MOST_ROWS = 200
"""The most rows of the curves of a run."""
COLUMNS = ("epoch", "training", "validation", "test", "penalty")
"""What the columns of the curves are: an epoch, the loss on each split, and the penalty."""
SIDE = 40
"""Cells along each side of the picture of a boundary, and heights in that of a curve."""
MOST_PICTURE = 2048
"""The most bytes of a picture."""
OUTSIDE = 255
"""What stands in the picture of a curve where that leaves the sheet."""

ENDS = {
    "early_stopping": "stopped early",
    "divergence": "diverged",
    "reset": "reset",
    "shape": "other shape",
    "removed": "lane removed",
    "seeds": "other number of seeds",
    "data": "other data",
}
"""Why a run has ended: by itself, or because of what a person did."""

ByLoss: TypeAlias = tuple[float | None, float | None, float | None]
"""A number for training, validation and test; None where it is not known or not finite."""
Runs: TypeAlias = tuple["RunRecord", ...]

LONGEST_REASON = 200
"""Characters of a reason."""
MOST_CLASSES = int(CLASSES.high)
_ROW_BYTES = 8 * len(COLUMNS)


class RunRecord(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A run that has ended.

    Attributes
    ----------
    number
        From 1; no other run of the document has it or has had it.
    lane
        Name and settings at its end, without its look.
    task, classes
        Those of the data that it was trained on.
    data
        ``data_digest`` of these data.
    epochs
        Whole epochs, at least one.
    when
        When it ended, in whole seconds since 1970 (UTC).
    ended
        A key of ``ENDS``.
    reason
        More about that, in a clause; "" if nothing is known.
    best_epoch
        The epoch with the lowest validation loss; None if it is not known.
    loss, score
        At its end, by split; scores are accuracies or R². All numbers of a run with several seeds are medians over
        these, but ``epochs``, which are those of the seed that trained longest, or while new seeds caught up with it,
        the epoch that all had reached.
    gap
        Validation loss minus training loss; None if one of them is not known.
    penalty
        In the unit of the loss.
    zero_share
        Share of weights that are exactly zero, from 0 to 1.
    gradient_ratio
        Norm of the gradient of the first layer's weights, divided by that of the output layer's.
    diverged
        How many of its seeds diverged.
    curves
        See ``packed_curves``; empty without a history.
    picture
        See ``packed_picture``; empty if its answers were not seen.
    pinned
        Whether plots show its curves, and other runs leave before it does.
    """

    number: Annotated[int, Meta(ge=1, le=HIGHEST)]
    lane: Lane
    task: str
    classes: Annotated[int, Meta(ge=2, le=MOST_CLASSES)]
    data: Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
    epochs: Annotated[int, Meta(ge=1, le=2**53)]
    when: Annotated[int, Meta(ge=0, le=2**40)]
    ended: str
    reason: Annotated[str, Meta(max_length=LONGEST_REASON, pattern=ONE_LINE)] = ""
    best_epoch: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    loss: ByLoss = (None, None, None)
    score: ByLoss = (None, None, None)
    gap: float | None = None
    penalty: float | None = None
    zero_share: Annotated[float, Meta(ge=0.0, le=1.0)] | None = None
    gradient_ratio: Annotated[float, Meta(ge=0.0)] | None = None
    diverged: Annotated[int, Meta(ge=0, le=MOST_REPEATS)] = 0
    curves: bytes = b""
    picture: Annotated[bytes, Meta(max_length=MOST_PICTURE)] = b""
    pinned: bool = False

    @property
    def name(self) -> str:
        """The name of its lane."""
        return self.lane.name

    @property
    def end_epoch(self) -> int:
        """The epoch in which it ended: if it diverged, the one after its last whole one."""
        return self.epochs + (self.ended == "divergence")


# -- parts of a record


def bare_lane(lane: Lane) -> Lane:
    """Return the settings of a lane as a record holds them.

    Parameters
    ----------
    lane
        Any.

    Returns
    -------
    Lane
        Shown, not muted, without a colour of its own and without its cell of a sweep.
    """
    return msgspec.structs.replace(lane, colour=None, hidden=False, muted=False, cell=None, own_data=None)


def data_digest(data: DataSettings, points: Points) -> str:
    """Return what tells one data set from another.

    Parameters
    ----------
    data
        Names and colours of classes and axes do not count.
    points
        Those that the settings give.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    bare = without_looks(data)
    facts = [bare.task, bare.classes, bare.aspect, bare.split.seed]
    facts += [getattr(bare.extent, key) for key in bare.extent.__struct_fields__]
    digest = sha256(json.dumps(facts).encode())
    for part in (points.xy, points.target, points.split):
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()[:16]


def thinned_rows(count: int, best: int | None = None) -> NDArray[np.int64]:
    """Choose the rows of a history that its curves keep.

    Parameters
    ----------
    count
        How many rows there are.
    best
        A row that stays in any case.

    Returns
    -------
    int64 [at most ``MOST_ROWS``]
        In order, with the first and the last row: half of them evenly, half as a logarithmic axis shows them.

    Examples
    --------
    >>> thinned_rows(3).tolist()
    [0, 1, 2]
    """
    if count <= MOST_ROWS:
        return np.arange(count)
    half = (MOST_ROWS - 1) // 2
    evenly = np.linspace(0, count - 1, half)
    early = np.geomspace(1, count - 1, half)
    kept = np.concatenate([evenly, early, [] if best is None else [best]])
    return np.unique(np.rint(kept).astype(np.int64))


def packed_curves(rows: NDArray[np.float64]) -> bytes:
    """Pack the curves of a run.

    Parameters
    ----------
    rows : float64 [at most ``MOST_ROWS``, ``COLUMNS``]
        Numbers that are not finite may be among them.

    Returns
    -------
    bytes
        ``curves_of`` returns the same bits.
    """
    return zlib.compress(np.ascontiguousarray(rows, dtype="<f8").tobytes(), 9) if len(rows) else b""


def unpacked_curves(curves: bytes) -> NDArray[np.float64]:
    """Unpack curves.

    Parameters
    ----------
    curves
        What ``packed_curves`` returned.

    Returns
    -------
    float64 [rows, ``COLUMNS``]
        The oldest first; read-only.

    Raises
    ------
    ValueError
        If the bytes are damaged.
    """
    return np.frombuffer(_unzipped(curves, MOST_ROWS * _ROW_BYTES), "<f8").reshape(-1, len(COLUMNS))


def curves_of(record: RunRecord) -> NDArray[np.float64]:
    """Unpack the curves of a run.

    Parameters
    ----------
    record
        Any.

    Returns
    -------
    float64 [rows, ``COLUMNS``]
        As ``unpacked_curves`` returns them.

    Raises
    ------
    ValueError
        If the bytes are damaged.
    """
    return unpacked_curves(record.curves)


def packed_picture(cells: NDArray[np.uint8]) -> bytes:
    """Pack the picture of what a network answers.

    Parameters
    ----------
    cells : uint8 [``SIDE``, ``SIDE``] or [``SIDE``]
        Of classification, the class of each cell, row 0 at the bottom. Of a surface, the value, from 0 for the low end
        of its extent to 254 for the high one. Of a curve, its heights likewise, ``OUTSIDE`` where it leaves the sheet.

    Returns
    -------
    bytes
        At most ``MOST_PICTURE``.
    """
    return zlib.compress(np.ascontiguousarray(cells, dtype=np.uint8).tobytes(), 9)


def picture_of(record: RunRecord) -> NDArray[np.uint8] | None:
    """Unpack the picture of a run.

    Parameters
    ----------
    record
        Any.

    Returns
    -------
    uint8 [``SIDE``, ``SIDE``] or [``SIDE``], or None
        As ``packed_picture`` takes it; None without a picture.

    Raises
    ------
    ValueError
        If the bytes are damaged.
    """
    if not record.picture:
        return None
    shape = (SIDE,) if record.task == "curve" else (SIDE, SIDE)
    cells = np.frombuffer(_unzipped(record.picture, SIDE * SIDE), np.uint8).reshape(shape)
    if record.task == "classification" and cells.max() >= record.classes:
        raise ValueError("a class that there is not")
    return cells


def _unzipped(packed: bytes, most: int) -> bytes:
    """Unpack bytes; ValueError if they are damaged or more than ``most``."""
    if not packed:
        return b""
    unpacking = zlib.decompressobj()
    try:
        raw = unpacking.decompress(packed, most)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if not unpacking.eof or unpacking.unused_data:
        raise ValueError("they do not end where they should")
    return raw


# -- the list


def size_of(record: RunRecord) -> int:
    """Return how many bytes of a file a run takes.

    Parameters
    ----------
    record
        Any.

    Returns
    -------
    int
    """
    return len(_line(record).encode())


def total_size(runs: Runs) -> int:
    """Return how many bytes of a file a list takes.

    Parameters
    ----------
    runs
        Any.

    Returns
    -------
    int
    """
    return sum(map(size_of, runs))


def is_same_run(one: RunRecord, other: RunRecord) -> bool:
    """Return whether two records are of one run, or of two that nothing tells apart.

    Parameters
    ----------
    one, other
        Any.

    Returns
    -------
    bool
        Whether settings, data and all results are the same; why they ended, when, picture and pin do not count.
    """
    return _compared(one) == _compared(other)


def _compared(record: RunRecord) -> tuple[object, ...]:
    return record.lane, record.data, record.epochs, record.loss, record.score, record.curves


def last_number(runs: Runs, known: int = 0) -> int:
    """Return the highest number that a run has had; the next one gets one more.

    Parameters
    ----------
    runs
        Those that are remembered.
    known
        The highest number that was known before, perhaps of a run that was deleted.

    Returns
    -------
    int
        0 where there was none.
    """
    return max(known, *(record.number for record in runs), 0)


def with_runs(runs: Runs, records: Iterable[RunRecord]) -> Runs:
    """Put runs into a list, each in place of one with the same number, and keep the list within its bounds.

    Parameters
    ----------
    runs
        Any.
    records
        The runs to put there.

    Returns
    -------
    tuple of RunRecord
        In order of their numbers. Where they are too many or too large, the oldest that are not pinned have left, and
        after those the oldest.
    """
    by_number = {record.number: record for record in (*runs, *records)}
    return bounded(tuple(by_number[number] for number in sorted(by_number)))


def without_runs(runs: Runs, numbers: Iterable[int]) -> Runs:
    """Take runs out of a list.

    Parameters
    ----------
    runs
        Any.
    numbers
        Those of the runs that go.

    Returns
    -------
    tuple of RunRecord
    """
    gone = set(numbers)
    return tuple(record for record in runs if record.number not in gone)


def bounded(runs: Runs) -> Runs:
    """Keep a list within ``MOST_RUNS`` and ``MOST_BYTES``.

    Parameters
    ----------
    runs
        The oldest first.

    Returns
    -------
    tuple of RunRecord
        Without the oldest that are not pinned, as far as that is needed, and after those without the oldest.
    """
    sizes = {record.number: size_of(record) for record in runs}
    count, size = len(sizes), sum(sizes.values())
    gone = set()
    for record in sorted(runs, key=lambda record: record.pinned):
        if count <= MOST_RUNS and size <= MOST_BYTES:
            break
        gone.add(record.number)
        count, size = count - 1, size - sizes[record.number]
    return without_runs(runs, gone) if gone else runs


# -- in a file


def to_text(runs: Runs) -> str:
    """Write a list as JSON.

    Parameters
    ----------
    runs
        Any.

    Returns
    -------
    str
        An array with a line for each run.
    """
    lines = ",\n  ".join(map(_line, runs))
    return f"[\n  {lines}\n ]" if lines else "[]"


ReadLane: TypeAlias = Callable[[object, str, int], Lane]
"""Reads a lane of a task with so many classes; raises ExperimentError with a path below the lane."""


def from_json(value: object, read_lane: ReadLane) -> tuple[Runs, str]:
    """Read a list from parsed JSON; what is damaged is left out.

    Parameters
    ----------
    value
        What stands at ``RUNS``.
    read_lane
        Reads the settings of a run.

    Returns
    -------
    runs : tuple of RunRecord
        Within the bounds.
    problem : str
        A sentence that names the runs that were left out, and says why the first was; "" where all could be read.
    """
    if not isinstance(value, list):
        return (), "The list of runs was damaged and is left out."
    found: dict[int, RunRecord] = {}
    damaged: list[str] = []
    why = ""
    for index, one in enumerate(value):
        try:
            record = _read(one, read_lane)
            if record.number in found:
                raise ExperimentError("number", f"there is a run {record.number} already")
            found[record.number] = record
        except ExperimentError as error:
            damaged.append(_name_of(one, index))
            why = why or _reason(error)
    runs = tuple(found[number] for number in sorted(found))
    kept = bounded(runs)
    if len(damaged) == 1:
        return kept, as_sentence(f"{damaged[0]} was damaged and is left out: {why}")
    if damaged:
        return kept, as_sentence(f"{_named(damaged)} were damaged and are left out. The first: {why}")
    if len(kept) < len(runs):
        gone = len(runs) - len(kept)
        return kept, f"There is no room for all runs of the file: the oldest {gone:,} are left out."
    return kept, ""


def last_from_json(value: object, runs: Runs) -> tuple[int, str]:
    """Read the highest number that a run has had.

    Parameters
    ----------
    value
        What stands at ``LAST_RUN``; None where there is nothing.
    runs
        Those of the same file.

    Returns
    -------
    last : int
        At least that of the runs.
    problem : str
        A sentence if the value is damaged; "" if not.
    """
    if value is None:
        return last_number(runs), ""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= HIGHEST:
        wrong = f"{LAST_RUN}: expected a whole number from 1 to {HIGHEST}, not {short_repr(value)}"
        return last_number(runs), as_sentence(f"{wrong}; it was left out")
    return last_number(runs, value), ""


def _name_of(value: object, index: int) -> str:
    """What a run is called in the list, or which of the list it is where it has no number."""
    number = value.get("number") if isinstance(value, dict) else None
    is_number = isinstance(number, int) and not isinstance(number, bool) and number > 0
    return f"Run {number}" if is_number else f"Entry {index + 1} of the list of runs"


def _named(names: Sequence[str]) -> str:
    """The first few names."""
    shown = [*names[:3], *([f"{len(names) - 3:,} more"] if len(names) > 3 else [])]
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


PARTS = {
    "number": "its number",
    "lane": "its settings",
    "task": "its task",
    "classes": "its number of classes",
    "data": "what tells its data",
    "epochs": "its number of epochs",
    "when": "the time of its end",
    "ended": "why it ended",
    "reason": "why it ended",
    "best_epoch": "its best epoch",
    "loss": "its losses",
    "score": "its scores",
    "gap": "its loss gap",
    "penalty": "its penalty",
    "zero_share": "its share of weights at zero",
    "gradient_ratio": "its ratio of gradients",
    "diverged": "how many of its seeds diverged",
    "curves": "its curves",
    "picture": "its picture",
    "pinned": "whether it is pinned",
}
"""What the fields of a run are called in a sentence."""


def _reason(error: ExperimentError) -> str:
    """Why a run cannot be read, in plain words."""
    part = PARTS.get(error.path.partition(".")[0])
    said = str(error).removeprefix(f"{error.path}: ")
    return f"{part} cannot be read ({said})" if part else said


def _line(record: RunRecord) -> str:
    plain = msgspec.to_builtins(record, enc_hook=lambda choice: choice.to_json())
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def _read(value: object, read_lane: ReadLane) -> RunRecord:
    """Read one run. Raises ExperimentError with a path below the run."""
    if not isinstance(value, dict):
        raise ExperimentError("", f"expected an object, not {short_repr(value)}")
    task, classes = value.get("task"), value.get("classes")
    if not isinstance(task, str) or task not in TASKS:
        raise ExperimentError("task", f"expected one of {', '.join(TASKS)}, not {short_repr(task)}")
    if not isinstance(classes, int) or not 2 <= classes <= MOST_CLASSES:
        sentence = f"expected a whole number from 2 to {MOST_CLASSES}, not {short_repr(classes)}"
        raise ExperimentError("classes", sentence)
    try:
        lane = read_lane(value.get("lane"), task, classes)
    except ExperimentError as error:
        sentence = str(error).removeprefix(f"{error.path}: ")
        raise ExperimentError(".".join(filter(None, ("lane", error.path))), sentence) from None
    try:
        record = msgspec.convert({**value, "lane": lane}, RunRecord)
        record.reason.encode()
    except msgspec.ValidationError as error:
        sentence, _, below = str(error).partition(" - at `$")
        where = below.rstrip("`").replace("[", ".").replace("]", "").strip(".")
        raise ExperimentError(where, sentence[:1].lower() + sentence[1:].replace("`", "")) from None
    except UnicodeEncodeError:
        raise ExperimentError("", "it has a character that no text can have") from None
    return _checked(record)


def _checked(record: RunRecord) -> RunRecord:
    """Check what the types of the fields do not tell."""
    if record.ended not in ENDS:
        allowed = ", ".join(ENDS)
        raise ExperimentError("ended", f"expected one of {allowed}, not {short_repr(record.ended)}")
    if record.best_epoch is not None and record.best_epoch > record.epochs:
        whole = counted(record.epochs, "epoch")
        raise ExperimentError("best_epoch", f"it is {record.best_epoch:,} of {whole}")
    for key in ("loss", "score", "gap", "penalty", "gradient_ratio"):
        value = getattr(record, key)
        numbers = value if isinstance(value, tuple) else (value,)
        if not all(number is None or isfinite(number) for number in numbers):
            raise ExperimentError(key, "a number that is not finite")
    for key, unpack in _PACKED.items():
        try:
            unpack(record)
        except ValueError:
            raise ExperimentError(key, "the bytes are damaged") from None
    return record


_PACKED: dict[str, Callable[[RunRecord], object]] = {"curves": curves_of, "picture": picture_of}
