"""The open experiment: its edits, its undo stack and its file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QElapsedTimer, QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from engine.data import (
    Edit,
    Replace,
    assign_new,
    atomic_write,
    gather,
    keep_trained,
    resolve_points,
    with_new_split,
)
from engine.experiment import (
    Experiment,
    Points,
    default_experiment,
    dumps,
    edit_many,
    loads,
    switch_classes,
    validate,
)
from gui_app.session.origin import DRAWN, FILE, GENERATED, Origin

SUFFIX = ".sketch.json"
MERGE_TIME = 1000
"""Milliseconds within which a change of the same settings still belongs to the one before."""


class Document(QObject):
    """Holds one ``Experiment``; every change of it goes through an undoable command.

    ``changed(before, after)`` carries both experiments; parts that did not change are the same objects, so
    a listener compares with ``is``. ``file_changed()`` tells that the path or the unsaved state changed;
    ``replaced()`` follows when another document has taken the place of the former one, ``data_replaced(whole)`` when
    another data set has, imported, chosen or brought back by undo; not ``whole`` where it lies beside what there was.
    ``data_chosen()`` comes with a data set that a person brings in or chooses, but not with its undoing.
    """

    changed = Signal(object, object)
    file_changed = Signal()
    replaced = Signal()
    data_replaced = Signal(bool)
    data_chosen = Signal()

    def __init__(self, experiment: Experiment | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.experiment = experiment or default_experiment()
        self.points = resolve_points(self.experiment.data)
        self.path: Path | None = None
        self._origin = Origin(FILE if self.hand_drawn else GENERATED)
        self.stack = QUndoStack(self)
        self.stack.cleanChanged.connect(self.file_changed)
        self._since_push = QElapsedTimer()
        self.stack.indexChanged.connect(self._end_run)
        self._gesture: list[Edit] = []
        self._before_gesture: Experiment | None = None
        self._empty_before_gesture, self._gesture_source = False, DRAWN

    # -- settings

    def change(self, changes: Mapping[str, object], words: str) -> None:
        """Set values by path; changes of the same paths in quick succession, as in a drag, are one undo step.

        Raises ExperimentError, and changes nothing, when the outcome is not valid.
        """
        self._push(edit_many(self.experiment, changes), words, frozenset(changes))

    def change_to(self, experiment: Experiment, words: str, paths: Collection[str]) -> None:
        """Like ``change``, for an outcome in which other settings follow those of ``paths``."""
        self._push(validate(experiment), words, frozenset(paths))

    def replace(self, experiment: Experiment, words: str, other_data: bool = False, source: str = "") -> None:
        """Put another experiment in place of this one, as one undo step of its own; with ``other_data``, because of
        the data set that it brings. ``source`` says where its points come from, where all of them come from there.
        """
        self._push(validate(experiment), words, other_data=other_data, source=source)

    def set_classes(self, classes: int) -> None:
        """As many classes as that; points of classes that are gone go too."""
        before = self.experiment
        if classes < before.data.classes and (self.points.target >= classes).any():
            kept = self.points[self.points.target < classes]
            before = msgspec.structs.replace(before, data=msgspec.structs.replace(before.data, points=kept))
        self._push(switch_classes(before, classes), "Change classes")

    @property
    def gesture(self) -> int:
        """A number that all edits of one undo step share, also while a stroke still goes on."""
        return self.stack.index() + (self._before_gesture is not None)

    # -- points

    @property
    def hand_drawn(self) -> bool:
        """Whether a hand has touched the points, so that they are no longer what the generator makes."""
        return self.experiment.data.points is not None

    @property
    def origin(self) -> Origin:
        """Where the points come from, as far as this session has seen."""
        if self._before_gesture is None:
            return self._origin
        return self._origin.after_edit(self._gesture_source, self._empty_before_gesture)

    def new_points(self, xy: ArrayLike, target: ArrayLike) -> Points:
        """Points to be appended, with splits that keep the shares of the split settings."""
        data = self.experiment.data
        targets = np.asarray(target, dtype=np.float64)
        split = assign_new(
            self.points.split, self.points.target, targets, data.task, data.split.validation, data.split.test
        )
        return Points(xy, targets, split)

    def apply_edit(self, edit: Edit, source: str = DRAWN) -> None:
        """Show one edit of a gesture that still goes on; ``finish_gesture`` makes the undo step. ``source`` says where
        points come from that it puts on an empty sheet.

        Classes that it would leave without a point to train on keep one.
        """
        self._gesture_source = source
        self._go_on(*self._outcome(edit, self.points))

    @property
    def gesture_start(self) -> Points:
        """The points before the gesture that goes on, or those there are."""
        before = self._before_gesture
        return self.points if before is None else resolve_points(before.data)

    def preview(self, edit: Edit) -> None:
        """Show one edit of the points before the gesture, in place of all edits that it has made so far."""
        self._gesture_source = DRAWN
        points, self._gesture = self._outcome(edit, self.gesture_start)
        self._show_gesture(points)

    def finish_gesture(self, words: str) -> None:
        """Make all edits since the last call one undo step; does nothing where there were none."""
        if self._before_gesture is None:
            return
        was_drawn = self._before_gesture.data.points is not None
        origins = self._origin, self.origin
        command = _PointsCommand(self, gather(self._gesture), was_drawn, words, origins)
        self._gesture, self._before_gesture = [], None
        self.stack.push(command)
        self.file_changed.emit()

    def cancel_gesture(self) -> None:
        """Leave nothing of the gesture behind."""
        if self._before_gesture is not None:
            before, self._before_gesture, self._gesture = self._before_gesture, None, []
            self._set(before)
            self.file_changed.emit()

    def discard_last_gesture(self) -> None:
        """Undo the last gesture for good, as if it had not been: there is nothing to redo."""
        last = self.stack.command(self.stack.index() - 1) if self.stack.canUndo() else None
        if isinstance(last, _PointsCommand):
            last.forgotten = True
            self.stack.undo()

    def clear_points(self) -> None:
        """Remove all points as one undo step."""
        if len(self.points):
            self.apply_edit(Replace(self.points, Points.empty()))
            self.finish_gesture("Clear")

    # -- file

    @property
    def modified(self) -> bool:
        """Whether closing now would lose something, a stroke that still goes on included."""
        return self._before_gesture is not None or not self.stack.isClean()

    @property
    def title(self) -> str:
        return self.path.name if self.path else "Untitled" + SUFFIX

    def reset(self, experiment: Experiment, path: Path | None = None) -> None:
        """Start over with another experiment; the undo history ends here."""
        self._gesture, self._before_gesture = [], None
        self.stack.clear()
        self.path = path
        self._origin = Origin(GENERATED if experiment.data.points is None else FILE)
        self._set(experiment)
        self.file_changed.emit()
        self.replaced.emit()

    def open(self, path: Path) -> None:
        """Open a file. Raises OSError or ExperimentError and keeps what was open when it cannot be read."""
        self.reset(loads(path.read_bytes()), path)

    def save(self, path: Path) -> None:
        """Write the experiment, whole or not at all. Raises OSError."""
        # A stroke that was taken back later would otherwise be in the file and not in a document called clean.
        self.finish_gesture("Draw")
        atomic_write(path, dumps(self.experiment))
        self.path = path
        self.stack.setClean()
        self.file_changed.emit()

    # -- inside

    def _go_on(self, points: Points, edits: list[Edit]) -> None:
        self._gesture += edits
        self._show_gesture(points)

    def _show_gesture(self, points: Points) -> None:
        begins = self._before_gesture is None
        if begins:
            self._before_gesture, self._empty_before_gesture = self.experiment, not len(self.points)
        self._set_points(points)
        if begins:
            self.file_changed.emit()

    def _outcome(self, edit: Edit, before: Points) -> tuple[Points, list[Edit]]:
        """What the edit makes of the points, and all that was done: classes keep a point to train on."""
        points = edit.apply(before)
        trained = keep_trained(before, points, self.experiment.data.task)
        return (points, [edit]) if trained is None else (trained.apply(points), [edit, trained])

    def _push(
        self,
        after: Experiment,
        words: str,
        paths: frozenset[str] = frozenset(),
        other_data: bool = False,
        source: str = "",
    ) -> None:
        self.finish_gesture("Draw")
        before = self.experiment
        if after.data.split != before.data.split and after.data.points is before.data.points:
            after = msgspec.structs.replace(after, data=with_new_split(after.data))
        if after != before:
            soon = self._since_push.isValid() and not self._since_push.hasExpired(MERGE_TIME)
            continues = bool(paths) and soon
            origins = self._origin, self._origin_of(after, source)
            self.stack.push(_ExperimentCommand(self, after, words, paths, continues, other_data, origins))
            self._since_push.start()
            self.file_changed.emit()

    def _origin_of(self, after: Experiment, source: str) -> Origin:
        points = after.data.points
        if points is None:
            return Origin(GENERATED)
        if source:
            return Origin(source)
        same = points.xy is self.points.xy or np.array_equal(points.xy, self.points.xy)
        kept = same and np.array_equal(points.target, self.points.target)
        return self._origin if kept else self._origin.after_edit(DRAWN, not len(self.points))

    def _end_run(self) -> None:
        """What follows an undo, a redo or a stroke does not belong to the change before it."""
        self._since_push.invalidate()

    def _set_points(self, points: Points | None) -> None:
        data = msgspec.structs.replace(self.experiment.data, points=points)
        self._set(msgspec.structs.replace(self.experiment, data=data))

    def _set(self, after: Experiment) -> None:
        before, self.experiment = self.experiment, after
        if after.data is not before.data:
            self.points = resolve_points(after.data)
        self.changed.emit(before, after)


def _other_data(before: Experiment, old: Points, after: Experiment, new: Points) -> bool:
    """Whether the points are of another data set: another task or generator, or hardly any where one was before."""
    if before.data.task != after.data.task:
        return True
    if before.data.points is None and after.data.points is None:
        return before.data.generator.name != after.data.generator.name
    common = min(len(old), len(new))
    same = (old.xy[:common] == new.xy[:common]).all(axis=1).sum()
    return bool(len(new)) and int(same) < max(len(old), len(new)) / 2


class _ExperimentCommand(QUndoCommand):
    """From one experiment to another; one that ``continues`` an edit of the same ``paths`` joins it."""

    def __init__(
        self,
        document: Document,
        after: Experiment,
        words: str,
        paths: frozenset[str],
        continues: bool,
        other_data: bool,
        origins: tuple[Origin, Origin],
    ) -> None:
        super().__init__(words)
        self._origins = origins
        self._document, self._before, self._after = document, document.experiment, after
        self._paths, self._continues, self._other_data = paths, continues, other_data

    def redo(self) -> None:
        self._go_to(self._after, self._origins[1])
        if self._other_data:
            self._document.data_chosen.emit()

    def undo(self) -> None:
        self._go_to(self._before, self._origins[0])

    def _go_to(self, experiment: Experiment, origin: Origin) -> None:
        document = self._document
        document._origin = origin
        before, points = document.experiment, document.points
        document._set(experiment)
        # A slider that is dragged varies the data set that there is.
        if not self._paths and _other_data(before, points, experiment, document.points):
            document.data_replaced.emit(True)
        elif not self._paths and len(points) != len(document.points):
            document.data_replaced.emit(False)

    def id(self) -> int:
        return 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _ExperimentCommand) or not other._continues or other._paths != self._paths:
            return False
        self._after, self._origins = other._after, (self._origins[0], other._origins[1])
        self.setObsolete(self._after == self._before)
        return True


class _PointsCommand(QUndoCommand):
    """A finished gesture: its edits are already applied when it is pushed."""

    def __init__(
        self, document: Document, edit: Edit, was_drawn: bool, words: str, origins: tuple[Origin, Origin]
    ) -> None:
        super().__init__(words)
        self._origins = origins
        self._document, self._edit, self._was_drawn = document, edit, was_drawn
        self._applied = True
        self.forgotten = False
        """Whether undoing it takes it off the stack."""

    def redo(self) -> None:
        self._document._origin = self._origins[1]
        if not self._applied:
            self._document._set_points(self._edit.apply(self._document.points))
        self._applied = True

    def undo(self) -> None:
        self._applied = False
        self._document._origin = self._origins[0]
        restored = self._edit.inverse().apply(self._document.points) if self._was_drawn else None
        self._document._set_points(restored)
        self.setObsolete(self.forgotten)
