"""What can wait until a person sees the window: named jobs that run in short turns of the event loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer

Job = Callable[[], Iterator[None] | None]
"""A function, or a generator function that stops wherever mouse and keyboard may come in between."""


class Deferred(QObject):
    """Runs jobs in the order in which they were added, one a turn, once ``start`` is called."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: dict[str, Job] = {}
        self._begun: tuple[str, Iterator[None]] | None = None
        self._turn = QTimer(self, interval=0, singleShot=True)
        self._turn.timeout.connect(self._take_turn)

    @property
    def waiting(self) -> tuple[str, ...]:
        """The names of the jobs that are not done."""
        begun = (self._begun[0],) if self._begun else ()
        return *begun, *self._jobs

    def add(self, name: str, job: Job) -> None:
        """One more job, after the others."""
        self._jobs[name] = job

    def start(self) -> None:
        """Go to work from the next turn of the event loop on."""
        if self.waiting:
            self._turn.start()

    def finish(self) -> None:
        """Do all that is left, now."""
        self._turn.stop()
        while self.waiting:
            self._go_on()

    def drop(self) -> None:
        """Forget what is left."""
        self._turn.stop()
        self._jobs.clear()
        self._begun = None

    def _take_turn(self) -> None:
        # First, so that a job that fails does not keep the others waiting.
        self._turn.start()
        self._go_on()
        if not self.waiting:
            self._turn.stop()

    def _go_on(self) -> None:
        """One step of the job that has begun, or the first one of the next job."""
        if self._begun is None:
            name = next(iter(self._jobs))
            steps = self._jobs.pop(name)()
            if steps is None:
                return
            self._begun = name, steps
        try:
            next(self._begun[1])
        except BaseException as end:
            self._begun = None
            if not isinstance(end, StopIteration):
                raise
