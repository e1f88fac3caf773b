"""The window opens and draws wherever it is started: scaled, without fonts, without a home."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FAMILIES = 3
"""Names of fonts that there are without any font: sans serif, serif and monospace."""
AT_HOME = {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"}


def seen_in(folder: Path, **environment: str) -> dict[str, Any]:
    """What a window in such an environment shows; it says nothing but what is about the machine."""
    usual = {key: value for key, value in os.environ.items() if key not in AT_HOME}
    changed = {"HOME": str(folder), "QT_QPA_PLATFORM": "offscreen"} | environment
    command = [sys.executable, "-X", "faulthandler", "-m", "tests.gui_app.startup.odd_window"]
    done = subprocess.run(
        command, env=usual | changed, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert seen["drawn"] > 10
    assert seen["colours"] > 3
    assert seen["closed"]
    width, height = seen["canvas"]
    assert width >= 320
    assert height >= 230, "low windows have no room for more, and cut none of it"
    return seen


def no_fonts(folder: Path) -> dict[str, str]:
    """An environment with neither Qt's fonts nor the system's."""
    (folder / "fonts").mkdir()
    config = folder / "fonts.conf"
    config.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>'
    )
    return {"QT_QPA_FONTDIR": str(folder / "fonts"), "FONTCONFIG_FILE": str(config)}


def test_a_screen_at_300_percent_no_fonts_and_no_home(tmp_path: Path) -> None:
    """All at once; one by one in the long run."""
    (tmp_path / "file").write_text("")
    seen = seen_in(tmp_path / "file" / "home", QT_SCALE_FACTOR="3", **no_fonts(tmp_path))
    assert seen["ratio"] == 3
    assert seen["on screen"] > 0
    assert seen["fonts"] <= FAMILIES
    assert (tmp_path / "file").read_text() == ""


@pytest.mark.long
@pytest.mark.parametrize("scale", [1.25, 1.5, 2.0, 3.0])
def test_a_scaled_screen(scale: float, tmp_path: Path) -> None:
    seen = seen_in(tmp_path, QT_SCALE_FACTOR=str(scale))
    assert seen["ratio"] == scale
    assert seen["on screen"] > 0


@pytest.mark.long
def test_no_fonts(tmp_path: Path) -> None:
    assert seen_in(tmp_path, **no_fonts(tmp_path))["fonts"] <= FAMILIES


@pytest.mark.long
@pytest.mark.parametrize("home", ["/proc", "file/home", "gone"])
def test_a_home_in_which_nothing_can_be_written(home: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    seen_in(tmp_path / home)
