"""What an engine is told when it is started again: the latest settings, and the run as far as it was kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from engine.data.file_state import stamp
from engine.data.kept_run import RunError, RunFolder, facts, read_kept, state_file
from engine.service import messages as m

_SETTINGS = (m.Watch, m.SetSpeed, m.PauseAt)
"""What another engine is told before it gets something to train."""
DAMAGED = "What was kept of the run is damaged."
"""Why a run cannot go on."""


class KeptRun:
    """The folder in which an engine keeps its run, and the turn whose run is wanted.

    An engine that is told to reset, or to train something else, may end before it has kept what came of that. What it
    kept until then bears the number of an earlier turn.
    """

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.turn = 0
        """See ``engine.service.messages``."""

    def follow(self, folder: Path | None) -> None:
        """Look into another folder from now on. An engine is told of it only after that, because files are removed.

        Parameters
        ----------
        folder
            A run that lies in it already is of no turn of this engine, and is removed; None for no folder.
        """
        if folder != self.folder:
            self.folder = folder
            if folder is not None:
                RunFolder(folder).remove()

    def read(self, turn: int | None = None) -> bytes | None:
        """Read the run of a turn as it was kept last.

        Parameters
        ----------
        turn
            An earlier turn, whose run is there until the engine keeps one of a later turn; None for this turn.

        Returns
        -------
        bytes or None
            The run; None where there is none.
        """
        return None if self.folder is None else read_kept(self.folder, self.turn if turn is None else turn)

    @property
    def is_there(self) -> bool:
        """Whether anything of this turn was kept; it costs next to nothing to know."""
        return self.stamp() is not None

    def stamp(self) -> tuple[int, int, int] | None:
        """Return what tells one state of this turn from another; None where there is none."""
        return None if self.folder is None else stamp(state_file(self.folder, self.turn))


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first commands of an engine that is started again.

    Attributes
    ----------
    commands
        In their order.
    epoch
        Where training goes on; None where it begins anew.
    reason
        Why it begins anew although something was kept; "" otherwise.
    """

    commands: tuple[m.Command, ...]
    epoch: int | None = None
    reason: str = ""

    @property
    def loads(self) -> bool:
        """Whether a run is loaded."""
        return any(isinstance(command, m.LoadRun) for command in self.commands)


class Memory:
    """Remembers from the commands that are sent what another engine needs to go on.

    Examples
    --------
    >>> memory = Memory()
    >>> for command in (m.SetSpeed(1.0), m.Play(), m.SetSpeed(2.0)):
    ...     memory.note(command)
    >>> memory.beginning(None).commands
    (SetSpeed(epochs_per_second=2.0, slow_start=False, steps_per_second=None),)
    """

    def __init__(self) -> None:
        self._latest: dict[type, m.Command] = {}
        self._loaded: m.LoadRun | None = None
        self.kept = KeptRun()

    def note(self, command: m.Command) -> None:
        """Remember a command that is sent."""
        match command:
            case m.LoadRun(experiment, _, turn, groups):
                self._latest[m.SetExperiment] = m.SetExperiment(experiment, groups=groups)
                self._begin(turn, command)
            case m.Reset(turn):
                self._begin(turn, None)
            case m.KeepRun(folder):
                self._latest[m.KeepRun] = command
                # Whoever has chosen the folder has removed what lay in it.
                self.kept.folder = None if folder is None else Path(folder)
            case m.SetExperiment(turn=turn):
                self._latest[m.SetExperiment] = command
                if turn > self.kept.turn:
                    self._begin(turn, None)
            case m.Watch() | m.SetSpeed() | m.PauseAt():
                self._latest[type(command)] = command

    def beginning(self, run: bytes | None, reason: str = "") -> Beginning:
        """Return what another engine is told first.

        Parameters
        ----------
        run
            What ``kept.read`` has returned. Without one, a run that was loaded before is loaded again.
        reason
            Why no run is to be loaded at all; "" if one may be.
        """
        run = self._loaded.run if run is None and self._loaded is not None else run
        if reason:
            run = None
        elif run is None and self.kept.is_there:
            reason = DAMAGED
        commands = [self._latest[kind] for kind in _SETTINGS if kind in self._latest]
        epoch, experiment = None, self._latest.get(m.SetExperiment)
        if isinstance(experiment, m.SetExperiment):
            try:
                epoch = None if run is None else facts(run).epoch
            except RunError:
                reason = DAMAGED
            turn = self.kept.turn
            loads = run is not None and epoch is not None
            load = m.LoadRun(experiment.experiment, run, turn, experiment.groups) if loads and run else None
            commands.append(load or replace(experiment, turn=turn, former=None))
        commands += [self._latest[m.KeepRun]] if m.KeepRun in self._latest else []
        return Beginning(tuple(commands), epoch, reason)

    def _begin(self, turn: int, loaded: m.LoadRun | None) -> None:
        self._loaded, self.kept.turn = loaded, turn
