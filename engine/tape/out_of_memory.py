"""Whether an error means that there is not enough memory, and what to say then."""

from __future__ import annotations

NOT_ENOUGH_MEMORY = (
    "There is not enough memory for this network: make it smaller, or use fewer lanes, smaller batches or "
    "fewer points."
)
_WORDS = ("can't allocate memory", "not enough memory", "Cannot allocate memory", "out of memory")
"""How torch's allocators say it, in a ``RuntimeError``; the third is the system's own sentence."""


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether memory could not be had.

    Parameters
    ----------
    error
        Any.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_out_of_memory(MemoryError()), is_out_of_memory(RuntimeError("the shapes differ"))
    (True, False)
    """
    if isinstance(error, MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _WORDS)
