"""What crosses between a window and the engine: plain, picklable values."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from engine.experiment.settings import Experiment
from engine.observation.observables import Request
from engine.observation.snapshot import Stop


@dataclass(frozen=True, slots=True)
class SetExperiment:
    """Train this experiment from now on; what did not change goes on undisturbed.

    ``gesture`` is any number that all edits of one drag or stroke share, so that they leave one mark; None where an
    edit stands for itself. With ``anew`` all lanes start from their seeds, because a person has brought in or chosen
    another data set: how alike the points are, or that there were none just before, says nothing then.
    """

    experiment: Experiment
    gesture: int | None = None
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Watch:
    """For every snapshot, measure the layers of these lanes (by index; None: all) and compute for them what the
    ``requests`` ask for.

    What no view shows need not be computed; histories do not depend on who watches. While training runs and computing
    takes too long, grids have fewer cells than a request says.
    """

    requests: tuple[Request, ...] = ()
    lanes: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Play:
    """Train until paused; lanes go on from where they ended if all have, or if they were edited since.

    Answered by ``NoTrainingPoints``, as a step is, where there is nothing to train on. When the points go while it
    plays, training waits for others.
    """


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop training after the current step."""


@dataclass(frozen=True, slots=True)
class StepBatch:
    """Train one batch, then pause."""


@dataclass(frozen=True, slots=True)
class StepEpoch:
    """Train to the end of the epoch and ``epochs`` − 1 more, then pause; adds to a ``StepEpoch`` under way."""

    epochs: int = 1


@dataclass(frozen=True, slots=True)
class Reset:
    """Start all lanes again from their seeds; training goes on if it did."""


@dataclass(frozen=True, slots=True)
class RestoreBest:
    """Let the lanes of these numbers (None: all) go back to the weights of their best epochs (``LaneSnapshot.best``),
    where they have one and other weights. The epochs go on counting, training goes on if it did, and an ended lane
    stays ended until it is played on, from there. ``Restored`` or ``NotRestored`` follows for each lane.
    """

    lanes: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class SaveRun:
    """Write what there is of the run at this moment into ``folder``: histories, events, and each lane's model, that of
    its best epoch included. Answered by ``RunSaved`` or ``RunNotSaved``.
    """

    folder: str


@dataclass(frozen=True, slots=True)
class Shutdown:
    """End the engine; commands that it has not carried out yet are forgotten."""


Command = (
    SetExperiment | Watch | Play | Pause | StepBatch | StepEpoch | Reset | RestoreBest | SaveRun | Shutdown
)


@dataclass(frozen=True, slots=True)
class EngineReady:
    """The engine has loaded and takes commands."""


@dataclass(frozen=True, slots=True)
class EngineRestarted:
    """The engine died and was started again with the same experiment; training is paused and begins anew."""


@dataclass(frozen=True, slots=True)
class LaneEnded:
    """A lane stopped early or diverged."""

    lane: str
    stop: Stop


@dataclass(frozen=True, slots=True)
class NoTrainingPoints:
    """A ``Play`` or a step did nothing, because there are no points to train on; nothing plays."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A lane has gone back to the weights of its best epoch; ``text`` is that of its mark."""

    lane: str
    text: str


@dataclass(frozen=True, slots=True)
class NotRestored:
    """A ``RestoreBest`` changed nothing about a lane: it has the weights of its best epoch already, or, with None, it
    has no best epoch.
    """

    lane: str
    best_epoch: int | None


@dataclass(frozen=True, slots=True)
class RunSaved:
    """Paths of the files that were written, with the models of ``lanes`` lanes, and of the models of other runs that
    stand beside them.
    """

    paths: tuple[str, ...]
    lanes: int = 1
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunNotSaved:
    """A file of a ``SaveRun`` could not be written; training goes on if it did."""

    sentence: str


@dataclass(frozen=True, slots=True)
class EngineFailed:
    """A command or training failed; training is paused. ``details`` is for a bug report.

    A ``final`` failure is the engine's last word: it obeys nothing any more.
    """

    sentence: str
    details: str
    final: bool = False


Event = (
    EngineReady
    | EngineRestarted
    | LaneEnded
    | NoTrainingPoints
    | Restored
    | NotRestored
    | RunSaved
    | RunNotSaved
    | EngineFailed
)

REPLACEABLE = (SetExperiment, Watch)
"""Commands that a following one of the same kind makes pointless, but for a start anew."""


def coalesce(commands: list[Command]) -> list[Command]:
    """The commands without those that the very next one of the same kind replaces."""
    return [
        command
        for command, following in zip_longest(commands, commands[1:])
        if not (isinstance(command, REPLACEABLE) and type(following) is type(command))
        or (isinstance(command, SetExperiment) and command.anew)
    ]
