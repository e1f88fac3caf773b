"""Class names as labels in a table, from labels, and their order. Labels are texts, even if they look like numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal

from engine.data.tables.facts import MACHINE
from engine.data.tables.formulas import MARK, guarded
from engine.data.tables.roles import MAX_CLASSES

_WHOLE = {sign: re.compile(rf"(0|-?[1-9][0-9]*)(?:[{sign}]0+)?") for sign in ".,"}
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_NUMBERS = {str(number) for number in range(MAX_CLASSES + 1)}
NO_LABELS = {"", "nan"}
"""Fields, in any case, that are no labels."""


def written_labels(names: Iterable[str]) -> dict[str, str]:
    """Return the text that stands for each class name in a table, from which ``read_label`` returns the name.

    Parameters
    ----------
    names
        The names that occur in the table.

    Returns
    -------
    dict of str
        By name, the name itself, with an apostrophe before it where it would else be taken for a formula, for a missing
        label, for another way to write a number, or, where all are whole numbers, for a class number.

    Examples
    --------
    >>> written_labels(["red", "=1", "nan", "1.0", "7"])
    {'red': 'red', '=1': "'=1", 'nan': "'nan", '1.0': "'1.0", '7': '7'}
    >>> written_labels(["3", "7"])
    {'3': "'3", '7': "'7"}
    """
    found = dict.fromkeys(names)
    alone = all(name.lstrip(MARK) in _NUMBERS for name in found)
    return {name: _written(name, alone) for name in found}


def read_label(text: str) -> str:
    """Return the class name for which ``written_labels`` writes a text.

    Parameters
    ----------
    text
        A field of a table.

    Returns
    -------
    str
        Without its first apostrophe, if that is only a mark; then it is the name of a class as it stands.

    Examples
    --------
    >>> read_label("'nan"), read_label("'quoted'"), read_label("nan")
    ('nan', "'quoted'", 'nan')
    """
    plain = text.removeprefix(MARK)
    return plain if plain != text and _written(plain, alone=True) == text else text


def kept_label(text: str) -> str:
    """Return what stands in a table for a label that has no marks: an apostrophe at its start is its own."""
    return text if read_label(text) == text else MARK + text


def _written(name: str, alone: bool) -> str:
    """``alone`` says that no other label in the table shows that a number is a name."""
    plain = name.lstrip(MARK)
    if guarded(name) != name or plain.casefold() in NO_LABELS - {""} or _is_rewritten(plain):
        return MARK + name
    return MARK + name if plain in _NUMBERS and (alone or plain != name) else name


def _is_rewritten(label: str) -> bool:
    """Whether ``class_name`` may return another text."""
    return any(class_name(label, sign) != label for sign in _WHOLE) or bool(MACHINE.fullmatch(label))


def class_name(label: str, decimal: str, machine: bool = False) -> str:
    """Return the class name of a label: the label itself, except that 1.0 becomes 1.

    Parameters
    ----------
    label : str
        A field of the column.
    decimal : {".", ",", ""}
        The decimal sign of the column.
    machine : bool
        Whether all labels have exponents; then 1.0e+00 becomes 1, too.

    Examples
    --------
    >>> class_name("01", "."), class_name("1.0", "."), class_name("1.0e+00", ".", machine=True)
    ('01', '1', '1')
    """
    if machine:
        value = float(label)
        return str(int(value)) if math.isfinite(value) and value.is_integer() else label
    whole = _WHOLE["," if decimal == "," else "."].fullmatch(label)
    return whole[1] if whole else label


def class_numbers(labels: set[str]) -> tuple[str, ...]:
    """Return the numbers of all classes as a table with these labels counts them.

    This app counts classes from 1. Other programs and earlier versions count from 0: a table of theirs is told by a
    class 0. Where that class has no points, nothing tells it, and the numbers count from 1.

    Parameters
    ----------
    labels
        The labels that occur.

    Returns
    -------
    tuple of str [MAX_CLASSES] or ()
        By class; empty if a label is no number of a class.

    Examples
    --------
    >>> class_numbers({"1", "3"})[:3], class_numbers({"0", "2"})[:3], class_numbers({"a"})
    (('1', '2', '3'), ('0', '1', '2'), ())
    """
    first = 0 if "0" in labels else 1
    numbers = tuple(str(first + index) for index in range(MAX_CLASSES))
    return numbers if labels <= {*numbers} else ()


def class_order(names: set[str], keep_gaps: bool = False) -> tuple[str, ...]:
    """Return class names in the order of their class numbers: numbers by size, texts alphabetically.

    Parameters
    ----------
    names : set of str
        The names that occur.
    keep_gaps : bool
        If all are class numbers, also return those that are missing before the last one (see ``class_numbers``).

    Examples
    --------
    >>> class_order({"10", "9"}), class_order({"10", "a"}), class_order({"2"}, keep_gaps=True)
    (('9', '10'), ('10', 'a'), ('1', '2'))
    """
    if not all(_NUMBER.fullmatch(name) for name in names):
        return tuple(sorted(names))
    ordered = sorted(names, key=lambda name: (Decimal(name), name))
    numbers = class_numbers(names) if keep_gaps and names else ()
    return numbers[: numbers.index(ordered[-1]) + 1] if numbers else tuple(ordered)
