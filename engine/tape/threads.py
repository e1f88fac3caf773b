"""How many threads native code of many lanes is divided among. No number depends on it."""

from __future__ import annotations

import os

THREADS = "NEURAL_SKETCHBOOK_THREADS"
"""The variable that says how many threads at most; without it, as many as there are processors."""


def processors() -> int:
    """Return how many threads of this process may compute at once.

    Returns
    -------
    int
        The processors that it may use, or what ``THREADS`` says; at least 1.
    """
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    asked = os.environ.get(THREADS, "")
    return max(1, min(there, int(asked))) if asked.isdecimal() else there
