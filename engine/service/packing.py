"""Pickles in which small arrays of one shape and type lie together: to pickle each alone takes longer than all else."""

from __future__ import annotations

import copyreg
import io
import pickle
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

SMALL = 4 << 10
"""Arrays of numbers with fewer bytes lie together."""
_NUMBERS = "biufc"
"""What NumPy calls kinds of numbers."""

AnyArray = NDArray[Any]


def dumps(value: object, buffer_callback: Callable[[pickle.PickleBuffer], bool] | None = None) -> bytes:
    """Pickle a value.

    Parameters
    ----------
    value
        Anything that can be pickled.
    buffer_callback
        As for ``pickle.dumps``: it is given the buffers of arrays of ``SMALL`` bytes and more.

    Returns
    -------
    bytes
        Two pickles: the small arrays by shape and type, and the value.

    Raises
    ------
    Exception
        Whatever pickling the value raises.
    """
    stacks: dict[tuple[tuple[int, ...], np.dtype[Any]], tuple[int, list[AnyArray]]] = {}

    def reduce(array: AnyArray) -> Any:
        if array.nbytes >= SMALL or array.dtype.kind not in _NUMBERS or not array.dtype.isnative:
            return array.__reduce_ex__(pickle.HIGHEST_PROTOCOL)
        number, stack = stacks.setdefault((array.shape, array.dtype), (len(stacks), []))
        stack.append(array)
        return one_of, (number, len(stack) - 1)

    file = io.BytesIO()
    pickler = pickle.Pickler(file, pickle.HIGHEST_PROTOCOL, buffer_callback=buffer_callback)
    pickler.dispatch_table = {**copyreg.dispatch_table, np.ndarray: reduce}
    pickler.dump(value)
    together = [np.array(stack) for _, stack in stacks.values()]
    return pickle.dumps(together, pickle.HIGHEST_PROTOCOL) + file.getvalue()


def loads(data: bytes, buffers: Sequence[bytes] = ()) -> Any:
    """Return the value of ``dumps``.

    Parameters
    ----------
    data
        What ``dumps`` returned.
    buffers
        Those that its ``buffer_callback`` kept, in order.

    Raises
    ------
    Exception
        Whatever unpickling raises.
    """
    file = io.BytesIO(data)
    return _Unpickler(file, pickle.load(file), buffers).load()


def one_of(stack: int, index: int) -> AnyArray:
    """Stands in a pickle for a small array; only ``loads`` knows the stacks."""
    raise pickle.UnpicklingError(f"array {index} of stack {stack} is not here")


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, stacks: Sequence[AnyArray], buffers: Sequence[bytes]) -> None:
        super().__init__(file, buffers=buffers)
        self._stacks = stacks

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == (one_of.__module__, one_of.__name__):
            # With "...", a number without axes stays an array.
            return lambda stack, index: self._stacks[stack][index, ...]
        return super().find_class(module, name)
