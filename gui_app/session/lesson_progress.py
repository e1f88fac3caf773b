"""How far a person has come in lessons, remembered from one start to the next."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QSettings

_DONE, _LAST = "lessons/progress", "lessons/last"
BUILT_IN = ""
"""Stands for the course of the product."""
MOST_COURSES, MOST_LESSONS = 50, 200


class LastStep(NamedTuple):
    """The step in which a person was last; ``course`` is the path of its folder, ``BUILT_IN`` for the built-in one."""

    course: str
    lesson: str
    step: int


class Reached(NamedTuple):
    """The furthest step of a lesson that was ever entered, from 0, and whether the lesson was gone through."""

    step: int = -1
    done: bool = False


class LessonProgress:
    """Remembers in ``settings``, by course and lesson, how far a person has come, and where that was last."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def reached(self, course: str, lesson: str) -> Reached:
        """Return how far a person has come in a lesson."""
        entry = _table(_table(self._read()).get(course)).get(lesson)
        step, done = _table(entry).get("step"), _table(entry).get("done")
        return Reached(step if isinstance(step, int) else -1, done is True)

    def note(self, course: str, lesson: str, step: int, done: bool = False) -> None:
        """Note that a step was entered, and whether the lesson is done with it."""
        before, courses = self.reached(course, lesson), _table(self._read())
        lessons = _table(courses.pop(course, None))
        lessons.pop(lesson, None)
        lessons[lesson] = {"step": max(step, before.step), "done": done or before.done}
        # The latest is last, so that the oldest gives way.
        courses[course] = dict(list(lessons.items())[-MOST_LESSONS:])
        kept = dict(list(courses.items())[-MOST_COURSES:])
        self._settings.setValue(_DONE, json.dumps(kept, ensure_ascii=False))
        self._settings.setValue(_LAST, json.dumps([course, lesson, step], ensure_ascii=False))

    @property
    def last(self) -> LastStep | None:
        """The step in which a person was last; None before the first lesson."""
        match _loaded(self._settings.value(_LAST)):
            case [str(course), str(lesson), int(step)] if step >= 0:
                return LastStep(course, lesson, step)
        return None

    def to_continue(self, lessons: Sequence[str]) -> tuple[int, int] | None:
        """Return which of the built-in lessons to go on with, and at which step, both from 0.

        That is the step in which a person was last, or the next lesson once that one is done; None before the first
        lesson and after the last one.
        """
        last = self.last
        if last is None or last.course != BUILT_IN or last.lesson not in lessons:
            return None
        at, reached = lessons.index(last.lesson), self.reached(BUILT_IN, last.lesson)
        if not reached.done or last.step < reached.step:
            return at, last.step
        return (at + 1, 0) if at + 1 < len(lessons) else None

    def forget_last(self) -> None:
        """Offer no lesson to continue with any more, because there is none left."""
        self._settings.remove(_LAST)

    def _read(self) -> object:
        return _loaded(self._settings.value(_DONE))


def _loaded(stored: object) -> object:
    """Return what is stored; None for what makes no sense."""
    try:
        return json.loads(stored) if isinstance(stored, str) else None
    except (ValueError, RecursionError):
        return None


def _table(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}
