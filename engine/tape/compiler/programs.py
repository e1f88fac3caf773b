"""Programs that are remembered, so that what differs by its numbers alone is recorded once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from engine.tape.compiler.forking import free_over_forks
from engine.tape.compiler.program import Program
from engine.tape.compiler.source import Unlowerable
from engine.tape.recording import Unrecordable

MOST = 128
"""How many programs are remembered."""

_REMEMBERED: OrderedDict[Hashable, Program | Unlowerable | Unrecordable] = OrderedDict()
_LOCK = threading.Lock()
free_over_forks(_LOCK.acquire, _LOCK.release)


def remembered(key: Hashable, make: Callable[[], Program]) -> Program:
    """Return the program of a key.

    Parameters
    ----------
    key
        All that the program depends on, besides its arguments.
    make
        Makes the program where it is not remembered.

    Returns
    -------
    Program
        Shared by all who know the key: each binds it for itself. Bindings with replayed calls share the memory of the
        recording, so that only one thread may run them.

    Raises
    ------
    Unlowerable, Unrecordable
        What ``make`` raised, now or before.
    """
    with _LOCK:
        known = _REMEMBERED.get(key)
        if known is not None:
            _REMEMBERED.move_to_end(key)
    made = known or _made(make)
    with _LOCK:
        _REMEMBERED[key] = made
        while len(_REMEMBERED) > MOST:
            _REMEMBERED.popitem(last=False)
    if isinstance(made, Program):
        return made
    raise made


def _made(make: Callable[[], Program]) -> Program | Unlowerable | Unrecordable:
    try:
        return make()
    except (Unlowerable, Unrecordable) as reason:
        return reason.with_traceback(None)
