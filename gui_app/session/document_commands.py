"""The undoable commands of a document: a change of the experiment, and a gesture that edits points.

They refer weakly to their document: in a cycle of Python's, Qt would delete commands whose other half is gone already.
"""

from __future__ import annotations

import weakref
from typing import Protocol

from PySide6.QtCore import SignalInstance
from PySide6.QtGui import QUndoCommand

from engine.data import Edit
from engine.experiment import Experiment, Points
from gui_app.session.origin import Origin


class Undoable(Protocol):
    """The part of an editor that commands change: an experiment, its points and their origin."""

    experiment: Experiment
    points: Points
    returning: bool

    @property
    def data_replaced(self) -> SignalInstance: ...

    @property
    def data_chosen(self) -> SignalInstance: ...

    def show(self, experiment: Experiment, origin: Origin) -> None: ...

    def show_points(self, points: Points | None, origin: Origin) -> None: ...


def _other_data(before: Experiment, old: Points, after: Experiment, new: Points) -> bool:
    """Return whether the points are another data set: another task, another generator, or most points moved."""
    if before.data.task != after.data.task:
        return True
    if before.data.points is None and after.data.points is None:
        return before.data.generator.name != after.data.generator.name
    common = min(len(old), len(new))
    same = (old.xy[:common] == new.xy[:common]).all(axis=1).sum()
    return bool(len(new)) and int(same) < max(len(old), len(new)) / 2


class ExperimentCommand(QUndoCommand):
    """Replaces the experiment by another one.

    It merges with the previous command if it ``continues`` an edit of the same ``paths``. ``other_data`` says that a
    person chose the data set. ``origins`` are those before and after.
    """

    def __init__(
        self,
        document: Undoable,
        after: Experiment,
        text: str,
        paths: frozenset[str],
        continues: bool,
        other_data: bool,
        origins: tuple[Origin, Origin],
    ) -> None:
        super().__init__(text)
        self._origins = origins
        self._document = weakref.proxy(document)
        self._before, self._after = document.experiment, after
        self._paths, self._continues, self._other_data = paths, continues, other_data
        self._made = False
        """Whether it was carried out before, when it was pushed."""

    def redo(self) -> None:
        self._show(self._after, self._origins[1], again=self._made)
        self._made = True
        if self._other_data:
            self._document.data_chosen.emit()

    def undo(self) -> None:
        self._show(self._before, self._origins[0], again=True)

    def _show(self, experiment: Experiment, origin: Origin, again: bool) -> None:
        document = self._document
        before, points = document.experiment, document.points
        document.returning = again
        try:
            document.show(experiment, origin)
        finally:
            document.returning = False
        # Dragging a slider varies the same data set.
        if not self._paths and _other_data(before, points, experiment, document.points):
            document.data_replaced.emit(True)
        elif not self._paths and len(points) != len(document.points):
            document.data_replaced.emit(False)

    def id(self) -> int:
        return 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, ExperimentCommand) or not other._continues or other._paths != self._paths:
            return False
        self._after, self._origins = other._after, (self._origins[0], other._origins[1])
        self.setObsolete(self._after == self._before)
        return True


class PointsCommand(QUndoCommand):
    """A finished gesture, whose edits are already applied when it is pushed. ``origins`` are those before and after."""

    def __init__(
        self, document: Undoable, edit: Edit, was_drawn: bool, text: str, origins: tuple[Origin, Origin]
    ) -> None:
        super().__init__(text)
        self._origins = origins
        self._document = weakref.proxy(document)
        self._edit, self._was_drawn = edit, was_drawn
        self._applied = True
        self.forgotten = False
        """Whether undo removes the command from the stack."""

    def redo(self) -> None:
        # The gesture's edits are applied already when the command is pushed.
        if not self._applied:
            self._document.show_points(self._edit.apply(self._document.points), self._origins[1])
        self._applied = True

    def undo(self) -> None:
        self._applied = False
        restored = self._edit.inverse().apply(self._document.points) if self._was_drawn else None
        self._document.show_points(restored, self._origins[0])
        self.setObsolete(self.forgotten)
