"""The factors whose product is the gradient of the first layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.catalogue.texts import value_text
from engine.observation.snapshot import Chain, LaneSnapshot, Snapshot
from gui_app.plots.drawing.bars import Bars, bar_width
from gui_app.plots.drawing.factor_texts import FactorTexts, slot_ticks
from gui_app.plots.drawing.layers import colours_of, layer_name
from gui_app.plots.drawing.legend import LegendEntry
from gui_app.plots.drawing.marks import LevelMark
from gui_app.plots.drawing.metrics import most_ticks
from gui_app.plots.drawing.picture import Picture, Ranges
from gui_app.plots.drawing.plot_frame import PlotFrame
from gui_app.plots.drawing.plot_options import PlotOptions, empty_picture, no_gradient_message
from gui_app.plots.drawing.ranges import EasedRange, Range
from gui_app.plots.drawing.readout import Readout
from gui_app.plots.drawing.readout_columns import Reading
from gui_app.plots.drawing.series import Floats, log_span, to_log10
from gui_app.plots.drawing.zoom import Limits
from gui_app.theme.tokens import Theme
from gui_app.widgets.ticks import log_ticks

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SHORTER = str.maketrans("", "", "Cz()")
"""Makes σ′₂ of σ′(z₂), and ∂/∂a₂ of ∂C/∂a₂, where there is little room."""
PRODUCT = "∂C/∂b₁"
ROOM = 0.22
"""Share of the bars' range that is left free at each end."""


@dataclass(frozen=True, slots=True, eq=False)
class ChainModel:
    """The factors of one lane.

    ``measured``: whether the training loss is known. ``chain``: the chain of factors, for networks with one neuron in
    each layer. ``backward`` [L]: the factor by which the error grows from layer to layer on its way back.
    ``points``: the number of training points.
    """

    measured: bool
    chain: Chain | None
    backward: Floats
    points: int = 0


@dataclass(frozen=True, slots=True)
class Factors:
    """The factors: names, values ``numbers`` [k], and their means over the points [k] (NaN without a chain)."""

    names: tuple[str, ...]
    numbers: Floats
    means: Floats
    colours: tuple[str, ...]


class ChainPlot(PlotFrame[ChainModel, PlotOptions]):
    """Plot of the factors as bars from 1: up where a factor enlarges the gradient, down where it shrinks it."""

    topic = "chain"
    export_name = "chain"
    title = "Chain"
    meaning = (
        "With one neuron in each layer: the factors of ∂C/∂b₁ = σ′(z₁)·w₂·σ′(z₂)·…·∂C/∂a, for the first training "
        "point (bars) and as means over all (ticks). Otherwise: the factor by which the error ‖∂C/∂z‖ is multiplied "
        "from layer to layer on its way back. Below 1 the gradient shrinks, above 1 it grows."
    )

    @staticmethod
    def model_of(lane: LaneSnapshot | None, snapshot: Snapshot | None) -> ChainModel | None:
        if snapshot is None or lane is None:
            return None
        measured = not np.isnan(lane.now.loss[0])
        return ChainModel(
            measured,
            lane.chain,
            lane.now.probe("backward_factor"),
            snapshot.training_points,
        )

    def options_for(self, options: PlotOptions) -> PlotOptions:
        return options

    @staticmethod
    def compose(model: ChainModel | None, options: PlotOptions, ranges: Ranges | None = None) -> Picture:
        theme, (width, height) = options.theme, options.size
        if model is None:
            return empty_picture(theme, options.empty_message)
        if not model.measured:
            return empty_picture(theme, no_gradient_message(model.points))
        factors = factors_of(model, theme)
        count = len(factors.names)
        if not count:
            return empty_picture(theme, "No hidden layer: nothing to propagate")
        sizes = np.abs(factors.numbers)
        # A weight is the same for all points: no tick on its bar.
        means = np.where(factors.means == factors.numbers, np.nan, np.abs(factors.means))
        chosen = _y_range(np.concatenate([sizes, means]), (ranges or Ranges()).y)
        x_range, y_range = options.zoom.x or (0.0, float(count)), options.zoom.y or chosen
        heights = to_log10(sizes, y_range[0])
        bars = Bars(heights, to_log10(means, y_range[0]), factors.colours, theme, base=0.0)
        one = LevelMark(0.0, "", theme.muted, theme.panel)
        texts, short = (tuple(map(text, factors.numbers.tolist())) for text in (value_text, _short_text))
        return Picture(
            marks=(bars, one, FactorTexts(heights, texts, theme, short)),
            entries=_entries(model.chain, factors, theme),
            x_range=x_range,
            y_range=y_range,
            x_ticks=slot_ticks(
                factors.names,
                width * count / (x_range[1] - x_range[0]),
                tuple(name.translate(SHORTER) for name in factors.names),
            ),
            y_ticks=log_ticks(*y_range, most_ticks(height)),
            limits=Limits((0.0, float(count)), chosen),
        )

    @staticmethod
    def read(model: ChainModel, options: PlotOptions, picture: Picture, x: float, y: float) -> Readout | None:
        factors = factors_of(model, options.theme)
        count = len(factors.names)
        if not model.measured or not count:
            return None
        index = min(max(int(x), 0), count - 1)
        readings = tuple(_readings(model.chain, factors, index, options.theme))
        beside = bar_width(picture.on_screen(options.size).slot) / 2 + 8.0
        name = factors.names[index]
        return Readout(index + 0.5, name, readings, options.theme, has_line=False, distance=beside)


def _entries(chain: Chain | None, factors: Factors, theme: Theme) -> tuple[LegendEntry, ...]:
    some = factors.colours[:: max(1, len(factors.colours) // 4)][:4]
    if chain is None:
        return LegendEntry("‖∂C/∂zₗ‖ / ‖∂C/∂zₗ₊₁‖", "bar", some), LegendEntry("log", "note", ())
    product = LegendEntry(PRODUCT, "note", (), value_text(chain.gradients[0]))
    return LegendEntry("first point", "bar", some), LegendEntry("mean", "tick", (theme.text,)), product


def _short_text(number: float) -> str:
    """A number with two significant digits at most."""
    if not np.isfinite(number):
        return value_text(number)
    return f"{number:.2g}".replace("e-0", "e-").replace("-", "\N{MINUS SIGN}")


def _readings(chain: Chain | None, factors: Factors, index: int, theme: Theme) -> list[Reading]:
    number, mean = float(factors.numbers[index]), float(factors.means[index])
    if chain is None:
        return [Reading("factor", value_text(number), factors.colours[index])]
    single, average = chain.gradients
    return [
        Reading("first point", value_text(number), factors.colours[index]),
        Reading("mean", value_text(mean), theme.text),
        Reading(f"{PRODUCT} of the point", value_text(single), theme.muted),
        Reading(f"{PRODUCT} of all", value_text(average), theme.muted),
    ]


def _y_range(sizes: Floats, eased: EasedRange) -> Range:
    """Return a range that includes 1 and leaves room for the numbers beyond the bars."""
    low, high = log_span(sizes) or (-1.0, 0.0)
    low, high = min(low, 0.0), max(high, 0.0)
    margin = 0.2 + ROOM * (high - low)
    return eased.update(low - margin, high + margin)


def factors_of(model: ChainModel, theme: Theme) -> Factors:
    """Return the chain's factors if there is a chain, else the error's; none without a hidden layer."""
    layers = len(model.backward)
    colours = colours_of(theme, layers)
    if model.chain is not None:
        names = tuple(label.translate(SUBSCRIPTS) for label in model.chain.labels)
        layer_of_factor = [0, *(1 + step // 2 for step in range(len(names) - 2)), layers - 1]
        return Factors(
            names, model.chain.sample, model.chain.mean, tuple(colours[layer] for layer in layer_of_factor)
        )
    numbers = model.backward[: max(layers - 1, 0)]
    names = tuple(layer_name(layer, layers) for layer in range(1, layers))
    return Factors(names, numbers, np.full(len(numbers), np.nan), colours[: len(numbers)])
