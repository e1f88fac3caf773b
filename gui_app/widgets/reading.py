"""Readers of typed numbers: they return an allowed number, or refuse the text with a reason."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from engine.catalogue import Parameter
from engine.data.numbers import NumberError, Typed, read_typed
from engine.data.quoting import quoted
from engine.data.signs import normalize_signs
from gui_app.widgets.numbers import format_exactly, format_number, format_percent

Read = Callable[[str], Typed]
"""Reads a typed text. Raises NumberError with the reason if it refuses the text."""


def reader_of(parameter: Parameter, percent: bool = False, unit: str = "") -> Read:
    """Return a reader of numbers that ``parameter`` allows.

    A number out of range becomes the nearest allowed one, and the note says so. With ``percent``, 25 means 25 %; the
    ``unit`` after a number is optional.
    """

    def write(value: float) -> str:
        return format_percent(value) if percent else format_number(value) + unit

    times, sign = (100.0, "%") if percent else (1.0, unit.strip())

    def read(text: str) -> Typed:
        if sign:
            text = _without(text, sign)
        low, high = parameter.low * times, parameter.high * times
        typed = read_typed(text, whole=parameter.integer, low=low, high=high)
        value = _hundredth(typed.value) if percent else typed.value
        return _allowed(Typed(value, typed.note), parameter, write)

    return read


def _without(text: str, sign: str) -> str:
    """Return the text without a trailing ``sign``. Raises NumberError if a second one remains."""
    plain = (normalize_signs(text) if sign == "%" else text).strip()
    if not plain.endswith(sign):
        return text
    plain = plain.removesuffix(sign).strip()
    if plain.endswith(sign):
        raise NumberError(f"expected a number but found {quoted(text)}")
    return plain


def _hundredth(value: float) -> float:
    """Return ``value`` % as the float nearest to its decimal digits, which a division might miss."""
    digits = repr(value)
    return value / 100 if "e" in digits else float(f"{digits}e-2")


def _allowed(typed: Typed, parameter: Parameter, write: Callable[[float], str]) -> Typed:
    value = typed.value
    if parameter.open_low and value <= parameter.low:
        raise NumberError(f"type a number above {write(parameter.low)}")
    if value > parameter.high:
        return Typed(parameter.high, f"{write(parameter.high)} is the maximum")
    if value < parameter.low:
        return Typed(parameter.low, f"{write(parameter.low)} is the minimum")
    if parameter.integer and not value.is_integer():
        # People expect a half to be rounded up; Python's round would return the even neighbour.
        nearest = float(Decimal(repr(value)).quantize(Decimal(1), ROUND_HALF_UP))
        return Typed(nearest, f"{format_exactly(value)} is rounded to {write(nearest)}")
    return typed
