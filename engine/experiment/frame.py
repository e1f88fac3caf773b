"""The frame of the data: the extent, the name and the unit of each axis, and what a person reads of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import floor, isfinite, log10
from typing import Literal, NamedTuple

import msgspec

from engine.catalogue.losses import LOSSES
from engine.experiment.points import LARGEST
from engine.experiment.settings import AxesSettings, AxisSettings, DataSettings, ExtentSettings

DEFAULT_EXTENT = ExtentSettings()
NARROWEST_EXTENT = 1e-12
"""The narrowest extent, relative to its larger end: rounding loses finer differences."""
NARROWEST_WIDTH = 1 / LARGEST
"""The narrowest extent in the data's units: the units of a far narrower one underflow to 0."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of a data set.

    Attributes
    ----------
    extent, axes, aspect
        As in ``DataSettings``.
    """

    extent: ExtentSettings = DEFAULT_EXTENT
    axes: AxesSettings = field(default_factory=AxesSettings)
    aspect: Literal["free", "equal"] = "free"

    @classmethod
    def of(cls, data: DataSettings) -> Frame:
        """Return the frame of a data set.

        Parameters
        ----------
        data
            Of any task.

        Returns
        -------
        Frame
        """
        return cls(data.extent, data.axes, data.aspect)

    def around(self, data: DataSettings) -> DataSettings:
        """Return a data set in this frame.

        Parameters
        ----------
        data
            Of any task.

        Returns
        -------
        DataSettings
            Nothing is validated.
        """
        return msgspec.structs.replace(data, extent=self.extent, axes=self.axes, aspect=self.aspect)

    def changes(self) -> dict[str, object]:
        """Return the frame as changes by path, as ``edit_many`` takes them.

        Returns
        -------
        dict

        Examples
        --------
        >>> list(Frame().changes())
        ['data.extent', 'data.axes', 'data.aspect']
        """
        return {"data.extent": self.extent, "data.axes": self.axes, "data.aspect": self.aspect}


class AxisTexts(NamedTuple):
    """What stands at the axes, and at the values of a surface."""

    x: str
    y: str
    value: str


def axis_text(name: str | None, unit: str | None, symbol: str = "") -> str:
    """Return what stands at an axis.

    Parameters
    ----------
    name, unit
        Of the axis; None or "" where it has none.
    symbol
        What stands for a missing name.

    Returns
    -------
    str

    Examples
    --------
    >>> axis_text("Petal length", "cm"), axis_text(None, "cm", "x₁"), axis_text("Age", None)
    ('Petal length (cm)', 'x₁ (cm)', 'Age')
    """
    named = name or symbol
    return f"{named} ({unit})" if named and unit else named or unit or ""


def axis_texts(data: DataSettings) -> AxisTexts:
    """Return what stands at each axis of a data set.

    Parameters
    ----------
    data
        Of any task.

    Returns
    -------
    AxisTexts
        With the symbols of the task where an axis has no name.

    Examples
    --------
    >>> axis_texts(DataSettings())
    AxisTexts(x='x₁', y='x₂', value='value')
    """
    symbols = axis_symbols(data.task)
    axes = (data.axes.x, data.axes.y, data.axes.value)
    return AxisTexts(
        *(axis_text(axis.name, axis.unit, symbol) for axis, symbol in zip(axes, symbols, strict=True))
    )


def axis_symbols(task: str) -> AxisTexts:
    """Return the symbols of a task's axes, which stand for names that are missing.

    Parameters
    ----------
    task
        A key of ``TASKS``.

    Returns
    -------
    AxisTexts
    """
    return AxisTexts("x", "y", "y") if task == "curve" else AxisTexts("x₁", "x₂", "value")


def quantity_text(value: float, unit: str | None = None, span: float | None = None) -> str:
    """Write a number in the data's units.

    Parameters
    ----------
    value
        Any number.
    unit
        Follows the number; None or "" without one.
    span
        The width of the extent from which the number was read: a thousandth of it is the last digit. Without one, the
        number has three significant digits.

    Returns
    -------
    str

    Examples
    --------
    >>> quantity_text(4.2317, "cm", 12.0), quantity_text(1987.25, None, 60.0), quantity_text(-2.5e-10, "s", 1e-9)
    ('4.23 cm', '1987.25', '−2.5e-10 s')
    """
    text = _number(value, abs(value) if span is None else span)
    text = f"−{text[1:]}" if text.startswith("-") else text
    return f"{text} {unit}" if unit else text


def loss_unit_text(data: DataSettings, loss: str) -> str:
    """Return the unit of a loss of regression: that of the values, to the power of the loss's degree.

    Parameters
    ----------
    data
        Their axes are used.
    loss
        A key of ``LOSSES``.

    Returns
    -------
    str
        "" in classification, without a unit, and for a loss without a degree.

    Examples
    --------
    >>> loss_unit_text(DataSettings(task="curve", axes=AxesSettings(y=AxisSettings(unit="m/s"))), "squared")
    '(m/s)²'
    """
    values = {"curve": data.axes.y, "surface": data.axes.value}.get(data.task)
    degree = LOSSES[loss].degree
    if values is None or not values.unit or degree is None:
        return ""
    power = "" if degree == 1 else "²" if degree == 2 else f"^{degree}"
    is_one = len(values.unit) == 1 or values.unit.isalpha() or not power
    return f"{values.unit}{power}" if is_one else f"({values.unit}){power}"


def _number(value: float, span: float) -> str:
    """The number up to a thousandth of ``span``, with an exponent only where it would be mostly zeros."""
    if not (isfinite(value) and isfinite(span) and span > 0):
        return f"{value:.3g}"
    decimals = 3 - floor(log10(span))
    rounded = round(value, decimals)
    if rounded == 0.0:
        return "0"
    size = floor(log10(abs(rounded)))
    if -4 <= size <= 6:
        return _trimmed(f"{rounded:.{max(decimals, 0)}f}")
    mantissa, _, power = f"{rounded:.{min(max(size + decimals, 0), 16)}e}".partition("e")
    return f"{_trimmed(mantissa)}e{int(power)}"


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def has_frame(data: DataSettings) -> bool:
    """Return whether a data set has a frame of its own, and not the default one.

    Parameters
    ----------
    data
        Of any task.

    Returns
    -------
    bool
    """
    return data != without_frame(data)


def without_frame(data: DataSettings) -> DataSettings:
    """Return the settings with the default frame: the canvas's own extent, no names, no units.

    Parameters
    ----------
    data
        Of any task.

    Returns
    -------
    DataSettings
    """
    return Frame().around(data)


def named(name: str | None, unit: str | None = None) -> AxisSettings:
    """Return an axis with a name and a unit as a person typed them.

    Parameters
    ----------
    name, unit
        Surplus blanks are dropped; nothing else than blanks is none.

    Returns
    -------
    AxisSettings
        Nothing is validated.
    """
    return AxisSettings(
        name=" ".join((name or "").split()) or None, unit=" ".join((unit or "").split()) or None
    )
