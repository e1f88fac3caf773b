"""What the steps of a lesson begin with, once a person has gone through some of them in their own way."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from engine.experiment import Experiment, ExperimentError, edit_many, get, without_drawings, without_looks

if TYPE_CHECKING:
    from engine.lessons import Lesson, Step


class LessonStates:
    """Remembers of each step of ``lesson`` what it began with and what a person left it with."""

    def __init__(self, lesson: Lesson) -> None:
        self._lesson = lesson
        self._begun: dict[int, Experiment] = {}
        self._left: dict[int, Experiment] = {}
        self._entered = lesson.experiment
        """What was there when the open step was entered, for the first time or again."""

    def begun(self, step: int) -> Experiment:
        """Return what a step began with."""
        return self._begun.get(step, self._lesson.state(step))

    def begin(self, step: int, experiment: Experiment) -> None:
        """Note what a step begins with; one that is as a person has left it began with what it began with then."""
        self._begun.setdefault(step, experiment)
        self._entered = experiment

    def done(self, step: int, now: Experiment) -> Experiment:
        """Return what *Do it for me* makes of a step, with the points that were drawn in it."""
        try:
            experiment = edited(self.begun(step), self._do_set(step))
        except ExperimentError:
            # It does not go with what the person has brought along.
            experiment = self._lesson.state(step, done=True)
        if not self._draws(step):
            return experiment
        drawn = msgspec.structs.replace(experiment.data, points=now.data.points)
        return msgspec.structs.replace(experiment, data=drawn) if _same_frame(experiment, now) else experiment

    def has_strayed(self, step: int, now: Experiment) -> bool:
        """Whether something differs from the step's state that the step does not ask for."""
        wanted = self.done(step, now)
        try:
            asked = {path: get(wanted, path) for path in self._asked(step)}
            compared = edit_many(now, asked)
        except ExperimentError:
            return True
        return _essence(compared) != _essence(wanted)

    def follow(self, step: int, now: Experiment, target: int, is_met: bool) -> Experiment:
        """Return what another step is to begin with, when a person leaves one with an experiment.

        A step that was left before is as it was left, unless another one has changed meanwhile. The next step takes
        along what a person has chosen as the step asked for; any other has its own state.
        """
        untouched = now == self._entered
        left = self._left.get(target)
        self._left[step] = now
        if left is not None and (untouched or target < step):
            return left
        self._begun.pop(target, None)
        if target != step + 1 or self.has_strayed(step, now):
            return self._lesson.state(target)
        try:
            own = {} if is_met else self._not_chosen(step, now)
            return edited(edited(now, own), self._lesson.steps[target].set)
        except ExperimentError:
            return self._lesson.state(target)

    def _do_set(self, step: int) -> Mapping[str, Any]:
        do = self._lesson.steps[step].do
        return {} if do is None else do.set

    def _not_chosen(self, step: int, now: Experiment) -> dict[str, Any]:
        """Return those edits of a step that a person has not made in another way."""
        begun = self.begun(step)
        has_wait = bool(self._lesson.steps[step].wait)
        return {
            path: value
            for path, value in self._do_set(step).items()
            if has_wait or get(now, path) == get(begun, path)
        }

    def _asked(self, step: int) -> Collection[str]:
        """Return the paths of the settings that a step asks a person to change."""
        waits = (one.setting for one in self._lesson.steps[step].wait)
        return list(dict.fromkeys((*self._do_set(step), *filter(None, waits))))

    def _draws(self, step: int) -> bool:
        return waits_for_drawing(self._lesson.steps[step])


def waits_for_drawing(step: Step) -> bool:
    """Return whether a step asks a person to draw points."""
    return any(one.drawn is not None for one in step.wait)


def edited(experiment: Experiment, changes: Mapping[str, Any]) -> Experiment:
    """Return an experiment with values set by path; the same object without any."""
    return edit_many(experiment, changes) if changes else experiment


def _same_frame(one: Experiment, other: Experiment) -> bool:
    """Whether points of one are points of the other: the same task and as many classes."""
    return (one.data.task, one.data.classes) == (other.data.task, other.data.classes)


def _essence(experiment: Experiment) -> Experiment:
    """Return an experiment without what only the eye notices, and without the drawings of other tasks."""
    lanes = tuple(msgspec.structs.replace(lane, colour=None, hidden=False) for lane in experiment.lanes)
    bare = without_drawings(msgspec.structs.replace(experiment, lanes=lanes))
    return msgspec.structs.replace(bare, data=without_looks(bare.data))
