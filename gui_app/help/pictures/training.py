"""Pictures about training: steps, rates, losses over epochs, gradients, penalties."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QRectF

from engine.catalogue.schedules import SCHEDULES
from gui_app.help.pictures.sheet import Axes, Numbers, Sheet
from gui_app.theme.measure_colours import measure_colour
from gui_app.theme.tokens import layer_colours

PLOT = QRectF(40, 18, 280, 92)
NAMES = 234.0
"""Where the names beside a narrow plot begin."""


def learning_rate(sheet: Sheet) -> None:
    """Steps of gradient descent on C = w², with rates that are too small, good and too large."""
    colours = (sheet.theme.muted, sheet.theme.good, sheet.theme.danger)
    rates = ((0.04, "too small"), (0.3, "good"), (0.97, "too large"))
    for index, ((rate, name), colour) in enumerate(zip(rates, colours, strict=True)):
        axes = Axes(sheet, QRectF(12 + index * 112.0, 10, 96, 92), (-1.2, 1.2), (0, 1.45))
        w = np.linspace(-1.2, 1.2, 60)
        axes.curve(w, w**2, sheet.theme.border)
        path = [1.0]
        for _ in range(7):
            path.append(path[-1] - rate * 2 * path[-1])
        steps = np.array(path)
        axes.curve(steps, steps**2, colour, 1.5)
        axes.dots(np.column_stack((steps, steps**2)), colour, 2.6)
        sheet.text(12 + index * 112.0 + 48, 122, name, align="middle")


def schedule(sheet: Sheet) -> None:
    """The factors of all schedules of the catalogue that depend on the epoch alone."""
    epochs = np.linspace(0, 100, 400)
    axes = sheet.axes(PLOT, (0, 100), (0, 1.05), ("", "η(t) / η over the epochs"))
    shown = [entry for entry in SCHEDULES.values() if not entry.reduces]
    for entry, colour in zip(shown, sheet.theme.classes, strict=False):
        numbers = {name: _in_view(name, number) for name, number in entry.defaults().items()}
        axes.curve(epochs, entry.factor(epochs, numbers), colour, 1.8)
    x = 44.0
    for entry, colour in zip(shown, sheet.theme.classes, strict=False):
        sheet.text(x, 126, entry.label, colour)
        x += sheet.painter.fontMetrics().horizontalAdvance(entry.label) + 8


def _in_view(name: str, number: float) -> float:
    """Return a default, in epochs as many as the picture shows."""
    if name in ("epochs", "every"):
        return min(number, 30.0) if name == "every" else min(number, 70.0)
    return number


def batch_size(sheet: Sheet) -> None:
    """The mean of a batch scatters around the mean of all points: σ / √(batch size)."""
    rng = np.random.default_rng(0)
    axes = sheet.axes(PLOT, (0, 4), (-2.2, 2.2), ("", "gradient, by batch size"))
    for column, size in enumerate((1, 4, 16, 64)):
        means = rng.normal(0, 1, (60, size)).mean(1)
        x = column + 0.5 + rng.uniform(-0.12, 0.12, 60)
        axes.dots(np.column_stack((x, means)), sheet.theme.training, 1.8)
        sheet.text(axes.at(column + 0.5, 0)[0], 126, str(size), align="middle")
    axes.curve(np.array([0.0, 4.0]), np.array([0.0, 0.0]), sheet.theme.good, 1.2, dashed=True)


def epoch(sheet: Sheet) -> None:
    for row in range(2):
        for column in range(5):
            x, y = 50 + column * 52.0, 26 + row * 46.0
            sheet.box(QRectF(x, y, 44, 26), "step", sheet.theme.raised)
        sheet.text(8, 43 + row * 46.0, f"epoch {row + 1}", sheet.theme.text)
        sheet.text(314, 43 + row * 46.0, "…")
    sheet.text(72, 16, "1 batch", align="middle")


def overfitting(sheet: Sheet) -> None:
    axes = _losses(sheet)
    x, y = axes.at(100, 0.34)
    low = axes.at(100, 0.09)[1]
    sheet.line([(x + 5, y), (x + 5, low)], sheet.theme.danger)
    sheet.text(x + 10, (y + low) / 2 + 4, "gap", sheet.theme.danger)


def differences(sheet: Sheet) -> None:
    places = (196.0, 290.0)
    sheet.bar(QRectF(20, 8, 300, 24), sheet.theme.raised)
    current, other, *_ = sheet.theme.lanes
    for place, name, colour in zip(places, "AB", (current, other), strict=True):
        sheet.bar(QRectF(place - 26, 15, 10, 10), colour)
        sheet.text(place, 24, name, sheet.theme.text, "right", bold=name == "A")
    sheet.bar(QRectF(places[0] - 62, 30, 74, 2), current)
    rows = (
        ("λ₂", "0", "0.01"),
        ("training loss", "✓ 0.021", "0.094"),
        ("validation loss", "0.310", "✓ 0.182"),
    )
    for index, (name, *values) in enumerate(rows):
        base = 54.0 + 30 * index
        sheet.text(28, base, name, sheet.theme.text)
        for place, value in zip(places, values, strict=True):
            sheet.text(place, base, value, sheet.theme.text, "right", bold=value.startswith("✓"))


def sweeps(sheet: Sheet) -> None:
    side, step, left, top = 20.0, 22.0, 40.0, 14.0
    for row in range(5):
        for column in range(10):
            away = np.hypot(column - 6.0, row - 1.5) / 6.5
            colour = measure_colour(float(np.clip(away, 0.0, 1.0)), sheet.theme)
            sheet.bar(QRectF(left + column * step, top + row * step, side, side), colour)
    sheet.text(left + 5 * step, top + 5 * step + 14, "λ₂ →", sheet.theme.muted, "middle")
    sheet.text(left - 8, top + 2.5 * step + 4, "η", sheet.theme.muted, "right")
    sheet.text(left + 6 * step + side / 2, top + step + 15, "★", "#ffffff", "middle")


def early_stopping(sheet: Sheet) -> None:
    axes = _losses(sheet)
    epochs, validation = _validation()
    best = float(epochs[int(np.argmin(validation))])
    x = axes.at(best, 0)[0]
    sheet.line([(x, PLOT.top()), (x, PLOT.bottom())], sheet.theme.good, 1.2, dashed=True)
    sheet.text(x + 5, PLOT.top() + 26, "best epoch", sheet.theme.good)
    sheet.dot(*axes.at(best, float(validation.min())), sheet.theme.good, 4)
    stop = axes.at(best + 24, 0)[0]
    sheet.arrow((x, PLOT.top() + 38), (stop, PLOT.top() + 38), sheet.theme.muted)
    sheet.text(stop + 6, PLOT.top() + 42, "patience")


def _validation() -> tuple[Numbers, Numbers]:
    epochs = np.linspace(0, 100, 200)
    return epochs, 0.6 * np.exp(-epochs / 14) + 0.2 + 0.0000165 * np.maximum(epochs - 10, 0) ** 2


def _losses(sheet: Sheet) -> Axes:
    axes = sheet.axes(QRectF(40, 18, 250, 92), (0, 100), (0, 0.85), ("epoch", "loss"))
    epochs, validation = _validation()
    axes.curve(epochs, 0.72 * np.exp(-epochs / 18) + 0.08, sheet.theme.training)
    axes.curve(epochs, validation, sheet.theme.validation)
    sheet.text(150, 16, "training", sheet.theme.training)
    sheet.text(210, 16, "validation", sheet.theme.validation)
    return axes


def gradient_bars(sheet: Sheet) -> None:
    sheet.text(10, 12, "‖∂C/∂W‖, each layer to the next × 0.2")
    colours = layer_colours(sheet.theme, 5)
    for layer in range(5):
        size = 5.0 + np.log10(0.2 ** (4 - layer))
        sheet.bar(QRectF(80, 20 + layer * 20.0, float(size) * 46, 13), colours[layer])
        sheet.text(70, 31 + layer * 20.0, f"layer {layer + 1}", align="right")
    sheet.text(310, 126, "logarithmic", align="right")


def gradient_history(sheet: Sheet) -> None:
    axes = sheet.axes(PLOT, (0, 100), (-6, 0.5), ("epoch", "‖∂C/∂W‖, logarithmic"))
    epochs, colours = np.linspace(0, 100, 120), layer_colours(sheet.theme, 4)
    for layer in range(4):
        fall = (3 - layer) * (0.5 + 1.1 * (1 - np.exp(-epochs / 30)))
        axes.curve(epochs, -fall - 0.4 + 0.15 * np.sin(epochs / 4 + layer), colours[layer])


def weights_plot(sheet: Sheet) -> None:
    """Weights with L2, small ones, and with L1, most of them exactly zero."""
    counts = {"L2": (1, 4, 10, 15, 17, 15, 10, 4, 1), "L1": (2, 3, 2, 1, 0, 1, 2, 3, 2)}
    for (name, heights), left in zip(counts.items(), (24.0, 188.0), strict=True):
        sheet.text(left, 14, name, sheet.theme.text)
        for index, height in enumerate(heights):
            sheet.bar(QRectF(left + index * 14.0, 108 - height * 5.0, 12, height * 5.0), sheet.theme.accent)
        sheet.line([(left - 4, 108), (left + 130, 108)], sheet.theme.border, 1)
        sheet.text(left + 62, 124, "0", align="middle")
    sheet.bar(QRectF(188 + 4 * 14.0 + 4, 18, 4, 90), sheet.theme.text)
    sheet.text(258, 28, "exactly 0")


def epoch_axis(sheet: Sheet) -> None:
    for y, spread, name in ((44.0, _linear, "linear"), (100.0, _logarithmic, "logarithmic")):
        sheet.line([(90, y), (326, y)], sheet.theme.border, 1)
        sheet.text(10, y + 4, name, sheet.theme.text)
        for mark in (0, 1, 10, 100, 1000):
            x = 90 + 236 * spread(mark)
            sheet.line([(x, y - 4), (x, y + 4)], sheet.theme.muted, 1)
            if spread is _logarithmic or mark in (0, 1000):
                sheet.text(x, y - 8, f"{mark:,}", align="middle")


def _linear(epoch: float) -> float:
    return epoch / 1000


def _logarithmic(epoch: float) -> float:
    return float(np.log1p(epoch) / np.log1p(1000))


def l1(sheet: Sheet) -> None:
    _penalty(sheet, np.abs, np.sign, "λ₁ |W|", "λ₁ sign(W)")


def l2(sheet: Sheet) -> None:
    _penalty(sheet, np.square, lambda w: 2 * w, "λ₂ W²", "2 λ₂ W")


def _penalty(
    sheet: Sheet,
    penalty: Callable[[Numbers], Numbers],
    slope: Callable[[Numbers], Numbers],
    name: str,
    slope_name: str,
) -> None:
    w = np.linspace(-2, 2, 401)
    axes = sheet.axes(QRectF(30, 10, 190, 110), (-2, 2), (-2.1, 2.1), zero=True)
    axes.curve(w, penalty(w), sheet.theme.penalty, 2.4)
    axes.curve(w, slope(w), sheet.theme.muted, 1.4, dashed=True)
    sheet.text(NAMES, 22, name, sheet.theme.penalty, bold=True)
    sheet.text(NAMES, 40, f"slope {slope_name}")
    sheet.text(NAMES, 69, "W →")


def weight_decay(sheet: Sheet) -> None:
    """Weights that no gradient holds, with η·λ = 0.05."""
    steps = np.arange(80.0)
    axes = sheet.axes(PLOT, (0, 80), (-1.1, 1.1), ("step", "W"), zero=False)
    for start, colour in zip((1.0, 0.5, -0.8), layer_colours(sheet.theme, 3), strict=True):
        axes.curve(steps, start * (1 - 0.05) ** steps, colour)


def max_norm(sheet: Sheet) -> None:
    _limited(sheet, "‖w‖ ≤ c")


def gradient_clipping(sheet: Sheet) -> None:
    _limited(sheet, "‖g‖ ≤ threshold")


def _limited(sheet: Sheet, limit: str) -> None:
    """Arrows before and after a limit on their length."""
    y, radius = 60.0, 46.0
    for x, most, colour, caption in (
        (82.0, 2.0, sheet.theme.muted, "before"),
        (254.0, 1.0, sheet.theme.accent, limit),
    ):
        sheet.dot(x, y, sheet.theme.border, radius, hollow=True)
        for angle, length in ((0.4, 1.45), (2.3, 0.7), (3.6, 1.3), (5.4, 0.9)):
            cut = radius * min(length, most)
            sheet.arrow((x, y), (x + cut * float(np.cos(angle)), y - cut * float(np.sin(angle))), colour)
        sheet.text(x, 126, caption, sheet.theme.text, "middle")
    sheet.arrow((160, y), (186, y), sheet.theme.muted)
