"""Names of classes and data sets as they may be given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count

from engine.experiment.settings import LONGEST_NAME


def tidy_name(name: str) -> str:
    """The name with single blanks and without what cannot be printed, shortened; "" where nothing is left."""
    return _printable(name)[:LONGEST_NAME].strip()


def distinct_names(names: Sequence[str], taken: Iterable[str] = ()) -> tuple[str | None, ...]:
    """Tidy names, each another and none of those ``taken``; None where nothing is left of one.

    Those that are too long are cut, with "…"; those that would be alike end with a number.
    """
    used, given = set(taken), [_printable(name) for name in names]
    # Names that fit come first: no cut one takes theirs.
    for place in sorted(range(len(given)), key=lambda place: len(given[place]) > LONGEST_NAME):
        if name := given[place]:
            ends = (f" {number}" * (number > 1) for number in count(1))
            given[place] = next(fit for end in ends if (fit := _fitting(name, end)) not in used)
            used.add(given[place])
    return tuple(name or None for name in given)


def _printable(name: str) -> str:
    return " ".join("".join(filter(str.isprintable, name)).split())


def _fitting(name: str, end: str) -> str:
    room = LONGEST_NAME - len(end)
    return name + end if len(name) <= room else f"{name[: room - 1].rstrip()}…{end}"
