"""Questions to the file system. Every one has an answer: what fails becomes a sentence, or "it is not there".

A name may be too long or hold a zero character, a link may lead in a circle, a folder may be closed to this user or
have vanished. The functions of ``pathlib`` raise OSError, ValueError or RuntimeError then, each in its own case.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FAILURES = (OSError, ValueError, RuntimeError)
"""What functions of ``os`` and ``pathlib`` raise for a path that cannot be used."""

Name = str | os.PathLike[str]


def status(path: Name) -> os.stat_result | None:
    """Return what is known of the file or folder that a path leads to.

    Parameters
    ----------
    path : path-like
        Links are followed.

    Returns
    -------
    os.stat_result or None
        None if there is none or nobody can say.
    """
    with suppress(*FAILURES):
        return os.stat(path)
    return None


def exists(path: Name) -> bool:
    """Return whether there is a file or folder; False where nobody can say.

    Parameters
    ----------
    path : path-like
        Links are followed.

    Returns
    -------
    bool

    Examples
    --------
    >>> exists("a" * 300), exists("zero\\0character"), exists(os.curdir)
    (False, False, True)
    """
    return status(path) is not None


def is_gone(path: Name) -> bool:
    """Return whether there is certainly nothing, neither a file nor a folder.

    Parameters
    ----------
    path : path-like
        Links are followed.

    Returns
    -------
    bool
        False where nobody can say.
    """
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except FAILURES:
        return False
    return False


def is_folder(path: Name) -> bool:
    """Return whether there is a folder; False where nobody can say.

    Parameters
    ----------
    path : path-like
        Links are followed.

    Returns
    -------
    bool
    """
    found = status(path)
    return found is not None and stat.S_ISDIR(found.st_mode)


def absolute(path: Name) -> Path:
    """Return a path that stays good when the working folder changes.

    Parameters
    ----------
    path : path-like
        Relative to the working folder, or absolute. It need not exist.

    Returns
    -------
    Path
        The path itself where the working folder has vanished.
    """
    with suppress(*FAILURES):
        return Path(path).absolute()
    return Path(path)


def resolved(path: Name) -> Path:
    """Return the one path of a file, without links and ``..``, by which it is known whatever way leads to it.

    Parameters
    ----------
    path : path-like
        It need not exist.

    Returns
    -------
    Path
        As far as links can be followed; the absolute path where they cannot.
    """
    with suppress(*FAILURES):
        return Path(os.path.realpath(path))
    return absolute(path)


def home() -> Path:
    """Return the home folder.

    Returns
    -------
    Path
        The root folder where this user has none.
    """
    with suppress(*FAILURES):
        return Path.home()
    return Path(os.sep)


def names_in(folder: Name, suffix: str = "") -> list[Path]:
    """Return the files and folders in a folder.

    Parameters
    ----------
    folder : path-like
        It need not exist.
    suffix : str
        How their names end.

    Returns
    -------
    list of Path
        By name; empty where nobody can say.
    """
    with suppress(*FAILURES):
        return sorted(Path(folder, name) for name in os.listdir(folder) if name.endswith(suffix))
    return []


def make_folder(folder: Name, mode: int = 0o777) -> None:
    """Make a folder, and those above it, unless they are there.

    Parameters
    ----------
    folder : path-like
        A new or an existing folder.
    mode : int
        Permissions of a new folder, lessened by the process's mask.

    Raises
    ------
    OSError
        With a sentence: the path and the reason.
    """
    with _sentence_of("make the folder", folder):
        Path(folder).mkdir(mode, parents=True, exist_ok=True)


def delete(path: Name) -> None:
    """Delete a file, if it still exists.

    Parameters
    ----------
    path : path-like
        A link is deleted, not what it leads to.

    Raises
    ------
    OSError
        With a sentence: the path and the reason.
    """
    with _sentence_of("delete", path):
        Path(path).unlink(missing_ok=True)


def require_regular(path: Name, found: os.stat_result) -> None:
    """Raise OSError, with the reason, unless a status is that of a regular file.

    Parameters
    ----------
    path : path-like
        For the error.
    found : os.stat_result
        Of the file.

    Raises
    ------
    OSError
        If it is a folder, a pipe, a socket or a device.
    """
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, f"it is {kind_of(found)}, not a file", os.fspath(path))


def kind_of(found: os.stat_result) -> str:
    """Return what there is instead of a regular file.

    Parameters
    ----------
    found : os.stat_result
        Its status.

    Returns
    -------
    str
        Such as "a folder".
    """
    kinds = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket"}
    return kinds.get(stat.S_IFMT(found.st_mode), "a device")


@contextmanager
def _sentence_of(what: str, path: Name) -> Iterator[None]:
    """Turn failures into an OSError of the same kind with a sentence: what could not be done to which path, and why."""
    try:
        yield
    except FAILURES as error:
        raise failure(what, path, error) from error


def failure(what: str, path: Name, error: Exception) -> OSError:
    """Return an error with a sentence.

    Parameters
    ----------
    what : str
        What could not be done, such as "write".
    path : path-like
        To what.
    error : Exception
        What was raised.

    Returns
    -------
    OSError
        Of the same kind and with the same number, if it was one before.
    """
    name = os.fspath(path).replace("\0", "\\0")
    if not isinstance(error, OSError):
        why = "its name has a zero character" if "\0" in os.fspath(path) else str(error)
        return OSError(f"could not {what} {name}: {why}")
    reason = error.strerror or str(error) or type(error).__name__
    sentence = type(error)(f"could not {what} {name}: {reason}")
    sentence.errno = error.errno
    return sentence
