"""The colours of measured numbers: equal steps are seen as equal steps, by everybody."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from gui_app.theme.measure_colours import measure_colour, measure_colours, text_on
from gui_app.theme.tokens import THEMES
from tests.gui_app.theme.seeing import VISIONS, contrast, difference, seen

themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
STEPS = 16


def looks(theme, vision):
    return [seen(measure_colour(share, theme), vision) for share in np.linspace(0.0, 1.0, STEPS + 1)]


@themes
@pytest.mark.parametrize("vision", VISIONS)
def test_a_larger_share_is_lighter_for_all_eyes(theme, vision):
    lightness = [look[0] for look in looks(theme, vision)]
    assert np.diff(lightness).min() > 1.5, vision
    assert lightness[-1] - lightness[0] > 60.0


@themes
def test_equal_steps_are_seen_as_about_equal(theme):
    seen_so = looks(theme, "normal")
    steps = [difference(one, other) for one, other in pairwise(seen_so)]
    assert max(steps) < 2.4 * min(steps), steps


@themes
def test_the_numbers_on_every_colour_can_be_read(theme):
    for share in np.linspace(0.0, 1.0, 41):
        assert contrast(text_on(share, theme), measure_colour(share, theme)) >= 4.5, share


@themes
def test_what_is_no_number_has_the_colour_of_the_ground_and_what_is_beyond_that_of_the_end(theme):
    colours = measure_colours(np.array([[np.nan, -3.0], [2.0, 0.5]]), theme)
    assert f"#{int(colours[0, 0]) & 0xFFFFFF:06x}" == theme.backdrop
    assert colours[0, 1] == measure_colours(np.array([0.0]), theme)[0]
    assert colours[1, 0] == measure_colours(np.array([1.0]), theme)[0]
