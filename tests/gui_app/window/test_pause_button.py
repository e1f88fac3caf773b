"""The epoch at which training pauses is chosen at the figure that shows the epoch."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from engine.service import messages as m
from tests.gui_app.hands import click, type_into

pytestmark = pytest.mark.bare


@pytest.fixture
def button(fake_engine, still):
    fake_engine.take_commands()
    return still.transport.pause_at


def pauses(engine):
    return [command.epoch for command in engine.take_commands() if isinstance(command, m.PauseAt)]


def test_an_epoch_is_typed_and_the_figure_says_it(button, still, fake_engine):
    click(button)
    popover = button.popover
    assert popover.isVisible()
    assert popover.epoch.number.hasFocus()
    type_into(popover.epoch.number, "1250")
    click(popover.pause)
    assert pauses(fake_engine) == [1250]
    assert button.text() == "epoch, to 1,250 ▾"
    assert "Now: epoch 1,250." in button.toolTip()
    still.pause_epoch.choose(None)
    assert button.text() == "epoch ▾"


def test_never_takes_it_back_and_the_keyboard_can_do_it_all(button, still, fake_engine):
    still.pause_epoch.choose(30)
    button.setFocus(Qt.FocusReason.ShortcutFocusReason)
    QTest.keyClick(still.windowHandle(), Qt.Key.Key_Space)
    popover = button.popover
    assert popover.epoch.value() == 30
    QTest.keyClick(popover.epoch.number, Qt.Key.Key_Up)
    chosen = popover.epoch.value()
    assert chosen > 30
    QTest.keyClick(popover, Qt.Key.Key_Return)
    assert still.pause_epoch.epoch == chosen
    click(button)
    click(button.popover.never)
    assert pauses(fake_engine) == [30, chosen, None]
    click(button)
    QTest.keyClick(button.popover, Qt.Key.Key_Escape)
    assert pauses(fake_engine) == []


def test_a_figure_that_has_no_pause_is_just_a_figure(button, still):
    assert still.transport.epoch.accessibleName() == "epoch 0"
