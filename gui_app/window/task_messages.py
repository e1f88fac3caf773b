"""A message about the run that ends when the task is changed."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.catalogue.tasks import TASKS
from engine.catalogue.texts import counted
from engine.experiment import Experiment
from engine.observation.snapshot import Snapshot
from gui_app.session.document import Document
from gui_app.session.engine_link import EngineLink


class TaskMessages(QObject):
    """``reported(sentence)`` says that another task, also one of undo, has ended the run."""

    reported = Signal(str)

    def __init__(self, document: Document, link: EngineLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._leaves = False
        self._ended: Snapshot | None = None
        """The newest snapshot of the run that was spoken of."""
        document.leaving.connect(lambda: self._note_leaving(True))
        document.replaced.connect(lambda: self._note_leaving(False))
        document.changed.connect(self._follow)

    def _note_leaving(self, leaves: bool) -> None:
        self._leaves = leaves

    def _follow(self, before: Experiment, after: Experiment) -> None:
        former, task = before.data.task, after.data.task
        seen = self._link.latest
        if former == task or self._leaves or seen is None or seen is self._ended or not seen.epoch:
            return
        self._ended = seen
        self.reported.emit(
            f"{TASKS[task].label}: training restarts from the initial weights; the run of "
            f"{counted(seen.epoch, 'epoch')} is over."
        )
