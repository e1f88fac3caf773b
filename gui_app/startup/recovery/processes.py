"""Whether a process lives."""

from __future__ import annotations

import os
import sys


def lives(process: int) -> bool:
    """Return whether a process with this number lives; True where that is not known."""
    # On Windows, such a signal would end the process.
    if sys.platform == "win32":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
