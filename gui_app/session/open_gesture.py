"""The current gesture: the state before it, and its edits so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.data import Edit
from engine.experiment import Experiment


@dataclass(slots=True)
class OpenGesture:
    """A gesture that is not finished.

    Attributes
    ----------
    before
        The experiment before the first edit.
    was_empty
        Whether it had no points.
    source
        The origin of the points that the latest edit adds; it matters if the canvas was empty.
    edits
        All edits so far.
    """

    before: Experiment
    was_empty: bool
    source: str
    edits: list[Edit] = field(default_factory=list)

    @property
    def was_drawn(self) -> bool:
        """Whether the points before the gesture were drawn or imported, not generated."""
        return self.before.data.points is not None
