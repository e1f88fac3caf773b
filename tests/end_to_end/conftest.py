"""The same windows as in the tests of the app, with the engine where a user has it: in a process."""

import pytest

from engine.service.process import ProcessEngine
from tests.gui_app.conftest import library, open_window, settings, window

__all__ = ["engine", "library", "open_window", "settings", "window"]


@pytest.fixture
def engine() -> ProcessEngine:
    return ProcessEngine()
