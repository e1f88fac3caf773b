"""Commands on their way to an engine that may not take them: few at any time, however many are sent."""

from __future__ import annotations

import threading
from collections import deque
from typing import cast

import msgspec
from msgspec.structs import replace

from engine.experiment.lane_pairs import names_before
from engine.service import messages as m
from engine.service.interface import Inbox
from engine.service.wire import pack

FEW = 32
"""So many commands wait one by one; where there are more, those are merged that an engine has missed together."""


class Refused(msgspec.Struct, frozen=True):
    """Stands for a driving command that was not sent: the window has counted it, and waits for that count."""


class Waiting(msgspec.Struct, frozen=True):
    """A command that waits, its message, and how many driving commands it stands for."""

    command: object
    message: bytes
    driven: int


class Backlog:
    """A queue of commands, from which newer ones take away what they make needless.

    A replaceable command takes the place of one of its kind, unless a driving command was sent between them. Only where
    more than ``FEW`` wait, as they do while an engine hangs, driving commands are merged, too: of Play and Pause the
    last counts, epochs add up, a reset makes needless what was to be trained before it.

    Examples
    --------
    >>> backlog = Backlog()
    >>> for command in (m.SetSpeed(1.0), m.Watch(), m.SetSpeed(2.0), m.Play()):
    ...     backlog.put(command)
    >>> backlog.close()
    >>> [type(one.command).__name__ for one in backlog.waiting]
    ['Watch', 'SetSpeed', 'Play']
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[Waiting] = []
        self._held = self._closed = False

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """What waits, oldest first."""
        with self._changed:
            return tuple(self._waiting)

    @property
    def size(self) -> int:
        """The length of all messages that wait, in bytes."""
        return sum(len(one.message) for one in self.waiting)

    def put(self, command: object, message: bytes | None = None) -> None:
        """Add a command at the end.

        Parameters
        ----------
        command
            Or what else the other end takes. ``Shutdown`` takes the place of all that waits, because an engine
            forgets it then, and waits for nothing.
        message
            The command as ``pack`` makes it, where the caller has done that already.
        """
        driving = m.is_driving(command) or isinstance(command, Refused)
        newest = Waiting(command, pack(command) if message is None else message, int(driving))
        with self._changed:
            if isinstance(command, m.Shutdown):
                self._waiting, self._held = [], False
            elif isinstance(command, m.LoadRun):
                newest = _take_away_other_runs(self._waiting, newest)
            elif isinstance(command, Refused):
                newest = _take_away_last_driving(self._waiting, newest)
            elif not driving:
                newest = _take_away_replaced(self._waiting, newest)
            self._waiting.append(newest)
            if len(self._waiting) > FEW:
                self._waiting = _merged(self._waiting)
            self._changed.notify()

    @property
    def empty(self) -> bool:
        """Whether there is nothing that may be taken."""
        with self._changed:
            return self._next() is None

    def take(self, seconds: float | None = None) -> Waiting | None:
        """Wait for the oldest command that is not held and take it out.

        Parameters
        ----------
        seconds
            How long to wait; None for as long as it takes.

        Returns
        -------
        Waiting or None
            None after ``close``, and where none came in time.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._next() is not None, seconds)
            index = self._next()
            return None if self._closed or index is None else self._waiting.pop(index)

    def hold(self, held: bool) -> None:
        """Let nothing but a ping be taken for now, or let all be taken again."""
        with self._changed:
            self._held = held
            self._changed.notify()

    def close(self) -> None:
        """Let nobody wait any more."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _next(self) -> int | None:
        """The index of what may be taken."""
        free = (n for n, one in enumerate(self._waiting) if not self._held or isinstance(one.command, m.Ping))
        return next(free, None)


class Counted:
    """Counts driving commands as the window does, although some stand for several that were merged.

    Examples
    --------
    >>> counted = Counted(10)
    >>> for command, driven in ((m.Play(), 1), (m.Pause(), 3), (m.Play(), 1)):
    ...     counted.note(Waiting(command, b"", driven))
    >>> [counted.at(sent) for sent in (0, 1, 2, 3)]
    [10, 11, 14, 15]
    """

    def __init__(self, before: int) -> None:
        self._before = before
        self._sent = 0
        self._merged: deque[tuple[int, int]] = deque()
        """How many more commands each that was merged stands for, by its number."""

    def note(self, waiting: Waiting) -> None:
        """Note that a command is sent, or that one is not."""
        if isinstance(waiting.command, Refused):
            self._merged.append((self._sent, waiting.driven))
        elif waiting.driven:
            self._sent += 1
            if waiting.driven > 1:
                self._merged.append((self._sent, waiting.driven - 1))

    def at(self, acknowledged: int) -> int:
        """Return the window's count where the process counts ``acknowledged``, which never falls."""
        while self._merged and self._merged[0][0] <= acknowledged:
            self._before += self._merged.popleft()[1]
        return self._before + acknowledged


class CommandInbox(Inbox[m.Command]):
    """A backlog for an engine in this process, which takes commands from it one by one.

    Parameters
    ----------
    counted
        Is told what is taken.

    Examples
    --------
    >>> inbox = CommandInbox(Counted(0))
    >>> for epoch in range(100):
    ...     inbox.put(m.StepEpoch())
    >>> len(inbox.drain()) <= FEW, inbox.drain(), inbox.wait_for(0.0), inbox.empty
    (True, [], [], True)
    """

    def __init__(self, counted: Counted) -> None:
        super().__init__()
        self._counted = counted
        self.backlog = Backlog()

    def put(self, item: m.Command) -> None:
        """Add a command, as ``Backlog.put`` does."""
        # Nobody writes it anywhere.
        self.backlog.put(item, b"")

    @property
    def empty(self) -> bool:
        """Whether there is nothing that may be taken."""
        return self.backlog.empty

    def wait_for(self, seconds: float | None) -> list[m.Command]:
        """Take out the first command; an empty list where none came within so many seconds."""
        while (waiting := self.backlog.take(seconds)) is not None:
            self._counted.note(waiting)
            if not isinstance(waiting.command, Refused):
                return [cast(m.Command, waiting.command)]
        return []

    def drain(self, wait: bool = False) -> list[m.Command]:
        """Take out all commands that may be taken; ``wait`` until there is at least one."""
        commands = self.wait_for(None) if wait else []
        while more := self.wait_for(0.0):
            commands += more
        return commands


def _take_away_replaced(waiting: list[Waiting], newest: Waiting) -> Waiting:
    """Remove what a replaceable command replaces; the command then says what both have said of names."""
    for index in range(len(waiting) - 1, -1, -1):
        if waiting[index].driven:
            break
        older = waiting[index].command
        if type(older) is type(newest.command):
            del waiting[index]
            return _with_names_before(older, newest)
    return newest


def _with_names_before(older: object, newest: Waiting) -> Waiting:
    """An edit that replaces another one, with the names that lanes had before both."""
    newer = newest.command
    if not (isinstance(older, m.SetExperiment) and isinstance(newer, m.SetExperiment)):
        return newest
    command = replace(newer, former=names_before(older.former, newer.former))
    return replace(newest, command=command, message=pack(command))


def _take_away_last_driving(waiting: list[Waiting], refused: Waiting) -> Waiting:
    """Remove a driving command that comes last, which then stands for the refused one as well."""
    if waiting and waiting[-1].driven:
        last = waiting.pop()
        return replace(last, driven=last.driven + refused.driven)
    return refused


def _take_away_other_runs(waiting: list[Waiting], newest: Waiting) -> Waiting:
    """Remove what a run that is loaded makes needless, unless something is to be saved first."""
    first = next((n for n in range(len(waiting), 0, -1) if isinstance(waiting[n - 1].command, m.SaveRun)), 0)
    needless = [one for one in waiting[first:] if one.driven or isinstance(one.command, m.SetExperiment)]
    waiting[first:] = [one for one in waiting[first:] if one not in needless]
    return replace(newest, driven=newest.driven + sum(one.driven for one in needless))


def _merged(waiting: list[Waiting]) -> list[Waiting]:
    """Merge what lies between commands that write or read a whole run; these keep their order."""
    merged: list[Waiting] = []
    part: list[Waiting] = []
    for one in waiting:
        if isinstance(one.command, m.SaveRun | m.LoadRun):
            merged += [*_merged_part(part), one]
            part = []
        else:
            part.append(one)
    return merged + _merged_part(part)


def _merged_part(part: list[Waiting]) -> list[Waiting]:
    settings: list[Waiting] = []
    driving: list[Waiting] = []
    for one in part:
        if one.driven:
            _add_driving(driving, one)
        else:
            settings.append(_take_away_replaced(settings, one))
    return settings + driving


def _add_driving(driving: list[Waiting], newer: Waiting) -> None:
    """Add a driving command, which also stands for those that it takes away."""

    def takes_away(*kinds: type) -> None:
        nonlocal newer
        if driving and isinstance(driving[-1].command, kinds):
            newer = replace(newer, driven=newer.driven + driving.pop().driven)

    match newer.command:
        case m.Play() | m.Pause():
            takes_away(m.Play, m.Pause, m.StepEpoch)
        case m.StepEpoch(epochs):
            if driving and isinstance(last := driving[-1].command, m.StepEpoch):
                both = m.StepEpoch(last.epochs + epochs)
                newer = replace(newer, command=both, message=pack(both))
            takes_away(m.Play, m.Pause, m.StepEpoch)
        case m.StepBatch():
            takes_away(m.Play, m.Pause, m.StepEpoch)
        case m.SetParameter():
            if driving and _is_same_parameter(driving[-1].command, newer.command):
                takes_away(m.SetParameter)
        case m.RestoreBest():
            if driving and driving[-1].command == newer.command:
                takes_away(m.RestoreBest)
        case m.Reset():
            _reset(driving, newer)
            return
        case Refused():
            newer = _take_away_last_driving(driving, newer)
    driving.append(newer)
    if len(driving) > FEW:
        # Of very many steps the oldest are not made.
        passing = (n for n, one in enumerate(driving[:-1]) if isinstance(one.command, _PASSING))
        first = next(passing, 0)
        oldest = driving.pop(first)
        driving[first] = replace(driving[first], driven=driving[first].driven + oldest.driven)


def _is_same_parameter(command: object, newer: m.SetParameter) -> bool:
    """Whether a command sets the very weight or bias, in the same gesture, that a newer one sets."""
    return isinstance(command, m.SetParameter) and replace(command, value=newer.value) == newer


def _reset(driving: list[Waiting], reset: Waiting) -> None:
    """Let nothing be trained before a reset, but leave it playing or paused as it would have been."""
    plays = next((one for one in reversed(driving) if isinstance(one.command, _LASTING)), None)
    stands_for = sum(one.driven for one in driving) - (plays.driven if plays else 0)
    if plays is not None and isinstance(plays.command, m.StepBatch):
        plays = replace(plays, command=m.Pause(), message=pack(m.Pause()))
    driving[:] = [plays] if plays else []
    driving.append(replace(reset, driven=reset.driven + stands_for))


_PASSING = (m.StepBatch, m.RestoreBest)
"""What changes nothing that lasts."""
_LASTING = (m.Play, m.Pause, m.StepEpoch, m.StepBatch)
"""What training runs or rests by from then on."""
