"""A made-up quantity of lessons."""

from __future__ import annotations

from engine.lessons.measuring import Seen
from engine.lessons.quantities import QUANTITIES, Quantity
from tests.made_up.adding import add


def _first(seen: Seen) -> float:
    return float(seen.network.history.loss[0, seen.split])


add(
    QUANTITIES,
    Quantity(
        key="made_up_first_loss",
        label="first loss",
        formula="",
        tooltip="The loss on a split before the first step.",
        function=_first,
        uses=("split",),
    ),
)
