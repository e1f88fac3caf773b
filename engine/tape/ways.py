"""The ways in which a tensor program runs, and how one is chosen."""

from __future__ import annotations

from enum import StrEnum


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


def resolve(way: Way, parameters: int, points: int) -> Way:
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
    points
        How many points go through it at once.

    Returns
    -------
    Way
        ``EAGER`` where that was asked for, else ``REPLAY``.

    Examples
    --------
    >>> resolve(Way.AUTO, parameters=186, points=10)
    <Way.REPLAY: 'replay'>
    """
    return Way.EAGER if way is Way.EAGER else Way.REPLAY
