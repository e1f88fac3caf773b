"""The ways in which a tensor program runs, and how one is chosen."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.tape.placement import Placement


class Way(StrEnum):
    """``EAGER``: PyTorch call by call; the definition of what a program computes. ``REPLAY``: its calls recorded once
    and repeated in the same memory, with the same bits. ``COMPILED``: the recorded calls as machine code. ``AUTO``: the
    fastest of the last two.
    """

    EAGER = "eager"
    REPLAY = "replay"
    COMPILED = "compiled"
    AUTO = "auto"

    @property
    def records(self) -> bool:
        """Whether a program is recorded."""
        return self is not Way.EAGER


MOST_PARAMETERS = 300_000
"""Up to this many parameters of a lane, native code is faster than PyTorch's own kernels, whatever the batch (measured:
see docs/decisions/compiled-tape.md)."""


def resolve(way: Way, parameters: int, place: Placement | None = None) -> Way:
    """Return the way in which a program runs.

    It follows from the program and the machine alone: from nothing that was measured while training, nor from the
    number of lanes, because a lane's numbers must not depend on its neighbours. So the same file gives the same
    numbers in the window and on the command line.

    Parameters
    ----------
    way
        What was asked for.
    parameters
        Of the network of one lane.
    place
        Where it runs; None for the processor with single precision. Native code of the processor has single precision.

    Returns
    -------
    Way
        ``EAGER`` or ``REPLAY`` where that was asked for; else ``COMPILED`` where programs can be compiled and, for
        ``AUTO``, where that is faster.

    Examples
    --------
    >>> resolve(Way.REPLAY, parameters=186)
    <Way.REPLAY: 'replay'>
    """
    from engine.tape.compiler.available import is_available

    if way in (Way.EAGER, Way.REPLAY):
        return way
    if place is not None and not place.is_plain:
        return Way.REPLAY
    is_small = parameters <= MOST_PARAMETERS or way is Way.COMPILED
    return Way.COMPILED if is_small and is_available(way is Way.COMPILED) else Way.REPLAY
