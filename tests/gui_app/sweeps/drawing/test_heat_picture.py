"""A heat map has the colour of each number where its cell is, and says which cells are best and broken."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage

from gui_app.sweeps.drawing.heat_picture import BAR, STRIPES
from gui_app.sweeps.drawing.marks import paint_card
from gui_app.sweeps.drawing.plane import plane_in
from gui_app.sweeps.model import card_lines
from gui_app.sweeps.picture import (
    WIDE,
    SweepOptions,
    compose,
    exported_height,
    heat_of,
    heat_plane,
    paint_exported,
    paint_grid,
    paint_heat_map,
)
from gui_app.theme.measure_colours import measure_colour
from gui_app.theme.painting import painting
from gui_app.theme.tokens import SPACE, THEMES
from tests.gui_app.sweeps.made_up import model

themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


def painted(shown, theme, heat=True, size=(420, 320)):
    picture = compose(shown, SweepOptions(theme, (float(size[0]), float(size[1]))))
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.panel))
    plane = heat_plane(picture, QRectF(0, 0, *size)) if heat else picture.plane
    with painting(image) as painter:
        if heat:
            paint_heat_map(painter, picture, plane)
        else:
            paint_grid(painter, picture)
    return image, plane


@themes
@pytest.mark.parametrize(("columns", "rows"), [(3, 2), (8, 1), (1, 3), (8, 8)])
def test_each_cell_has_the_colour_of_its_number(qapp, theme, columns, rows):
    shown = model(columns, rows)
    image, plane = painted(shown, theme)
    scale = heat_of(shown).scale
    for row in range(rows):
        for column in range(columns):
            # Left of the number, and above the spread.
            corner = plane.cell((column, row)).topLeft() + QPointF(1.0, 1.0)
            share = float(scale.share(np.array([10.0 ** (column - row)]))[0])
            assert image.pixelColor(corner.toPoint()).name() == measure_colour(share, theme), (column, row)


@themes
def test_the_bar_ends_with_the_colours_of_the_least_and_the_largest_number(qapp, theme):
    shown = model(3, 3)
    shown = replace(shown, median=1.0 + 0.123 * np.arange(9.0).reshape(3, 3), measure="gap")
    image, plane = painted(shown, theme)
    scale = heat_of(shown).scale
    x, stripe = round(plane.rect.right() + 3.0 * SPACE + BAR / 2), 0.5 / STRIPES
    for y, place in ((plane.rect.top() + 1.0, 1.0 - stripe), (plane.rect.bottom() - 2.0, stripe)):
        share = scale.drawn[0] + place * (scale.drawn[1] - scale.drawn[0])
        assert image.pixelColor(x, round(y)).name() == measure_colour(share, theme)
    assert scale.drawn[1] < 1.0 - 2 * stripe


@themes
def test_a_diverged_cell_is_hatched_in_both_pictures(qapp, theme):
    shown = model(broken=((1, 1),))
    for heat in (True, False):
        image, plane = painted(shown, theme, heat)
        inside = plane.cell((1, 1)).adjusted(4, 4, -4, -4).toRect()
        reds = sum(
            image.pixelColor(x, y).red() > image.pixelColor(x, y).blue() + 60
            for x in range(inside.left(), inside.right())
            for y in range(inside.top(), inside.bottom())
        )
        assert reds > 0.04 * inside.width() * inside.height()


def test_without_any_number_all_is_hatched_and_nothing_is_best(qapp):
    theme = THEMES["light"]
    shown = model(broken=tuple((column, row) for column in range(3) for row in range(2)))
    assert np.isnan(heat_of(shown).median).all()
    painted(shown, theme)


def test_a_card_says_values_measure_spread_and_end(qapp):
    lines = card_lines(model(seeds=5), (0, 1))
    assert lines == (
        "Learning rate 0.1, λ₂ 1",
        "Validation loss 0.100",
        "half of 5 seeds: 0.0500 to 0.200",
        "best cell",
    )
    assert card_lines(model(broken=((2, 0),)), (2, 0)) == (
        "Learning rate 0.3, λ₂ 0",
        "Validation loss –",
        "diverged in epoch 7",
    )
    assert card_lines(model(), (7, 7)) == ()


def test_the_grid_is_the_image_of_its_cells_on_whole_pixels(qapp):
    theme = THEMES["dark"]
    image, plane = painted(model(task="surface"), theme, heat=False)
    names = [
        image.pixelColor(plane.cell((column, row)).center().toPoint()).name()
        for row in range(2)
        for column in range(3)
    ]
    # Answers are (column + row) / 10: equal along diagonals, and different otherwise.
    assert names[1] == names[3]
    assert names[2] == names[4]
    assert len(set(names)) == 4


@themes
def test_without_numbers_there_is_no_bar(qapp, theme):
    nothing = replace(model(3, 3), median=np.full((3, 3), np.nan))
    image, plane = painted(nothing, theme)
    beside = range(round(plane.rect.right()) + SPACE, image.width())
    ground = QColor(theme.panel)
    assert all(image.pixelColor(x, y) == ground for x in beside for y in range(image.height()))


@pytest.mark.parametrize("size", [(340, 190), (300, 200), (700, 500)])
@pytest.mark.parametrize(
    "words", [("L2: λ₂ 0.0001, Learning rate 0.003", "Validation loss 0.0517"), ("λ₂ 3", "1")]
)
def test_a_card_covers_its_own_cell_nowhere(qapp, size, words):
    image = QImage(*size, QImage.Format.Format_RGB32)
    bounds, axes = QRectF(0, 0, *size), model(8, 8).axes
    plane = plane_in(bounds, 8, 8, axes)
    with painting(image) as painter:
        for column in range(8):
            for row in range(8):
                cell = plane.cell((column, row))
                card = paint_card(painter, words, cell, bounds, THEMES["light"])
                assert bounds.contains(card)
                assert not card.intersects(cell), (column, row)


@pytest.mark.parametrize("heat", [False, True])
@pytest.mark.parametrize(("columns", "rows"), [(8, 4), (8, 1), (2, 3), (8, 8)])
def test_an_exported_picture_is_as_high_as_its_cells_need(qapp, columns, rows, heat):
    shown, theme = model(columns, rows, seeds=2), THEMES["light"]
    height = exported_height(shown, heat)
    image = QImage(WIDE, height, QImage.Format.Format_RGB32)
    with painting(image) as painter:
        paint_exported(painter, QRectF(0, 0, WIDE, height), shown, theme, "Validation loss", heat)
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(height, WIDE)
    lines = np.flatnonzero((pixels != pixels[0, 0]).any(axis=1))
    between = np.diff([0, *lines, height])
    assert between.max() < 16


def test_a_caption_says_how_many_seeds_and_how_long(qapp):
    assert model(3, 2).caption == "6 networks · epoch 12"
    assert model(3, 2, seeds=4).caption == "6 cells of 4 seeds · epoch 12"
    cells = list(model(2, 1).cells)
    uneven = replace(model(2, 1), cells=(cells[0], replace(cells[1], seeds=3)))
    assert uneven.caption == "2 cells of 4 networks · epoch 12"


@themes
@pytest.mark.parametrize(
    ("measure", "hatched"), [("validation_loss", True), ("convergence", False), ("diverged", False)]
)
def test_a_network_that_diverged_is_hatched_though_its_former_weights_have_a_loss(
    qapp, theme, measure, hatched
):
    known = model(3, 3).median
    shown = replace(model(3, 3, broken=((1, 1),)), median=known, measure=measure)
    fine = replace(model(3, 3), median=known, measure=measure)
    cells = [
        painted(one, theme)[0].copy(painted(one, theme)[1].cell((1, 1)).toRect()) for one in (shown, fine)
    ]
    assert (cells[0] != cells[1]) == hatched
