"""What has been trained when a step of a lesson begins, as its text presumes, and whether it has been."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from engine.experiment import Effect, Experiment, Points, effect
from engine.experiment.effects import restarts_all
from engine.observation.snapshot import LaneSnapshot, Snapshot
from gui_app.session.still_training import still_training

if TYPE_CHECKING:
    from engine.lessons import Lesson, Step


class Presumed(NamedTuple):
    """What a step begins with: the ``first`` weights, or those that former steps have trained, ``of_step`` the latest.

    ``epochs`` is what they train together, ``enough`` what it takes until the latest of them has what it waits for.
    Without either, the step may begin with anything.
    """

    first: bool = False
    of_step: int | None = None
    epochs: int = 0
    enough: int = 0


FIRST, ANYTHING = Presumed(first=True), Presumed()


def presumed(lesson: Lesson) -> list[Presumed]:
    """Return what each step of a lesson presumes."""
    found: list[Presumed] = []
    now, before = FIRST, lesson.state(0)
    for index, step in enumerate(lesson.steps):
        begun, done = lesson.state(index), lesson.state(index, done=True)
        now = _after_edit(now, before, begun)
        found.append(now)
        now, before = _after_edit(now, begun, done), done
        if step.do is not None:
            if step.do.restart:
                now = FIRST
            if step.do.train:
                enough = now.epochs + _least(step)
                now = Presumed(False, index, now.epochs + step.do.train, enough)
    return found


class LessonRuns:
    """Compares what is trained with what the steps of ``lesson`` presume."""

    def __init__(self, lesson: Lesson) -> None:
        self._lesson, self._presumed = lesson, presumed(lesson)

    def presumed(self, step: int) -> Presumed:
        return self._presumed[step]

    def is_ahead(self, step: int, snapshot: Snapshot | None, came_trained: bool) -> bool:
        """Whether something is trained although a step begins with the first weights.

        Where training is what the step asks for, what was trained before counts: ``came_trained``.
        """
        if not self._presumed[step].first:
            return False
        if _trains(self._lesson.steps[step]):
            return came_trained
        return snapshot is not None and any(is_trained(lane) for lane in snapshot.lanes)

    def is_behind(self, step: int, snapshot: Snapshot | None, met: set[int]) -> bool:
        """Whether former steps, of which some are ``met``, should have trained more than is trained."""
        wanted = self._presumed[step]
        if wanted.of_step is None or snapshot is None or _begins_anew(self._lesson, step):
            return False
        training = [lane.now.epoch for lane in still_training(snapshot.lanes)]
        slowest = min(training, default=wanted.enough)
        return slowest < wanted.enough and not (wanted.of_step in met and slowest > 0)


def is_trained(lane: LaneSnapshot) -> bool:
    """Whether a lane has trained for an epoch, or has ended before."""
    return lane.now.epoch > 0 or lane.stop is not None


def _after_edit(now: Presumed, before: Experiment, after: Experiment) -> Presumed:
    nothing = Points.empty()
    if restarts_all(before, after, nothing, nothing):
        return FIRST
    return ANYTHING if effect(before, after, nothing, nothing) == Effect.RESTART else now


def _least(step: Step) -> int:
    """Return the epochs that a step waits for; those that it trains where it does not say so."""
    assert step.do is not None
    waited = [
        round(one.at_least or 0) if one.quantity == "epochs" else (one.epochs or 0) for one in step.wait
    ]
    least = max(waited, default=0) or step.do.train
    return min(least, step.do.train)


def _trains(step: Step) -> bool:
    return step.do is not None and step.do.train > 0


def _begins_anew(lesson: Lesson, step: int) -> bool:
    """Whether what a step asks for begins with the first weights."""
    do = lesson.steps[step].do
    if do is None:
        return False
    nothing = Points.empty()
    return do.restart or restarts_all(lesson.state(step), lesson.state(step, done=True), nothing, nothing)
