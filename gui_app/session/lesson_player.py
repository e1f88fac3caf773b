"""The open lesson: its step, what a person does in it, and what it does for a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QSettings, Signal

from engine.experiment import Effect, Experiment, effect
from engine.service import messages as m
from gui_app.session.document import Document
from gui_app.session.engine_link import EngineLink
from gui_app.session.lesson_notice import LessonNotice
from gui_app.session.lesson_progress import BUILT_IN, LessonProgress
from gui_app.session.lesson_states import LessonStates
from gui_app.session.pause_at import PauseEpoch

if TYPE_CHECKING:
    from engine.lessons import Course, Do, Lesson, Step


class LessonPlayer(QObject):
    """Opens lessons and goes through their steps; knows no widgets.

    ``lay_aside(experiment, title)`` gives a lesson a document of its own, after putting the person's one away, and
    ``bring_back()`` brings that back; both return False if the person keeps what is open.

    ``leaving`` comes before the open step is left, while everything is as the person has made it. ``lesson_changed``
    follows when another lesson is open, or none, ``step_changed`` when another step is (after
    ``lesson_changed``, too), ``noticed`` when what the step waits for has happened, ``strayed_changed`` when
    ``has_strayed`` has changed, and ``doing_changed`` when *Do it for me* begins or ends.
    """

    leaving = Signal()
    lesson_changed = Signal()
    step_changed = Signal()
    noticed = Signal()
    strayed_changed = Signal()
    doing_changed = Signal()

    def __init__(
        self,
        document: Document,
        link: EngineLink,
        pause: PauseEpoch,
        settings: QSettings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._link, self._pause = document, link, pause
        self.progress = LessonProgress(settings)
        self.lay_aside: Callable[[Experiment, str], bool] = self._take_document
        self.bring_back: Callable[[], bool] = lambda: True
        self.lesson: Lesson | None = None
        self.course: Course | None = None
        self.index = 0
        self.has_strayed = False
        self._course_key = BUILT_IN
        self._states: LessonStates | None = None
        self._met: set[int] = set()
        self._opening = False
        self._doing: tuple[Do, int] | None = None
        """What is done for the person, and the epoch at which training is to pause."""
        self._former_pause: int | None = None
        self._notice = LessonNotice(document, link, self)
        self._notice.noticed.connect(self._note_met)
        document.changed.connect(self._follow)
        # A stroke is over when this follows.
        document.modified_changed.connect(self._follow)
        document.leaving.connect(self._leave_step)
        document.replaced.connect(self._leave)
        link.event_taken.connect(self._take_event)
        link.playing_changed.connect(self._note_playing)

    # -- state

    @property
    def step(self) -> Step | None:
        """The open step; None without a lesson."""
        return None if self.lesson is None else self.lesson.steps[self.index]

    @property
    def waits(self) -> bool:
        """Whether the step waits for something that a person does."""
        return self.step is not None and bool(self.step.wait)

    @property
    def is_met(self) -> bool:
        """Whether what the step waits for has happened."""
        return self.index in self._met

    @property
    def is_doing(self) -> bool:
        """Whether training runs for the person."""
        return self._doing is not None

    @property
    def trained(self) -> int:
        """Epochs that the slowest lane has trained since the step or the latest restart began."""
        return self._notice.trained

    @property
    def next_lesson(self) -> Lesson | None:
        """The lesson after the open one in its course."""
        if self.lesson is None or self.course is None:
            return None
        keys = [one.key for one in self.course.lessons]
        after = keys.index(self.lesson.key) + 1 if self.lesson.key in keys else len(keys)
        return self.course.lessons[after] if after < len(keys) else None

    @property
    def furthest(self) -> int:
        """The furthest step of the lesson that was ever entered."""
        return -1 if self.lesson is None else self.progress.reached(self._course_key, self.lesson.key).step

    # -- lessons

    def open(
        self, lesson: Lesson, course: Course | None = None, step: int = 0, course_key: str = BUILT_IN
    ) -> bool:
        """Open a lesson at a step; return False if the person keeps what is open."""
        index = min(max(step, 0), len(lesson.steps) - 1)
        self._opening = True
        try:
            if not self.lay_aside(lesson.state(index), lesson.title):
                return False
        finally:
            self._opening = False
        self.lesson, self.course, self._course_key = lesson, course, course_key
        self._states, self._met, self.index = LessonStates(lesson), set(), index
        self.lesson_changed.emit()
        self._begin_step()
        return True

    def renew(self, lesson: Lesson) -> None:
        """Go on with the open lesson as its files are now, at the same step; nothing is lost that can be kept."""
        if self.lesson is None or self.step is None:
            return
        before, key = self.lesson.state(self.index), self.step.key
        keys = [one.key for one in lesson.steps]
        index = keys.index(key) if key in keys else min(self.index, len(keys) - 1)
        self._stop_doing()
        self.lesson, self._states = lesson, LessonStates(lesson)
        self._met = {index} if self.is_met else set()
        self._notice.hold()
        self.index = index
        wanted = lesson.state(index)
        if wanted != before:
            self._show(wanted, "Read the lesson again")
        self.lesson_changed.emit()
        self._begin_step()

    def open_next(self) -> bool:
        """Open the next lesson of the course, if there is one."""
        lesson = self.next_lesson
        return lesson is not None and self.open(lesson, self.course, 0, self._course_key)

    def close(self) -> None:
        """Close the lesson and bring the person's own document back."""
        if self.lesson is not None and self.bring_back():
            self._end()

    # -- steps

    def go(self, index: int) -> None:
        """Go to a step: the experiment becomes what the step begins with, as one undo step."""
        lesson, states = self.lesson, self._states
        if lesson is None or states is None or not 0 <= index < len(lesson.steps) or index == self.index:
            return
        self.leaving.emit()
        self._stop_doing()
        self._document.finish_gesture("Draw")
        before = self._document.experiment
        wanted = states.follow(self.index, before, index, self.is_met)
        self._notice.hold()
        self.index = index
        self._show(wanted, f"Step {index + 1}: {lesson.steps[index].title}")
        self._begin_step()

    def go_on(self) -> None:
        """Go to the next step; after the last one, to the next lesson."""
        if self.lesson is None:
            return
        if self.index + 1 < len(self.lesson.steps):
            self.go(self.index + 1)
        else:
            self.open_next()

    def go_back(self) -> None:
        """Go to the step before."""
        self.go(self.index - 1)

    def come_back(self) -> None:
        """Go back to what the step begins with, and to the first weights, after a person has tried other things."""
        if self._states is not None and self.step is not None:
            self._stop_doing()
            self._show(self._states.begun(self.index), f"Back to step {self.index + 1}")
            self._link.restart()

    def do_it(self) -> None:
        """Do what the step asks for: edits as one undo step, then training that pauses by itself."""
        step, states = self.step, self._states
        if step is None or states is None or step.do is None:
            return
        self._stop_doing()
        do, document = step.do, self._document
        document.finish_gesture("Draw")
        before, points = document.experiment, document.points
        self._show(states.done(self.index, before), step.title)
        anew = do.restart or effect(before, document.experiment, points, document.points) == Effect.RESTART
        if do.restart:
            self._link.restart()
        self._set_weights(do)
        if do.train:
            self._train(do, anew)
        elif do.restore_best:
            self._link.restore_best()

    # -- inside

    def _set_weights(self, do: Do) -> None:
        names = [lane.name for lane in self._document.experiment.lanes]
        for one in do.weights:
            if one.lane is None or one.lane in names:
                lane = 0 if one.lane is None else names.index(one.lane)
                kind: Literal["weight", "bias"] = "bias" if one.source is None else "weight"
                self._link.set_parameter(
                    m.SetParameter(
                        lane, one.layer, kind, (one.source or 1) - 1, one.target - 1, one.value, None
                    )
                )

    def _begin_step(self) -> None:
        """Show a step that has just become the open one."""
        lesson, states = self.lesson, self._states
        assert lesson is not None
        assert states is not None
        states.begin(self.index, self._document.experiment)
        self._notice.begin(self.step, self.is_met)
        self._note_progress()
        self._set_strayed(states.has_strayed(self.index, self._document.experiment))
        self.step_changed.emit()

    def _note_progress(self) -> None:
        lesson = self.lesson
        assert lesson is not None
        is_last = self.index == len(lesson.steps) - 1
        done = is_last and (self.is_met or not self.waits)
        self.progress.note(self._course_key, lesson.key, self.index, done)

    def _note_met(self) -> None:
        if self.lesson is not None:
            self._met.add(self.index)
            self._note_progress()
            self.noticed.emit()

    def _show(self, experiment: Experiment, text: str) -> None:
        if experiment != self._document.experiment:
            self._document.replace(experiment, text)

    def _follow(self, *_: object) -> None:
        if self._states is not None and not self._document.in_gesture:
            self._set_strayed(self._states.has_strayed(self.index, self._document.experiment))

    def _set_strayed(self, strayed: bool) -> None:
        if strayed != self.has_strayed:
            self.has_strayed = strayed
            self.strayed_changed.emit()

    def _take_document(self, experiment: Experiment, title: str) -> bool:
        self._document.reset(experiment)
        return True

    def _leave_step(self) -> None:
        """Leave the step before another document takes the place of the lesson's, which has a pause of its own."""
        if self.lesson is not None:
            self.leaving.emit()
            self._stop_doing()

    def _leave(self) -> None:
        """Close the lesson where another document has taken its place."""
        if not self._opening:
            self._end()

    def _end(self) -> None:
        if self.lesson is None:
            return
        self._stop_doing()
        self.lesson, self.course, self._states = None, None, None
        self.index, self._met = 0, set()
        self._notice.begin(None)
        self._set_strayed(False)
        self.lesson_changed.emit()
        self.step_changed.emit()

    # -- training for the person

    def _train(self, do: Do, anew: bool) -> None:
        latest = self._link.latest
        until = do.train + (0 if anew or latest is None else latest.epoch)
        self._doing, self._former_pause = (do, until), self._pause.epoch
        self._pause.choose(until)
        self._link.set_playing(True)
        self.doing_changed.emit()

    def _take_event(self, event: m.Event) -> None:
        if isinstance(event, m.PausedAt) and self._doing is not None and event.epoch == self._doing[1]:
            self._finish_doing()

    def _note_playing(self, playing: bool) -> None:
        """Finish also where all lanes have ended before; a pause by hand goes on with *Play*."""
        latest = self._link.latest
        if playing or self._doing is None or latest is None or not latest.lanes:
            return
        if all(lane.stop is not None for lane in latest.lanes):
            self._finish_doing()

    def _finish_doing(self) -> None:
        assert self._doing is not None
        do, _ = self._doing
        self._stop_doing()
        if do.restore_best:
            self._link.restore_best()

    def _stop_doing(self) -> None:
        """Let training pause where it did before; it is not stopped."""
        if self._doing is not None:
            self._doing = None
            self._pause.choose(self._former_pause)
            self.doing_changed.emit()
