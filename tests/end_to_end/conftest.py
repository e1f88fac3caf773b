"""The same windows as in the tests of the app, with the engine where a user has it: in a process."""

from __future__ import annotations

import pytest

from engine.service.interface import Engine
from engine.service.process import ProcessEngine
from tests.engine.service.conftest import forked
from tests.gui_app.conftest import (
    data_home,
    library,
    open_window,
    settings,
    unhurried,
    window,
)

__all__ = [
    "data_home",
    "engine",
    "forked",
    "library",
    "open_window",
    "process_engine",
    "settings",
    "unhurried",
    "window",
]


@pytest.fixture
def process_engine() -> ProcessEngine:
    """The engine of the window of a test that uses this fixture: a process, as a user has it."""
    return ProcessEngine()


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str | Engine:
    """The engine that the test uses, or else a process of its own for each window."""
    uses_one = "process_engine" in request.fixturenames
    return request.getfixturevalue("process_engine") if uses_one else "process"
