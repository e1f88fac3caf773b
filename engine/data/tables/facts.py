"""What the fields of a column are: counted over all rows."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from engine.data.conventions import Signs
from engine.data.numbers import all_plain, readings
from engine.data.tables.dialect import Dialect, rows
from engine.data.tables.source import Text

HEAD = 4
"""So many rows may be names instead of points; they are kept and counted when that is known."""
FEW = 50
"""More different texts than these are not counted one by one."""
MOST_COLUMNS = 200
"""Texts and arrays alike have at most so many."""
MOST_ROWS = 200_000
"""What lies beyond tells nothing new."""
SAMPLE = 12
"""So many rows are kept to be shown."""
STEP = 1000
_NUMBERLIKE = re.compile(r"[^\w]{0,3}[+\-−]?[.,]?\d")
_MACHINE = re.compile(r"[+-]?\d\.\d+[eE][+-]\d{2,3}", re.ASCII)
"""A number as C's %e and numpy.savetxt write it."""


@dataclass(slots=True)
class Facts:
    """``filled`` fields, of which ``numbers`` are numbers and ``numberlike`` begin as such.

    ``texts`` counts the different ones, and is None where there are more than a ``FEW``. ``machine`` fields are written
    with an exponent, as only programs do. ``counting`` tells that they are whole and go up by one, ``whole`` that they
    are whole.
    """

    filled: int = 0
    numbers: int = 0
    numberlike: int = 0
    machine: int = 0
    texts: Counter[str] | None = field(default_factory=Counter)
    signs: Signs = field(default_factory=Signs)
    counting: bool = True
    whole: bool = True
    first: float | None = None
    last: float | None = None

    def add(self, fields: Iterable[str]) -> None:
        """Count more fields, which lie below those so far."""
        texts = [text for text in fields if text]
        self.filled += len(texts)
        counted = Counter(texts)
        if self.texts is not None:
            self.texts += counted
            self.texts = None if len(self.texts) > FEW else self.texts
        if all_plain(texts):
            self._add_plain(texts)
        else:
            self._add_any(texts, counted)

    def _add_plain(self, texts: Sequence[str]) -> None:
        """Numbers of one meaning at first sight."""
        self.numbers += len(texts)
        pointed = next((text for text in texts if "." in text), None)
        if pointed is not None:
            self.signs.add(pointed, sum("." in text for text in texts))
        self.machine += sum(bool(_MACHINE.fullmatch(text)) for text in texts if "e" in text or "E" in text)
        if self.whole:
            self._follow([float(text) for text in texts])

    def _add_any(self, texts: Sequence[str], counted: Counter[str]) -> None:
        values: dict[str, float] = {}
        for text, times in counted.items():
            found = readings(text)
            if found:
                values[text] = next(iter(found.values()))
                self.numbers += times
                self.machine += times * bool(_MACHINE.fullmatch(text))
                self.signs.add(text, times)
            else:
                self.numberlike += times * bool(_NUMBERLIKE.match(text))
        self.whole = self.whole and len(values) == len(counted)
        self.counting = self.counting and self.whole
        if self.whole:
            self._follow([values[text] for text in texts])

    def _follow(self, values: Sequence[float]) -> None:
        """Look whether the numbers are whole and go up by one."""
        self.whole = all(value.is_integer() for value in values)
        before = [*([] if self.last is None else [self.last]), *values]
        self.counting = self.counting and self.whole and all(b == a + 1 for a, b in pairwise(before))
        if values:
            self.first, self.last = values[0] if self.first is None else self.first, values[-1]

    def absorb(self, later: Facts) -> None:
        """Count the fields of ``later`` too, which lie below."""
        joined = self.last is None or later.first is None or self.last + 1 == later.first
        self.counting = self.counting and later.counting and joined
        self.whole = self.whole and later.whole
        for name in ("filled", "numbers", "numberlike", "machine"):
            setattr(self, name, getattr(self, name) + getattr(later, name))
        both = None if self.texts is None or later.texts is None else self.texts + later.texts
        self.texts = None if both is None or len(both) > FEW else both
        self.signs.certain = dict(Counter(self.signs.certain) + Counter(later.signs.certain))
        self.signs.seen = {**later.signs.seen, **self.signs.seen}
        self.signs.open = {**later.signs.open, **self.signs.open}
        self.signs.percent = self.signs.percent or later.signs.percent

    @property
    def numeric(self) -> bool:
        """Whether at least half of the fields are numbers."""
        return 0 < self.filled <= 2 * self.numbers

    @property
    def wordy(self) -> bool:
        """Whether there are fields and none is a number or meant as one."""
        return self.filled > 0 and not self.numbers and 2 * self.numberlike < self.filled

    def classes(self, most: int) -> bool:
        """Whether there are few enough different texts for classes, at most ``most``."""
        return self.texts is not None and 0 < len(self.texts) <= most

    def repeats(self, most: int) -> bool:
        """Whether two or more of these texts stand there twice on average, as labels do and measurements do not."""
        texts = self.texts or ()
        return self.classes(most) and 2 <= len(texts) <= self.filled / 2


class Survey:
    """All rows of a text, in one dialect: the ``head`` as it stands, all others as facts about each column.

    ``sample`` has the first of all rows. Made by ``finish``, or by ``steps`` a thousand rows a turn.
    """

    def __init__(self, text: Text, dialect: Dialect) -> None:
        self.text, self.dialect = text, dialect
        self.head: list[list[str]] = []
        self.sample: list[list[str]] = []
        self.count = 0
        self._facts: list[Facts] = []
        self._waiting: list[list[str]] = []
        self._widths: Counter[int] = Counter()

    @classmethod
    def of(cls, text: Text, dialect: Dialect) -> Survey:
        survey = cls(text, dialect)
        for _ in survey.steps():
            pass
        return survey

    def steps(self) -> Iterator[None]:
        """Goes through the rows, as far as they can be told apart."""
        try:
            for _, row in rows(self.text, self.dialect, strict=False):
                self.count += 1
                if self.count <= HEAD:
                    self.head.append(row)
                else:
                    self._waiting.append(row)
                if self.count <= SAMPLE:
                    self.sample.append(row)
                if self.count % STEP == 0:
                    self._weigh()
                    yield
                if self.count == MOST_ROWS:
                    break
        except csv.Error:
            pass
        self._weigh()

    def _weigh(self) -> None:
        """Count the rows that have been read since."""
        table, self._waiting = self._waiting, []
        self._widths.update(map(len, table))
        widest = min(max(map(len, table), default=0), MOST_COLUMNS)
        self._facts += [Facts() for _ in range(widest - len(self._facts))]
        for k, facts in enumerate(self._facts[:widest]):
            facts.add(row[k] for row in table if k < len(row))

    def width(self, header: int) -> int:
        """How many fields most rows behind ``header`` rows have; 0 where there are none."""
        widths = Counter(len(row) for row in self.head[header:])
        widths.update(self._widths)
        # Of several that are as frequent, the first.
        return max(widths, key=widths.__getitem__, default=0)

    def body(self, header: int) -> list[Facts]:
        """Facts about every column behind ``header`` rows."""
        found = []
        for k in range(min(self.width(header), MOST_COLUMNS)):
            facts = Facts()
            facts.add(row[k] for row in self.head[header:] if k < len(row))
            if k < len(self._facts):
                facts.absorb(self._facts[k])
            found.append(facts)
        return found
