"""An experiment under edit: every change is an undoable command."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QElapsedTimer, QObject, Signal
from shiboken6 import isValid

from engine.data import Edit, Replace, assign_new, gather, keep_trained, resolve_points, with_new_split
from engine.experiment import (
    DataSettings,
    Experiment,
    OwnSettings,
    Points,
    TooManyPointsError,
    default_experiment,
    edit_many,
    kept_drawing,
    own_settings,
    require_room,
    switch_classes,
    switch_task,
    validate,
)
from engine.experiment.own_data import have_own_data
from gui_app.session.document_commands import ExperimentCommand, PointsCommand
from gui_app.session.open_gesture import OpenGesture
from gui_app.session.origin import DRAWN, FILE, GENERATED, Origin
from gui_app.session.undo_stack import UndoHistory, UndoStack
from gui_app.widgets.guarded import hand_over

OWN_POINTS = "Each cell of the sweep has points of its own, which are not drawn: end the sweep to draw on those of one."
MERGE_TIME = 1000
"""Milliseconds within which changes of the same settings merge into one undo step."""


def _empty(stack: UndoStack) -> None:
    if isValid(stack):
        # Who listens is about to go.
        stack.blockSignals(True)
        stack.clear()


@dataclass(frozen=True, slots=True)
class Edited:
    """What an editor held when it was laid aside."""

    experiment: Experiment
    origin: Origin
    left: Mapping[str, tuple[DataSettings, Origin, OwnSettings]]
    stack: UndoStack


class ExperimentEditor(QObject):
    """Holds one ``Experiment``; every change of it goes through an undoable command.

    Signals:

    - ``changed(before, after)`` carries both experiments. Unchanged parts are the same objects, so that slots can
      compare them with ``is``.
    - ``modified_changed()`` is emitted when the unsaved state may have changed.
    - ``data_replaced(whole)`` reports another data set: imported, chosen, or restored by undo. ``whole`` is False if
      points were only added to or removed from the existing ones.
    - ``data_chosen()`` is emitted when a person imports or chooses a data set, but not on undo.
    """

    changed = Signal(object, object)
    modified_changed = Signal()
    data_replaced = Signal(bool)
    data_chosen = Signal()

    def __init__(self, experiment: Experiment | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.experiment = experiment or default_experiment()
        self.points = resolve_points(self.experiment.data)
        self.as_shown: Callable[[Experiment], Experiment] = lambda experiment: experiment
        """What becomes of an experiment before it is shown; no edit of what is trained."""
        self.announces = False
        """Whether ``changed`` is being emitted."""
        self.returning = False
        """Whether an undo or redo of settings is being carried out, in which ``changed`` is emitted."""
        self._origin = Origin(FILE if self.hand_drawn else GENERATED)
        self._left: dict[str, tuple[DataSettings, Origin, OwnSettings]] = {}
        """The data that a task was left with, their origin, and settings of lanes that fit this task alone."""
        self.history = UndoHistory(self)
        self._time_since_push = QElapsedTimer()
        self.stack = self._new_stack()
        self.history.take(self.stack)
        self.history.cleanChanged.connect(self.modified_changed)
        self.history.indexChanged.connect(self._end_merging)
        self._gesture: OpenGesture | None = None

    # -- state

    @property
    def modified(self) -> bool:
        """Whether closing now would lose something, including the current stroke."""
        return self._gesture is not None or not self.stack.isClean()

    @property
    def gesture(self) -> int:
        """A number that is the same for all edits of one undo step, also during a stroke."""
        return self.stack.index() + (self._gesture is not None)

    @property
    def in_gesture(self) -> bool:
        """Whether a stroke is being drawn, or another edit is being previewed."""
        return self._gesture is not None

    @property
    def hand_drawn(self) -> bool:
        """Whether the points were drawn, edited or imported, so that the generator does not make them."""
        return self.experiment.data.points is not None

    @property
    def refusal_to_draw(self) -> str:
        """Why the points cannot be edited, in a sentence; "" where they can."""
        return OWN_POINTS if have_own_data(self.experiment.lanes) else ""

    @property
    def origin(self) -> Origin:
        """The origin of the points, as far as known in this session."""
        gesture = self._gesture
        return self._origin if gesture is None else self._origin.after_edit(gesture.source, gesture.was_empty)

    def reset(self, experiment: Experiment, *, source: str = "") -> None:
        """Start over with another experiment and an empty undo history; "" as ``source`` of its points: as they say."""
        self._gesture = None
        self._left.clear()
        self.stack.clear()
        self.show(experiment, Origin(source or (GENERATED if experiment.data.points is None else FILE)))

    def put_aside(self) -> Edited:
        """Return all that is held, with its undo history; what comes now begins with an empty one."""
        self.finish_gesture("Draw")
        held = Edited(self.experiment, self._origin, dict(self._left), self.stack)
        self.stack = self._new_stack()
        self.history.take(self.stack)
        return held

    def take_up(self, held: Edited) -> None:
        """Go on with what was laid aside, and with its undo history, in place of what is held now."""
        self._gesture = None
        self._left = dict(held.left)
        former, self.stack = self.stack, held.stack
        self.history.take(held.stack)
        _empty(former)
        self.history.removeStack(former)
        former.deleteLater()
        self.show(held.experiment, held.origin)

    # -- settings

    def change(self, changes: Mapping[str, object], text: str) -> None:
        """Set values by path; quick changes of the same paths, as in a drag, merge into one undo step.

        If the result is not valid, raise ExperimentError and change nothing.
        """
        self._push(edit_many(self.experiment, changes), text, frozenset(changes))

    def change_to(self, experiment: Experiment, text: str, paths: Collection[str]) -> None:
        """Like ``change``, for a result in which other settings depend on those of ``paths``."""
        self._push(validate(experiment), text, frozenset(paths))

    def replace(self, experiment: Experiment, text: str, other_data: bool = False, source: str = "") -> None:
        """Replace the experiment as a separate undo step.

        ``other_data`` says that a person chose its data set. ``source`` is the origin of its points, if all have the
        same.
        """
        self._push(validate(experiment), text, other_data=other_data, source=source)

    def switch_task(self, task: str, text: str) -> None:
        """Choose another task, as one undo step; it has the data and the settings that it was left with."""
        kept, left = kept_drawing(self.experiment, task), self._left.get(task)
        own = left[2] if left is not None and left[0] == kept else {}
        self.replace(switch_task(self.experiment, task, own), text)

    def set_classes(self, classes: int) -> None:
        """Change the number of classes; points of removed classes are removed."""
        before = self.experiment
        if classes < before.data.classes and (self.points.target >= classes).any():
            kept = self.points[self.points.target < classes]
            before = msgspec.structs.replace(before, data=msgspec.structs.replace(before.data, points=kept))
        self._push(switch_classes(before, classes), "Change classes")

    # -- points

    def new_points(self, xy: ArrayLike, target: ArrayLike) -> Points:
        """Return points to append, split by the shares of the split settings."""
        data = self.experiment.data
        targets = np.asarray(target, dtype=np.float64)
        split = assign_new(
            self.points.split, self.points.target, targets, data.task, data.split.validation, data.split.test
        )
        return Points(xy, targets, split)

    def apply_edit(self, edit: Edit, source: str = DRAWN) -> None:
        """Apply one edit of the current gesture; ``finish_gesture`` makes the undo step.

        ``source`` is the origin of points that the edit puts on an empty canvas. A class that would lose its last
        training point keeps one. An edit that makes too many points raises TooManyPointsError and changes nothing, and
        so does any edit where ``refusal_to_draw`` says why.
        """
        points, edits = self._result(edit, self.points)
        earlier = self._gesture.edits if self._gesture else []
        self._show_gesture(points, [*earlier, *edits], source)

    @property
    def gesture_start(self) -> Points:
        """The points before the current gesture, or the current points without one."""
        return self.points if self._gesture is None else resolve_points(self._gesture.before.data)

    def preview(self, edit: Edit) -> None:
        """Replace all edits of the current gesture by one edit of the points before it."""
        self._show_gesture(*self._result(edit, self.gesture_start), DRAWN)

    def finish_gesture(self, text: str) -> None:
        """Combine all edits since the last call into one undo step, if there are any."""
        gesture = self._gesture
        if gesture is None:
            return
        origins = self._origin, self.origin
        self._gesture, self._origin = None, origins[1]
        try:
            edit: Edit = gather(gesture.edits)
        except Exception as error:
            # The points are on the canvas; they must not stay without an undo step.
            hand_over(error)
            edit = Replace(resolve_points(gesture.before.data), self.points)
        self.stack.push(PointsCommand(self, edit, gesture.was_drawn, text, origins))
        self.modified_changed.emit()

    def cancel_gesture(self) -> None:
        """Restore the points before the gesture."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            self.show(gesture.before, self._origin)
            self.modified_changed.emit()

    def discard_last_gesture(self) -> None:
        """Undo the last gesture, without the possibility to redo it; one that is still open is cancelled."""
        if self._gesture is not None:
            self.cancel_gesture()
            return
        last = self.stack.command(self.stack.index() - 1) if self.stack.canUndo() else None
        if isinstance(last, PointsCommand):
            last.forgotten = True
            self.stack.undo()

    def clear_points(self) -> None:
        """Remove all points as one undo step."""
        if len(self.points) and not self.refusal_to_draw:
            self.apply_edit(Replace(self.points, Points.empty()))
            self.finish_gesture("Clear")

    # -- for commands

    def show(self, experiment: Experiment, origin: Origin) -> None:
        """Set the experiment without an undo step."""
        experiment = self.as_shown(experiment)
        before, self.experiment, self._origin = self.experiment, experiment, origin
        if experiment.data is not before.data:
            self.points = resolve_points(experiment.data)
        outer, self.announces = self.announces, True
        try:
            self.changed.emit(before, experiment)
        finally:
            self.announces = outer

    def show_points(self, points: Points | None, origin: Origin) -> None:
        """Set the points without an undo step; None means the generator's points."""
        data = msgspec.structs.replace(self.experiment.data, points=points)
        self.show(msgspec.structs.replace(self.experiment, data=data), origin)

    # -- inside

    def _show_gesture(self, points: Points, edits: list[Edit], source: str) -> None:
        """Show the points after the edits of a gesture; begin the gesture if there is none."""
        begins = self._gesture is None
        if self._gesture is None:
            self._gesture = OpenGesture(self.experiment, not len(self.points), source)
        self._gesture.edits, self._gesture.source = edits, source
        self.show_points(points, self._origin)
        if begins:
            self.modified_changed.emit()

    def _result(self, edit: Edit, before: Points) -> tuple[Points, list[Edit]]:
        """Return the points after the edit and all edits made, so that each class keeps a training point."""
        if refusal := self.refusal_to_draw:
            raise TooManyPointsError(len(before), refusal)
        points = edit.apply(before)
        if len(points) > len(before):
            require_room(self.experiment, points)
        trained = keep_trained(before, points, self.experiment.data.task)
        return (points, [edit]) if trained is None else (trained.apply(points), [edit, trained])

    def _push(
        self,
        after: Experiment,
        text: str,
        paths: frozenset[str] = frozenset(),
        other_data: bool = False,
        source: str = "",
    ) -> None:
        self.finish_gesture("Draw")
        before = self.experiment
        if after.data.split != before.data.split and after.data.points is before.data.points:
            after = msgspec.structs.replace(after, data=with_new_split(after.data))
        if after != before:
            soon = self._time_since_push.isValid() and not self._time_since_push.hasExpired(MERGE_TIME)
            continues = bool(paths) and soon
            origins = self._origin, self._origin_of(after, source)
            self.stack.push(ExperimentCommand(self, after, text, paths, continues, other_data, origins))
            self._time_since_push.start()
            self.modified_changed.emit()

    def _new_stack(self) -> UndoStack:
        stack = UndoStack(weakref.WeakMethod(self._settle), self)
        # Python's collector may let go of the stack's commands before Qt's stack, which would delete them again.
        weakref.finalize(self, _empty, stack).atexit = False
        return stack

    def _settle(self) -> None:
        self.finish_gesture("Draw")

    def _end_merging(self) -> None:
        """End the merging of changes: a change after an undo, a redo or a stroke is a new undo step."""
        self._time_since_push.invalidate()

    def _origin_of(self, after: Experiment, source: str) -> Origin:
        points, before = after.data.points, self.experiment.data
        if after.data.task != before.task:
            self._left[before.task] = before, self._origin, own_settings(self.experiment)
            left = self._left.get(after.data.task)
            if left is not None and left[0] == after.data:
                return left[1]
        if points is None:
            return Origin(GENERATED)
        if after.data in self.experiment.drawings:
            return Origin(FILE)
        if source:
            return Origin(source)
        same = points.xy is self.points.xy or np.array_equal(points.xy, self.points.xy)
        kept = same and np.array_equal(points.target, self.points.target)
        return self._origin if kept else self._origin.after_edit(DRAWN, not len(self.points))
