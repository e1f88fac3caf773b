"""Find the role of each column: by its name, or else by its content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.catalogue.hyperparameters import CLASSES
from engine.data.tables.facts import Facts
from engine.data.tables.vocabulary import (
    COLUMN_NAMES,
    COLUMNS,
    INDEX_NAMES,
    SPLIT_CODES,
    SPLIT_COLUMN_NAMES,
    SPLIT_NUMBERS,
    are_splits,
    folded,
)

MAX_CLASSES = int(CLASSES.high)
_PAIR = ("x", "y")
_FROM_ZERO = (("x0", "x1", "x2"), ("feature0", "feature1", "feature2"), ("f0", "f1", "f2"))


@dataclass(frozen=True, slots=True)
class Roles:
    """The column of each role.

    Attributes
    ----------
    columns : tuple of int
        Indices of the task's columns, in the order of ``COLUMNS``.
    split : int or None
        Index of the column of splits.
    named : frozenset of str
        The roles found by name; the others were guessed.
    doubts : tuple of str
        Sentences about columns that do not have the role that their name suggests.
    """

    columns: tuple[int, ...]
    split: int | None = None
    named: frozenset[str] = frozenset()
    doubts: tuple[str, ...] = ()


@dataclass(slots=True)
class _Search:
    """The columns, and the roles found so far."""

    names: Sequence[str]
    facts: Sequence[Facts]
    task: str
    flags: Mapping[int, str]
    found: dict[str, int] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    split: int | None = None
    doubts: list[str] = field(default_factory=list)

    @property
    def free(self) -> list[int]:
        """Indices of the columns that are available for a role."""
        taken = {*self.found.values(), self.split}
        return [k for k in range(len(self.facts)) if k not in taken and self.flags.get(k) in (None, "class")]

    def take(self, role: str, column: int, named: bool) -> None:
        """Assign a role to a column; ``named`` says whether the column's name states the role."""
        self.found[role] = column
        if named:
            self.named.add(role)


def find_roles(
    names: Sequence[str], facts: Sequence[Facts], task: str, flags: Mapping[int, str], in_order: bool = False
) -> Roles:
    """Find the most likely role of each column.

    Parameters
    ----------
    names : sequence of str
        The name of each column, or "".
    facts : sequence of Facts
        What each column contains.
    task : str
        What the points are.
    flags : mapping
        Roles that the header assigns; see ``Header``.
    in_order : bool
        Whether unnamed columns of numbers get their roles in order.
    """
    search = _Search(names, facts, task, flags)
    _find_split(search)
    _find_named(search)
    if task == "classification" and "class" not in search.found:
        _find_class(search, in_order)
    _find_numbers(search)
    columns = tuple(search.found.get(role, 0) for role in COLUMNS[task])
    return Roles(columns, search.split, frozenset(search.named), tuple(search.doubts))


def _find_split(search: _Search) -> None:
    for column, name in enumerate(map(folded, search.names)):
        if name in SPLIT_COLUMN_NAMES and _takes_split(search, column, name):
            search.split = column
            search.named.add("split")
            return
    if len(search.facts) > len(COLUMNS[search.task]):
        unnamed = (
            k
            for k, facts in enumerate(search.facts)
            if facts.texts and {*map(str.casefold, facts.texts)} <= SPLIT_CODES.keys()
        )
        search.split = next(unnamed, None)


def _takes_split(search: _Search, column: int, name: str) -> bool:
    """Whether the column contains splits; if it does not but its name is "split", add a doubt."""
    texts = search.facts[column].texts
    if texts is not None and are_splits(texts):
        return True
    if name != SPLIT_COLUMN_NAMES[0]:
        return False
    splits = {text for text in texts or () if text.casefold() in SPLIT_CODES}
    if texts and 2 * sum(texts[text] for text in splits) > search.facts[column].filled:
        # Rows with one of the few other texts are refused.
        return True
    others = [text for text in texts or () if text not in splits]
    others.sort(key=lambda text: text in SPLIT_NUMBERS)
    odd = others[0] if others else "too many different words"
    search.doubts.append(f"“{search.names[column]}” is not taken for the split, because it says “{odd}”")
    return False


def _find_named(search: _Search) -> None:
    """Find roles by flags and column names."""
    for column, flag in search.flags.items():
        if flag == "class" and column < len(search.facts):
            search.take(COLUMNS[search.task][-1], column, True)
    known = {folded(name): column for column, name in reversed(list(enumerate(search.names)))}
    _find_pair(search, known)
    for role, names in COLUMN_NAMES[search.task].items():
        found = next((known[name] for name in names if known.get(name) in search.free), None)
        if role not in search.found and found is not None:
            search.take(role, found, True)


def _find_pair(search: _Search, known: Mapping[str, int]) -> None:
    """Find coordinates named x and y, if a third column can be the target, or named from zero (x0, x1)."""
    if search.task == "curve":
        return
    for zero, one, two in _FROM_ZERO:
        if zero in known and one in known and two not in known:
            search.take("x1", known[zero], True)
            search.take("x2", known[one], True)
            return
    if all(name in known for name in _PAIR) and not {"x1", "x2"} & known.keys():
        others = [k for k in search.free if k not in map(known.get, _PAIR) and not _is_row_name(search, k)]
        if others or search.found:
            search.take("x1", known["x"], True)
            search.take("x2", known["y"], True)


def _find_class(search: _Search, in_order: bool) -> None:
    """Find the column of classes.

    It is the last column of few texts; if all columns are numbers, the last one of few whole numbers; else the last.
    """
    free = [k for k in search.free if not _is_row_name(search, k)] or search.free
    facts = search.facts
    texts = [k for k in free if facts[k].textual and facts[k].classes(MAX_CLASSES)]
    texts = texts or [k for k in free if facts[k].textual]
    whole = [k for k in free if facts[k].numeric and facts[k].whole and facts[k].repeats(MAX_CLASSES)]
    if texts and len(free) - len(texts) >= 2:
        chosen = texts
    elif whole and not in_order and all(facts[k].numbers == facts[k].filled for k in free):
        chosen = whole
    else:
        chosen = free
    search.take("class", chosen[-1] if chosen else 0, False)


def _find_numbers(search: _Search) -> None:
    """Assign the missing roles, in order, to the columns that look most like numbers of points."""
    missing = [role for role in COLUMNS[search.task] if role not in search.found]
    free = search.free
    spare = len(free) > len(missing)
    best = sorted(free, key=lambda column: (_distance(search, column, spare), column))[: len(missing)]
    for role, column in zip(missing, sorted(best), strict=False):
        search.take(role, column, False)


def _distance(search: _Search, column: int, spare: bool) -> tuple[int, bool]:
    """Return how little a column looks like numbers of points; a row index looks less so if columns are to spare."""
    facts = search.facts[column]
    counts_rows = spare and facts.counting and facts.filled > MAX_CLASSES
    return _kind(facts), _is_row_name(search, column) or counts_rows


def _kind(facts: Facts) -> int:
    """Return 0 for numbers, 1 for some numbers or what begins like them, 2 for texts, 3 for nothing.

    Unreadable fields make a column of numbers no worse than 1: their rows are refused, and no other column replaces it.
    """
    if facts.numeric:
        return 0
    if facts.numbers or 2 * facts.numberlike > facts.filled:
        return 1
    return 2 if facts.filled else 3


def _is_row_name(search: _Search, column: int) -> bool:
    """Whether a column has the name of a row index or of row names."""
    named = any(search.names)
    return named and folded(search.names[column]) in INDEX_NAMES
