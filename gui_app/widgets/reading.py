"""What becomes of the text in a number field: the number that is allowed, or a sentence about why there is none."""

from __future__ import annotations

from collections.abc import Callable

from engine.catalogue import Parameter
from engine.data.numbers import NumberError, Typed, read_typed
from gui_app.widgets.numbers import format_number, format_percent

Read = Callable[[str], Typed]
"""NumberError says why a text is refused; the note, where there is one, how it was understood."""


def reader_of(parameter: Parameter, percent: bool = False, unit: str = "") -> Read:
    """Reads numbers of the parameter's kind and moves those out of range to the nearest allowed one, and says so.

    With ``percent`` a bare 25 is 25 %; ``unit`` may stand behind the number.
    """

    def write(value: float) -> str:
        return format_percent(value) if percent else format_number(value) + unit

    def read(text: str) -> Typed:
        text = text.strip().removesuffix(unit.strip()) if unit else text
        text = f"{text} %" if percent and text.strip() and "%" not in text else text
        typed = read_typed(text, whole=parameter.integer, low=parameter.low, high=parameter.high)
        return _allowed(typed, parameter, write)

    return read


def _allowed(typed: Typed, parameter: Parameter, write: Callable[[float], str]) -> Typed:
    value = typed.value
    if parameter.open_low and value <= parameter.low:
        raise NumberError(f"type a number above {write(parameter.low)}")
    if value > parameter.high:
        return Typed(parameter.high, f"{write(parameter.high)} is the highest here")
    if value < parameter.low:
        return Typed(parameter.low, f"{write(parameter.low)} is the lowest here")
    if parameter.integer and not value.is_integer():
        return Typed(float(round(value)), f"{write(value)} is rounded to {write(round(value))}")
    return typed
