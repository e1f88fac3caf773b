"""Recognize files that are not text by their first bytes."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress

ZIP = b"PK\x03\x04"
NUMPY = b"\x93NUMPY"
_KINDS = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Word file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x89HDF", "an HDF5 file"),
    (b"MATLAB 5.0", "a MATLAB file"),
    (b"ARROW1", "an Arrow file"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"{\\rtf", "an RTF document"),
    (NUMPY, "a NumPy array under another name; call it .npy"),
)
_ZIPPED = (("xl/", "an Excel workbook"), ("word/", "a Word document"), ("ppt/", "a PowerPoint file"))
_PARQUET = b"PAR1"
"""First and last bytes of a Parquet file; a text may begin with them, too, as the name of a column."""
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
_PICKLES = tuple(bytes((0x80, protocol)) for protocol in range(2, 6))
_CONTROLS = bytes({*range(32)} - {0, 9, 10, 11, 12, 13, 26, 27, 28, 29, 30, 31})
_START = 2**14
_MOST_CONTROLS, _MOST_ZEROS = 0.02, 0.3


def refuse_binary(content: bytes) -> None:
    """Raise ValueError, with a sentence that names the kind of file, if the content is not text."""
    kind = _kind(content)
    if kind:
        raise ValueError(f"this is {kind}, not a table of text; save the table as CSV first")
    # Some programs pad a file with zeros.
    start = content[:_START].rstrip(b"\0")
    if not start or looks_wide(content):
        return
    controls = len(start) - len(start.translate(None, _CONTROLS))
    if controls > _MOST_CONTROLS * len(start) or start.count(0) > _MOST_ZEROS * len(start):
        raise ValueError(
            "this is not a table of text, nor a file of NumPy arrays; save the table as CSV first"
        )


def looks_wide(content: bytes) -> str:
    """Return the encoding of a text with two or four bytes for each character, or "" for other content.

    It is recognized by a byte order mark, or by zero bytes between ASCII characters.
    """
    if content.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = content[:_START]
    # Digits and delimiters have a zero byte after them (little-endian) or before them (big-endian).
    halves = start[::2], start[1::2]
    zeros = [half.count(0) / max(len(half), 1) for half in halves]
    if max(zeros) < 0.5 or min(zeros) > 0.1:
        return ""
    encoding = "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    letters = start[: len(start) // 2 * 2].decode(encoding, "replace")
    odd = sum(ord(letter) < 32 and letter not in "\t\n\r\f\v\0" for letter in letters)
    return encoding if odd <= _MOST_CONTROLS * len(letters) else ""


def _kind(content: bytes) -> str:
    if content.startswith(ZIP):
        return _zipped(content)
    if content.startswith(_PICKLES) and content.rstrip().endswith(b"."):
        return "a Python pickle, which could do harm and is never read"
    if content.startswith(_PARQUET) and content.endswith(_PARQUET):
        return "a Parquet file"
    if content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html")):
        return "a web page"
    return next((kind for mark, kind in _KINDS if content.startswith(mark)), "")


def _zipped(content: bytes) -> str:
    with suppress(zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        archive = zipfile.ZipFile(io.BytesIO(content))
        names = archive.namelist()
        for folder, kind in _ZIPPED:
            if any(name.startswith(folder) for name in names):
                return kind
        if names[:1] == ["mimetype"] and archive.read("mimetype").startswith(_OPEN_DOCUMENT.encode()):
            return "an OpenDocument file"
        if names and all(name.endswith(".npy") for name in names):
            return "a file of NumPy arrays under another name; call it .npz"
    return "a ZIP archive"
