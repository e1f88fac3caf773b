"""The value axis of a probe: logarithmic, linear from 0, or from 0 to 1 for shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.catalogue.probes import Probe
from gui_app.plots.drawing.ranges import EasedRange, Range
from gui_app.plots.drawing.series import Floats, log_span, to_log10, value_span
from gui_app.widgets.ticks import Ticks, linear_ticks, log_ticks

TICK_HEIGHT = 26


@dataclass(frozen=True, slots=True)
class ProbeAxis:
    """Conversion of a probe's values to axis units: exponents on a logarithmic axis, else the values themselves."""

    probe: Probe

    def new_range(self) -> EasedRange:
        """Return an easing range without previous values."""
        return EasedRange(1.0 if self.probe.log else 1e-3)

    def span(self, values: Floats) -> Range:
        """Return the range of the values, in axis units; on a linear axis it includes 0."""
        if self.probe.log:
            return log_span(values) or (-3.0, 0.0)
        low, high = value_span(values) or (0.0, 1.0)
        return min(low, 0.0), max(high, 0.0)

    def update(self, span: Range, eased: EasedRange) -> Range:
        """Move ``eased`` towards ``span``, and return the range of the axis."""
        if self.probe.share:
            return 0.0, 1.0
        return eased.update(span[0], max(span[1], span[0] + 1e-9))

    def axis_values(self, values: Floats, y_range: Range) -> Floats:
        """Return the values in axis units: NaN if not finite; zeros are at the lower end of a logarithmic axis."""
        if self.probe.log:
            return to_log10(values, y_range[0])
        return np.where(np.isfinite(values), values, np.nan)

    def base(self, y_range: Range) -> float:
        """Return where bars begin, in axis units."""
        return y_range[0] if self.probe.log else 0.0

    def ticks(self, y_range: Range, height: float) -> Ticks:
        """Return ticks for an axis of ``height`` pixels."""
        ticks = log_ticks if self.probe.log else linear_ticks
        return ticks(*y_range, max(2, int(height // TICK_HEIGHT)))
