"""What a rule is, and what it finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from engine.catalogue.presets import below_experiment
from engine.experiment import Experiment, ExperimentError, edit_many
from engine.observation.diagnosis.case import Case

Severity = Literal["error", "warning", "hint"]

SETTLING = 10
"""After an edit, the loss of a lane may settle for a tenth of the epochs that were trained before."""
_VERB = re.compile(r"^(Add|Switch to|Switch on|Start from|Restart at) (a )?")
_RESTART = re.compile(r"(,| and) restart$")


@dataclass(frozen=True, slots=True)
class Cure:
    """An edit of the experiment that may help.

    Attributes
    ----------
    label
        The text of its button.
    changes
        Values by path: below the lane or, where the path begins with ``data.``, below the experiment.
    """

    label: str
    changes: Mapping[str, object]

    def edits(self, lane_number: int) -> dict[str, object]:
        """Return the changes by path below the experiment.

        Parameters
        ----------
        lane_number
            The lane that they are for, from 0.

        Returns
        -------
        dict
            As ``engine.experiment.edit_many`` takes it.

        Examples
        --------
        >>> Cure("Slower", {"training.learning_rate": 0.001}).edits(0)
        {'lanes.0.training.learning_rate': 0.001}
        """
        return below_experiment(self.changes, lane_number)

    @property
    def short(self) -> str:
        """What the cure brings, as an addition to the name of a lane.

        Examples
        --------
        >>> [Cure(label, {}).short for label in ("Add dropout 0.2", "Switch off early stopping", "L2 0.001, restart")]
        ['dropout 0.2', 'no early stopping', 'L2 0.001']
        """
        said = _RESTART.sub("", self.label)
        if said.startswith("Switch off "):
            return said.replace("Switch off", "no", 1)
        bare = _VERB.sub("", said)
        starts_a_word = bare == said and bare[1:2].islower()
        return bare[:1].lower() + bare[1:] if starts_a_word else bare

    @property
    def changes_of_copy(self) -> dict[str, object]:
        """Values by path below the lane for a copy that starts anew, with the lane's own seed.

        Empty where the cure edits the data, which all lanes share.

        Examples
        --------
        >>> Cure("Slower", {"training.learning_rate": 0.001, "seed": 3}).changes_of_copy
        {'training.learning_rate': 0.001}
        """
        if any(path.startswith("data.") for path in self.changes):
            return {}
        return {path: value for path, value in self.changes.items() if path != "seed"}

    def applies(self, experiment: Experiment, lane_number: int) -> bool:
        """Whether the edit is allowed and changes anything.

        Parameters
        ----------
        experiment
            Valid.
        lane_number
            The lane that it is for, from 0.

        Returns
        -------
        bool
        """
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
    """One thing that can be wrong with a lane.

    Attributes
    ----------
    code
        Its name in files and for presets.
    severity
        How its findings are shown.
    look
        ``look(case)`` returns what it found; None where it found nothing.
    cures
        ``cures(case)`` returns what may help, the best first; None for a cure that is no help to this lane.
    yields_to
        Codes of rules that name the cause of this one's finding, which is not reported beside theirs.
    epochs
        The fewest epochs that the lane must have trained with its settings.
    judges_shape
        Whether it judges how the loss moves. Then it also waits for 1 / ``SETTLING`` of the epochs before the latest
        edit: late in a run, the few epochs in which the loss still settles would look like a shape of their own.
    at_end
        Whether it needs no trend when a lane diverges or stops.
    only_at_end
        Whether it looks at nothing but such an end.
    measures
        Whether it quotes measurements of the network: of a repeated lane, these are medians over its seeds.
    """

    code: str
    severity: Severity
    look: Callable[[Case], Statement | None]
    cures: Callable[[Case], Iterable[Cure | None]]
    yields_to: frozenset[str] = frozenset()
    epochs: int = 0
    judges_shape: bool = False
    at_end: bool = False
    only_at_end: bool = False
    measures: bool = True

    def ripe(self, case: Case) -> bool:
        """Whether there is enough to look at, so that finding nothing means that nothing is wrong.

        Parameters
        ----------
        case
            The lane so far.

        Returns
        -------
        bool
        """
        if (self.at_end and case.stop is not None) or self.only_at_end:
            return True
        settling = case.since // SETTLING if self.judges_shape else 0
        return case.lasted(max(self.epochs, settling))


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has found in a lane.

    Attributes
    ----------
    code, severity
        Of the rule.
    title
        What is wrong, in a few words.
    numbers
        A sentence with what was measured.
    cures
        All of them can be applied to the lane's experiment.
    """

    code: str
    severity: Severity
    title: str
    numbers: str
    cures: tuple[Cure, ...]

    @property
    def message(self) -> str:
        return f"{self.title}. {self.numbers}"
