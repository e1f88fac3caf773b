"""Large memory given back to the system as soon as it is free, so that a process does not grow from hour to hour.

The C library of Linux keeps blocks of growing size in its heap once one of that size has been freed. Histories, and
what is received of them, are such blocks: in their gaps smaller ones settle, and the process grows.
"""

from __future__ import annotations

import ctypes
import os
import sys

_M_MMAP_THRESHOLD = -3
_VARIABLE = "MALLOC_MMAP_THRESHOLD_"
"""The C library's own variable; whoever sets it decides."""


def give_back_large_memory(least: int) -> bool:
    """Give blocks of ``least`` bytes or more back when they are freed.

    Parameters
    ----------
    least
        Smaller blocks are kept to be used again, which is faster.

    Returns
    -------
    bool
        Whether it is so now; False where the C library is another one than glibc.
    """
    if sys.platform != "linux" or _VARIABLE in os.environ:
        return False
    try:
        return bool(ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, least))
    except (OSError, AttributeError):
        return False
