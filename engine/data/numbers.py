"""Read numbers in any common notation: in fields, tables, the clipboard and on the command line.

A number may have a decimal point or comma, groups of three digits (separated by ``. , ' _`` or a blank, the first
group not beginning with 0; Indian groups too), any of the usual minus signs, an exponent (``1e-3``, ``1·10^-3``,
``10⁻³``) and a per cent sign, which divides by 100. A text such as ``1,284`` is ambiguous. In a field it is read as the
window writes numbers, with a note. In a table, the other numbers of the column and of its neighbours decide
(``engine.data.conventions``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from engine.data.quoting import quoted
from engine.data.signs import normalize_signs

LONGEST = 1000
"""A text with more characters is not a number."""
_PLAIN = re.compile(r"[+-]?(?:\d+|0\d*\.\d+|\d{4,}\.\d+|\d+\.(?:\d{1,2}|\d{4,}))(?:[eE][+-]?\d+)?", re.ASCII)
"""Numbers with a single meaning, which ``float`` reads."""
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
    """The message is a sentence: what was expected, what was found, and perhaps how to write it."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A number that was typed.

    Attributes
    ----------
    value
        How it is read.
    note
        A sentence about how an ambiguous text was read; else empty.
    """

    value: float
    note: str = ""


def readings(text: str) -> dict[str, float]:
    """Read a text with each decimal sign.

    Parameters
    ----------
    text : str
        As a person wrote it.

    Returns
    -------
    dict
        The number by decimal sign (``.`` and ``,``); both signs give one value if the text needs none. Empty if the
        text is no number. A value is NaN or infinite for texts such as ``nan`` and ``1e999``.

    Examples
    --------
    >>> readings("1,284")
    {'.': 1284.0, ',': 1.284}
    >>> readings("1,5")
    {',': 1.5}
    >>> readings("12 %")
    {'.': 0.12, ',': 0.12}
    >>> readings("twelve")
    {}
    """
    text = text.strip()
    if len(text) > LONGEST:
        return {}
    if _PLAIN.fullmatch(text):
        return {".": float(text)} if "." in text else dict.fromkeys(".,", float(text))
    text = normalize_signs(text)
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
        # Thousands are not separated before an exponent, so a single sign there is the decimal sign.
        if digits and not (written["power"] and "." not in digits and re.search("[.,]", written["body"])):
            found[decimal] = float(f"{written['sign']}{digits}e{exponent}")
    return found


def _plain_digits(body: str, decimal: str) -> str:
    """Return the digits as Python writes them, or "" if they cannot be read with that decimal sign."""
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


def has_two_meanings(found: dict[str, float]) -> bool:
    """Whether one text can be read as two different numbers.

    Parameters
    ----------
    found
        What ``readings`` returned for it.

    Returns
    -------
    bool
        False for a text that is no number.
    """
    return len(set(found.values())) > 1


def all_plain(texts: Iterable[str]) -> bool:
    """Whether all texts are numbers with a single meaning and with a point as the decimal sign, if any."""
    return all(map(_PLAIN.fullmatch, texts))


def is_number(text: str) -> bool:
    """Whether a text is a number in any common notation.

    Parameters
    ----------
    text
        With or without blanks around it.

    Returns
    -------
    bool
        True also for infinity and NaN.
    """
    return bool(readings(text))


def read_typed(text: str, *, whole: bool = False, low: float = -math.inf, high: float = math.inf) -> Typed:
    """Read the number in a field.

    A comma with two meanings separates thousands, as the window writes 1,284.

    Parameters
    ----------
    text : str
        What was typed.
    whole : bool
        Whether the field takes whole numbers only.
    low, high : float
        The range of the field. A number of one meaning may lie outside.

    Returns
    -------
    Typed
        The number, with a note if the text has another meaning in this field.

    Raises
    ------
    NumberError
        If the text is not a finite number; if it is ambiguous and its default meaning is out of range; and if a field
        of whole numbers gets a point that may separate thousands.

    Examples
    --------
    >>> read_typed("1,284")
    Typed(value=1284.0, note='“1,284” is read as 1284; for 1.284 write a point')
    >>> read_typed("1.284", whole=True)
    Traceback (most recent call last):
        ...
    engine.data.numbers.NumberError: “1.284” is not a whole number; type 1284 or 1
    """
    found = readings(text)
    _require_number(text, found)
    if not has_two_meanings(found):
        return Typed(next(iter(found.values())))
    value = found["."]
    if not low <= value <= high or (whole and "," not in text):
        raise NumberError(
            _describe_not_whole(text, low, high) if whole else f"{describe_meanings(text)}; type one of these"
        )
    return Typed(value, "" if whole or "," not in text else _note(text, found))


def _note(text: str, found: dict[str, float]) -> str:
    return f"{quoted(text.strip())} is read as {format_plain(found['.'])}; for {format_plain(found[','])} write a point"


def _describe_not_whole(text: str, low: float, high: float) -> str:
    """Return why a field of whole numbers refuses an ambiguous text, and which of its meanings are allowed."""
    meant = sorted({float(math.floor(value + 0.5)) for value in readings(text).values()}, reverse=True)
    allowed = [format_plain(value) for value in meant if low <= value <= high]
    remedy = f"; type {' or '.join(allowed)}" if allowed else ""
    # A comma may separate thousands: then the text is a whole number, but out of range.
    limits = (
        f" from {format_plain(float(low))} to {format_plain(float(high))}"
        if "," in text or not allowed
        else ""
    )
    return f"{quoted(text.strip())} is not a whole number{limits}{remedy}"


def describe_meanings(text: str, name: str = "") -> str:
    """Say in a sentence what a text with two meanings may mean.

    Parameters
    ----------
    text
        A text for which ``has_two_meanings`` is true.
    name
        What the number is for, such as a column; left out of the sentence if empty.

    Returns
    -------
    str
        The larger number first.

    Examples
    --------
    >>> describe_meanings("1,284")
    '“1,284” may mean 1284 or 1.284'
    """
    of_what = f" for {name}" if name else ""
    low, high = sorted(readings(text).values(), key=abs)
    return f"{quoted(text.strip())}{of_what} may mean {format_plain(high)} or {format_plain(low)}"


def format_plain(value: float) -> str:
    """Return the shortest text that stands for exactly this number, without groups: 1284, 0.001."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _require_number(text: str, found: dict[str, float], name: str = "") -> None:
    of_what = f" for {name}" if name else ""
    if not found:
        what = f"found {quoted(text)}" if text.strip() else "found nothing"
        raise NumberError(f"expected a number{of_what} but {what}")
    if not all(map(math.isfinite, found.values())):
        raise NumberError(f"expected a finite number{of_what} but found {quoted(text)}")


def read_number(text: str, decimal: str, name: str = "") -> float:
    """Read the number in one field of a column.

    Parameters
    ----------
    text : str
        The field.
    decimal : {".", ",", ""}
        The decimal sign of the column; "" if it is not known. A number that can be read only with the other sign is
        read with that one.
    name : str, optional
        The column, for the error (x1, y, …).

    Returns
    -------
    float
        Finite.

    Raises
    ------
    NumberError
        If the text is not a finite number; if it is ambiguous and ``decimal`` is "".

    Examples
    --------
    >>> read_number("1,284", "."), read_number("1,284", ","), read_number("1,5", ".")
    (1284.0, 1.284, 1.5)
    """
    if _PLAIN.fullmatch(text) and math.isfinite(value := float(text)):
        return value
    found = readings(text)
    _require_number(text, found, name)
    if decimal not in found and has_two_meanings(found):
        raise NumberError(f"{describe_meanings(text, name)}; say which is the decimal sign")
    return found[decimal] if decimal in found else next(iter(found.values()))
