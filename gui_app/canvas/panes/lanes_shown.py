"""The ways to see several lanes: in panes, one alone, the difference of two, or the boundaries of all."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from gui_app.canvas.answers import Answers
from gui_app.canvas.layers.compared import boundaries_of, difference_of
from gui_app.session.snapshot_view import LaneModel

PANES, ONE, DIFFERENCE, BOUNDARIES = "panes", "one", "difference", "boundaries"


class Way(NamedTuple):
    """A way to see several lanes, in words."""

    label: str
    meaning: str


WAYS = MappingProxyType(
    {
        PANES: Way("Panes", "Each shown lane has a pane of its own; what is drawn in one is drawn in all."),
        ONE: Way("Current lane alone", "The current lane fills the canvas."),
        DIFFERENCE: Way(
            "Difference of two lanes",
            "Where, and by how much, the answers of two lanes differ: click the chip of one and, with Ctrl, the other "
            "one's.",
        ),
        BOUNDARIES: Way(
            "Boundaries of all lanes",
            "The decision boundaries or curves of all shown lanes over one another.",
        ),
    }
)


class LanesShown(QObject):
    """How several lanes are shown, one of ``WAYS``; ``changed`` follows each change."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mode = PANES

    @property
    def mode(self) -> str:
        return self._mode

    def choose(self, mode: str) -> None:
        """Raises KeyError for none of ``WAYS``."""
        WAYS[mode]
        if mode != self._mode:
            self._mode = mode
            self.changed.emit()


def no_seeds_message(repeats: Sequence[int], of_current: int, mode: str) -> str:
    """Return why no pane can show where seeds disagree; "" if one can.

    ``repeats`` are the numbers of seeds of the shown lanes and ``of_current`` that of the current lane.
    """
    if len(repeats) > 1 and mode in (DIFFERENCE, BOUNDARIES):
        return "Where lanes are compared, each has its mean answer."
    seen = [of_current] if mode == ONE else repeats
    return (
        "" if max(seen) > 1 else "No lane in view has several seeds: see Repeat with seeds in the menu Lanes."
    )


def shown_parts(
    parts: tuple[LaneModel[Answers], ...], mode: str, selected: tuple[int, ...] = ()
) -> tuple[LaneModel[Answers], ...]:
    """Return what each pane shows: all parts, or one whose answer shows the current lane or compares several.

    The difference is that of the current lane and the first other one that is ``selected``, or else shown.
    """
    if mode == PANES or len(parts) == 1:
        return parts
    current = next((part for part in parts if part.is_current), parts[0])
    if mode == ONE:
        return (current,)
    answers = [(part.look, part.model.prediction) for part in parts if part.model.prediction is not None]
    if mode == BOUNDARIES:
        compared, uneven = (
            boundaries_of(answers, current.model.task),
            any(part.model.uneven for part in parts),
        )
    else:
        others = sorted(
            (part for part in parts if part is not current), key=lambda part: part.look.number not in selected
        )
        other = others[0] if others else current
        pair = [one for one in answers if one[0] in (current.look, other.look)]
        compared = difference_of(pair, current.look, current.model.task)
        uneven = current.model.uneven or other.model.uneven
    own = current.model
    shown = Answers(own.task, own.classes, compared, points=own.points, spot=own.spot, uneven=uneven)
    return (current._replace(model=shown),)
