"""The tensors of one lane, as they pass from one stack to another."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(eq=False)
class LaneState:
    """The tensors of one lane outside any stack.

    ``row`` and ``checkpoint`` [size] are flat parameters, those of now and the newest whose loss was finite; ``slots``
    [size] belong to the optimizer, which has made ``updates`` updates.
    """

    row: Tensor
    checkpoint: Tensor
    slots: dict[str, Tensor]
    updates: int = 0

    @classmethod
    def at(cls, row: Tensor) -> LaneState:
        """Copies of these parameters [size], with which the optimizer begins with empty state."""
        return cls(row.clone(), row.clone(), {})
