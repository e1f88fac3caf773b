"""Whether programs can be compiled here. Imports llvmlite only when asked."""

from __future__ import annotations

import logging
from functools import cache

log = logging.getLogger(__name__)


@cache
def is_available() -> bool:
    """Whether llvmlite is installed and knows this processor; the log says once what is missing."""
    try:
        from engine.tape.compiler.native import machine

        machine()
    except ImportError:
        log.info(
            "steps are replayed, not compiled: llvmlite is not installed (pip install neural-sketchbook[fast])"
        )
    except Exception as error:
        # Whatever is wrong with an installation, training goes on without it.
        log.warning("steps are replayed, not compiled: llvmlite does not work here (%s)", error)
    else:
        return True
    return False
