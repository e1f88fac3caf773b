"""The epoch at which training pauses: chosen for a window, no part of a document."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.service.messages import EpochPassed, PauseAt
from gui_app.session.document import Document
from gui_app.session.engine_link import EngineLink
from gui_app.widgets.ticks import count_text

LARGEST = 10**9
"""The last epoch that can be chosen."""


class PauseEpoch(QObject):
    """Lets training pause whenever ``epoch`` epochs are over: exactly then, at every speed, for all lanes.

    It stays for the next runs of the document, so that each of them is seen at the same epoch. ``changed`` follows each
    change. The engine answers with ``PausedAt``, or with ``EpochPassed`` where training is beyond it.
    """

    changed = Signal()

    def __init__(self, document: Document, link: EngineLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._epoch: int | None = None
        document.replaced.connect(lambda: self.choose(None))

    @property
    def epoch(self) -> int | None:
        """The epoch; None where training does not pause by itself."""
        return self._epoch

    def choose(self, epoch: int | None) -> None:
        """Choose another epoch, from 1 to ``LARGEST``; None, or less, for none."""
        epoch = None if epoch is None or epoch < 1 else min(epoch, LARGEST)
        if epoch != self._epoch:
            self._epoch = epoch
            self._link.pause_at(PauseAt(epoch))
            self.changed.emit()


def describe_passed(event: EpochPassed) -> str:
    """Return a sentence about an epoch that was over before it was chosen.

    >>> describe_passed(EpochPassed(100, 250))
    'Epoch 100 is over: training is at epoch 250. After a reset it pauses at epoch 100.'
    """
    epoch, now = count_text(event.epoch), count_text(event.now)
    return f"Epoch {epoch} is over: training is at epoch {now}. After a reset it pauses at epoch {epoch}."


def describe_paused(epoch: int) -> str:
    """Return a sentence about a pause at its epoch.

    >>> describe_paused(1000)
    'Paused at epoch 1,000, as chosen; Play goes on.'
    """
    return f"Paused at epoch {count_text(epoch)}, as chosen; Play goes on."
