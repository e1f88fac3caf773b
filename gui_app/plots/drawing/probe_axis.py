"""How a probe's numbers lie on an axis: logarithmic, linear from 0, or as shares of 1."""

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
    """From a probe's numbers to axis units: exponents on a logarithmic axis, else the numbers themselves."""

    probe: Probe

    def new_range(self) -> EasedRange:
        """A range without a past."""
        return EasedRange(1.0 if self.probe.log else 1e-3)

    def span(self, values: Floats) -> Range:
        """The range, in axis units, that these numbers take; with 0 on a linear axis."""
        if self.probe.log:
            return log_span(values) or (-3.0, 0.0)
        low, high = value_span(values) or (0.0, 1.0)
        return min(low, 0.0), max(high, 0.0)

    def update(self, span: Range, eased: EasedRange) -> Range:
        """The range of the axis for numbers of this span."""
        if self.probe.share:
            return 0.0, 1.0
        return eased.update(span[0], max(span[1], span[0] + 1e-9))

    def places(self, values: Floats, y_range: Range) -> Floats:
        """Axis units; what is not finite is NaN, and zeros lie on a logarithmic axis's floor."""
        if self.probe.log:
            return to_log10(values, y_range[0])
        return np.where(np.isfinite(values), values, np.nan)

    def base(self, y_range: Range) -> float:
        """Where bars stand."""
        return y_range[0] if self.probe.log else 0.0

    def ticks(self, y_range: Range, height: float) -> Ticks:
        """As many as ``height`` pixels have room for."""
        ticks = log_ticks if self.probe.log else linear_ticks
        return ticks(*y_range, max(2, int(height // TICK_HEIGHT)))
