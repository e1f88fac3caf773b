"""How features and regression targets are scaled before a network gets them, by the extent or by training points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.code import everywhere
from engine.catalogue.entry import Entry, Family

Floats = NDArray[np.float64]
Moments = tuple[Floats, Floats]
"""Shifts [columns] and scales [columns]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputScaling(Entry):
    """One choice of ``input_scaling``; a scaled value is (value − shift) / scale.

    Attributes
    ----------
    moments : callable
        ``moments(values, bounds)`` returns the shifts and scales of values [n, columns], the training points'; n may
        be 0. ``bounds`` [columns] are the largest absolute values on the canvas. Scales are above 0. It is called
        for the features, and in regression for the targets.
    of_extent : bool
        Whether it refers to the extent of the data. Values of a linear feature and of targets then come as their
        distances from the middle of the extent, and other features are functions of the position on the sheet, which
        goes from −6 to 6 on both axes (see ``engine.data.scaling``).

    Its ``code`` is an expression of NumPy for shifts and scales of the training points' ``{values}`` [n, columns];
    without it they stand as numbers in a script.
    """

    moments: Callable[[Floats, Floats], Moments]
    of_extent: bool = False


def _none(values: Floats, bounds: Floats) -> Moments:
    return np.zeros(len(bounds)), np.ones(len(bounds))


def _unit(values: Floats, bounds: Floats) -> Moments:
    return np.zeros(len(bounds)), bounds


def _standardize(values: Floats, bounds: Floats) -> Moments:
    return means_and_deviations(values) if len(values) else _none(values, bounds)


def means_and_deviations(values: Floats) -> Moments:
    """Return means and standard deviations, also of huge and tiny values.

    Parameters
    ----------
    values : float64 [n, columns]
        n is above 0.

    Returns
    -------
    means, deviations : float64 [columns]
        A constant column has its value as the mean and 1 as the deviation.

    Examples
    --------
    >>> means, deviations = means_and_deviations(np.array([[1.0, 4.0], [3.0, 4.0]]))
    >>> means.tolist(), deviations.tolist()
    ([2.0, 4.0], [1.0, 1.0])
    """
    # Division by a power of two keeps all digits; squares of the results neither overflow nor underflow.
    _, exponents = np.frexp(np.abs(np.where(np.isfinite(values), values, 0.0)).max(0))
    with np.errstate(over="ignore", invalid="ignore"):
        near_one = np.ldexp(values, -exponents)
        means, deviations = np.ldexp(near_one.mean(0), exponents), np.ldexp(near_one.std(0), exponents)
    same = values.max(0) == values.min(0)
    return np.where(same, values[0], means), np.where(same | (deviations == 0.0), 1.0, deviations)


INPUT_SCALINGS: Family[InputScaling] = Family(
    "input scaling",
    [
        InputScaling(
            key="none",
            label="None",
            formula="x",
            tooltip="Raw coordinates, as TensorFlow Playground feeds them. For data near zero: far from it, single "
            "precision loses the differences between points.",
            moments=_none,
        ),
        InputScaling(
            key="unit",
            label="Unit",
            formula="2·(x − low) / (high − low) − 1",
            tooltip="Maps the extent of each axis to −1…1; stays the same while you draw. For data inside the extent.",
            moments=_unit,
            of_extent=True,
        ),
        InputScaling(
            key="standardize",
            label="Standardize",
            formula="(x − mean) / deviation",
            tooltip="Mean 0 and standard deviation 1 over the training points, wherever they lie.",
            moments=_standardize,
            code=everywhere("{values}.mean(0), {values}.std(0)"),
        ),
    ],
)
