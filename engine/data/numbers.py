"""The one reader of numbers that people write: in fields, tables, the clipboard and on the command line.

A number may have a decimal point or comma, groups of three digits (with ``. , ' _`` or a blank between them, the
first not beginning with 0; Indian groups too), any of the usual minus signs, an exponent (``1e-3``, ``1·10^-3``,
``10⁻³``) and a per cent sign, which divides by 100. Texts such as ``1,284`` can be read in two ways: a field takes the
way in which the window itself writes numbers and says so, a column goes by what else stands in it and beside it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from engine.data.quoting import quoted
from engine.data.signs import same_signs

LONGEST = 1000
"""No number has more characters."""
_PLAIN = re.compile(r"[+-]?(?:\d+|0\d*\.\d+|\d{4,}\.\d+|\d+\.(?:\d{1,2}|\d{4,}))(?:[eE][+-]?\d+)?", re.ASCII)
"""What has one meaning at first sight, and is read by ``float``."""
_WRITTEN = re.compile(
    r"(?P<sign>[+-]?) ?(?P<body>[.,]?\d(?:[\d.,'_ ]*[\d.,])?)"
    r"(?P<power> ?[eE] ?(?P<e>[+-]?\d+)| ?[*xX] ?10(?:\^|\*\*)(?P<ten>[+-]?\d+))? ?(?P<percent>%?)",
    re.ASCII,
)
_POWER = re.compile(r"(?P<sign>[+-]?)10(?:\^|\*\*)(?P<ten>[+-]?\d+)", re.ASCII)
_GROUPED = re.compile(r"[1-9]\d{0,2}(?P<sign>[.,'_ ])\d{3}(?:(?P=sign)\d{3})*", re.ASCII)
_INDIAN = re.compile(r"[1-9]\d?(?:,\d\d)+,\d{3}", re.ASCII)
_SMALL_GROUPS = re.compile(r"\d{3}(?P<sign>['_ ])(?:\d{3}(?P=sign))*\d{1,3}", re.ASCII)
_BEYOND = re.compile(r"[+-]?(?:nan|inf|infinity)", re.ASCII | re.IGNORECASE)


class NumberError(ValueError):
    """One sentence: what was expected, what was found, and where needed how to write it."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A number and, where the text had another meaning too, a sentence that tells how it was understood."""

    value: float
    note: str = ""


def readings(text: str) -> dict[str, float]:
    """Decimal sign (``.`` or ``,``) → the number that the text says with it; empty where it is no number.

    Both signs with one value where none is needed: only two different values are two meanings. The value may be NaN
    or infinite: for the words, and for a number beyond all.
    """
    text = text.strip()
    if len(text) > LONGEST:
        return {}
    if _PLAIN.fullmatch(text):
        return {".": float(text)} if "." in text else dict.fromkeys(".,", float(text))
    text = same_signs(text)
    if _BEYOND.fullmatch(text):
        return dict.fromkeys(".,", float(text))
    if power := _POWER.fullmatch(text):
        return dict.fromkeys(".,", float(f"{power['sign']}1e{power['ten']}"))
    return _readings(written) if (written := _WRITTEN.fullmatch(text)) else {}


def _readings(written: re.Match[str]) -> dict[str, float]:
    exponent = int(written["e"] or written["ten"] or 0) - 2 * bool(written["percent"])
    found = {}
    for decimal in ".,":
        digits = _plain_digits(written["body"], decimal)
        # Nobody writes groups in front of an exponent: there the sign is a decimal one.
        if digits and not (written["power"] and "." not in digits and re.search("[.,]", written["body"])):
            found[decimal] = float(f"{written['sign']}{digits}e{exponent}")
    return found


def _plain_digits(body: str, decimal: str) -> str:
    """As Python writes it; empty where it cannot be read with that decimal sign."""
    whole, sign, fraction = body.partition(decimal)
    if whole and not whole.isdigit():
        groups = _GROUPED.fullmatch(whole)
        if not (groups or (decimal == "." and _INDIAN.fullmatch(whole))):
            return ""
        whole = re.sub(r"\D", "", whole)
    if fraction and not fraction.isdigit():
        if not _SMALL_GROUPS.fullmatch(fraction):
            return ""
        fraction = re.sub(r"\D", "", fraction)
    return f"{whole or 0}.{fraction}" if sign else whole


def two_meanings(found: dict[str, float]) -> bool:
    """Whether these readings of one text are different numbers."""
    return len(set(found.values())) > 1


def all_plain(texts: Iterable[str]) -> bool:
    """Whether all are numbers that have one meaning at first sight, with a decimal point if any."""
    return all(map(_PLAIN.fullmatch, texts))


def is_number(text: str) -> bool:
    """Whether the text says a number in any way, finite or not."""
    return bool(readings(text))


def read_typed(text: str, *, whole: bool = False, low: float = -math.inf, high: float = math.inf) -> Typed:
    """The number in a single text, as into a field for (``whole``) numbers from ``low`` to ``high``.

    A comma that may be either parts thousands, as where the window writes 1,284; the note says so, but in a field of
    whole numbers, which has no other way to read it. Where that number is out of range, and for a point in a field of
    whole numbers, it is not known what is meant: NumberError, with one sentence, as for what is no finite number.
    """
    found = readings(text)
    _require_number(text, found)
    if not two_meanings(found):
        return Typed(next(iter(found.values())))
    value = found["."]
    if not low <= value <= high or (whole and "," not in text):
        raise NumberError(_whole_words(text, low, high) if whole else f"{meanings(text)}; type one of these")
    return Typed(value, "" if whole or "," not in text else _note(text, found))


def _note(text: str, found: dict[str, float]) -> str:
    return f"{quoted(text.strip())} is read as {plain(found['.'])}; for {plain(found[','])} write a point"


def _whole_words(text: str, low: float, high: float) -> str:
    """Why a field of whole numbers refuses a text that may have groups, and those it may mean that are allowed."""
    meant = sorted({float(math.floor(value + 0.5)) for value in readings(text).values()}, reverse=True)
    allowed = [plain(value) for value in meant if low <= value <= high]
    way_out = f"; type {' or '.join(allowed)}" if allowed else ""
    # A comma may part thousands, so that it may be a whole number, but none of these.
    limits = f" from {plain(float(low))} to {plain(float(high))}" if "," in text or not allowed else ""
    return f"{quoted(text.strip())} is not a whole number{limits}{way_out}"


def meanings(text: str, name: str = "") -> str:
    """Words for the two numbers that a text may mean, for ``name`` if that is given."""
    place = f" for {name}" if name else ""
    low, high = sorted(readings(text).values(), key=abs)
    return f"{quoted(text.strip())}{place} may mean {plain(high)} or {plain(low)}"


def plain(value: float) -> str:
    """The number as short as it can be told exactly, without groups: 1284, 0.001."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _require_number(text: str, found: dict[str, float], name: str = "") -> None:
    place = f" for {name}" if name else ""
    if not found:
        what = f"found {quoted(text)}" if text.strip() else "found nothing"
        raise NumberError(f"expected a number{place} but {what}")
    if not all(map(math.isfinite, found.values())):
        raise NumberError(f"expected a finite number{place} but found {quoted(text)}")


def read_in(text: str, decimal: str, name: str = "") -> float:
    """The number in one field of a column whose decimal sign is ``decimal``, or "" where that is not known.

    What can only be read with the other sign is read with that, because it means nothing else. NumberError, with one
    sentence about ``name`` (x1, y, …), for what is no finite number, and for two meanings where ``decimal`` is "".
    """
    if _PLAIN.fullmatch(text) and math.isfinite(value := float(text)):
        return value
    found = readings(text)
    _require_number(text, found, name)
    if decimal not in found and two_meanings(found):
        raise NumberError(f"{meanings(text, name)}; say which is the decimal sign")
    return found[decimal] if decimal in found else next(iter(found.values()))
