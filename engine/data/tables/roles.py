"""Which column is which: by the names first, and where these say nothing by what all rows hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.catalogue.hyperparameters import CLASSES
from engine.data.tables.facts import Facts
from engine.data.tables.vocabulary import (
    COLUMNS,
    INDEX_NAMES,
    SPLIT_NAMES,
    SPLIT_NUMBERS,
    SPLIT_WORDS,
    WORDS,
    folded,
    says_splits,
)

MAX_CLASSES = int(CLASSES.high)
_PAIR = ("x", "y")
_FROM_ZERO = (("x0", "x1", "x2"), ("feature0", "feature1", "feature2"), ("f0", "f1", "f2"))


@dataclass(frozen=True, slots=True)
class Roles:
    """The place of each of the task's ``columns`` and of the ``split`` (None: there is none).

    ``named`` are the roles known by a column's name; the others were guessed. ``doubts`` are sentences about what
    was not taken for what its name says.
    """

    columns: tuple[int, ...]
    split: int | None = None
    named: frozenset[str] = frozenset()
    doubts: tuple[str, ...] = ()


@dataclass(slots=True)
class _Search:
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
        """The columns that have no role yet and may have one."""
        taken = {*self.found.values(), self.split}
        return [k for k in range(len(self.facts)) if k not in taken and self.flags.get(k) in (None, "class")]

    def take(self, role: str, place: int, named: bool) -> None:
        self.found[role] = place
        if named:
            self.named.add(role)


def find_roles(
    names: Sequence[str], facts: Sequence[Facts], task: str, flags: Mapping[int, str], in_order: bool = False
) -> Roles:
    """The likeliest roles; with ``in_order``, numbers without names are taken in the order in which they stand."""
    search = _Search(names, facts, task, flags)
    _find_split(search)
    _find_named(search)
    if task == "classification" and "class" not in search.found:
        _find_class(search, in_order)
    _find_numbers(search)
    columns = tuple(search.found.get(role, 0) for role in COLUMNS[task])
    return Roles(columns, search.split, frozenset(search.named), tuple(search.doubts))


def _find_split(search: _Search) -> None:
    called = [folded(name) for name in search.names]
    for place, name in enumerate(called):
        if name in SPLIT_NAMES and _takes_split(search, place, name):
            search.split = place
            search.named.add("split")
            return
    if len(search.facts) > len(COLUMNS[search.task]):
        plain = (
            k
            for k, facts in enumerate(search.facts)
            if facts.texts and {*map(str.casefold, facts.texts)} <= SPLIT_WORDS.keys()
        )
        search.split = next(plain, None)


def _takes_split(search: _Search, place: int, name: str) -> bool:
    """Whether the column so called says the split; where it is just called that, a doubt."""
    texts = search.facts[place].texts
    if texts is not None and says_splits(texts):
        return True
    if name != SPLIT_NAMES[0]:
        return False
    words = {text for text in texts or () if text.casefold() in SPLIT_WORDS}
    if texts and 2 * sum(texts[word] for word in words) > search.facts[place].filled:
        # The few others are refused row by row.
        return True
    others = [text for text in texts or () if text not in words]
    others.sort(key=lambda text: text in SPLIT_NUMBERS)
    odd = others[0] if others else "too many different words"
    search.doubts.append(f"“{search.names[place]}” is not taken for the split, because it says “{odd}”")
    return False


def _find_named(search: _Search) -> None:
    """The roles that flags or names give away."""
    for place, flag in search.flags.items():
        if flag == "class" and place < len(search.facts):
            search.take(COLUMNS[search.task][-1], place, True)
    known = {folded(name): place for place, name in reversed(list(enumerate(search.names)))}
    _find_pair(search, known)
    for role, words in WORDS[search.task].items():
        found = next((known[word] for word in words if known.get(word) in search.free), None)
        if role not in search.found and found is not None:
            search.take(role, found, True)


def _find_pair(search: _Search, known: Mapping[str, int]) -> None:
    """Columns x and y of places, where a third one is the target; and x0, x1 counted from zero."""
    if search.task == "curve":
        return
    for zero, one, two in _FROM_ZERO:
        if zero in known and one in known and two not in known:
            search.take("x1", known[zero], True)
            search.take("x2", known[one], True)
            return
    if all(word in known for word in _PAIR) and not {"x1", "x2"} & known.keys():
        others = [k for k in search.free if k not in map(known.get, _PAIR) and not _is_index(search, k)]
        if others or search.found:
            search.take("x1", known["x"], True)
            search.take("x2", known["y"], True)


def _find_class(search: _Search, in_order: bool) -> None:
    """The last column of a few words; where all are numbers, the last of a few whole ones; or else the last."""
    free = [k for k in search.free if not _is_index(search, k)] or search.free
    facts = search.facts
    words = [k for k in free if facts[k].wordy and facts[k].classes(MAX_CLASSES)]
    words = words or [k for k in free if facts[k].wordy]
    whole = [k for k in free if facts[k].numeric and facts[k].whole and facts[k].repeats(MAX_CLASSES)]
    if words and len(free) - len(words) >= 2:
        chosen = words
    elif whole and not in_order and all(facts[k].numbers == facts[k].filled for k in free):
        chosen = whole
    else:
        chosen = free
    search.take("class", chosen[-1] if chosen else 0, False)


def _find_numbers(search: _Search) -> None:
    """What is still missing, from the columns that look most like numbers, in the order in which they stand."""
    missing = [role for role in COLUMNS[search.task] if role not in search.found]
    free = search.free
    best = sorted(free, key=lambda place: (_unlike(search, place, len(free) > len(missing)), place))[
        : len(missing)
    ]
    for role, place in zip(missing, sorted(best), strict=False):
        search.take(role, place, False)


def _unlike(search: _Search, place: int, spare: bool) -> tuple[int, bool]:
    """How little a column looks like numbers of points."""
    facts = search.facts[place]
    # What cannot be read is refused row by row; that must never let another column take its place.
    kind = (
        0
        if facts.numeric
        else 1
        if facts.numbers or 2 * facts.numberlike > facts.filled
        else 2
        if facts.filled
        else 3
    )
    counts = spare and facts.counting and facts.filled > MAX_CLASSES
    return kind, _is_index(search, place) or counts


def _is_index(search: _Search, place: int) -> bool:
    """Whether a column is called the number or the name of a row."""
    named = any(search.names)
    return named and folded(search.names[place]) in INDEX_NAMES
