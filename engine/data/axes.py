"""Map between data units and the sheet, the square on which tools work."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.canvas import CANVAS
from engine.experiment.frame import DEFAULT_EXTENT, NARROWEST_WIDTH
from engine.experiment.points import Points
from engine.experiment.settings import DataSettings, ExtentSettings

Floats = NDArray[np.float64]
T = TypeVar("T", float, Floats)
Extent = tuple[float, float, float, float]
"""Left, right, bottom and top."""

REACH = CANVAS
FILLED = 0.9
"""Share of the sheet that data fill on fitted axes."""
NARROWEST = 1.5
"""Data narrower than this on both axes, in units of the sheet, fill too little of it."""
FEW = 5
"""Fewer points than this may be close together by chance and are not judged."""
_FINEST = 1e-12
"""The smallest unit, relative to the middle of the data: rounding loses finer differences."""


@dataclass(frozen=True, slots=True)
class Axes:
    """A linear map for each axis: data = middle + unit · sheet.

    The sheet goes from −6 to 6 on both axes, so that circles stay round whatever the units of the data are. With the
    default values, data and sheet have the same numbers.

    Attributes
    ----------
    x_middle, y_middle
        The data at the middle of the sheet.
    x_unit, y_unit
        Data units in one unit of the sheet, above 0.

    Examples
    --------
    >>> axes = Axes(x_middle=100.0, x_unit=10.0)
    >>> axes.to_data(np.array([[6.0, 1.0]]))
    array([[160.,   1.]])
    """

    x_middle: float = 0.0
    y_middle: float = 0.0
    x_unit: float = 1.0
    y_unit: float = 1.0

    @classmethod
    def of_extent(cls, extent: ExtentSettings, aspect: str = "free") -> Axes:
        """Return the axes on which the sheet shows an extent.

        Parameters
        ----------
        extent
            Of the data.
        aspect
            "free": each axis fills the sheet. "equal": both have the unit of the wider one, and the narrower one is
            in the middle.

        Returns
        -------
        Axes
            ``HOME`` for the default extent.

        Examples
        --------
        >>> Axes.of_extent(ExtentSettings(x=(0.0, 24.0), y=(40.0, 160.0)))
        Axes(x_middle=12.0, y_middle=100.0, x_unit=2.0, y_unit=10.0)
        """
        (x, x_half), (y, y_half) = middle_and_half(extent.x), middle_and_half(extent.y)
        return cls(x, y, x_half / REACH, y_half / REACH).with_aspect(aspect)

    @classmethod
    def fitted(cls, xy: Floats) -> Axes:
        """Return axes on which positions fill the sheet except for a margin.

        Parameters
        ----------
        xy : float64 [n, 2], n > 0
            Finite positions in data units.

        Returns
        -------
        Axes
            If all positions are equal on an axis, it gets the unit of the other one.
        """
        # Halved, because the difference of two huge numbers may overflow.
        low, high = xy.min(axis=0) / 2, xy.max(axis=0) / 2
        middle, half = low + high, high - low
        half = np.where(half > 0, half, half.max() or REACH * FILLED)
        unit = np.maximum(half / (REACH * FILLED), np.abs(middle) * _FINEST)
        unit = np.maximum(unit, NARROWEST_WIDTH / (2 * REACH))
        return cls(*middle.tolist(), *unit.tolist())

    @classmethod
    def showing(cls, xy: Floats) -> Axes:
        """Return the default axes if they show positions well, or else fitted ones.

        Parameters
        ----------
        xy : float64 [n, 2]
            Positions in data units.

        Returns
        -------
        Axes
            The default ones also for n = 0.
        """
        if not len(xy):
            return cls()
        visible = (np.abs(xy) <= REACH).all() and (len(xy) < FEW or np.ptp(xy, axis=0).max() >= NARROWEST)
        return cls() if visible else cls.fitted(xy)

    def with_aspect(self, aspect: str) -> Axes:
        """Return axes with this aspect; the middle stays.

        Parameters
        ----------
        aspect
            "free" or "equal".

        Returns
        -------
        Axes
            For "equal", with the larger of the two units on both axes.
        """
        if aspect == "free":
            return self
        unit = max(self.x_unit, self.y_unit)
        return replace(self, x_unit=unit, y_unit=unit)

    @property
    def is_default(self) -> bool:
        """Whether data and sheet have the same numbers."""
        return self == HOME

    @property
    def units(self) -> Floats:
        """Data units in one unit of the sheet [2]."""
        return np.array((self.x_unit, self.y_unit))

    @property
    def middle(self) -> Floats:
        """The data at the middle of the sheet [2]."""
        return np.array((self.x_middle, self.y_middle))

    def to_sheet(self, xy: Floats) -> Floats:
        """Return the positions on the sheet.

        Parameters
        ----------
        xy : float64 [..., 2]
            Positions in data units.

        Returns
        -------
        float64 [..., 2]
            Inside −6 to 6 if the sheet shows them.
        """
        return xy if self.is_default else (xy - self.middle) / self.units

    def to_data(self, xy: Floats) -> Floats:
        """Return the positions in data units.

        Parameters
        ----------
        xy : float64 [..., 2]
            Positions on the sheet.

        Returns
        -------
        float64 [..., 2]
        """
        return xy if self.is_default else xy * self.units + self.middle

    def points_on_sheet(self, points: Points, task: str) -> Points:
        """Return points at their positions on the sheet.

        Parameters
        ----------
        points
            In data units.
        task
            In a curve the targets become the second coordinates on the sheet; otherwise they stay.

        Returns
        -------
        Points [n]
        """
        xy = self.to_sheet(points.xy)
        return Points(xy, xy[:, 1] if task == "curve" else points.target, points.split)

    def moved(self, before: Floats, sheet: Floats) -> Floats:
        """Return, in data units, positions that were moved on the sheet.

        Parameters
        ----------
        before : float64 [n, 2]
            The positions before the move, in data units.
        sheet : float64 [n, 2]
            The positions after the move, on the sheet.

        Returns
        -------
        float64 [n, 2]
            In data units; coordinates that did not move are those of ``before``, bit for bit.
        """
        return np.where(sheet == self.to_sheet(before), before, self.to_data(sheet))

    def extent(self, sheet: Extent) -> Extent:
        """Return the data that a part of the sheet shows.

        Parameters
        ----------
        sheet : (left, right, bottom, top)
            On the sheet.

        Returns
        -------
        (left, right, bottom, top)
            In data units.

        Examples
        --------
        >>> Axes(x_middle=100.0, x_unit=10.0).extent((-6.0, 6.0, -6.0, 6.0))
        (40.0, 160.0, -6.0, 6.0)
        """
        if self.is_default:
            return sheet
        low, high = self.to_data(np.array((sheet[0::2], sheet[1::2]))).tolist()
        return low[0], high[0], low[1], high[1]


HOME = Axes()
"""The default axes."""


def middle_and_half(ends: tuple[float, float]) -> tuple[float, float]:
    """Return the middle of an interval and half its width.

    Parameters
    ----------
    ends
        Low and high.

    Returns
    -------
    middle, half : float

    Examples
    --------
    >>> middle_and_half((2.0, 8.0))
    (5.0, 3.0)
    """
    low, high = ends
    return (low + high) / 2, (high - low) / 2


def to_share(values: NDArray[np.floating], ends: tuple[float, float]) -> NDArray[np.floating]:
    """Return where values lie in an interval: −1 for its low end, 1 for its high end.

    Parameters
    ----------
    values : float array
        Of any shape; they may lie outside.
    ends
        Low and high.

    Returns
    -------
    float array
        The same object for the ends −1 and 1.

    Examples
    --------
    >>> to_share(np.array([10.0, 25.0, 30.0]), (10.0, 30.0))
    array([-1. ,  0.5,  1. ])
    """
    if ends == (-1.0, 1.0):
        return values
    middle, half = middle_and_half(ends)
    return (values - middle) / half


def from_share(share: T, ends: tuple[float, float]) -> T:
    """Return the values at shares of an interval.

    Parameters
    ----------
    share : float or float array
        −1 for the low end, 1 for the high one.
    ends
        Low and high.

    Returns
    -------
    float or array
        As ``share``.

    Examples
    --------
    >>> from_share(0.5, (10.0, 30.0))
    25.0
    """
    middle, half = middle_and_half(ends)
    return share if ends == (-1.0, 1.0) else middle + share * half


def home_axes(data: DataSettings, points: Points) -> Axes:
    """Return the axes of the default view of a data set.

    Parameters
    ----------
    data
        Its extent and aspect are used.
    points
        What the settings stand for.

    Returns
    -------
    Axes
        Those of the extent. With the default extent, points of a person's own that it does not show well have axes
        fitted to them: a drawing from before there were extents is shown as it was.
    """
    if data.points is None or (data.extent.x, data.extent.y) != (DEFAULT_EXTENT.x, DEFAULT_EXTENT.y):
        return Axes.of_extent(data.extent, data.aspect)
    return Axes.showing(points.xy).with_aspect(data.aspect)
