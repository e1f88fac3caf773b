"""Values of an axis: from a range, from what a person writes, and as text."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from engine.catalogue.texts import counted, quoted, setting_text
from engine.experiment.errors import ExperimentError
from engine.experiment.settings import SweptValue

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.experiment.sweeps.swept_setting import SweptSetting

    Floats = NDArray[np.float64]

_FEWEST_DIGITS, _MOST_DIGITS = 3, 15
"""Significant digits of a value within a range: more than the most of them come from rounding."""
_UNEVEN = 0.01
"""Share of the distance to the next value by which rounding may move one."""
_FACTOR = 5.0
"""From this ratio on, two values are taken for two of a logarithmic scale."""


def linear(low: float, high: float, count: int, whole: bool = False) -> tuple[float, ...]:
    """Return numbers at equal distances, each with as few digits as move it by less than a hundredth of these.

    Parameters
    ----------
    low, high
        The first and the last one, finite; ``high`` may be the smaller one.
    count
        How many, at least 1; a single one is ``low``.
    whole
        Whether they are rounded to whole numbers, of which each comes once: these may be fewer.

    Returns
    -------
    tuple of float
        Of ``int`` where ``whole``.

    Raises
    ------
    ExperimentError
        With an empty path, for ends that are not finite or equal, or a count below 1.

    Examples
    --------
    >>> linear(0.0, 0.4, 5), linear(1, 4, 8, whole=True)
    ((0.0, 0.1, 0.2, 0.3, 0.4), (1, 2, 3, 4))
    """
    _check_range(low, high, count)
    return _tidied(np.linspace(low, high, count), low, high, whole)


def logarithmic(low: float, high: float, count: int, whole: bool = False) -> tuple[float, ...]:
    """Return numbers at equal ratios, each with as few digits as move it by less than a hundredth of the distance.

    Parameters
    ----------
    low, high, count, whole
        As for ``linear``; both ends are above 0.

    Returns
    -------
    tuple of float
        Of ``int`` where ``whole``.

    Raises
    ------
    ExperimentError
        As ``linear``, and for an end that is not above 0.

    Examples
    --------
    >>> logarithmic(1e-4, 0.1, 4), logarithmic(1, 64, 7, whole=True)
    ((0.0001, 0.001, 0.01, 0.1), (1, 2, 4, 8, 16, 32, 64))
    """
    _check_range(low, high, count)
    for end in (low, high):
        if end <= 0.0:
            raise ExperimentError(
                "", f"a logarithmic range begins and ends above 0, not at {setting_text(end)}"
            )
    return _tidied(np.exp(np.linspace(math.log(low), math.log(high), count)), low, high, whole)


def listed(text: str, setting: SweptSetting | None = None) -> tuple[SweptValue, ...]:
    """Read a list of values that a person has written.

    Parameters
    ----------
    text
        Numbers with commas, semicolons or blanks between, or names of choices with commas or semicolons between; a
        name is the key or the label, in capital or small letters.
    setting
        What they are values of; None for any numbers.

    Returns
    -------
    tuple
        The values in the order of the text, as the setting holds them.

    Raises
    ------
    ExperimentError
        With an empty path: for an empty list, what is no number or no choice, a value that is not allowed, or one that
        is there twice.

    Examples
    --------
    >>> listed("0, 1e-4, 0.001")
    (0.0, 0.0001, 0.001)
    """
    choice = setting is not None and setting.kind == "choice"
    parts = [part.strip() for part in re.split("[,;]" if choice else r"[,;\s]", text)]
    values = tuple(_read(part, setting) for part in parts if part)
    if not values:
        raise ExperimentError("", "write at least one value")
    for index, value in enumerate(values):
        if value in values[:index]:
            raise ExperimentError("", f"{text_of(value)} is there twice; leave one of them out")
    return values


def text_of(value: SweptValue) -> str:
    """Write a value so that no other value is written alike.

    Parameters
    ----------
    value
        Of an axis.

    Returns
    -------
    str
        A number with as many digits as it needs, a key as it is, "on" or "off".

    Examples
    --------
    >>> [text_of(value) for value in (1e-5, 1 / 3, 8, "tanh", True)]
    ['1e-5', '0.3333333333333333', '8', 'tanh', 'on']
    """
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str):
        return value
    short = setting_text(value)
    return short if float(short) == value else _short_power(repr(value).removesuffix(".0"))


def texts_of(values: Sequence[SweptValue]) -> tuple[str, ...]:
    """Write the values of an axis with as few digits as tell them apart, at least three.

    Parameters
    ----------
    values
        All different.

    Returns
    -------
    tuple of str
        All different.

    Examples
    --------
    >>> texts_of((1 / 3, 2 / 3, 1.0)), texts_of((0.12341, 0.12342))
    (('0.333', '0.667', '1'), ('0.12341', '0.12342'))
    """
    for digits in range(_FEWEST_DIGITS, _MOST_DIGITS + 1):
        texts = [
            text_of(value) if isinstance(value, bool | str | int) else _with_digits(value, digits)
            for value in values
        ]
        if len(set(texts)) == len(texts):
            return tuple(texts)
    return tuple(map(text_of, values))


def is_log(values: Sequence[SweptValue]) -> bool:
    """Return whether numbers are spaced rather by factors than by differences.

    Parameters
    ----------
    values
        In any order; a 0 among them does not count.

    Returns
    -------
    bool
        False for names, for negative numbers and for less than two numbers above 0.

    Examples
    --------
    >>> is_log((0, 1e-4, 1e-3, 1e-2)), is_log((1, 2, 3, 4)), is_log((1, 2, 4, 8))
    (True, False, True)
    """
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return False
    numbers = np.array([value for value in values if value != 0], dtype=float)
    if len(numbers) < 2 or numbers.min() < 0.0:
        return False
    numbers.sort()
    if len(numbers) == 2:
        return bool(numbers[1] / numbers[0] >= _FACTOR)
    steps, factors = np.diff(numbers), np.diff(np.log(numbers))
    return bool(np.ptp(factors) / factors.mean() < np.ptp(steps) / steps.mean())


def between(low: float, high: float, count: int, log: bool, whole: bool = False) -> tuple[float, ...]:
    """Return ``logarithmic`` values where ``log`` and both ends are above 0, else ``linear`` ones.

    Parameters
    ----------
    low, high, count, whole
        As for ``linear``.
    log
        Whether they are spaced by factors where that can be.

    Returns
    -------
    tuple of float
        Of ``int`` where ``whole``.
    """
    spaced: Callable[..., tuple[float, ...]] = logarithmic if log and min(low, high) > 0.0 else linear
    return spaced(low, high, count, whole)


def _check_range(low: float, high: float, count: int) -> None:
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ExperimentError("", "the ends of a range must be finite numbers")
    if count < 1:
        raise ExperimentError("", f"a range has at least 1 value, not {count}")
    if count > 1 and low == high:
        raise ExperimentError(
            "", f"{counted(count, 'value')} need two ends that differ, not {setting_text(low)} twice"
        )


def _tidied(numbers: Floats, low: float, high: float, whole: bool) -> tuple[float, ...]:
    """Numbers with few digits; the ends are what was asked for, to the last one."""
    if whole:
        return tuple(
            dict.fromkeys(round(number) for number in (low, *numbers[1:-1].tolist(), high)[: len(numbers)])
        )
    if len(numbers) < 3:
        return (float(low), float(high))[: len(numbers)]
    distances = np.abs(np.diff(numbers))
    allowed = _UNEVEN * np.minimum(distances[:-1], distances[1:])
    for digits in range(_FEWEST_DIGITS, _MOST_DIGITS + 1):
        inner = [float(f"{number:.{digits}g}") for number in numbers[1:-1]]
        if (np.abs(np.array(inner) - numbers[1:-1]) <= allowed).all():
            return (float(low), *inner, float(high))
    return tuple(dict.fromkeys((float(low), *numbers[1:-1].tolist(), float(high))))


def _read(part: str, setting: SweptSetting | None) -> SweptValue:
    if setting is not None and setting.kind == "choice":
        for value, label in setting.choices:
            if part.casefold() in (text_of(value).casefold(), label.casefold()):
                return value
        names = ", ".join(label for _, label in setting.choices)
        raise ExperimentError("", f"{quoted(part)} is none of {names}")
    try:
        number = float(part.replace("−", "-"))
    except ValueError:
        raise ExperimentError("", f"{quoted(part)} is no number") from None
    if not math.isfinite(number):
        raise ExperimentError("", f"{quoted(part)} is no finite number")
    if setting is None:
        return number
    try:
        return setting.check(number)
    except ExperimentError as error:
        raise ExperimentError("", f"{setting.label} {error.sentence}") from None


def _with_digits(value: float, digits: int) -> str:
    return _short_power(f"{value:.{digits}g}")


def _short_power(text: str) -> str:
    digits, _, power = text.partition("e")
    return f"{digits}e{int(power)}" if power else digits
