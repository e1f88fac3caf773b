"""The words by which people call columns, classes of splits, and missing values."""

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
"""The columns of each task's file; one more, ``split``, may follow."""
SPLIT = "split"
_CLASS = (
    "class", "label", "target", "species", "category", "kind", "type", "group", "classes", "labels", "classname",
    "outcome", "y",
)  # fmt: skip
_VALUE = ("value", "target", "z", "y", "label", "output", "response", "outcome", "values")
_HEIGHT = ("y", "target", "value", "output", "response", "label", "fx", "outcome")
_FIRST = ("x1", "feature1", "f1", "input1", "dim1")
_SECOND = ("x2", "feature2", "f2", "input2", "dim2")
WORDS = {
    "classification": {"x1": _FIRST, "x2": _SECOND, "class": _CLASS},
    "curve": {"x": ("x", "x1", "time", "t", "feature", "input"), "y": _HEIGHT},
    "surface": {"x1": _FIRST, "x2": _SECOND, "value": _VALUE},
}
"""The names, ``folded``, of each column of a task, the likeliest first."""
SPLIT_NAMES = ("split", "set", "subset", "partition", "dataset")
INDEX_NAMES = {"", "id", "index", "nr", "no", "row", "#", "unnamed:0", "rownames", "rowname", "rowid"}
KNOWN = {
    *SPLIT_NAMES, *(word for words in WORDS.values() for names in words.values() for word in names), "id", "index",
    "x0", "feature0", "rownames",
}  # fmt: skip
NUMBERS = {"x", "x1", "x2", "value"}
"""Names of columns that hold numbers in every task that has them."""
SPLIT_WORDS = {
    "training": TRAINING, "train": TRAINING, "validation": VALIDATION, "valid": VALIDATION, "val": VALIDATION,
    "dev": VALIDATION, "test": TEST, "testing": TEST,
}  # fmt: skip
SPLIT_NUMBERS = {str(number): number for number in range(len(SPLITS))}


def folded(name: str) -> str:
    """The name without what makes no difference: X_1, x[1] and x₁ are x1."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\s_\-.\[\]()]", "", plain) or plain.strip()


def split_code(text: str) -> int | None:
    """The number of a split by its name in any case, or by its number from 0; None for anything else."""
    word = text.casefold()
    return SPLIT_WORDS.get(word, SPLIT_NUMBERS.get(word))


def says_splits(texts: Iterable[str]) -> bool:
    """Whether all texts name splits, or all of 0, 1 and 2 stand for them."""
    found = {text.casefold() for text in texts}
    return bool(found) and (found <= SPLIT_WORDS.keys() or found == SPLIT_NUMBERS.keys())
