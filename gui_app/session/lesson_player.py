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
from gui_app.session.lesson_runs import LessonRuns
from gui_app.session.lesson_states import LessonStates
from gui_app.session.lesson_training import LessonTraining
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
    ``has_strayed``, ``is_ahead`` or ``is_behind`` has changed, and ``doing_changed`` when training for the person
    begins or ends.
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
        self.is_ahead = False
        """Whether something is trained although the step begins with the first weights."""
        self.is_behind = False
        """Whether former steps should have trained what is not trained."""
        self._course_key = BUILT_IN
        self._states: LessonStates | None = None
        self._runs: LessonRuns | None = None
        self._met: set[int] = set()
        self._opening = False
        self._training = LessonTraining(link, pause, self)
        self._training.changed.connect(self.doing_changed)
        self._training.finished.connect(self._note_done)
        self._notice = LessonNotice(document, link, self)
        self._notice.noticed.connect(self._note_met)
        document.changed.connect(self._follow)
        # A stroke is over when this follows.
        document.modified_changed.connect(self._follow)
        document.leaving.connect(self._leave_step)
        document.replaced.connect(self._leave)
        # After the notice, which counts what is trained.
        link.snapshot_taken.connect(self._compare)

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
        """Whether training runs for the person, as the open step asks."""
        return self._training.step is not None and self._training.step == self.index

    @property
    def is_trained_for(self) -> bool:
        """Whether training runs for the person, for any step."""
        return self._training.step is not None

    @property
    def step_to_catch_up(self) -> int | None:
        """The index of the former step whose training the open one presumes; None if it presumes none."""
        return None if self._runs is None else self._runs.presumed(self.index).of_step

    @property
    def trained(self) -> int:
        """Epochs that the slowest lane has trained since the step or the latest restart began."""
        return self._notice.trained

    @property
    def next_lesson(self) -> Lesson | None:
        """The lesson after the open one in its course."""
        return self._neighbour(1)

    @property
    def former_lesson(self) -> Lesson | None:
        """The lesson before the open one in its course."""
        return self._neighbour(-1)

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
        self._states, self._runs = LessonStates(lesson), LessonRuns(lesson)
        self._met, self.index = set(), index
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
        self._training.break_off()
        self.lesson, self._states, self._runs = lesson, LessonStates(lesson), LessonRuns(lesson)
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
        """Go to a step: the experiment becomes what the step begins with, as one undo step.

        Training goes on, to the end that the former step has given it, only where the step is about just that.
        """
        lesson, states, runs = self.lesson, self._states, self._runs
        if lesson is None or states is None or runs is None:
            return
        if not 0 <= index < len(lesson.steps) or index == self.index:
            return
        self.leaving.emit()
        document = self._document
        document.finish_gesture("Draw")
        if self._training.step not in (index, runs.presumed(index).of_step):
            self._training.break_off()
        before, points = document.experiment, document.points
        played, former = self._link.playing, self.index
        goes_on = played and self._goes_on(index)
        wanted = states.follow(self.index, before, index, self.is_met)
        self._notice.hold()
        self.index = index
        if played and (wanted != before or not goes_on):
            # Nothing of what the step begins with is to be trained unasked.
            self._link.set_playing(False)
        self._show(wanted, f"Step {index + 1}: {lesson.steps[index].title}")
        if effect(before, document.experiment, points, document.points) == Effect.RESTART:
            self._training.stop()
        elif goes_on and self._training.step is None:
            self._training.train(former, runs.presumed(index).epochs)
        elif goes_on and not self._link.playing:
            self._link.set_playing(True)
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
        """Go to the step before; before the first one, to the last step of the former lesson."""
        former = self.former_lesson
        if self.index > 0:
            self.go(self.index - 1)
        elif former is not None:
            self.open(former, self.course, len(former.steps) - 1, self._course_key)

    def come_back(self) -> None:
        """Go back to what the step begins with, and to the first weights, after a person has tried other things."""
        if self._states is not None and self.step is not None:
            self._training.stop()
            if self._link.playing:
                self._link.set_playing(False)
            self._show(self._states.begun(self.index), f"Back to step {self.index + 1}")
            self._link.restart()

    def catch_up(self) -> None:
        """Train what former steps should have trained, with the settings that are there now; then pause."""
        of_step = self.step_to_catch_up
        if of_step is not None and self._runs is not None:
            self._training.train(of_step, self._runs.presumed(self.index).epochs)
            self._set_runs(self.is_ahead, False)

    def do_it(self) -> None:
        """Do what the step asks for: edits as one undo step, then training that pauses by itself."""
        step, states = self.step, self._states
        if step is None or states is None or step.do is None:
            return
        self._training.stop()
        do, document = step.do, self._document
        document.finish_gesture("Draw")
        before, points = document.experiment, document.points
        self._show(states.done(self.index, before), step.title)
        anew = do.restart or effect(before, document.experiment, points, document.points) == Effect.RESTART
        if do.restart:
            self._link.restart()
        self._set_weights(do)
        self._notice.count_all()
        if do.train:
            latest = self._link.latest
            so_far = 0 if anew or latest is None else latest.epoch
            self._training.train(self.index, so_far + do.train, do.restore_best)
        elif do.restore_best:
            self._link.restore_best()

    # -- inside

    def _goes_on(self, index: int) -> bool:
        """Whether what is trained now is to be trained to its end for another step."""
        assert self._runs is not None
        wanted, latest = self._runs.presumed(index), self._link.latest
        if self._training.step is not None:
            return True
        return wanted.of_step == self.index and latest is not None and latest.epoch < wanted.epochs

    def _neighbour(self, by: int) -> Lesson | None:
        if self.lesson is None or self.course is None:
            return None
        lessons = dict(enumerate(self.course.lessons))
        at = next((index for index, one in lessons.items() if one.key == self.lesson.key), None)
        return None if at is None else lessons.get(at + by)

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
        if not self._link.settled:
            self._set_runs(False, False)
        self._compare()
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

    def _note_done(self, step: int) -> None:
        """Note that what a step asks for was trained for the person."""
        if step != self.index and self.lesson is not None and self.lesson.steps[step].wait:
            self._met.add(step)

    def _compare(self, *_: object) -> None:
        """Compare what is trained with what the step presumes, once that is known."""
        runs, latest = self._runs, self._link.latest
        if runs is None or not self._link.settled:
            return
        ahead = not self.is_met and runs.is_ahead(self.index, latest, self._notice.came_trained)
        behind = not self._link.playing and runs.is_behind(self.index, latest, self._met)
        self._set_runs(ahead, behind)

    def _set_runs(self, ahead: bool, behind: bool) -> None:
        if (ahead, behind) != (self.is_ahead, self.is_behind):
            self.is_ahead, self.is_behind = ahead, behind
            self.strayed_changed.emit()

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
            self._training.stop()

    def _leave(self) -> None:
        """Close the lesson where another document has taken its place."""
        if not self._opening:
            self._end()

    def _end(self) -> None:
        if self.lesson is None:
            return
        self._training.break_off()
        self.lesson, self.course, self._states, self._runs = None, None, None, None
        self.index, self._met = 0, set()
        self._notice.begin(None)
        self._set_strayed(False)
        self._set_runs(False, False)
        self.lesson_changed.emit()
        self.step_changed.emit()
