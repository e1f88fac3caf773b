"""Guess the task of a table, and apply a person's choice of columns."""

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
"""A role that stands for the last column of any task."""
_ROLES = ("x1", "x2", "x", "y", "class", "value", TARGET, SPLIT)
_NOTHING = "none"
_ANSWERS = {"value": "surface", "z": "surface", "class": "classification"}


def guess_task(survey: Survey) -> str:
    """Guess the task of a table.

    Columns that are neither numbers nor labels, such as dates, do not count. The first rule that applies decides:

    - a column named value, z or class: a surface or classification;
    - two columns: a curve;
    - a target with few different texts or whole numbers: classification;
    - otherwise: a surface.
    """
    reading = read_as(survey, "classification")
    header = find_header(survey)
    facts = survey.body(header.rows)[: len(header.names)]
    names = {folded(name) for name in reading.names}
    for name, task in _ANSWERS.items():
        if name in names:
            return task
    named = any(reading.names)
    columns = [
        k
        for k in range(len(facts))
        if k != reading.split and not (named and folded(reading.name_of(k)) in INDEX_NAMES)
    ]
    # Two columns can only be a curve, whatever they contain; rows that are not points are refused one by one.
    if len(columns) == 2 or _is_curve(columns, facts, reading):
        return "curve"
    target = facts[reading.columns[2]] if reading.columns[2] < len(facts) else None
    labels = target is None or not target.numeric or (target.whole and target.classes(MAX_CLASSES))
    return "classification" if labels else "surface"


def task_for(survey: Survey, task: str) -> str:
    """Return the task that a table is offered for, where another one is open.

    Parameters
    ----------
    survey
        Finished.
    task
        Of the open drawing.

    Returns
    -------
    str
        The curve for a table that can be nothing else: two columns of numbers, and none that holds a class or a
        value. Otherwise ``task``.

    Examples
    --------
    >>> from engine.data.tables import Text, survey_of
    >>> task_for(survey_of(Text.of("1,2.5\\n2,3.5\\n")), "classification")
    'curve'
    """
    if task == "curve" or guess_task(survey) != "curve":
        return task
    reading = read_as(survey, "curve")
    facts = survey.body(reading.header)[: reading.width]
    numbers = {k for k, each in enumerate(facts) if each.numbers and k not in _counting(reading)}
    own = {*reading.columns}
    return "curve" if numbers == own and all(facts[k].numeric for k in own) else task


def _counting(reading: Reading) -> set[int | None]:
    """The columns that count the rows, and that of the split."""
    named = any(reading.names)
    return {
        reading.split,
        *(k for k in range(reading.width) if named and folded(reading.name_of(k)) in INDEX_NAMES),
    }


def _is_curve(columns: Sequence[int], facts: Sequence[Facts], reading: Reading) -> bool:
    """Whether exactly two columns hold numbers or labels, and both hold numbers."""
    named = {
        column
        for role, column in zip(COLUMNS[reading.task], reading.columns, strict=True)
        if role in reading.named
    }
    if {"x1", "x2"} <= {folded(name) for name in reading.names}:
        return False
    kept = [k for k in columns if k in named or facts[k].numeric or _are_labels(facts[k])]
    return len(kept) == 2 and all(facts[k].numeric for k in kept)


def _are_labels(facts: Facts) -> bool:
    """Whether a column may hold labels: few different texts; if they begin like numbers, they must also repeat."""
    return facts.classes(MAX_CLASSES) if facts.textual else facts.repeats(MAX_CLASSES)


def parse_columns(text: str) -> dict[str, str]:
    """Parse roles and columns on the command line.

    Parameters
    ----------
    text
        ROLE=COLUMN, … with the roles x1, x2, x, y, class, value, target and split. Column names may contain commas.

    Returns
    -------
    dict
        The name of a column, or its number from 1, by role.

    Raises
    ------
    ValueError
        With a sentence, for an unknown or repeated role and for a missing column.

    Examples
    --------
    >>> parse_columns("x1=width, target=kind")
    {'x1': 'width', 'target': 'kind'}
    """
    roles = "|".join(_ROLES)
    found: dict[str, str] = {}
    for part in re.split(rf",(?=\s*(?:{roles})\s*=)", text):
        role, separator, name = map(str.strip, part.partition("="))
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


def task_of_roles(chosen: Mapping[str, str]) -> str | None:
    """Return the task that has these roles; None if there are several, or none."""
    specific = chosen.keys() - {TARGET, SPLIT}
    fitting = [task for task, roles in COLUMNS.items() if specific <= {*roles}]
    return fitting[0] if len(fitting) == 1 else None


def with_columns(reading: Reading, chosen: Mapping[str, str]) -> Reading:
    """Return the reading with other columns.

    Parameters
    ----------
    reading : Reading
        The reading so far.
    chosen : mapping
        By role, the name of a column or its number from 1; for the split also ``none``.

    Raises
    ------
    ValueError
        If the task has no such role, or the table no such column.
    """
    roles = COLUMNS[reading.task]
    columns, split, named = list(reading.columns), reading.split, set(reading.named)
    for role, name in chosen.items():
        own = roles[-1] if role == TARGET else role
        if own not in (*roles, SPLIT):
            raise ValueError(f"{reading.task} data has no column {role}, but {', '.join((*roles, SPLIT))}")
        named.discard(own)
        if own == SPLIT:
            split = None if name == _NOTHING else _column_index(reading, name)
        else:
            columns[roles.index(own)] = _column_index(reading, name)
    taken = {roles[-1] if role == TARGET else role for role in chosen}
    _resolve_conflicts(columns, split, roles, taken, reading)
    why = CHOSEN if len(chosen) >= len(roles) else f"{CHOSEN} or guessed"
    return replace(reading, columns=tuple(columns), split=split, named=frozenset(named), own=False, why=why)


def _resolve_conflicts(
    columns: list[int], split: int | None, roles: tuple[str, ...], taken: set[str], reading: Reading
) -> None:
    """Give each role outside ``taken`` another column, if a role in ``taken`` now has its column."""
    for k, role in enumerate(roles):
        others = {*columns[:k], *columns[k + 1 :], split}
        if role not in taken and columns[k] in others:
            free = [column for column in (*reading.columns, *range(reading.width)) if column not in others]
            columns[k] = next(iter(free), columns[k])


def _column_index(reading: Reading, name: str) -> int:
    """Return the index of the column with this name, or else with this number, from 1."""
    if name in reading.names:
        return reading.names.index(name)
    alike = [folded(found) if found else "" for found in reading.names]
    if folded(name) in alike:
        return alike.index(folded(name))
    if name.isdecimal() and 1 <= int(name) <= reading.width:
        return int(name) - 1
    names = ", ".join(filter(None, reading.names)) or f"1 to {reading.width}"
    raise ValueError(f"there is no column {name!r:.60}, but {names}")
