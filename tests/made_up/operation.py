"""A made-up operation on all points."""

from __future__ import annotations

from engine.data.edits import Edit, Replace
from engine.data.operations import OPERATIONS, Operation, Request, moved
from tests.made_up.adding import add


def _exchange(request: Request) -> Edit:
    return Replace(request.points, moved(request.points, request.points.xy[:, ::-1], request.task))


add(
    OPERATIONS,
    Operation(
        key="made_up_exchange",
        label="Exchange axes",
        formula="x₁ ↔ x₂",
        tooltip="Mirrors all points at the diagonal.",
        function=_exchange,
        tasks=("classification",),
    ),
)
