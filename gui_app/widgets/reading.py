"""What becomes of the text in a number field: the number that is allowed, or a sentence about why there is none."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from engine.catalogue import Parameter
from engine.data.numbers import NumberError, Typed, read_typed
from engine.data.quoting import quoted
from engine.data.signs import normalize_signs
from gui_app.widgets.numbers import format_exactly, format_number, format_percent

Read = Callable[[str], Typed]
"""NumberError says why a text is refused; the note, where there is one, how it was understood."""


def reader_of(parameter: Parameter, percent: bool = False, unit: str = "") -> Read:
    """Reads numbers of the parameter's kind and moves those out of range to the nearest allowed one, and says so.

    With ``percent`` a bare 25 is 25 %; ``unit`` may follow the number.
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
    """The text without a trailing ``sign``; NumberError where a second one remains."""
    plain = (normalize_signs(text) if sign == "%" else text).strip()
    if not plain.endswith(sign):
        return text
    plain = plain.removesuffix(sign).strip()
    if plain.endswith(sign):
        raise NumberError(f"expected a number but found {quoted(text)}")
    return plain


def _hundredth(value: float) -> float:
    """The number nearest to the digits of ``value`` %, not to a rounded quotient."""
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
        # As people round: a half goes up, and Python's round goes to the even number.
        nearest = float(Decimal(repr(value)).quantize(Decimal(1), ROUND_HALF_UP))
        return Typed(nearest, f"{format_exactly(value)} is rounded to {write(nearest)}")
    return typed
