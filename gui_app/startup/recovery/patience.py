"""Work with a disk that may hang: it is waited for so long and no longer."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread


def begin(work: Callable[[], object]) -> Thread:
    """Begin work in a thread, which does not keep the process from ending."""
    thread = Thread(target=work, name="recovery", daemon=True)
    thread.start()
    return thread


def ends(thread: Thread | None, seconds: float) -> bool:
    """Wait for a thread, and return whether it has ended; also for none."""
    if thread is not None:
        thread.join(seconds)
    return thread is None or not thread.is_alive()
