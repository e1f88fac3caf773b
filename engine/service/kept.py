"""What an engine is told when it is started again: the latest settings, and the run as far as it was kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.data.file_state import stamp
from engine.data.kept_run import STATE, RunError, facts, read_kept
from engine.service import messages as m

DAMAGED = "What was kept of the run is damaged."
"""Why a run cannot go on."""

Stamp = tuple[int, int, int]


class KeptRun:
    """The folder in which an engine keeps its run, and whether what it holds is still wanted.

    An engine that is told to reset, or to train something else, may end before it has kept what came of that.
    """

    def __init__(self) -> None:
        self.folder: Path | None = None
        self._unwanted: Stamp | None = None

    def follow(self, folder: Path | None) -> None:
        """Look into another folder from now on.

        Parameters
        ----------
        folder
            What it holds already is not wanted; None for no folder.
        """
        if folder != self.folder:
            self.folder = folder
            self.forget()

    def forget(self) -> None:
        """What is kept now is not wanted any more; what is kept after it will be."""
        self._unwanted = self.stamp()

    def read(self) -> bytes | None:
        """Return the newest run that is wanted; None where there is none."""
        return read_kept(self.folder) if self.folder is not None and self.is_wanted else None

    @property
    def is_wanted(self) -> bool:
        """Whether there is anything that was kept since."""
        stamp = self.stamp()
        return stamp is not None and stamp != self._unwanted

    @property
    def unwanted(self) -> Stamp | None:
        """The stamp of what is not wanted; None if nothing is."""
        return self._unwanted

    def stamp(self) -> Stamp | None:
        """What tells one state of the folder from another; it is replaced as a whole."""
        return None if self.folder is None else stamp(self.folder / STATE)


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
    (SetSpeed(epochs_per_second=2.0, slow_start=False),)
    """

    def __init__(self) -> None:
        self._latest: dict[type, m.Command] = {}
        self._loaded: m.LoadRun | None = None
        self.kept = KeptRun()
        self.turns = 0
        """How often what was kept before has become unwanted."""

    def note(self, command: m.Command) -> None:
        """Remember a command that is sent."""
        match command:
            case m.LoadRun(experiment):
                self._latest[m.SetExperiment] = m.SetExperiment(experiment)
                self._turn(command)
            case m.Reset():
                self._turn(None)
            case m.KeepRun(folder):
                self._latest[m.KeepRun] = command
                self.kept.follow(None if folder is None else Path(folder))
            case m.SetExperiment(experiment, gesture, restart):
                self._latest[m.SetExperiment] = m.SetExperiment(experiment, gesture)
                if restart:
                    self._turn(None)
            case m.Watch() | m.SetSpeed():
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
        elif run is None and self.kept.is_wanted:
            reason = DAMAGED
        commands = [self._latest[kind] for kind in (m.Watch, m.SetSpeed) if kind in self._latest]
        epoch, experiment = None, self._latest.get(m.SetExperiment)
        if isinstance(experiment, m.SetExperiment):
            try:
                epoch = None if run is None else facts(run).epoch
            except RunError:
                reason = DAMAGED
            loads = run is not None and epoch is not None
            commands.append(m.LoadRun(experiment.experiment, run) if loads and run else experiment)
        commands += [self._latest[m.KeepRun]] if m.KeepRun in self._latest else []
        return Beginning(tuple(commands), epoch, reason)

    def _turn(self, loaded: m.LoadRun | None) -> None:
        self._loaded = loaded
        self.turns += 1
        self.kept.forget()
