"""Whether a process lives."""

from __future__ import annotations

import ctypes
import os
import sys

_MAY_WAIT, _NO_SUCH_PROCESS, _STILL_RUNS = 0x0010_0000, 87, 0x102
"""SYNCHRONIZE, ERROR_INVALID_PARAMETER and WAIT_TIMEOUT of Windows."""


def lives(process: int) -> bool:
    """Return whether a process with this number lives.

    Parameters
    ----------
    process
        Its number, on this machine.

    Returns
    -------
    bool
        True where that is not known.
    """
    if sys.platform == "win32":
        return _lives_on_windows(process)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


if sys.platform == "win32":

    def _lives_on_windows(process: int) -> bool:
        """Ask for its handle and whether that still waits: a signal would end the process."""
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = ctypes.c_void_p
        handle = kernel.OpenProcess(_MAY_WAIT, False, process & 0xFFFF_FFFF)
        if not handle:
            return ctypes.get_last_error() != _NO_SUCH_PROCESS
        handle = ctypes.c_void_p(handle)
        try:
            return bool(kernel.WaitForSingleObject(handle, 0) == _STILL_RUNS)
        finally:
            kernel.CloseHandle(handle)
