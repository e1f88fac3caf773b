"""Labels are texts: what a class is called, and the order of classes."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from engine.data.tables.roles import MAX_CLASSES

_WHOLE = {sign: re.compile(rf"(0|-?[1-9][0-9]*)(?:[{sign}]0+)?") for sign in ".,"}
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)


def class_name(label: str, decimal: str, machine: bool = False) -> str:
    """The label itself; but 1.0 is 1, and where a program wrote all labels with exponents, 1.0e+00 is 1 too."""
    if machine:
        value = float(label)
        return str(int(value)) if math.isfinite(value) and value.is_integer() else label
    whole = _WHOLE["," if decimal == "," else "."].fullmatch(label)
    return whole[1] if whole else label


def class_order(names: set[str], keep_gaps: bool = False) -> tuple[str, ...]:
    """Class names in the order of their numbers: 0, 1, … as they are, other numbers by size, texts by letter.

    With ``keep_gaps``, classes between 0 and the highest that no point belongs to are named too.
    """
    if not all(_NUMBER.fullmatch(name) for name in names):
        return tuple(sorted(names))
    ordered = sorted(names, key=lambda name: (Decimal(name), name))
    allowed = {str(number) for number in range(MAX_CLASSES)}
    if keep_gaps and ordered and names <= allowed:
        return tuple(str(number) for number in range(int(ordered[-1]) + 1))
    return tuple(ordered)
