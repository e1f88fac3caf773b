"""What a rule is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from engine.catalogue.presets import below_experiment
from engine.experiment import Experiment, ExperimentError, edit_many
from engine.observation.diagnosis.case import Case

Severity = Literal["error", "warning", "hint"]


@dataclass(frozen=True, slots=True)
class Cure:
    """An edit of the experiment that may help; ``label`` is what its button says.

    ``changes`` are by path: below the lane, or below the experiment where they begin with ``data.``.
    """

    label: str
    changes: Mapping[str, object]

    def edits(self, lane_number: int) -> dict[str, object]:
        """The changes by paths below the experiment, for the lane of that number."""
        return below_experiment(self.changes, lane_number)

    def applies(self, experiment: Experiment, lane_number: int) -> bool:
        """Whether the experiment can be changed so, and is not so already."""
        try:
            return edit_many(experiment, self.edits(lane_number)) != experiment
        except ExperimentError:
            return False


@dataclass(frozen=True, slots=True)
class Statement:
    """A finding in plain language: ``title`` names it, ``numbers`` is a sentence with what was seen."""

    title: str
    numbers: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """``look(case)`` says what it found, None where it found nothing; ``cures(case)`` what may help, best first.

    It says nothing before the lane has trained for ``epochs`` with the settings it has. Where a code of ``yields_to``
    is found as well, that one is the cause, and this finding is not reported. ``at_end`` is for rules that need no
    trend when a lane diverges or stops, ``only_at_end`` for those that look at nothing else.
    """

    code: str
    severity: Severity
    look: Callable[[Case], Statement | None]
    cures: Callable[[Case], Iterable[Cure | None]]
    yields_to: frozenset[str] = frozenset()
    epochs: int = 0
    at_end: bool = False
    only_at_end: bool = False

    def ripe(self, case: Case) -> bool:
        """Whether there is enough to look at, so that finding nothing means that there is nothing."""
        return (self.at_end and case.stop is not None) or self.only_at_end or case.lasted(self.epochs)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has found in a lane; ``cures`` can all be applied to its experiment."""

    code: str
    severity: Severity
    title: str
    numbers: str
    cures: tuple[Cure, ...]

    @property
    def message(self) -> str:
        return f"{self.title}. {self.numbers}"
