"""Class names from labels, and their order. Labels are texts, even if they look like numbers."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from engine.data.tables.roles import MAX_CLASSES

_WHOLE = {sign: re.compile(rf"(0|-?[1-9][0-9]*)(?:[{sign}]0+)?") for sign in ".,"}
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)


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


def class_order(names: set[str], keep_gaps: bool = False) -> tuple[str, ...]:
    """Return class names in the order of their class numbers: numbers by size, texts alphabetically.

    Parameters
    ----------
    names : set of str
        The names that occur.
    keep_gaps : bool
        If all are valid class numbers, also return the missing ones from 0 on.

    Examples
    --------
    >>> class_order({"10", "9"}), class_order({"10", "a"}), class_order({"2"}, keep_gaps=True)
    (('9', '10'), ('10', 'a'), ('0', '1', '2'))
    """
    if not all(_NUMBER.fullmatch(name) for name in names):
        return tuple(sorted(names))
    ordered = sorted(names, key=lambda name: (Decimal(name), name))
    allowed = {str(number) for number in range(MAX_CLASSES)}
    if keep_gaps and ordered and names <= allowed:
        return tuple(str(number) for number in range(int(ordered[-1]) + 1))
    return tuple(ordered)
