"""Facts about the columns of a table, counted over all rows."""

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
"""How many first rows may be names instead of points; they are kept until this is decided."""
FEW = 50
"""Largest number of different texts of a column that are counted separately."""
MOST_COLUMNS = 200
"""Largest number of columns of a text or an array."""
MOST_ROWS = 200_000
"""Largest number of rows that are examined."""
SAMPLE = 12
"""How many rows are kept for a preview."""
STEP = 1000
"""Rows of one step of ``Survey.steps``."""
_NUMBERLIKE = re.compile(r"[^\w]{0,3}[+\-−]?[.,]?\d")
MACHINE = re.compile(r"[+-]?\d\.\d+[eE][+-]\d{2,3}", re.ASCII)
"""A number as C's %e and numpy.savetxt write it."""


@dataclass(slots=True)
class Facts:
    """Facts about one column.

    Attributes
    ----------
    filled : int
        Fields that are not empty.
    numbers, numberlike, machine : int
        How many of them are numbers; how many are not but begin like one; how many are numbers with an exponent, in the
        format of programs.
    texts : Counter or None
        How often each text occurs; None if there are more than ``FEW`` different ones.
    signs : Signs
        What the numbers show about their decimal sign.
    counting, whole : bool
        Whether all fields are whole numbers that rise by one; whether all are whole numbers.
    first, last : float or None
        The first and the last number, if all are whole.
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
        """Count the next fields of the column."""
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
        """Count unambiguous numbers (see ``all_plain``)."""
        self.numbers += len(texts)
        pointed = next((text for text in texts if "." in text), None)
        if pointed is not None:
            self.signs.add(pointed, sum("." in text for text in texts))
        self.machine += sum(bool(MACHINE.fullmatch(text)) for text in texts if "e" in text or "E" in text)
        if self.whole:
            self._check_counting([float(text) for text in texts])

    def _add_any(self, texts: Sequence[str], counted: Counter[str]) -> None:
        values: dict[str, float] = {}
        for text, times in counted.items():
            found = readings(text)
            if found:
                values[text] = next(iter(found.values()))
                self.numbers += times
                self.machine += times * bool(MACHINE.fullmatch(text))
                self.signs.add(text, times)
            else:
                self.numberlike += times * bool(_NUMBERLIKE.match(text))
        self.whole = self.whole and len(values) == len(counted)
        self.counting = self.counting and self.whole
        if self.whole:
            self._check_counting([values[text] for text in texts])

    def _check_counting(self, values: Sequence[float]) -> None:
        """Check whether these numbers are whole and continue the count, each one more than the previous."""
        self.whole = all(value.is_integer() for value in values)
        before = [*([] if self.last is None else [self.last]), *values]
        self.counting = self.counting and self.whole and all(b == a + 1 for a, b in pairwise(before))
        if values:
            self.first, self.last = values[0] if self.first is None else self.first, values[-1]

    def merge(self, later: Facts) -> None:
        """Add the counts of ``later`` fields of the same column."""
        joined = self.last is None or later.first is None or self.last + 1 == later.first
        self.counting = self.counting and later.counting and joined
        self.whole = self.whole and later.whole
        self.filled += later.filled
        self.numbers += later.numbers
        self.numberlike += later.numberlike
        self.machine += later.machine
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
    def textual(self) -> bool:
        """Whether the column has fields, none is a number, and most do not begin like one."""
        return self.filled > 0 and not self.numbers and 2 * self.numberlike < self.filled

    def classes(self, most: int) -> bool:
        """Whether there are texts, and at most ``most`` different ones."""
        return self.texts is not None and 0 < len(self.texts) <= most

    def repeats(self, most: int) -> bool:
        """Whether there are 2 to ``most`` different texts that occur at least twice on average, like labels."""
        texts = self.texts or ()
        return self.classes(most) and 2 <= len(texts) <= self.filled / 2


class Survey:
    """Counts facts about the rows of a text in one dialect, while ``steps`` runs.

    Parameters
    ----------
    text, dialect
        What is surveyed.

    Attributes
    ----------
    head : list of rows
        The first ``HEAD`` rows, as they are.
    sample : list of rows
        The first ``SAMPLE`` rows, for a preview.
    count : int
        How many rows were examined.
    """

    def __init__(self, text: Text, dialect: Dialect) -> None:
        self.text, self.dialect = text, dialect
        self.head: list[list[str]] = []
        self.sample: list[list[str]] = []
        self.count = 0
        self._facts: list[Facts] = []
        self._uncounted: list[list[str]] = []
        self._widths: Counter[int] = Counter()

    @classmethod
    def of(cls, text: Text, dialect: Dialect) -> Survey:
        """Survey a whole text at once.

        Parameters
        ----------
        text, dialect
            What is surveyed; at most ``MOST_ROWS`` rows of it.

        Returns
        -------
        Survey
            Finished.
        """
        survey = cls(text, dialect)
        for _ in survey.steps():
            pass
        return survey

    def steps(self) -> Iterator[None]:
        """Survey the rows up to the first unreadable one; yield after every ``STEP`` rows."""
        try:
            for _, row in rows(self.text, self.dialect, strict=False):
                self.count += 1
                if self.count <= HEAD:
                    self.head.append(row)
                else:
                    self._uncounted.append(row)
                if self.count <= SAMPLE:
                    self.sample.append(row)
                if self.count % STEP == 0:
                    self._count_rows()
                    yield
                if self.count == MOST_ROWS:
                    break
        except csv.Error:
            pass
        self._count_rows()

    def _count_rows(self) -> None:
        """Count the rows read since the last call."""
        table, self._uncounted = self._uncounted, []
        self._widths.update(map(len, table))
        widest = min(max(map(len, table), default=0), MOST_COLUMNS)
        self._facts += [Facts() for _ in range(widest - len(self._facts))]
        for k, facts in enumerate(self._facts[:widest]):
            facts.add(row[k] for row in table if k < len(row))

    def width(self, header: int) -> int:
        """Return the number of fields that most rows have.

        Parameters
        ----------
        header
            Number of rows of names to leave out, up to ``HEAD``.

        Returns
        -------
        int
            0 if there are no other rows.
        """
        widths = Counter(len(row) for row in self.head[header:])
        widths.update(self._widths)
        # If several widths are equally frequent, the first one.
        return max(widths, key=widths.__getitem__, default=0)

    def body(self, header: int) -> list[Facts]:
        """Return the facts about each column.

        Parameters
        ----------
        header
            Number of rows of names to leave out, up to ``HEAD``.

        Returns
        -------
        list [columns] of Facts
            As many as ``width``, and at most ``MOST_COLUMNS``.

        Examples
        --------
        >>> survey = Survey.of(Text.of("x,kind\\n1,red\\n2,red\\n"), Dialect())
        >>> [(facts.numbers, facts.texts["red"]) for facts in survey.body(1)]
        [(2, 0), (0, 2)]
        """
        found = []
        for k in range(min(self.width(header), MOST_COLUMNS)):
            facts = Facts()
            facts.add(row[k] for row in self.head[header:] if k < len(row))
            if k < len(self._facts):
                facts.merge(self._facts[k])
            found.append(facts)
        return found
