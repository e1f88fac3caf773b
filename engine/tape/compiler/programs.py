"""Programs that are remembered, so that what differs by its numbers alone is recorded once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from engine.tape.compiler.program import Program

MOST = 128
"""How many programs are remembered."""

_REMEMBERED: OrderedDict[Hashable, Program] = OrderedDict()
_LOCK = threading.Lock()


def remembered(key: Hashable, make: Callable[[], Program]) -> Program:
    """Return the program of a key.

    Parameters
    ----------
    key
        All that the program depends on, besides its arguments.
    make
        Makes the program where it is not remembered; what it raises is not remembered.

    Returns
    -------
    Program
        Shared by all who know the key: each binds it for itself.
    """
    with _LOCK:
        known = _REMEMBERED.get(key)
        if known is not None:
            _REMEMBERED.move_to_end(key)
            return known
    made = make()
    with _LOCK:
        _REMEMBERED[key] = made
        while len(_REMEMBERED) > MOST:
            _REMEMBERED.popitem(last=False)
    return made
