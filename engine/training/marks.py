"""The edits of a run and whatever else a person did to it, as marks in its history."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

from engine.catalogue.texts import counted, value_text
from engine.experiment.differences import State, edit_description
from engine.observation import EditMark
from engine.observation.snapshot import MarkKind

MOST_MARKS = 500
"""The most marks of a run; of more, the oldest become one mark that counts them."""


@dataclass(slots=True)
class _Edit:
    """A mark, with the states before its first and after its last edit for as long as other edits may join it."""

    mark: EditMark
    before: State | None = None
    after: State | None = None
    gesture: Hashable = None
    value: float | None = None
    """What a weight was before the first of the edits of it."""


class Marks:
    """A run's marks, oldest first.

    Edits of one kind after the same epoch share a mark, and so do all edits of one gesture. The mark says what differs
    between the state before the first of them and the state after the last; edits that undo each other leave no mark,
    unless training has moved a weight between them. No edit joins one from before an end of the run.

    Examples
    --------
    >>> marks = Marks()
    >>> marks.note(3, 75, "weights of epoch 2 restored", "restore")
    >>> [mark.text for mark in marks.view]
    ['weights of epoch 2 restored']
    """

    def __init__(self) -> None:
        self._edits: list[_Edit] = []
        self._gone = self._count = 0
        self.view: tuple[EditMark, ...] = ()

    def kept(self) -> tuple[list[EditMark], int, int]:
        """The marks, how many older ones they stand for, and how many events there were, for ``restored``."""
        return [edit.mark for edit in self._edits], self._gone, self._count

    @classmethod
    def restored(cls, marks: Sequence[EditMark], gone: int, events: int) -> Marks:
        """Make marks again of what ``kept`` returned; no edit joins one of them."""
        restored = cls()
        restored._edits = [_Edit(mark) for mark in marks]
        restored._gone, restored._count = (gone if marks else 0), events
        restored._update_view()
        return restored

    def note(self, epoch: int, step: int, text: str, kind: MarkKind) -> None:
        """Add a mark that says ``text``, after ``epoch`` whole epochs and ``step`` updates."""
        self._add(_Edit(EditMark(epoch, step, text, kind, self._next())))

    def note_end(self) -> int:
        """Note that the run has ended; returns the position of the end in the order of events."""
        for edit in self._edits:
            edit.before = edit.after = edit.value = None
        return self._next()

    def note_edit(
        self, epoch: int, step: int, before: State, after: State, kind: MarkKind, gesture: Hashable = None
    ) -> None:
        """Note an edit of settings or data.

        Parameters
        ----------
        epoch, step
            Whole epochs and updates before the edit.
        before, after
            The states that the edit leads from and to.
        kind
            What the mark says was edited.
        gesture
            Equal for all edits of one drag or stroke; None where the edit stands for itself.
        """
        last, order, now = self._edits[-1] if self._edits else None, self._next(), (epoch, step)
        if last is not None and last.before is not None and last.mark.kind == kind:
            together = gesture is not None and gesture == last.gesture
            if last.mark.epoch == epoch or together:
                self._edits.pop()
                before, epoch, step = last.before, last.mark.epoch, last.mark.step
                order = last.mark.order
        text = edit_description(before, after)
        if text:
            loss_changed = before.lane.training.loss != after.lane.training.loss
            lasted, steps = now[0] - epoch, now[1] - step
            mark = EditMark(epoch, step, text, kind, order, lasted, loss_changed, steps)
            self._add(_Edit(mark, before, after, gesture))
        else:
            self._update_view()

    def note_value(
        self, epoch: int, step: int, name: str, before: float, after: float, gesture: Hashable = None
    ) -> None:
        """Note that a weight or bias was set by hand.

        Parameters
        ----------
        epoch, step
            Whole epochs and updates before the edit.
        name
            Which one, for the mark's text. Edits of the same one after the same update share a mark, and so do those of
            one gesture.
        before, after
            Its values.
        gesture
            Equal for all edits of one drag; None where the edit stands for itself.
        """
        last, order, now = self._edits[-1] if self._edits else None, self._next(), (epoch, step)
        if last is not None and last.value is not None and last.mark.text.startswith(f"{name}: "):
            together = gesture is not None and gesture == last.gesture
            if last.mark.step == step or together:
                self._edits.pop()
                before, epoch, step, order = last.value, last.mark.epoch, last.mark.step, last.mark.order
        lasted, steps = now[0] - epoch, now[1] - step
        if before == after and not steps:
            self._update_view()
            return
        change = f"{value_text(before)} → {value_text(after)}"
        # Training had moved it meanwhile.
        text = f"{name}: {f'held at {value_text(after)}' if before == after else change}"
        mark = EditMark(epoch, step, text, "weight", order, lasted, steps=steps)
        self._add(_Edit(mark, gesture=gesture, value=before))

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _add(self, edit: _Edit) -> None:
        for former in self._edits:
            # No edit will join it any more, so that its states, with all their points, can go.
            if former.mark.epoch < edit.mark.epoch:
                former.before = former.after = None
        self._edits.append(edit)
        if len(self._edits) > MOST_MARKS:
            self._gone += 1
            del self._edits[0]
        self._update_view()

    def _update_view(self) -> None:
        marks = [edit.mark for edit in self._edits]
        if self._gone:
            first = marks[0]
            text = f"{first.text} (after {counted(self._gone, 'earlier edit')})"
            marks[0] = replace(first, text=text)
        self.view = tuple(marks)
