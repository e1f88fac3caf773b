"""The file of a finished batch: it is written whole or not at all, and one that is damaged is known as such."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data import atomic_write
from engine.data.bounded_reading import read_bounded
from engine.sweep.job import JobResult

MAGIC = b"neural-sketchbook-batch/1\n"
SUFFIX = ".batch"
STATUSES = ("waiting", "trained", "stopped", "diverged", "failed")
"""By these numbers a status is kept."""
MOST_BYTES = 4 << 30
_DIGEST = 32


@dataclass(frozen=True, slots=True, eq=False)
class KeptBatch:
    """What a file holds.

    Attributes
    ----------
    key
        Of the sweep that it belongs to: hash of the spec, device and precision.
    rows : int64 [lanes]
        Numbers of its lanes.
    status : uint8 [lanes]
        Indices in ``STATUSES``.
    columns
        By key of a measure, float64 [lanes].
    pictures
        Of the lanes; None without.
    """

    key: str
    rows: NDArray[np.int64]
    status: NDArray[np.uint8]
    columns: dict[str, NDArray[np.float64]]
    pictures: NDArray[Any] | None


def write_batch(path: Path, key: str, result: JobResult) -> None:
    """Write a batch.

    Parameters
    ----------
    path
        A new file, or one to be replaced.
    key
        Of the sweep.
    result
        What came of the batch.

    Raises
    ------
    OSError
        With a sentence; then there is no file, or the former one.
    """
    names = {"diverged": 3, "stopped": 2}
    arrays: dict[str, Any] = {
        "key": np.array(key),
        "rows": result.rows,
        "status": np.array([names.get(word, 1) for word in result.status.tolist()], np.uint8),
        "measures": np.array(list(result.columns)),
        "numbers": np.array(list(result.columns.values()), np.float64).reshape(len(result.columns), -1),
    }
    if result.pictures is not None:
        arrays["pictures"] = result.pictures
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    payload = buffer.getvalue()
    atomic_write(path, MAGIC + sha256(payload).digest() + payload)


def read_batch(path: Path, pictures: bool = False) -> KeptBatch | None:
    """Read a batch.

    Parameters
    ----------
    path
        The file.
    pictures
        Whether to read its pictures, too.

    Returns
    -------
    KeptBatch or None
        None if the file is damaged or cannot be read: its lanes are trained again.
    """
    try:
        content = read_bounded(path, MOST_BYTES)
        payload = content[len(MAGIC) + _DIGEST :]
        if content[: len(MAGIC)] != MAGIC or content[len(MAGIC) :][:_DIGEST] != sha256(payload).digest():
            return None
        with np.load(io.BytesIO(payload), allow_pickle=False) as held:
            return _checked(held, pictures)
    except (OSError, ValueError, KeyError, EOFError, MemoryError, zipfile.BadZipFile):
        return None


def _checked(held: Any, pictures: bool) -> KeptBatch | None:
    rows, status, numbers = held["rows"], held["status"], held["numbers"]
    measures = held["measures"].tolist()
    shape = (len(measures), len(rows))
    if rows.ndim != 1 or rows.dtype != np.int64 or status.shape != rows.shape or numbers.shape != shape:
        return None
    if len(rows) and (int(rows.min()) < 0 or int(status.max()) >= len(STATUSES)):
        return None
    shown = held["pictures"] if pictures and "pictures" in held.files else None
    if shown is not None and len(shown) != len(rows):
        return None
    columns = dict(zip(measures, np.asarray(numbers, np.float64), strict=True))
    return KeptBatch(str(held["key"]), rows, status, columns, shown)
