"""The number format of a column, inferred from all its fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from engine.data.numbers import describe_meanings, format_plain, has_two_meanings, readings

Decimal = Literal[".", ",", ""]
Why = Literal["plain", "seen", "beside", "assumed", "chosen", "open"]
OUTWEIGHED = 20
"""A decimal sign is a typing mistake if the other one is more than this many times as frequent."""
_NAMES = {".": "point", ",": "comma"}


@dataclass(slots=True)
class Signs:
    """What the fields of a column show about its decimal sign.

    Attributes
    ----------
    certain : dict
        By decimal sign, how many numbers can be read with that sign only.
    seen : dict
        By decimal sign, the first such number.
    open : dict
        By the sign that it contains, the first ambiguous number, such as ``1,284``.
    percent : bool
        Whether any number has a per cent sign.
    """

    certain: dict[str, int] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    open: dict[str, str] = field(default_factory=dict)
    percent: bool = False

    def add(self, text: str, times: int = 1) -> None:
        """Count a field that occurs ``times`` times; ignore it if it is not a number."""
        found = readings(text)
        self.percent = self.percent or (bool(found) and text.rstrip().endswith(("%", "％")))
        if len(found) == 1:
            sign = next(iter(found))
            self.certain[sign] = self.certain.get(sign, 0) + times
            self.seen.setdefault(sign, text)
        elif has_two_meanings(found):
            self.open.setdefault("," if "," in text else ".", text)

    @classmethod
    def of(cls, texts: Iterable[str]) -> Signs:
        """Count all fields of a column."""
        signs = cls()
        for text in texts:
            signs.add(text)
        return signs

    @property
    def decimal(self) -> Decimal:
        """The sign of the unambiguous numbers, or "" if there are none or they contradict each other.

        Examples
        --------
        >>> Signs.of(["1,5", "1,284", "2"]).decimal
        ','
        >>> Signs.of(["1,284", "2"]).decimal
        ''
        """
        points, commas = self.certain.get(".", 0), self.certain.get(",", 0)
        if points > OUTWEIGHED * commas:
            return "."
        return "," if commas > OUTWEIGHED * points else ""


@dataclass(frozen=True, slots=True)
class Convention:
    """The decimal sign of a column and how it was found.

    Attributes
    ----------
    decimal : {".", ",", ""}
        The sign; "" if it is not known.
    why : str
        - ``plain``: no number of the column needs it.
        - ``seen``: a number of the column shows it.
        - ``beside``: numbers of other columns show it.
        - ``assumed``: a point, as in most tables.
        - ``chosen``: a person chose it.
        - ``open``: a person must choose it.
    example : str
        An ambiguous number of the column.
    proof : str
        A number that shows the sign.
    percent : bool
        Whether the column has per cent signs.
    """

    decimal: Decimal = "."
    why: Why = "plain"
    example: str = ""
    proof: str = ""
    percent: bool = False

    @classmethod
    def of(cls, signs: Signs, beside: Sequence[Signs] = ()) -> Convention:
        """Infer the convention from the column's own signs, else from those of the columns ``beside`` it.

        If neither decides, assume a point, unless a comma could separate either thousands or decimals.
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

    def describe(self) -> str:
        """Return a sentence for the importer, or "" for plain numbers.

        Examples
        --------
        >>> Convention.of(Signs.of(["1,5", "1,284"])).describe()
        'decimal comma, as in “1,5”: “1,284” is read as 1.284'
        """
        parts = [self._describe_sign()] if self.why != "plain" else []
        parts += ["percentages are read as shares, 50 % as 0.5"] if self.percent else []
        return "; ".join(parts)

    def _describe_sign(self) -> str:
        if self.why == "open":
            return f"{describe_meanings(self.example)}: choose the decimal sign"
        reasons = {"seen": f", as in “{self.proof}”", "beside": f", as in “{self.proof}” beside it"}
        sentence = f"decimal {_NAMES[self.decimal]}{reasons.get(self.why, '')}"
        if self.example:
            sentence += f": “{self.example}” is read as {format_plain(readings(self.example)[self.decimal])}"
        return sentence
