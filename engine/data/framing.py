"""Propose a frame for points: round extents, and names with units from the columns of a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil, floor, log10

import numpy as np
from numpy.typing import NDArray

from engine.data.axes import Axes
from engine.data.fit import LARGEST_VALUE
from engine.data.tables.reader import CsvData
from engine.data.tables.reading import Reading
from engine.data.tables.vocabulary import GENERIC_NAMES, folded
from engine.experiment.frame import DEFAULT_EXTENT, NARROWEST_WIDTH, Frame, named
from engine.experiment.points import LARGEST, Points
from engine.experiment.settings import LONGEST_NAME, LONGEST_UNIT, AxesSettings, AxisSettings, ExtentSettings

Ends = tuple[float, float]

_AIR = 0.04
"""Free room at each end of an axis, as a share of the data's span."""
_FAR, _FEW, _ENOUGH = 8, 0.02, 12
"""What is an outlier: how far it lies, how many there may be as a share of all, and among how many points."""
_STEPS = 16
"""Ends lie at multiples of a round step, of which the data span about so many."""
_FLATTEST = 1e-9
"""A span below this share of the numbers' size counts as this share."""
_LEAST_VALUE = 0.25
"""Values of a surface that reach less far than this share of the default colours get an extent of their own."""
_BRACKETED = re.compile(r"(?P<name>.*?)\s*(?:\((?P<round>[^()]+)\)|\[(?P<square>[^\[\]]+)\])")
_SLASHED = re.compile(r"(?P<name>.*\S)\s+(?:/|in)\s+(?P<unit>\S+)")
_UNITS = {
    "nm", "um", "µm", "μm", "mm", "cm", "km", "kg", "mg", "ug", "µg", "lb", "lbs", "ms", "ns", "us", "µs", "sec",
    "min", "mins", "hr", "hrs", "hz", "khz", "mhz", "ghz", "kpa", "hpa", "mpa", "mmhg", "kw", "kwh", "mwh", "ml", "dl",
    "km/h", "kmh", "mph", "m/s", "bpm", "rpm", "eur", "usd", "gbp", "°c", "°f",
}  # fmt: skip
"""Endings of names such as height_cm that can be nothing but a unit, in small letters."""


def propose_frame(data: CsvData, reading: Reading) -> Frame:
    """Propose the frame of imported points.

    Parameters
    ----------
    data
        The points of a table.
    reading
        How it was read: its columns name the axes.

    Returns
    -------
    Frame
        Axes are named after columns, unless their names only say what the columns are used for, such as "x1". Extents
        are round numbers around the points, except for a few far outliers; points without names that suit the canvas's
        own extent keep it.
    """
    axes = _axes_of(reading)
    near = near_others(data.xy[:, 0]) & near_others(data.xy[:, 1])
    if reading.task == "surface":
        near &= near_others(data.target)
    extent = fitting_extent(Points(data.xy[near], data.target[near]), reading.task)
    known = (axes.x, axes.y) == (AxisSettings(), AxisSettings())
    if known and Axes.showing(data.xy[near]).is_default:
        extent = ExtentSettings(value=extent.value)
    return Frame(extent, axes)


def fitting_extent(points: Points, task: str) -> ExtentSettings:
    """Return round ends around points.

    Parameters
    ----------
    points
        Without any, the default extent is returned.
    task
        Only in a surface, values have an extent of their own. Values that the default colours show well keep them.

    Returns
    -------
    ExtentSettings

    Examples
    --------
    >>> fitting_extent(Points([[1.0, 0.1], [6.9, 2.5]], [0.0, 1.0]), "classification").x
    (0.5, 7.5)
    """
    if not len(points):
        return DEFAULT_EXTENT
    x, y = (round_ends(axis) for axis in points.xy.T)
    return ExtentSettings(
        x=x, y=y, value=_value_ends(points.target) if task == "surface" else DEFAULT_EXTENT.value
    )


def near_others(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which values are no far outliers.

    Parameters
    ----------
    values : float64 [n]
        Finite numbers.

    Returns
    -------
    bool [n]
        False for a few values that lie more than ``_FAR`` times the distance of the quartiles beyond these. All True
        for less than ``_ENOUGH`` values, and where so many lie so far that they belong to the data.

    Examples
    --------
    >>> near_others(np.append(np.arange(30.0), 1e6)).sum()
    np.int64(30)
    """
    everything = np.ones(len(values), dtype=bool)
    if len(values) < _ENOUGH:
        return everything
    # Divided, because the difference of two huge numbers may overflow.
    scaled = values / (2 * _FAR + 2)
    first, third = np.quantile(scaled, (0.25, 0.75))
    reach = _FAR * (third - first)
    near = (scaled >= first - reach) & (scaled <= third + reach)
    few = 0 < (~near).sum() <= max(_FEW * len(values), 1)
    return near if few and third > first else everything


def round_ends(values: NDArray[np.float64]) -> Ends:
    """Return round numbers below and above values, with a little air.

    Parameters
    ----------
    values : float64 [n], n > 0
        Finite numbers up to ``LARGEST``.

    Returns
    -------
    low, high : float

    Examples
    --------
    >>> round_ends(np.array([1951.0, 2023.0])), round_ends(np.array([5.0, 5.0])), round_ends(np.array([0.0]))
    ((1945.0, 2030.0), (4.5, 5.5), (-1.0, 1.0))
    """
    low, high = float(values.min()), float(values.max())
    size = max(abs(low), abs(high))
    if low == high:
        return _allowed(low - 0.1 * size, high + 0.1 * size) if size else (-1.0, 1.0)
    span = max(high - low, _FLATTEST * size, NARROWEST_WIDTH)
    step = _round_step(span / _STEPS)
    ends = (floor((low - _AIR * span) / step) * step, ceil((high + _AIR * span) / step) * step)
    # The product of a whole number and a step such as 0.1 ends in odd digits.
    first, last = (float(f"{end:.13g}") for end in ends)
    return _allowed(first, last)


def _allowed(low: float, high: float) -> Ends:
    """The nearest ends that an extent may have."""
    if high - low < NARROWEST_WIDTH:
        # Rounding may take a little of the width.
        middle = (low + high) / 2
        low, high = middle - NARROWEST_WIDTH, middle + NARROWEST_WIDTH
    return max(low, -LARGEST), min(high, LARGEST)


def split_name(name: str) -> AxisSettings:
    """Return the name and the unit that the heading of a column says.

    Parameters
    ----------
    name
        As it stands in the table.

    Returns
    -------
    AxisSettings
        A unit is what stands in brackets, after a slash or "in" between blanks, or an ending such as "_cm" that can
        be nothing else.

    Examples
    --------
    >>> [(axis.name, axis.unit) for axis in map(split_name, ("height [cm]", "petal_length_cm", "speed / m/s", "Age"))]
    [('height', 'cm'), ('petal length', 'cm'), ('speed', 'm/s'), ('Age', None)]
    """
    plain = "".join(sign if sign.isprintable() else " " for sign in name).strip()
    title, unit = plain, ""
    if match := _BRACKETED.fullmatch(plain):
        title, unit = match["name"], match["round"] or match["square"]
    elif match := _SLASHED.fullmatch(plain):
        title, unit = match["name"], match["unit"]
    else:
        start, mark, end = plain.rpartition("_")
        if mark and end.casefold() in _UNITS:
            title, unit = start, end
    if len(unit.strip()) > LONGEST_UNIT or not title.strip():
        title, unit = plain, ""
    words = re.sub(r"(?<=[^\W\d_])[._]+(?=[^\W\d_])|_+", " ", title)
    return named(words[:LONGEST_NAME], unit)


def _axes_of(reading: Reading) -> AxesSettings:
    """The axes that the names of the columns tell of."""
    columns = reading.columns if reading.task == "surface" else reading.columns[:2]
    found = [_axis_of(reading, column) for column in columns]
    return AxesSettings(x=found[0], y=found[1], value=found[2] if len(found) > 2 else AxisSettings())


def _axis_of(reading: Reading, column: int) -> AxisSettings:
    axis = split_name(_at(reading.names, column))
    unit = _at(reading.units, column).strip("[]() ")
    if axis.unit is None and unit and len(unit) <= LONGEST_UNIT:
        axis = named(axis.name, unit)
    return named(None, axis.unit) if folded(axis.name or "") in GENERIC_NAMES else axis


def _at(texts: Sequence[str], column: int) -> str:
    return texts[column] if column < len(texts) else ""


def _value_ends(values: NDArray[np.float64]) -> Ends:
    """Ends of the values of a surface; equally far from 0 where there are values on both sides of it."""
    largest = float(np.abs(values).max())
    if _LEAST_VALUE * LARGEST_VALUE <= largest <= LARGEST_VALUE:
        return DEFAULT_EXTENT.value
    low, high = round_ends(values)
    if values.min() < 0.0 < values.max():
        return -max(-low, high), max(-low, high)
    return low, high


def _round_step(rough: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is at least ``rough``."""
    power = 10.0 ** floor(log10(rough))
    return next((factor * power for factor in (1, 2, 5) if factor * power >= rough * (1 - 1e-9)), 10 * power)
