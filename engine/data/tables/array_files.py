"""The arrays in the bytes of a NumPy file, never more than the bytes hold, whatever its header claims."""

from __future__ import annotations

import io
import math
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.texts import counted, describe_size
from engine.data.files import MAX_BYTES
from engine.data.tables.kinds import NUMPY

MOST_ARRAYS = 1000
"""The most arrays of a file."""
_LONGEST_HEADER = 10_000
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How NumPy packs arrays; others can ask for any amount of memory before the first byte comes."""
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


class ArraysError(ValueError):
    """Why the arrays of a file are not read, in a clause."""


def npy_array(content: bytes) -> NDArray[Any]:
    """Return the array of a .npy file.

    Parameters
    ----------
    content
        The whole file.

    Returns
    -------
    array
        A view of ``content``.

    Raises
    ------
    ArraysError
        For Python objects, and where the file has fewer bytes than the array.
    Exception
        Of many kinds, for a header that NumPy cannot read.
    """
    if not content.startswith(NUMPY):
        raise ArraysError("this is not a complete file of NumPy arrays (.npy or .npz)")
    file = io.BytesIO(content)
    version = np.lib.format.read_magic(file)
    # The third version differs from the second in the encoding of field names alone.
    read_header = _HEADERS.get(version, np.lib.format.read_array_header_2_0)
    shape, in_columns, kind = read_header(file, max_header_size=_LONGEST_HEADER)
    if kind.hasobject:
        raise ArraysError(
            "the file holds Python objects, which could do harm and are never read; save plain arrays"
        )
    count, there = math.prod(shape), len(content) - file.tell()
    if min(shape, default=0) < 0 or kind.itemsize * count > there:
        raise ArraysError("this is not a complete file of NumPy arrays (.npy or .npz)")
    array: NDArray[Any] = np.frombuffer(content, kind, count, file.tell()) if count else np.empty(0, kind)
    return array.reshape(shape, order="F" if in_columns else "C")


def npz_arrays(content: bytes) -> dict[str, NDArray[Any]]:
    """Return the arrays of a .npz file by name.

    Parameters
    ----------
    content
        The whole file.

    Returns
    -------
    dict
        Members that are no arrays are left out.

    Raises
    ------
    ArraysError
        As ``npy_array`` raises it, and where the arrays are larger than ``MAX_BYTES`` or too many.
    Exception
        Of many kinds, for a damaged archive.
    """
    found: dict[str, NDArray[Any]] = {}
    left = MAX_BYTES
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [member for member in archive.infolist() if member.filename.endswith(".npy")]
        if len(members) > MOST_ARRAYS:
            raise ArraysError(
                f"the file has {counted(len(members), 'array')}, and at most {MOST_ARRAYS:,} are read"
            )
        for member in members:
            array = _unpacked(archive, member, left)
            left -= len(array)
            found[member.filename.removesuffix(".npy")] = npy_array(array)
    return found


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    if member.compress_type not in _METHODS:
        raise ArraysError(
            "the arrays are packed in a way that NumPy does not use; save them with numpy.savez"
        )
    with archive.open(member) as file:
        # The size in the directory may be wrong, so what counts is what comes.
        content = file.read(most + 1) if member.file_size <= most else b""
    if member.file_size > most or len(content) > most:
        raise ArraysError(
            f"the file has more than {describe_size(MAX_BYTES)} of arrays, the most that can be imported; "
            "keep only the rows and columns that you need"
        )
    return content
