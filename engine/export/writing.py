"""Write several files; one that fails keeps no other from being written."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

Writers = dict[Path, Callable[[], None]]
"""For each file, the function that writes it."""
Failures = dict[Path, Exception]
"""For each file that could not be written, why."""

_log = logging.getLogger(__name__)


class NotAllWritten(OSError):
    """Some of several files could not be written.

    Parameters
    ----------
    failures
        At least one.

    Attributes
    ----------
    failures
        The same.
    first
        The first of the errors.

    Examples
    --------
    >>> str(NotAllWritten({Path("a"): OSError("could not write a"), Path("b"): OSError("could not write b")}))
    'could not write a (and 1 more)'
    """

    def __init__(self, failures: Failures) -> None:
        self.failures = failures
        self.first, *others = failures.values()
        sentence = str(self.first) or type(self.first).__name__
        super().__init__(f"{sentence} (and {len(others)} more)" if others else sentence)


def write_each(writers: Writers) -> Failures:
    """Write all files.

    Parameters
    ----------
    writers
        Called one after another.

    Returns
    -------
    Failures
        Of any kind: a fault in how one file is made keeps no other from being written either.
    """
    failures: Failures = {}
    for path, write in writers.items():
        try:
            write()
        except Exception as error:
            failures[path] = error
    return failures


def write_all(writers: Writers) -> None:
    """Write all files, and log what no disk is to blame for.

    Parameters
    ----------
    writers
        Called one after another.

    Raises
    ------
    NotAllWritten
        If some cannot be written; the others are.
    """
    failures = write_each(writers)
    for path, error in failures.items():
        if not isinstance(error, OSError):
            _log.error("%s could not be made", path.name, exc_info=error)
    if failures:
        raise NotAllWritten(failures)
