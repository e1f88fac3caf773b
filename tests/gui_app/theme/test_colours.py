"""Text that can be read, and classes that everybody can tell apart."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor

from engine.experiment.lanes import MOST_SHOWN
from engine.experiment.settings import LANE_COLOURS
from gui_app.theme.tokens import THEMES, Theme, mix
from gui_app.widgets.class_palette import readable_on
from tests.gui_app.theme.seeing import VISIONS, contrast, difference, seen

READABLE = 4.5
"""Contrast of text, WCAG 2, AA. Text of controls that are switched off is exempt there, and here."""
APART = 10.0
"""CIEDE2000 difference between two classes."""

themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


def grounds(theme: Theme) -> dict[str, str]:
    """What text stands on, with the colours that the style sheet derives."""
    return {
        "panel": theme.panel,
        "window": theme.window,
        "raised": theme.raised,
        "hover": theme.hover,
        "backdrop": theme.backdrop,
        "accent_soft": mix(theme.panel, theme.accent, 0.14),
    }


@themes
@pytest.mark.parametrize("token", ["text", "muted"])
def test_text_can_be_read_on_every_ground(theme, token):
    for name, ground in grounds(theme).items():
        assert contrast(getattr(theme, token), ground) >= READABLE, name


@themes
@pytest.mark.parametrize(
    "token",
    [
        "accent",
        "good",
        "warning",
        "danger",
        "training",
        "validation",
        "test",
        "penalty",
        "l1_penalty",
        "l2_penalty",
    ],
)
def test_coloured_text_can_be_read_where_it_stands(theme, token):
    for ground in (theme.panel, theme.window, theme.backdrop):
        assert contrast(getattr(theme, token), ground) >= READABLE


@themes
@pytest.mark.parametrize("vision", VISIONS)
def test_lanes_can_be_told_apart_and_named_in_their_colours(theme, vision):
    assert len(theme.lanes) == LANE_COLOURS
    for colour in theme.lanes:
        assert (
            min(contrast(colour, ground) for ground in (theme.panel, theme.window, theme.backdrop))
            >= READABLE
        )
    looks = [seen(colour, vision) for colour in theme.lanes]
    apart = {pair: difference(looks[pair[0]], looks[pair[1]]) for pair in combinations(range(8), 2)}
    assert min(apart.values()) >= 8.5, sorted(apart.items(), key=lambda one: one[1])[:3]
    assert min(apart[pair] for pair in combinations(range(MOST_SHOWN), 2)) >= 1.5 * APART


@themes
def test_boundaries_of_lanes_are_not_taken_for_colours_of_two_classes(theme):
    for lane in theme.lanes[:MOST_SHOWN]:
        for colour in theme.classes[:2]:
            assert difference(seen(lane, "normal"), seen(colour, "normal")) >= 1.5 * APART, (lane, colour)


@themes
def test_text_on_colours_can_be_read(theme):
    for accent in (theme.accent, mix(theme.accent, theme.text, 0.14)):
        assert contrast(theme.on_accent, accent) >= READABLE
    assert contrast(theme.panel, theme.text) >= READABLE, "tooltips"
    for colour in theme.classes:
        assert contrast(readable_on(QColor(colour)).name(), colour) >= READABLE, colour


@given(st.integers(0, 0xFFFFFF))
def test_text_on_any_colour_that_a_person_chooses_can_be_read(chosen):
    colour = f"#{chosen:06x}"
    assert contrast(readable_on(QColor(colour)).name(), colour) >= READABLE


@themes
@pytest.mark.parametrize("vision", VISIONS)
def test_any_two_classes_can_be_told_apart(theme, vision):
    looks = [seen(colour, vision) for colour in theme.classes]
    apart = {
        (first + 1, second + 1): difference(looks[first], looks[second])
        for first, second in combinations(range(len(looks)), 2)
    }
    assert min(apart.values()) >= APART, sorted(apart.items(), key=lambda one: one[1])[:3]


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.5, 0.0), (50.0, 0.0, -2.5), 4.3065),
        ((50.0, 2.5, 0.0), (61.0, -5.0, 29.0), 22.8977),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_differences_are_those_of_the_paper(one, other, apart):
    """Pairs of table 1 of Sharma, Wu & Dalal 2005."""
    assert difference(np.array(one), np.array(other)) == pytest.approx(apart, abs=5e-5)
    assert difference(np.array(other), np.array(one)) == pytest.approx(apart, abs=5e-5)


def test_contrast_and_vision_are_those_of_their_definitions():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    for vision, matrix in VISIONS.items():
        assert matrix.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-5), f"{vision} changes greys"
    assert seen("#ffffff", "normal") == pytest.approx(np.array([100.0, 0.0, 0.0]), abs=0.02)
