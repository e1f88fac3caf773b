"""A newcomer finds everything at once: the first minutes in a real window, with nothing below a fold."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from gui_app.window.main_window import MainWindow
from tests.newcomer.hand import Hand, Unseen
from tests.newcomer.path import Newcomer, walk

pytestmark = pytest.mark.window

SMALL = (1272, 682)
"""The first window on a screen of 1280×720, without its frame and title bar."""
SCREENS = ("1272x682", "1440x900", "2560x1440@2")
STEPS = 8
"""Pictures that the whole path takes."""


def test_the_first_minutes_need_no_scrolling(
    open_window: Callable[..., MainWindow], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(SMALL)
    window.complete()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "everything"))
    walk(Hand(window, tmp_path), tmp_path / "everything")
    taken = sorted(tmp_path.glob("*.png"))
    assert len(taken) == STEPS
    assert all(QImage(str(path)).width() == SMALL[0] for path in taken)


def test_the_hand_uses_nothing_that_is_not_seen(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(SMALL)
    window.complete()
    newcomer = Newcomer(Hand(window))
    newcomer.hand.need(newcomer.training.learning_rate)
    window.dock_layout.docks[1].hide()
    with pytest.raises(Unseen, match="not in view"):
        newcomer.hand.need(newcomer.training.learning_rate)


@pytest.mark.long
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_the_same_on_every_screen(screen: str, theme: str, tmp_path: Path) -> None:
    size, _, scale = screen.partition("@")
    command = [sys.executable, "-m", "tests.newcomer", "--size", size, "--scale", scale or "1"]
    subprocess.run([*command, "--theme", theme, "--into", str(tmp_path)], check=True)
    taken = sorted(tmp_path.glob("*.png"))
    assert len(taken) == STEPS
    assert all(QImage(str(path)).width() == int(size.split("x")[0]) for path in taken)
