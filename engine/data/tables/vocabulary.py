"""Common names of columns and splits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from engine.experiment.points import SPLITS, TEST, TRAINING, VALIDATION

COLUMNS = {
    "classification": ("x1", "x2", "class"),
    "curve": ("x", "y"),
    "surface": ("x1", "x2", "value"),
}
"""By task, the roles of columns, which are also the names in written files. A column ``split`` may follow."""
SPLIT = "split"
_CLASS = (
    "class", "label", "target", "species", "category", "kind", "type", "group", "classes", "labels", "classname",
    "outcome", "y",
)  # fmt: skip
_VALUE = ("value", "target", "z", "y", "label", "output", "response", "outcome", "values")
_HEIGHT = ("y", "target", "value", "output", "response", "label", "fx", "outcome")
_FIRST = ("x1", "feature1", "f1", "input1", "dim1")
_SECOND = ("x2", "feature2", "f2", "input2", "dim2")
COLUMN_NAMES = {
    "classification": {"x1": _FIRST, "x2": _SECOND, "class": _CLASS},
    "curve": {"x": ("x", "x1", "time", "t", "feature", "input"), "y": _HEIGHT},
    "surface": {"x1": _FIRST, "x2": _SECOND, "value": _VALUE},
}
"""By task and role, the names of columns as ``folded`` returns them, the likeliest first."""
SPLIT_COLUMN_NAMES = ("split", "set", "subset", "partition", "dataset")
"""Names, ``folded``, of a column of splits."""
INDEX_NAMES = {"", "id", "index", "nr", "no", "row", "#", "unnamed:0", "rownames", "rowname", "rowid"}
"""Names, ``folded``, of a column of row numbers or row names."""
KNOWN_NAMES = {
    *SPLIT_COLUMN_NAMES,
    *(name for roles in COLUMN_NAMES.values() for names in roles.values() for name in names),
    "id", "index", "x0", "feature0", "rownames",
}  # fmt: skip
"""Names that mark a row as the header of a table."""
GENERIC_NAMES = {
    "", "x", "y", "z", "x0", "x1", "x2", "value", "values", "target", "label", "output", "response", "outcome", "fx",
    *(f"{name}{number}" for name in ("feature", "f", "input", "dim", "column", "col", "v") for number in range(10)),
}  # fmt: skip
"""Names, ``folded``, that say what a column is used for and nothing of what is in it."""
NUMERIC_NAMES = {"x", "x1", "x2", "value"}
"""Roles of columns of numbers."""
SPLIT_CODES = {
    "training": TRAINING, "train": TRAINING, "validation": VALIDATION, "valid": VALIDATION, "val": VALIDATION,
    "dev": VALIDATION, "test": TEST, "testing": TEST,
}  # fmt: skip
SPLIT_NUMBERS = {str(number): number for number in range(len(SPLITS))}


def folded(name: str) -> str:
    """Return a name without differences of case and punctuation.

    Examples
    --------
    >>> folded("X_1"), folded("x[1]"), folded("x₁")
    ('x1', 'x1', 'x1')
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\s_\-.\[\]()]", "", plain) or plain.strip()


def split_code(text: str) -> int | None:
    """Return the index of a split from its name in any case or its index as text, or None.

    Examples
    --------
    >>> split_code("Val"), split_code("2"), split_code("other")
    (1, 2, None)
    """
    name = text.casefold()
    return SPLIT_CODES.get(name, SPLIT_NUMBERS.get(name))


def are_splits(texts: Iterable[str]) -> bool:
    """Whether all texts are names of splits, or the texts are exactly 0, 1 and 2."""
    found = {text.casefold() for text in texts}
    return bool(found) and (found <= SPLIT_CODES.keys() or found == SPLIT_NUMBERS.keys())
