"""Locks in processes that fork."""

from __future__ import annotations

import os
from collections.abc import Callable


def free_over_forks(acquire: Callable[[], object], release: Callable[[], object]) -> None:
    """Let a fork wait until a lock is free, so that no child finds it held and what it guards half done.

    A lock that another thread holds would be held for ever in the child, which has no such thread.

    Parameters
    ----------
    acquire, release
        Of a lock that lives as long as the process.
    """
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=acquire, after_in_parent=release, after_in_child=release)
