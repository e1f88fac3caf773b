"""What crosses between a window and the engine: plain, picklable values.

A *turn* is what is trained from one beginning to the next: another one begins with ``Reset``, with ``LoadRun`` and with
a ``SetExperiment`` that starts lanes anew. The window counts turns, and each of these commands brings its number, which
is higher than those before. The run is kept under the number of its turn, so that nobody takes the run from before a
command for that which comes of it, however late an engine obeys.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import Literal

import msgspec

from engine.experiment.settings import Experiment
from engine.observation.observables import Request
from engine.observation.snapshot import Stop


class Message(msgspec.Struct, frozen=True):
    """Base of all commands and events. A class of this kind is made twenty times faster than a frozen dataclass."""


class SetExperiment(Message, frozen=True):
    """Train this experiment from now on; what did not change goes on undisturbed.

    Attributes
    ----------
    experiment
        The whole experiment after the edit.
    gesture
        Any number that all edits of one drag or stroke share, so that they leave one mark; None where an edit stands
        for itself.
    turn
        The turn to which the run belongs. Another turn than before begins another run: all lanes start from their
        seeds, whatever was edited, because a person has chosen another data set or document. Only where the engine
        could not take that over, and these are again the data that its lanes train on, they go on as they are.
    document
        The turn in which its document was opened. What was trained before that is of another one.
    groups
        Names of lanes that are one lane with several seeds. Where some of them come in the middle of a run, the others
        wait until they have caught up.
    former
        The name that each lane had in the ``SetExperiment`` before, by its present one; other lanes are new. None where
        the experiments alone are to tell which lane is which.
    returns
        Grows with each undo and redo, so that one is known of whose own command another one has taken the place: what
        was trained with settings that come back goes on where it was, as far as the engine still has it. 0 where all
        lanes are to start anew since the latest one.
    """

    experiment: Experiment
    gesture: int | None = None
    turn: int = 0
    document: int = 0
    groups: tuple[tuple[str, ...], ...] = ()
    former: dict[str, str] | None = None
    returns: int = 0


class Watch(Message, frozen=True):
    """Compute for every snapshot what views show; nothing else is computed, and histories do not depend on it.

    While training runs and computing takes too long, grids have fewer cells than a request says.

    Attributes
    ----------
    requests
        The observables, with their options.
    lanes
        Indexes of the lanes whose layers are measured and whose observables are computed; None for all lanes.
    more, of
        Further observables, and the indexes of those of ``lanes`` of which they are computed.
    wide, wide_of
        Observables of many lanes, such as small pictures of all cells of a sweep, and the indexes of these. While it
        trains, their layers are measured in no other epochs than those of their histories.
    """

    requests: tuple[Request, ...] = ()
    lanes: tuple[int, ...] | None = None
    more: tuple[Request, ...] = ()
    of: tuple[int, ...] = ()
    wide: tuple[Request, ...] = ()
    wide_of: tuple[int, ...] = ()


class SetSpeed(Message, frozen=True):
    """Let epochs follow one another at this speed while it plays; no number of training depends on it.

    ``StepBatch`` and ``StepEpoch`` train at full speed.

    Attributes
    ----------
    epochs_per_second
        Above 0; None for as many as the machine can.
    slow_start
        Whether a run begins slowly and gets faster with its epochs (see ``engine.service.pace``), up to this speed.
    steps_per_second
        Above 0; limits steps in place of epochs, so slowly that each of them can be followed. None where epochs count.
    """

    epochs_per_second: float | None = None
    slow_start: bool = False
    steps_per_second: float | None = None


class PauseAt(Message, frozen=True):
    """Pause whenever all lanes that train have come to an epoch, however training is driven; ``PausedAt`` tells it.

    A lane that is there, or beyond it, waits for the others. The command stays until another one replaces it. Where the
    epoch is over already for all of them, training goes on beyond it, and ``EpochPassed`` answers; after a reset it
    pauses there.

    Attributes
    ----------
    epoch
        1 or more; None to pause nowhere.
    """

    epoch: int | None


class KeepRun(Message, frozen=True):
    """Keep the run in a folder (see ``engine.data.kept_run``), so that it outlives the engine.

    While training runs, what is kept is at most two seconds or one epoch old, and less often renewed only where that
    would take too much of the time; whatever happens while it is paused is kept at once. ``RunNotKept`` says that
    it fails.

    Attributes
    ----------
    folder
        It is made; None to keep the run no more. It holds no run yet (see ``KeptRun.follow``).
    """

    folder: str | None


class LoadRun(Message, frozen=True):
    """Go on, paused, where a run was kept; ``RunLoaded`` or ``RunNotLoaded`` answers it.

    Attributes
    ----------
    experiment
        Taken over like an edit, where it differs from that of the run; however much it does, lanes keep their weights
        unless task, generator or shape are others. Where the run cannot be used, its lanes start
        from their seeds.
    run
        The bytes of the run, from anywhere (see ``engine.experiment.kept_run``).
    turn
        The turn that begins with it.
    groups
        As for ``SetExperiment``.
    """

    experiment: Experiment
    run: bytes
    turn: int = 0
    groups: tuple[tuple[str, ...], ...] = ()


class Play(Message, frozen=True):
    """Train the lanes that are not muted until paused. Those that have ended go on if all have ended, or if they were
    edited since.

    ``NoTrainingPoints`` answers it, and each step, where there is nothing to train on, and ``AllLanesMuted`` where
    there is nothing to train. When the last point goes while it plays, training waits for other points; when the last
    lane is muted, it pauses.
    """


class Pause(Message, frozen=True):
    """Stop training after the current step."""


class StepBatch(Message, frozen=True):
    """Train one batch, then pause."""


class StepEpoch(Message, frozen=True):
    """Train to the end of the epoch and ``epochs`` − 1 more, then pause; adds to a ``StepEpoch`` that still trains."""

    epochs: int = 1


class Reset(Message, frozen=True):
    """Start all lanes again from their seeds; training goes on if it did.

    Attributes
    ----------
    turn
        The turn that begins with it.
    """

    turn: int = 0


class RestoreBest(Message, frozen=True):
    """Let lanes go back to the weights of their best epochs (``LaneSnapshot.best``), where they have other weights.

    The epochs go on counting, training goes on if it did, and a lane that has ended trains on from these weights once
    it is played. ``Restored`` or ``NotRestored`` follows for each lane.

    Attributes
    ----------
    lanes
        Lane numbers; None for all lanes.
    """

    lanes: tuple[int, ...] | None = None


class SetParameter(Message, frozen=True):
    """Set one weight or bias of a lane; all else stays, and training goes on from there. Where that cannot be done,
    ``ParameterNotSet`` answers.

    Attributes
    ----------
    lane
        Its number, from 0.
    layer
        From 1 to L, the output layer.
    kind
        What is set.
    row
        The input or neuron that a weight comes from, from 0; 0 for a bias.
    column
        The neuron that it leads to, from 0.
    value
        The new value.
    gesture
        Any number that all edits of one drag share, so that they leave one mark; None where an edit stands for itself.
    """

    lane: int
    layer: int
    kind: Literal["weight", "bias"]
    row: int
    column: int
    value: float
    gesture: int | None = None


class CopyLane(Message, frozen=True):
    """Let a lane go on from what another one is: its weights, epochs, history, best epoch, marks and end, and the state
    of its optimizer where both have the same kind. It trains on with its own settings. Where that cannot be done,
    ``LaneNotCopied`` answers.

    Attributes
    ----------
    lane
        The name of the lane.
    source
        The name of the other one.
    """

    lane: str
    source: str


class SaveRun(Message, frozen=True):
    """Write the run as it is now into ``folder``: histories, events, each lane's model and that of its best epoch.

    ``RunSaved`` or ``RunNotSaved`` answers it.
    """

    folder: str


class Ping(Message, frozen=True):
    """Ask whether the engine still obeys; ``Alive`` answers at once, and ``Pong`` between two pieces of its work. It
    changes nothing, and nothing is reported for it.
    """


class Shutdown(Message, frozen=True):
    """End the engine; it forgets the commands that it has not carried out yet."""


Command = (
    SetExperiment
    | Watch
    | SetSpeed
    | PauseAt
    | KeepRun
    | LoadRun
    | Play
    | Pause
    | StepBatch
    | StepEpoch
    | Reset
    | RestoreBest
    | SetParameter
    | CopyLane
    | SaveRun
    | Ping
    | Shutdown
)


class EngineReady(Message, frozen=True):
    """The engine has loaded and takes commands."""


class TrainsOn(Message, frozen=True):
    """Where the engine trains from now on; said only of an engine that was started with a wish about that.

    Attributes
    ----------
    device
        "cpu" or "cuda".
    precision
        "float32" or "float64".
    why
        Why there, as the end of a sentence; "" where somebody has asked for it.
    """

    device: str
    precision: str
    why: str = ""


class EngineRestarted(Message, frozen=True):
    """The engine has ended and was started again with the same experiment, paused.

    Attributes
    ----------
    epoch
        The epoch from which its kept run goes on, unless ``RunNotLoaded`` follows; None where training begins anew.
    reason
        Why it begins anew although a run was kept, in a sentence; "" otherwise.
    asked
        Whether ``Engine.restart`` has asked for it.
    """

    epoch: int | None = None
    reason: str = ""
    asked: bool = False


class Alive(Message, frozen=True):
    """Answers a ``Ping`` whatever the engine is busy with; it never reaches the window."""


class Pong(Message, frozen=True):
    """Answers a ``Ping`` when the engine has come to it; it never reaches the window."""


class EngineSilent(Message, frozen=True):
    """The engine has given no sign of life for two seconds. ``EngineAnswers``, ``EngineBusy`` or ``EngineRestarted``
    ends it.
    """


class EngineBusy(Message, frozen=True):
    """The engine has worked on one thing for half a minute, as a large network with many points may take. It obeys
    nothing until it is done. ``EngineAnswers``, ``EngineSilent`` or ``EngineRestarted`` ends it.
    """


class EngineAnswers(Message, frozen=True):
    """An engine that was silent or busy answers again."""


class RunLoaded(Message, frozen=True):
    """Training goes on from ``epoch`` whole epochs, as the ``LoadRun`` of this ``turn`` has asked for.

    Attributes
    ----------
    epoch
        Whole epochs.
    without_history
        The names of the lanes whose histories could not be read: they have their weights, and begin a new history.
    """

    epoch: int
    without_history: tuple[str, ...] = ()
    turn: int = 0


class RunNotLoaded(Message, frozen=True):
    """The run of the ``LoadRun`` of this ``turn`` could not be loaded; ``sentence`` says why.

    Training begins anew, at once or, where something else has failed than the run, with the next edit. Where the run
    ``waits`` for memory, an edit tries again to load it, so that ``RunLoaded`` may follow.
    """

    sentence: str
    turn: int = 0
    waits: bool = False


class RunNotKept(Message, frozen=True):
    """The run cannot be kept; ``sentence`` says why. It is said once, and again after it has worked meanwhile.

    Attributes
    ----------
    sentence
        For the screen.
    reason
        Why, in a clause.
    """

    sentence: str
    reason: str = ""


class RunKept(Message, frozen=True):
    """The run, of which ``RunNotKept`` has said that it cannot be kept, is kept again."""


class LaneEnded(Message, frozen=True):
    """A lane stopped early or diverged."""

    lane: str
    stop: Stop


class NoTrainingPoints(Message, frozen=True):
    """A ``Play`` or a step did nothing, because there are no points to train on; nothing plays."""


class AllLanesMuted(Message, frozen=True):
    """A ``Play`` or a step did nothing, or training has paused, because all lanes are muted; nothing plays."""


class TrainingNotKept(Message, frozen=True):
    """Lanes that came back by undo or redo have started from their seeds, because their runs took too much memory.

    Attributes
    ----------
    networks
        How many.
    """

    networks: int


class LaneNotCopied(Message, frozen=True):
    """A ``CopyLane`` has changed nothing.

    Attributes
    ----------
    lane
        The name of the lane.
    sentence
        Why.
    """

    lane: str
    sentence: str


class PausedAt(Message, frozen=True):
    """Training has paused, because the epoch of a ``PauseAt`` is over."""

    epoch: int


class EpochPassed(Message, frozen=True):
    """The ``epoch`` of a ``PauseAt`` was over before; training is at epoch ``now``."""

    epoch: int
    now: int


class Restored(Message, frozen=True):
    """A lane has gone back to the weights of its best epoch; its mark says ``text``."""

    lane: str
    text: str


class NotRestored(Message, frozen=True):
    """A ``RestoreBest`` changed nothing about a lane.

    Attributes
    ----------
    lane
        Its name.
    best_epoch
        The epoch whose weights it has already; None where it has no best epoch.
    """

    lane: str
    best_epoch: int | None


class ParameterNotSet(Message, frozen=True):
    """A ``SetParameter`` has changed nothing; ``sentence`` says why."""

    sentence: str


class RunSaved(Message, frozen=True):
    """A run has been written.

    Attributes
    ----------
    paths
        The files that were written.
    lanes
        How many lanes' models are among them.
    left
        Models of other runs in the same folder.
    folder
        That of the ``SaveRun`` which this answers.
    """

    paths: tuple[str, ...]
    lanes: int = 1
    left: tuple[str, ...] = ()
    folder: str = ""


class RunNotSaved(Message, frozen=True):
    """A ``SaveRun`` has failed. Each one has exactly one answer, also where the engine ends meanwhile. Training goes on
    if it did.

    Attributes
    ----------
    sentence
        Why.
    folder
        That of the ``SaveRun`` which this answers.
    failed
        The files that were not written, all others were; None where nobody knows.
    """

    sentence: str
    folder: str = ""
    failed: tuple[str, ...] | None = None


class EngineFailed(Message, frozen=True):
    """A command or training failed; training is paused. After a final failure, ``Engine.restart`` starts it again.

    Attributes
    ----------
    sentence
        What failed, for the screen.
    details
        The traceback or the like, for a bug report.
    final
        Whether the engine has ended with it.
    """

    sentence: str
    details: str
    final: bool = False


Event = (
    EngineReady
    | TrainsOn
    | EngineRestarted
    | EngineSilent
    | EngineBusy
    | EngineAnswers
    | Alive
    | Pong
    | RunLoaded
    | RunNotLoaded
    | RunNotKept
    | RunKept
    | LaneEnded
    | NoTrainingPoints
    | AllLanesMuted
    | TrainingNotKept
    | LaneNotCopied
    | PausedAt
    | EpochPassed
    | Restored
    | NotRestored
    | ParameterNotSet
    | RunSaved
    | RunNotSaved
    | EngineFailed
)

REPLACEABLE = (SetExperiment, Watch, SetSpeed, PauseAt, KeepRun)
"""Commands that a following one of the same kind replaces."""


def is_driving(value: object) -> bool:
    """Whether a value is a command that drives training, so that it is counted and nothing replaces it."""
    return isinstance(value, Command) and not isinstance(value, (*REPLACEABLE, Ping))


def coalesce(commands: list[Command]) -> list[Command]:
    """Leave out commands that the very next command replaces.

    Parameters
    ----------
    commands
        In the order in which they were sent.

    Returns
    -------
    list
        The others, in the same order.

    Examples
    --------
    >>> coalesce([Watch(lanes=(0,)), Watch(lanes=(1,)), Pause(), Watch()])
    [Watch(requests=(), lanes=(1,), more=(), of=(), wide=(), wide_of=()), Pause(), Watch(requests=(), lanes=None, ...)]
    """
    return [
        command
        for command, following in zip_longest(commands, commands[1:])
        if not (isinstance(command, REPLACEABLE) and type(following) is type(command))
    ]
