"""The program with a made-up entry in every catalogue family: nothing needs a second place to know of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EVERYWHERE = Path(__file__).parent / "made_up" / "everywhere.py"


def test_made_up_entries_are_found_everywhere() -> None:
    """In a process of their own, in which they stand in the catalogue from the start."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.made_up.entries"]
    finished = subprocess.run([*command, str(EVERYWHERE)], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout[-8000:] + finished.stderr[-2000:]
