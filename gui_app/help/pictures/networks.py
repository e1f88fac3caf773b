"""Pictures about networks: layers, dropout, residual connections, the chain of factors, what a window shows."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF

from gui_app.help.pictures.data import made
from gui_app.help.pictures.sheet import Axes, Sheet
from gui_app.theme.tokens import layer_colours, mix

LAYERS = (2, 4, 4, 1)


def network(sheet: Sheet) -> None:
    _network(sheet, {})
    for layer, name in enumerate(("inputs", "layer 1", "layer 2", "output")):
        sheet.text(50 + layer * 80.0, 128, name, align="middle")


def dropout(sheet: Sheet) -> None:
    silenced = {(1, 1), (1, 3), (2, 0)}
    _network(sheet, dict.fromkeys(silenced, True))
    sheet.text(170, 130, "× switched off in this step", sheet.theme.danger, "middle")


def _network(sheet: Sheet, silenced: dict[tuple[int, int], bool]) -> None:
    """Draw a small network with random weights; connections of silenced neurons are left out."""
    rng, theme = np.random.default_rng(4), sheet.theme
    places = {
        (layer, index): (50 + layer * 80.0, 60 + (index - (count - 1) / 2) * 27.0)
        for layer, count in enumerate(LAYERS)
        for index in range(count)
    }
    for (layer, index), start in places.items():
        for target in range(LAYERS[layer + 1] if layer + 1 < len(LAYERS) else 0):
            weight = float(rng.normal())
            if (layer, index) not in silenced and (layer + 1, target) not in silenced:
                colour = mix(theme.panel, theme.high if weight > 0 else theme.low, 0.75)
                sheet.line([start, places[layer + 1, target]], colour, 0.5 + abs(weight))
    for key, (x, y) in places.items():
        off = key in silenced
        sheet.dot(x, y, theme.border if off else theme.text, 8, hollow=True)
        if off:
            sheet.line([(x - 5, y - 5), (x + 5, y + 5)], theme.danger)
            sheet.line([(x - 5, y + 5), (x + 5, y - 5)], theme.danger)


def residual(sheet: Sheet) -> None:
    sheet.arrow((20, 84), (92, 84), sheet.theme.text)
    sheet.box(QRectF(94, 66, 110, 36), "layer: σ(W a + b)")
    sheet.arrow((204, 84), (248, 84), sheet.theme.text)
    sheet.dot(260, 84, sheet.theme.text, 10, hollow=True)
    sheet.text(260, 88, "+", sheet.theme.text, "middle", bold=True)
    sheet.arrow((271, 84), (326, 84), sheet.theme.text)
    sheet.line([(60, 84), (60, 30), (260, 30)], sheet.theme.accent, 2)
    sheet.arrow((260, 30), (260, 73), sheet.theme.accent)
    sheet.text(160, 22, "the way around", sheet.theme.accent, "middle")


def chain(sheet: Sheet) -> None:
    """Slopes of the sigmoid are at most ¼: four of them make 0.0039."""
    share = 1.0
    colours = layer_colours(sheet.theme, 5)
    for step in range(5):
        layer = 4 - step
        x = 300 - step * 64.0
        height = 84 * share**0.45
        sheet.bar(QRectF(x - 16, 104 - height, 32, height), colours[layer])
        sheet.text(x, 120, f"layer {layer + 1}", align="middle")
        sheet.text(x, 98 - height, f"{share:.2g}", sheet.theme.text, "middle")
        if step < 4:
            sheet.arrow((x - 22, 60), (x - 46, 60), sheet.theme.muted)
            sheet.text(x - 34, 52, "× ¼", align="middle")
        share *= 0.25


def normalization(sheet: Sheet) -> None:
    values = np.random.default_rng(0).normal(2.4, 2.2, 4000)
    shown = (("z", values), ("norm(z)", (values - values.mean()) / values.std()))
    for column, (name, numbers) in enumerate(shown):
        axes = sheet.axes(QRectF(20 + column * 165.0, 16, 140, 92), (-6, 9), (0, 0.45), (name, ""))
        counts, edges = np.histogram(numbers, 45, (-6, 9), density=True)
        for count, left, right in zip(counts, edges, edges[1:], strict=False):
            (x, top), (end, bottom) = axes.at(float(left), float(count)), axes.at(float(right), 0)
            sheet.bar(QRectF(x, top, end - x - 0.4, bottom - top), sheet.theme.training)
        zero = axes.at(0, 0)[0]
        sheet.line([(zero, 16), (zero, 108)], sheet.theme.muted, 1, dashed=True)


def canvas(sheet: Sheet) -> None:
    """Points of the moons, and an answer that tells them apart, paler where it is less sure."""
    xy, _ = made("moons", points=70)
    axes = Axes(sheet, QRectF(70, 4, 200, 124), (-7, 7), (-4.5, 4.5))
    theme, cells = sheet.theme, (40, 25)
    for row in range(cells[1]):
        for column in range(cells[0]):
            x, y = -7 + 14 * (column + 0.5) / cells[0], -4.5 + 9 * (row + 0.5) / cells[1]
            sure = float(np.tanh((y - 1.6 * np.sin(x * 0.62 + 0.2)) * 0.7))
            colour = theme.classes[0] if sure > 0 else theme.classes[1]
            left, bottom = axes.at(x, y)
            sheet.bar(QRectF(left - 2.5, bottom - 2.5, 5.3, 5.3), mix(theme.panel, colour, 0.4 * abs(sure)))
    along = np.linspace(-7, 7, 120)
    axes.curve(along, 1.6 * np.sin(along * 0.62 + 0.2), theme.boundary, 1.6)
    above = xy[:, 1] > 1.6 * np.sin(xy[:, 0] * 0.62 + 0.2)
    axes.dots(xy, [theme.classes[0 if up else 1] for up in above], 2.4)


def score(sheet: Sheet) -> None:
    right, wrong = 46, 4
    for index in range(right + wrong):
        x, y = 40 + 11.0 * (index % 25), 44 + 18.0 * (index // 25)
        sheet.dot(x, y, sheet.theme.danger if index % 13 == 6 else sheet.theme.good, 4)
    sheet.text(
        40,
        100,
        f"{right} right of {right + wrong}: accuracy {right / (right + wrong):.0%}".replace("%", " %"),
    )


def playing(sheet: Sheet) -> None:
    for index, name in enumerate(("forward", "loss", "backward", "update")):
        x = 12 + index * 82.0
        sheet.box(QRectF(x, 40, 66, 34), name)
        if index < 3:
            sheet.arrow((x + 67, 57), (x + 81, 57), sheet.theme.text)
    sheet.line([(291, 76), (291, 104), (45, 104)], sheet.theme.accent)
    sheet.arrow((45, 104), (45, 77), sheet.theme.accent)
    sheet.text(168, 98, "next batch", sheet.theme.accent, "middle")


def export(sheet: Sheet) -> None:
    for index, name in enumerate((".png", ".csv", ".json", ".pt")):
        x = 24 + index * 78.0
        sheet.box(QRectF(x, 22, 56, 70), name)
    for index, name in enumerate(("pictures", "history", "settings", "model")):
        sheet.text(52 + index * 78.0, 112, name, align="middle")


def speed(sheet: Sheet) -> None:
    for row, (name, count) in enumerate((("slow", 4), ("full", 40))):
        y = 44 + row * 46.0
        sheet.text(14, y + 4, name, sheet.theme.text)
        sheet.line([(60, y), (326, y)], sheet.theme.border, 1)
        for index in range(count):
            sheet.dot(62 + 262 * index / (count - 1), y, sheet.theme.training, 2.6)
    sheet.text(326, 122, "a second", align="right")
