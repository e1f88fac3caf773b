"""The undoable commands on the runs that a document remembers."""

from __future__ import annotations

import weakref
from collections.abc import Collection

import msgspec
from PySide6.QtGui import QUndoCommand

from engine.experiment.run_list import with_runs, without_runs
from gui_app.session.document import Document


class DeleteRuns(QUndoCommand):
    """Deletes runs by their numbers; runs that end meanwhile stay."""

    def __init__(self, document: Document, numbers: Collection[int], text: str) -> None:
        super().__init__(text)
        self._document = weakref.proxy(document)
        self._deleted = tuple(record for record in document.runs if record.number in numbers)

    def redo(self) -> None:
        gone = [record.number for record in self._deleted]
        self._document.remember(without_runs(self._document.runs, gone))

    def undo(self) -> None:
        self._document.remember(with_runs(self._document.runs, self._deleted))


class PinRuns(QUndoCommand):
    """Pins runs by their numbers, or unpins them."""

    def __init__(self, document: Document, numbers: Collection[int], pinned: bool, text: str) -> None:
        super().__init__(text)
        self._document, self._pinned = weakref.proxy(document), pinned
        self._numbers = {
            one.number for one in document.runs if one.number in numbers and one.pinned != pinned
        }

    def redo(self) -> None:
        self._set(self._pinned)

    def undo(self) -> None:
        self._set(not self._pinned)

    def _set(self, pinned: bool) -> None:
        runs = self._document.runs
        changed = [msgspec.structs.replace(one, pinned=pinned) for one in runs if one.number in self._numbers]
        self._document.remember(with_runs(runs, changed))
