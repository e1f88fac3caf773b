"""The size of all text of a window."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QLabel

from gui_app.theme import text_size
from gui_app.theme.appearance import Appearance
from gui_app.theme.text import small_font, text_width


@pytest.fixture
def appearance(qapp, settings):
    made = Appearance(qapp, settings)
    made.apply()
    yield made
    made.choose_text_scale(1.0)


def test_all_text_grows_at_once(appearance, qtbot, settings):
    label = QLabel("Loss")
    qtbot.addWidget(label)
    label.setProperty("role", "caption")
    label.ensurePolished()
    before, width = (label.font().pixelSize(), small_font().pixelSize()), text_width("0.0123")
    assert before == (text_size.SMALL, text_size.SMALL)
    with qtbot.waitSignal(appearance.changed) as told:
        appearance.choose_text_scale(1.5)
    assert told.args[0].text_scale == 1.5
    label.ensurePolished()
    assert label.font().pixelSize() == small_font().pixelSize() == text_size.small() == 16
    assert (text_size.body(), text_size.title()) == (20, 22)
    assert text_width("0.0123") == pytest.approx(width * 16 / 11, rel=0.05)
    assert float(settings.value("text_scale")) == 1.5


def test_larger_and_smaller_go_through_all_sizes_and_stop_at_the_ends(appearance):
    seen = [appearance.text_scale]
    for _ in range(10):
        appearance.show_larger_text()
        seen.append(appearance.text_scale)
    assert sorted(set(seen)) == [one for one in text_size.SCALES if one >= 1.0]
    for _ in range(10):
        appearance.show_smaller_text()
    assert appearance.text_scale == text_size.SCALES[0]


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("1.5", 1.5),
        (1.24, 1.25),
        ("large", 1.0),
        ("nan", 1.0),
        ("-3", 1.0),
        ("inf", 1.0),
        (None, 1.0),
        (9, 2.0),
    ],
)
def test_the_remembered_size_comes_back_and_nonsense_does_not(qapp, settings, stored, shown):
    settings.setValue("text_scale", stored)
    assert Appearance(qapp, settings).text_scale == shown


@given(st.sampled_from(text_size.SCALES), st.sampled_from([-1, 1]))
def test_a_step_there_and_back_changes_nothing_away_from_the_ends(now, step):
    other = text_size.next_scale(now, step)
    assert other == now or text_size.next_scale(other, -step) == now
