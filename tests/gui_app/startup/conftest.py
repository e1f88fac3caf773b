"""A folder for recovery copies, and the recovery of a window in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gui_app.startup.recovery import Recovery, recover
from gui_app.window.main_window import MainWindow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "recovery"


@pytest.fixture
def kept(still: MainWindow, folder: Path) -> Iterator[Recovery]:
    """The recovery of a window, which does not look for what was left."""
    recovery = recover(still, folder)
    yield recovery
    recovery.end()
