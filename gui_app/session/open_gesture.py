"""The current gesture: the state before it, and its edits so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.data import Edit
from engine.experiment import Experiment


@dataclass(slots=True)
class OpenGesture:
    """``before`` is the experiment before the first edit; ``was_empty`` where it had no points.

    ``source`` says where points come from that the latest edit puts on an empty canvas.
    """

    before: Experiment
    was_empty: bool
    source: str
    edits: list[Edit] = field(default_factory=list)

    @property
    def was_drawn(self) -> bool:
        """Whether the points were no longer those of the generator before the gesture."""
        return self.before.data.points is not None
