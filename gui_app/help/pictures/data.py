"""Pictures about data: data sets, noise, splits, scaling, and what training does to points."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF

from engine.catalogue.features import FEATURES
from engine.catalogue.generators import GENERATORS
from engine.catalogue.input_scalings import INPUT_SCALINGS
from engine.catalogue.texts import counted
from engine.data import generate
from gui_app.help.pictures.sheet import Axes, Numbers, Sheet
from gui_app.theme.tokens import mix

SIDE, TOP = 100.0, 12.0


def made(name: str, points: int = 120, noise: float = 0.05, seed: int = 1) -> tuple[Numbers, Numbers]:
    """Return positions [n, 2] and targets [n] of a generated data set."""
    return generate(name, points, noise, seed)


def data_sets(sheet: Sheet) -> None:
    for index, name in enumerate(("circle", "spiral", "moons")):
        _scatter(sheet, _square(sheet, index), *made(name))
        _caption(sheet, index, GENERATORS[name].label)


def noise(sheet: Sheet) -> None:
    for index, amount in enumerate((0.0, 0.2, 0.5)):
        _scatter(sheet, _square(sheet, index), *made("moons", noise=amount))
        _caption(sheet, index, f"noise {amount:.0%}".replace("%", " %"))


def points(sheet: Sheet) -> None:
    for index, number in enumerate((20, 100, 400)):
        _scatter(sheet, _square(sheet, index), *made("spiral", points=number))
        _caption(sheet, index, counted(number, "point"))


def seed(sheet: Sheet) -> None:
    for index, number in enumerate((0, 1, 0)):
        _scatter(sheet, _square(sheet, index), *made("gaussians", points=40, noise=0.5, seed=number))
        _caption(sheet, index, f"seed {number}")


def classes(sheet: Sheet) -> None:
    xy, target = made("three_spirals", points=150)
    _scatter(sheet, _square(sheet, 0), xy, target)
    for index in range(6):
        x, y = 150.0 + 62 * (index % 3), 40.0 + 40 * (index // 3)
        sheet.dot(x, y, sheet.theme.classes[index], 11)
        sheet.text(x, y + 4, str(index + 1), sheet.theme.on_accent, "middle", bold=True)


def drawing(sheet: Sheet) -> None:
    rng = np.random.default_rng(2)
    axes = Axes(sheet, QRectF(10, TOP, 320, SIDE), (0, 10), (-1.6, 1.6))
    along = np.linspace(0.5, 9.5, 46)
    for number, shift in enumerate((0.7, -0.7)):
        stroke = np.column_stack((along, np.sin(along / 1.6) * 0.6 + shift))
        axes.dots(stroke + rng.normal(0, 0.1, (46, 2)), sheet.theme.classes[number])
    x, y = axes.at(9.5, 0.5)
    sheet.dot(x, y, sheet.theme.muted, 14, hollow=True)


def value(sheet: Sheet) -> None:
    theme = sheet.theme
    for column in range(64):
        share = column / 63 * 2 - 1
        colour = mix(theme.middle, theme.high if share > 0 else theme.low, abs(share))
        sheet.bar(QRectF(20 + column * 4.7, 46, 5, 26), colour)
    for share, text in ((0.0, "−1"), (0.5, "0"), (1.0, "1")):
        sheet.text(20 + share * 300, 90, text, align="middle")


def split(sheet: Sheet) -> None:
    xy, target = made("moons", points=80)
    axes = _square(sheet, 0)
    for index, ((x, y), label) in enumerate(zip(xy.tolist(), target.tolist(), strict=True)):
        colour = sheet.theme.classes[int(label)]
        faint = mix(sheet.theme.panel, colour, 0.45)
        sheet.dot(*axes.at(x, y), faint if index % 4 == 3 else colour, 2.6, hollow=index % 4 == 2)
    left = 140.0
    names = (
        ("training", 0.5, sheet.theme.training),
        ("validation", 0.25, sheet.theme.validation),
        ("test", 0.25, sheet.theme.test),
    )
    for name, share, colour in names:
        sheet.bar(QRectF(left, 48, share * 186, 18), colour)
        sheet.text(left + share * 93, 84, name, sheet.theme.text, "middle")
        left += share * 186 + 1


def task(sheet: Sheet) -> None:
    _scatter(sheet, _square(sheet, 0), *made("circle"))
    curve, _ = made("sine", points=60, noise=0.1)
    _square(sheet, 1).dots(curve, sheet.theme.training)
    xy, height = made("bumps", points=160)
    _square(sheet, 2).dots(xy, [_shade(sheet, number) for number in height.tolist()], 3.0)
    for index, text in enumerate(("classification", "curve", "surface")):
        _caption(sheet, index, text)


def inputs(sheet: Sheet) -> None:
    chosen = ("x1", "x1_squared", "x1_x2", "sin_x1")
    keys = [key for key in chosen if key in FEATURES] or list(FEATURES)
    for index, key in enumerate(keys[:4]):
        feature, cells = FEATURES[key], 22
        x1, x2 = np.meshgrid(np.linspace(-6, 6, cells), np.linspace(6, -6, cells))
        values = np.asarray(feature.function(x1, x2)) / feature.bound
        left, cell = 10 + index * 83.0, 70 / cells
        for row in range(cells):
            for column in range(cells):
                place = QRectF(left + column * cell, 22 + row * cell, cell + 0.5, cell + 0.5)
                sheet.bar(place, _shade(sheet, float(values[row, column])))
        sheet.text(left + 35, 112, feature.label, sheet.theme.text, "middle")


def input_scaling(sheet: Sheet) -> None:
    raw = np.random.default_rng(0).normal(3.2, 1.2, (24, 1)).clip(-6, 6)
    for row, (key, entry) in enumerate(INPUT_SCALINGS.items()):
        shift, scale = entry.moments(raw, np.array([6.0]))
        y = 28.0 + 36 * row
        axes = Axes(sheet, QRectF(100, y, 226, 1), (-6, 6), (0, 1))
        sheet.line([axes.at(-6, 0), axes.at(6, 0)], sheet.theme.border, 1)
        for mark in (-1, 0, 1):
            x, _ = axes.at(mark, 0)
            sheet.line([(x, y - 3), (x, y + 3)], sheet.theme.muted, 1)
        for number in ((raw - shift) / scale)[:, 0].tolist():
            sheet.dot(axes.at(number, 0)[0], y, sheet.theme.classes[0], 2.6)
        sheet.text(10, y + 4, INPUT_SCALINGS[key].label, sheet.theme.text)


def input_noise(sheet: Sheet) -> None:
    rng = np.random.default_rng(3)
    xy, target = made("moons", points=16, noise=0.0)
    axes = _wide(sheet)
    for (x, y), label in zip(xy.tolist(), target.tolist(), strict=True):
        colour = sheet.theme.classes[int(label)]
        axes.dots(rng.normal((x, y), 0.45, (14, 2)), mix(sheet.theme.panel, colour, 0.4), 1.6)
        axes.dots(np.array([[x, y]]), colour, 3.2)


def augmentation(sheet: Sheet) -> None:
    xy, target = made("moons", points=60, noise=0.02)
    colours = [sheet.theme.classes[int(label)] for label in target]
    axes = _wide(sheet)
    for angle, shrink in ((0.5, 0.9), (-0.4, 1.1)):
        turn = shrink * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        axes.dots(xy @ turn, [mix(sheet.theme.panel, colour, 0.35) for colour in colours], 1.8)
    axes.dots(xy, colours, 2.6)


def mixup(sheet: Sheet) -> None:
    first, second = (60.0, 88.0), (280.0, 40.0)
    sheet.line([first, second], sheet.theme.border, 1, dashed=True)
    one, two = sheet.theme.classes[:2]
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = (a + (b - a) * share for a, b in zip(first, second, strict=True))
        sheet.dot(x, y, mix(one, two, share), 8 if share in (0.0, 1.0) else 6)
        sheet.text(x, y - 14, f"{1 - share:g} · x + {share:g} · x′" if share == 0.5 else "", align="middle")


def label_smoothing(sheet: Sheet) -> None:
    share = 0.1
    soft = (1 - share / 2, share / 2)
    for left, heights, caption in ((70, (1.0, 0.0), "y"), (220, soft, f"y with ε = {share:g}")):
        for index, height in enumerate(heights):
            sheet.bar(
                QRectF(left + index * 34, 100 - 76 * height, 26, 76 * height), sheet.theme.classes[index]
            )
            sheet.text(left + index * 34 + 13, 95 - 76 * height, f"{height:g}", align="middle")
        sheet.line([(left - 8, 100), (left + 68, 100)], sheet.theme.border, 1)
        sheet.text(left + 30, 118, caption, sheet.theme.text, "middle")


def _square(sheet: Sheet, index: int) -> Axes:
    rect = QRectF(6 + index * 114.0, 6, SIDE, SIDE)
    sheet.bar(rect, sheet.theme.backdrop)
    return Axes(sheet, rect, (-6.4, 6.4), (-6.4, 6.4))


def _wide(sheet: Sheet) -> Axes:
    rect = QRectF(70, 4, 200, 122)
    sheet.bar(rect, sheet.theme.backdrop)
    return Axes(sheet, rect, (-9.0, 9.0), (-5.5, 5.5))


def _caption(sheet: Sheet, index: int, text: str) -> None:
    sheet.text(6 + index * 114.0 + SIDE / 2, SIDE + 22, text, align="middle")


def _scatter(sheet: Sheet, axes: Axes, xy: Numbers, target: Numbers) -> None:
    axes.dots(xy, [sheet.theme.classes[int(label)] for label in target], 1.8)


def _shade(sheet: Sheet, share: float) -> str:
    theme = sheet.theme
    return mix(theme.middle, theme.high if share > 0 else theme.low, min(abs(share), 1.0))
