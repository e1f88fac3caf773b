"""What tests of engines in processes share."""

from __future__ import annotations

import os

import pytest

from engine.service import child_process
from tests.engine.forked_children import fork


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines in processes begin at once where a process can be forked."""
    if hasattr(os, "fork"):
        monkeypatch.setattr(child_process, "launch", fork)
