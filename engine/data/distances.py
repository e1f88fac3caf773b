"""Distances on the sheet in words: how far they are in the data's units."""

from __future__ import annotations

from engine.catalogue.texts import setting_text
from engine.data.axes import REACH, Axes
from engine.experiment.frame import quantity_text
from engine.experiment.settings import DataSettings


def in_data_units(distance: float, data: DataSettings, axes: Axes, across_only: bool = False) -> str:
    """Say how far a distance on the sheet is in the data's units.

    Parameters
    ----------
    distance
        In units of the sheet, of which each axis has 12.
    data
        Units of the axes are used.
    axes
        Those of the view.
    across_only
        Whether only the horizontal axis counts.

    Returns
    -------
    str
        "" where units of the sheet are those of the data, and these have no names.

    Examples
    --------
    >>> from engine.experiment import default_experiment, edit_many
    >>> changes = {"data.extent.x": [0, 84], "data.axes.x.unit": "cm"}
    >>> data = edit_many(default_experiment(), changes).data
    >>> in_data_units(0.6, data, Axes.of_extent(data.extent))
    '0.6 of 12 ≈ 4.2 cm across, 0.6 up'
    """
    units = (data.axes.x.unit, data.axes.y.unit)
    if axes.is_default and not any(units):
        return ""
    pairs = zip((axes.x_unit, axes.y_unit), units, strict=True)
    across, up = (quantity_text(distance * size, unit, distance * size * 10) for size, unit in pairs)
    start = f"{setting_text(distance)} of {setting_text(2 * REACH)} ≈ {across}"
    if across_only:
        return start
    return start if across == up else f"{start} across, {up} up"
