"""Whether the engine answers, is busy, has ended, or can be asked again."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.service import messages as m


class EngineHealth(QObject):
    """What the engine's events say about the engine itself; ``changed`` follows when that changes."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.responding = True
        """Whether it gives signs of life, as far as known."""
        self.busy = False
        """Whether it has worked on one thing for long, and obeys nothing meanwhile."""
        self.lost: m.EngineFailed | None = None
        """Why it has ended for good, unless it is restarted; None while it has not."""

    @property
    def obeys(self) -> bool:
        """Whether what is shown of training follows it: the engine lives, and is not busy with one thing for long."""
        return self.responding and not self.busy and self.lost is None

    def note(self, event: m.Event) -> None:
        """Note what an event says."""
        match event:
            case m.EngineSilent():
                self._become(False, False, self.lost)
            case m.EngineBusy():
                self._become(True, True, self.lost)
            case m.EngineAnswers():
                self._become(True, False, self.lost)
            case m.EngineReady() | m.EngineRestarted():
                self._become(True, False, None)
            case m.EngineFailed(final=True):
                self._become(True, False, event)

    def _become(self, responding: bool, busy: bool, lost: m.EngineFailed | None) -> None:
        if (responding, busy, lost) != (self.responding, self.busy, self.lost):
            self.responding, self.busy, self.lost = responding, busy, lost
            self.changed.emit()
