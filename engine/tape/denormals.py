"""Train without denormal numbers, those nearer to 0 than 1.2e-38 (in double precision 2.2e-308): they count as 0.

A processor computes with them up to a hundred times as slowly, and training makes them: averages of gradients that have
ended decay by a factor in each step, and so do weights under a strong regularization. A few such networks would slow
down all others. No other number changes. A thread that is started meanwhile inherits it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import torch

_SMALLEST = sys.float_info.min


def forget_denormals() -> None:
    """Count denormal numbers as 0 in the calling thread from now on, where the processor can."""
    torch.set_flush_denormal(True)


@contextmanager
def without_denormals() -> Iterator[None]:
    """Count denormal numbers as 0 in the calling thread, where the processor can.

    Returns
    -------
    context manager
        Also a decorator of functions.
    """
    if _SMALLEST * 0.5 == 0.0:
        yield
        return
    forget_denormals()
    try:
        yield
    finally:
        torch.set_flush_denormal(False)
