"""Run jobs in small steps from the event loop, such as those that can wait until the window is visible."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer

Job = Callable[[], Iterator[None] | None]
"""A function, or a generator function that yields wherever pending events may be processed."""


class Deferred(QObject):
    """Runs jobs in the order of ``add``, one step in each turn of the event loop, after ``start`` is called."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: dict[str, Job] = {}
        self._current: tuple[str, Iterator[None]] | None = None
        self._timer = QTimer(self, interval=0, singleShot=True)
        self._timer.timeout.connect(self._run_step)

    @property
    def waiting(self) -> tuple[str, ...]:
        """The names of the jobs that are not finished."""
        current = (self._current[0],) if self._current else ()
        return *current, *self._jobs

    def add(self, name: str, job: Job) -> None:
        """Append a job."""
        self._jobs[name] = job

    def start(self) -> None:
        """Begin with the next turn of the event loop."""
        if self.waiting:
            self._timer.start()

    def finish(self) -> None:
        """Run all remaining jobs at once."""
        self._timer.stop()
        while self.waiting:
            self._advance()

    def drop(self) -> None:
        """Discard all remaining jobs."""
        self._timer.stop()
        self._jobs.clear()
        self._current = None

    def _run_step(self) -> None:
        # Restarted first, so that the other jobs run even if this step raises.
        self._timer.start()
        self._advance()
        if not self.waiting:
            self._timer.stop()

    def _advance(self) -> None:
        """Run one step of the current job, or the first step of the next one."""
        if self._current is None:
            name = next(iter(self._jobs))
            steps = self._jobs.pop(name)()
            if steps is None:
                return
            self._current = name, steps
        try:
            next(self._current[1])
        except BaseException as end:
            self._current = None
            if not isinstance(end, StopIteration):
                raise
