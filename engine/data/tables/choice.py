"""What a table is about, and columns that a person has named."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.data.tables.facts import Facts, Survey
from engine.data.tables.header import find_header
from engine.data.tables.reading import Reading, read_as
from engine.data.tables.roles import MAX_CLASSES
from engine.data.tables.vocabulary import COLUMNS, INDEX_NAMES, SPLIT, folded

CHOSEN = "chosen"
TARGET = "target"
"""Stands for the last column of any task."""
_ROLES = ("x1", "x2", "x", "y", "class", "value", TARGET, SPLIT)
_NOTHING = "none"
_ANSWERS = {"value": "surface", "z": "surface", "class": "classification"}


def guess_task(survey: Survey) -> str:
    """Classes where the target has few different texts or whole numbers, a curve of two columns, else a surface.

    What is neither a number nor a label, such as a date, is not counted among the columns.
    """
    reading = read_as(survey, "classification")
    header = find_header(survey)
    facts = survey.body(header.rows)[: len(header.names)]
    names = {folded(name) for name in reading.names}
    for word, task in _ANSWERS.items():
        if word in names:
            return task
    named = any(reading.names)
    places = [
        k
        for k in range(len(facts))
        if k != reading.split and not (named and folded(reading.called(k)) in INDEX_NAMES)
    ]
    # Of two columns nothing else can be made, whatever they hold: what they lack is said of each row.
    if len(places) == 2 or _is_curve(places, facts, reading):
        return "curve"
    target = facts[reading.columns[2]] if reading.columns[2] < len(facts) else None
    labels = target is None or not target.numeric or (target.whole and target.classes(MAX_CLASSES))
    return "classification" if labels else "surface"


def _is_curve(places: Sequence[int], facts: Sequence[Facts], reading: Reading) -> bool:
    """Whether there are just two columns of numbers beside those that are no labels either, such as dates."""
    named = {
        place
        for role, place in zip(COLUMNS[reading.task], reading.columns, strict=True)
        if role in reading.named
    }
    if {"x1", "x2"} <= {folded(name) for name in reading.names}:
        return False
    kept = [k for k in places if k in named or facts[k].numeric or _are_labels(facts[k])]
    return len(kept) == 2 and all(facts[k].numeric for k in kept)


def _are_labels(facts: Facts) -> bool:
    """Whether texts that are no numbers may be labels: few different ones, which repeat where they begin as numbers."""
    return facts.classes(MAX_CLASSES) if facts.wordy else facts.repeats(MAX_CLASSES)


def parse_columns(text: str) -> dict[str, str]:
    """Roles and names of columns, as in ``x1=width,x2=height,target=kind``; ValueError for anything else."""
    roles = "|".join(_ROLES)
    found: dict[str, str] = {}
    for part in re.split(rf",(?=\s*(?:{roles})\s*=)", text):
        role, separator, name = (word.strip() for word in part.partition("="))
        if role in found and separator and name:
            raise ValueError(
                f"{role} stands twice, for {found[role]!r:.60} and {name!r:.60}; leave one of them"
            )
        if role not in _ROLES or not separator or not name:
            raise ValueError(
                f"expected ROLE=COLUMN with {', '.join(_ROLES)}, as in x1=width,x2=3, not {part!r:.60}"
            )
        found[role] = name
    return found


def task_of(chosen: Mapping[str, str]) -> str | None:
    """The task to which the roles belong; None where they could belong to several."""
    plain = chosen.keys() - {TARGET, SPLIT}
    fitting = [task for task, roles in COLUMNS.items() if plain <= {*roles}]
    return fitting[0] if len(fitting) == 1 else None


def with_columns(reading: Reading, chosen: Mapping[str, str]) -> Reading:
    """The reading with columns chosen by name or number from 1; ValueError where there is no such role or column."""
    roles = COLUMNS[reading.task]
    columns, split, named = list(reading.columns), reading.split, set(reading.named)
    for role, name in chosen.items():
        own = roles[-1] if role == TARGET else role
        if own not in (*roles, SPLIT):
            raise ValueError(f"{reading.task} data has no column {role}, but {', '.join((*roles, SPLIT))}")
        named.discard(own)
        if own == SPLIT:
            split = None if name == _NOTHING else _place(reading, name)
        else:
            columns[roles.index(own)] = _place(reading, name)
    taken = {roles[-1] if role == TARGET else role for role in chosen}
    _part(columns, split, roles, taken, reading)
    why = CHOSEN if len(chosen) >= len(roles) else f"{CHOSEN} or guessed"
    return replace(reading, columns=tuple(columns), split=split, named=frozenset(named), own=False, why=why)


def _part(
    columns: list[int], split: int | None, roles: tuple[str, ...], taken: set[str], reading: Reading
) -> None:
    """Give every role that nobody chose, and whose column somebody did, a column of its own again."""
    for k, role in enumerate(roles):
        others = {*columns[:k], *columns[k + 1 :], split}
        if role not in taken and columns[k] in others:
            free = [place for place in (*reading.columns, *range(reading.width)) if place not in others]
            columns[k] = next(iter(free), columns[k])


def _place(reading: Reading, name: str) -> int:
    """The column of that name, or else of that number."""
    if name in reading.names:
        return reading.names.index(name)
    alike = [folded(found) if found else "" for found in reading.names]
    if folded(name) in alike:
        return alike.index(folded(name))
    if name.isdecimal() and 1 <= int(name) <= reading.width:
        return int(name) - 1
    names = ", ".join(filter(None, reading.names)) or f"1 to {reading.width}"
    raise ValueError(f"there is no column {name!r:.60}, but {names}")
