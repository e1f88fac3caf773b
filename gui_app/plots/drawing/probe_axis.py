"""The value axis of a probe: logarithmic, linear from 0, or from 0 to 1 for shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.catalogue.probes import Probe
from gui_app.plots.drawing.extremes import coarse
from gui_app.plots.drawing.ranges import EasedRange, Range
from gui_app.plots.drawing.robust import robust_log_range, robust_range
from gui_app.plots.drawing.series import Floats, log_span, value_span
from gui_app.plots.drawing.value_scale import ValueScale
from gui_app.widgets.ticks import Ticks


@dataclass(frozen=True, slots=True)
class ProbeAxis:
    """Conversion of a probe's values to axis units: exponents on a logarithmic axis, else the values themselves."""

    probe: Probe
    log: bool

    @property
    def smallest(self) -> float:
        """The smallest length of the axis."""
        return 1.0 if self.log else 1e-9

    def span(self, values: Floats) -> Range:
        """Return the range of the values, in axis units; on a linear axis it includes 0."""
        if self.log:
            return log_span(values) or (-3.0, 0.0)
        low, high = value_span(values) or (0.0, 1.0)
        return min(low, 0.0), max(high, 0.0)

    def whole_span(self, values: Floats) -> Range:
        """Return the range of all values of a history, of nearly all of which the extremes are known already."""
        return self.span(np.concatenate(coarse(values)))

    def robust_span(self, values: Floats) -> Range:
        """Return the range of ``values`` [r, curves] that the axis chooses to show."""
        curves = list(values.T)
        if self.log:
            return robust_log_range(curves) or (-3.0, 0.0)
        return robust_range(curves) or (0.0, 1.0)

    def update(self, span: Range, eased: EasedRange) -> Range:
        """Move ``eased`` towards ``span``, and return the range of the axis."""
        if self.probe.share:
            return 0.0, 1.0
        return eased.update(span[0], max(span[1], span[0] + 1e-9))

    def axis_values(self, values: Floats, y_range: Range) -> Floats:
        """Return the values in axis units: NaN if not finite; zeros are at the lower end of a logarithmic axis."""
        return ValueScale(self.log).units(values, y_range[0])

    def base(self, y_range: Range) -> float:
        """Return where bars begin, in axis units."""
        return y_range[0] if self.log else 0.0

    def ticks(self, y_range: Range, height: float) -> Ticks:
        """Return ticks for an axis of ``height`` pixels."""
        return ValueScale(self.log).ticks(y_range, height)
