"""The files that a script reads lie beside it; they take the place of no other file unasked."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from pathlib import Path

from engine.data.bounded_reading import read_bounded
from engine.data.file_system import exists


def others_there(contents: Mapping[Path, bytes | str]) -> list[Path]:
    """Return the files that writing would replace by something else.

    Parameters
    ----------
    contents
        What is to be written, by path.

    Returns
    -------
    list of Path
        Those that are there with another content, or that cannot be read.
    """
    return [path for path, content in contents.items() if _differs(path, content)]


def require_room(script: Path, beside: Mapping[Path, bytes | str]) -> None:
    """Refuse to write a script whose files would replace something else.

    Parameters
    ----------
    script
        Its path; a script that is there already may be replaced.
    beside
        What it reads, by path.

    Raises
    ------
    OSError
        With a sentence, if another file is where one of these would be, or if the script itself has the name of one.
        Case does not count in names, because many systems do not tell such names apart.
    """
    if script.name.casefold() in {file.name.casefold() for file in beside}:
        clause = "the script reads a file of this name itself; give it another one"
        raise FileExistsError(errno.EEXIST, clause, str(script))
    for other in others_there(beside):
        clause = (
            "another file is there already, and the script reads one of this name; rename the one there, or write the "
            "script into another folder"
        )
        raise FileExistsError(errno.EEXIST, clause, str(other))


def _differs(path: Path, content: bytes | str) -> bool:
    wanted = content.encode() if isinstance(content, str) else content
    try:
        return exists(path) and read_bounded(path) != wanted
    except OSError:
        return True
