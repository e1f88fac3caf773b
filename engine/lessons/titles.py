"""Titles of lessons without reading the lessons: what a list needs before anybody has chosen one."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.data.bounded_reading import read_start
from engine.lessons.loading import (
    ENGLISH,
    built_in_folder,
    find_page,
    find_text,
    key_of,
    leads_out,
    lesson_folders,
    number_of,
)
from engine.lessons.text import LONGEST_SUMMARY, LONGEST_TITLE

_START = 4096
"""Bytes of a text in which title and summary stand."""
_MARKS = re.compile(r"(?<!\\)[*`]+")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a list says of a lesson.

    Attributes
    ----------
    folder
        Of the lesson.
    key, number
        Its name, and its number in the course; None without one.
    title, summary
        Of one line each; the lesson's name and "" where they cannot be read.
    """

    folder: Path
    key: str
    number: int | None
    title: str
    summary: str


def headings(folder: Path | None = None, language: str = ENGLISH) -> tuple[Heading, ...]:
    """Return the titles of a course's lessons, in order.

    Parameters
    ----------
    folder
        Of the course; None for the built-in one.
    language
        As for ``load_lesson``.

    Returns
    -------
    tuple of Heading
        A lesson that cannot be read is among them, too.
    """
    folders = lesson_folders(built_in_folder() if folder is None else folder)
    return tuple(_heading(one, language) for one in folders)


def _heading(folder: Path, language: str) -> Heading:
    key, file = key_of(folder), find_text(folder, language)
    title, summary = _read_first_lines(file)
    return Heading(folder, key, number_of(folder), title or key, summary)


def _read_first_lines(file: Path | None) -> tuple[str, str]:
    """Return title and summary, "" for what cannot be read: whoever opens the lesson is told why."""
    with suppress(OSError):
        if file is not None and not leads_out(file):
            return _first_lines(read_start(file, _START).decode("utf-8-sig", "replace"))
    return "", ""


def _first_lines(text: str) -> tuple[str, str]:
    """Return the first heading and the paragraph below it, without marks of emphasis.

    Examples
    --------
    >>> _first_lines("# Dropout\\n\\nSome *neurons*\\nare left out.\\n\\n## Look {#look}")
    ('Dropout', 'Some neurons are left out.')
    """
    parts = [part.strip() for part in re.split(r"\n[ \t]*\n|\n(?=#)", text.replace("\r\n", "\n"))]
    parts = [" ".join(_MARKS.sub("", part).split()) for part in parts if part]
    if not parts or not parts[0].startswith("# "):
        return "", ""
    below = parts[1] if len(parts) > 1 and not parts[1].startswith("#") else ""
    return parts[0][2:].strip()[:LONGEST_TITLE], below[:LONGEST_SUMMARY]


def course_title(folder: Path | None = None, language: str = ENGLISH) -> str:
    """Return the title of a course.

    Parameters
    ----------
    folder
        Of the course; None for the built-in one.
    language
        As for ``load_lesson``.

    Returns
    -------
    str
        The folder's name where the course says none.
    """
    folder = built_in_folder() if folder is None else folder
    title, _ = _read_first_lines(find_page(folder, language))
    return title or folder.name[:LONGEST_TITLE]
