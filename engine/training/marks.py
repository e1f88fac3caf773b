"""What somebody did to a run, as marks on its way."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

from engine.experiment.differences import State, edit_description
from engine.observation import EditMark
from engine.observation.snapshot import MarkKind

MOST_MARKS = 500
"""Marks of a run; of more, the oldest become one that counts them."""


@dataclass(slots=True)
class _Edit:
    """One mark with what there was before its first edit and after its last, for as long as others may join it."""

    mark: EditMark
    before: State | None = None
    after: State | None = None
    gesture: Hashable = None


class Marks:
    """A run's marks, oldest first.

    Edits of the same kind after the same epoch are one mark, and so are all those of one ``gesture``: from what there
    was before the first to what there is after the last. Edits that take each other back leave no mark. Nothing joins
    an edit from before an end.
    """

    def __init__(self) -> None:
        self._edits: list[_Edit] = []
        self._gone = self._count = 0
        self.view: tuple[EditMark, ...] = ()

    def note(self, epoch: int, step: int, text: str, kind: MarkKind) -> None:
        """Adds a mark that says ``text``."""
        self._add(_Edit(EditMark(epoch, step, text, kind, self._next())))

    def note_end(self) -> int:
        """The run has ended; returns the end's position in the order of events."""
        for edit in self._edits:
            edit.before = edit.after = None
        return self._next()

    def note_edit(
        self, epoch: int, step: int, before: State, after: State, kind: MarkKind, gesture: Hashable = None
    ) -> None:
        """An edit of settings or data."""
        last, order, now = self._edits[-1] if self._edits else None, self._next(), epoch
        if last is not None and last.before is not None and last.mark.kind == kind:
            together = gesture is not None and gesture == last.gesture
            if last.mark.epoch == epoch or together:
                self._edits.pop()
                before, epoch, step = last.before, last.mark.epoch, last.mark.step
                order = last.mark.order
        text = edit_description(before, after)
        if text:
            another_loss = before.lane.training.loss != after.lane.training.loss
            mark = EditMark(epoch, step, text, kind, order, now - epoch, another_loss)
            self._add(_Edit(mark, before, after, gesture))
        else:
            self._tell()

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _add(self, edit: _Edit) -> None:
        for former in self._edits:
            # None will join it any more, and all its points need not be kept.
            if former.mark.epoch < edit.mark.epoch:
                former.before = former.after = None
        self._edits.append(edit)
        if len(self._edits) > MOST_MARKS:
            self._gone += 1
            del self._edits[0]
        self._tell()

    def _tell(self) -> None:
        marks = [edit.mark for edit in self._edits]
        if self._gone:
            first = marks[0]
            text = f"{first.text} (after {self._gone:,} earlier edits)"
            marks[0] = replace(first, text=text)
        self.view = tuple(marks)
