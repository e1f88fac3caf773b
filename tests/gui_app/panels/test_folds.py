"""Sections remember whether they are open, and a control that is folded away can be shown."""

import pytest
from PySide6.QtCore import QSettings

from gui_app.panels.network.network_panel import NetworkPanel
from gui_app.panels.training.training_panel import TrainingPanel
from gui_app.widgets.outline import Outline
from tests.gui_app.hands import click


@pytest.fixture
def kept(tmp_path):
    return QSettings(str(tmp_path / "kept.ini"), QSettings.Format.IniFormat)


def test_what_was_opened_is_open_at_the_next_start(document, current, show, kept):
    for is_open in (True, False):
        panel = NetworkPanel(document, current)
        panel.remember(kept)
        show(300, panel)
        assert panel.initializer.isVisible() == (not is_open)
        click(panel.section.heading)
        assert panel.initializer.isVisible() == is_open
    other = TrainingPanel(document, current)
    other.remember(kept)
    assert not other.section.is_open, "each section remembers its own state"


@pytest.mark.parametrize(
    ("path", "control"),
    [
        ("network.initializer", "network.initializer"),
        ("network.normalization", "network.normalization"),
        ("network.activation.alpha", "network.activation"),
        ("network.hidden", "network.hidden"),
    ],
)
def test_a_control_is_unfolded_brought_into_view_and_outlined(document, current, show, qtbot, path, control):
    panel = NetworkPanel(document, current)
    show(300, panel, height=100)
    shown = panel.controls[control]
    assert panel.reveal(path)
    qtbot.waitUntil(lambda: shown.visibleRegion().boundingRect().height() > 0)
    assert len(shown.findChildren(Outline)) == 1
    panel.reveal(path)
    assert len(shown.findChildren(Outline)) == 1, "one outline, however often it is asked for"


def test_a_panel_says_that_a_setting_is_not_its_own(document, current, show):
    panel = NetworkPanel(document, current)
    show(300, panel)
    assert not panel.reveal("training.learning_rate")


def test_what_a_cure_has_unfolded_is_not_remembered_as_a_choice(document, current, show, kept):
    panel = NetworkPanel(document, current)
    panel.remember(kept)
    show(300, panel)
    panel.reveal("network.initializer")
    assert panel.section.is_open
    assert not kept.allKeys()
