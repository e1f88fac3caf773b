"""Set-up that all tests share."""

from __future__ import annotations

import os
import sys

import pytest
from hypothesis import settings

if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# The same examples every time, so that a test fails for what changed; --hypothesis-profile=explore looks further.
settings.register_profile("default", deadline=None, print_blob=True, derandomize=True)
settings.register_profile("explore", deadline=None, print_blob=True, max_examples=1000)
settings.load_profile("default")


@pytest.fixture(autouse=True)
def one_torch_thread() -> None:
    """As in the engine: more threads only slow small networks down. Tests without torch do without it."""
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
