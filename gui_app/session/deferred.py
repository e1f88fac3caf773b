"""Work that can wait until the window is visible: named jobs in short turns of the event loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer

Job = Callable[[], Iterator[None] | None]
"""A function, or a generator function that yields where mouse and keyboard may be served."""


class Deferred(QObject):
    """Runs jobs in the order of ``add``, one in a turn of the event loop, after ``start`` is called."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: dict[str, Job] = {}
        self._begun: tuple[str, Iterator[None]] | None = None
        self._turn = QTimer(self, interval=0, singleShot=True)
        self._turn.timeout.connect(self._take_turn)

    @property
    def waiting(self) -> tuple[str, ...]:
        """The names of the jobs that are not finished."""
        begun = (self._begun[0],) if self._begun else ()
        return *begun, *self._jobs

    def add(self, name: str, job: Job) -> None:
        """Append a job."""
        self._jobs[name] = job

    def start(self) -> None:
        """Begin with the next turn of the event loop."""
        if self.waiting:
            self._turn.start()

    def finish(self) -> None:
        """Run all remaining jobs at once."""
        self._turn.stop()
        while self.waiting:
            self._go_on()

    def drop(self) -> None:
        """Discard all remaining jobs."""
        self._turn.stop()
        self._jobs.clear()
        self._begun = None

    def _take_turn(self) -> None:
        # First, so that the other jobs run even when this one fails.
        self._turn.start()
        self._go_on()
        if not self.waiting:
            self._turn.stop()

    def _go_on(self) -> None:
        """Run one step of the current job, or the first step of the next one."""
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
