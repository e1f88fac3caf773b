"""Make names of classes and data sets valid and distinct."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count

import msgspec

from engine.experiment.settings import LONGEST_NAME, ClassName


def tidy_name(name: str) -> str:
    """Return the name, shortened, with single blanks and only printable characters; "" if nothing is left."""
    return _printable(name)[:LONGEST_NAME].strip()


def distinct_names(
    names: Sequence[str], taken: Iterable[str] = (), exact: bool = False
) -> tuple[str | None, ...]:
    """Return names that differ from one another and from those ``taken``.

    A name that is too long is cut and ends with "…". A number is appended to a name that would occur twice. A name
    without printable characters becomes None.

    Parameters
    ----------
    names
        Any texts.
    taken
        Names of other classes.
    exact
        Whether a name that a document accepts stays as it is; else it is made tidy.

    Examples
    --------
    >>> distinct_names(["red", "red", " "], taken=["blue"])
    ('red', 'red 2', None)
    """
    used, given = set(taken), [name if exact and _is_valid(name) else _printable(name) for name in names]
    # Names that fit come first, so that no shortened name takes the name of another class.
    for index in sorted(range(len(given)), key=lambda index: len(given[index]) > LONGEST_NAME):
        if name := given[index]:
            ends = (f" {number}" * (number > 1) for number in count(1))
            given[index] = next(fit for end in ends if (fit := _shortened(name, end)) not in used)
            used.add(given[index])
    return tuple(name or None for name in given)


def _is_valid(name: str) -> bool:
    """Whether a document accepts the name of a class."""
    try:
        msgspec.convert(name, ClassName)
    except msgspec.ValidationError:
        return False
    return name == name.strip()


def _printable(name: str) -> str:
    return " ".join("".join(filter(str.isprintable, name)).split())


def _shortened(name: str, end: str) -> str:
    """Return the name with ``end`` appended, cut so that both fit."""
    length = LONGEST_NAME - len(end)
    return name + end if len(name) <= length else f"{name[: length - 1].rstrip()}…{end}"
