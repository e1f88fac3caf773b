"""How the numbers of a column are written, by weighing all of them against each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from engine.data.numbers import meanings, plain, readings, two_meanings

Decimal = Literal[".", ",", ""]
Why = Literal["plain", "seen", "beside", "assumed", "chosen", "open"]
OUTWEIGHED = 20
"""One sign that so many others speak against is a slip of the pen."""
_NAMES = {".": "point", ",": "comma"}


@dataclass(slots=True)
class Signs:
    """What the texts of a column say about its decimal sign.

    ``certain`` counts the numbers that can be read with that sign alone, ``seen`` has the first of each, ``open`` the
    first that has two meanings, by the sign that stands in it.
    """

    certain: dict[str, int] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    open: dict[str, str] = field(default_factory=dict)
    percent: bool = False

    def add(self, text: str, times: int = 1) -> None:
        """Weigh one more text, which stands there so many ``times``; what is no number weighs nothing."""
        found = readings(text)
        self.percent = self.percent or (bool(found) and text.rstrip().endswith(("%", "％")))
        if len(found) == 1:
            sign = next(iter(found))
            self.certain[sign] = self.certain.get(sign, 0) + times
            self.seen.setdefault(sign, text)
        elif two_meanings(found):
            self.open.setdefault("," if "," in text else ".", text)

    @classmethod
    def of(cls, texts: Iterable[str]) -> Signs:
        signs = cls()
        for text in texts:
            signs.add(text)
        return signs

    @property
    def decimal(self) -> Decimal:
        """The sign that the certain numbers have, or "" where there are none or they contradict each other."""
        points, commas = self.certain.get(".", 0), self.certain.get(",", 0)
        if points > OUTWEIGHED * commas:
            return "."
        return "," if commas > OUTWEIGHED * points else ""


@dataclass(frozen=True, slots=True)
class Convention:
    """The decimal sign of a column ("" where it is not known) and why.

    ``why``: ``plain`` where no text needs it, ``seen`` in the column itself, ``beside`` in other columns, ``assumed``
    to be a point because tables are mostly written so, ``chosen`` by a person, ``open`` where a person must choose.
    ``example`` is a text that has two meanings, ``proof`` one that has a single meaning.
    """

    decimal: Decimal = "."
    why: Why = "plain"
    example: str = ""
    proof: str = ""
    percent: bool = False

    @classmethod
    def of(cls, signs: Signs, beside: Sequence[Signs] = ()) -> Convention:
        """By the column's own signs, else by those of the columns ``beside`` it, else a point.

        A comma with two meanings is never assumed to be the one or the other.
        """
        example, percent = next(iter(signs.open.values()), ""), signs.percent
        if signs.decimal:
            return cls(signs.decimal, "seen", example, signs.seen[signs.decimal], percent)
        if not signs.open:
            return cls(".", "plain", percent=percent)
        found = {other.decimal: other.seen[other.decimal] for other in beside if other.decimal}
        if not signs.certain and len(found) == 1:
            decimal, proof = next(iter(found.items()))
            return cls(decimal, "beside", example, proof, percent)
        if not signs.certain and not found and set(signs.open) == {"."}:
            return cls(".", "assumed", example, percent=percent)
        return cls("", "open", example, percent=percent)

    def words(self) -> str:
        """One sentence for the importer, empty where there is nothing to say."""
        parts = [self._sign_words()] if self.why != "plain" else []
        parts += ["percentages are read as shares, 50 % as 0.5"] if self.percent else []
        return "; ".join(parts)

    def _sign_words(self) -> str:
        if self.why == "open":
            return f"{meanings(self.example)}: choose the decimal sign"
        reasons = {"seen": f", as in “{self.proof}”", "beside": f", as in “{self.proof}” beside it"}
        words = f"decimal {_NAMES[self.decimal]}{reasons.get(self.why, '')}"
        if self.example:
            words += f": “{self.example}” is read as {plain(readings(self.example)[self.decimal])}"
        return words
