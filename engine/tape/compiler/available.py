"""Whether programs can be compiled here. Imports llvmlite only when asked."""

from __future__ import annotations

import logging
from functools import cache

log = logging.getLogger(__name__)


def is_available(asked_for: bool = False) -> bool:
    """Return whether llvmlite is installed and works. The log says once what is missing.

    Parameters
    ----------
    asked_for
        Whether somebody asked for compiled steps, who is warned where there are none.
    """
    level, reason = _missing()
    if reason:
        _log_once(logging.WARNING if asked_for else level)
    return not reason


@cache
def _missing() -> tuple[int, str]:
    """What is missing, and how loudly to say so."""
    try:
        from engine.tape.compiler.native import machine

        machine()
    except ImportError:
        return logging.INFO, "llvmlite is not installed (pip install neural-sketchbook[fast])"
    except Exception as error:
        # Whatever is wrong with an installation, training goes on without it.
        return logging.WARNING, f"llvmlite does not work here ({error})"
    return logging.INFO, ""


_said: list[str] = []


def _log_once(level: int) -> None:
    reason = _missing()[1]
    if reason not in _said:
        _said.append(reason)
        log.log(level, "steps are replayed, not compiled: %s", reason)
