"""Why training has stopped, in one line."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QLabel

from engine.observation.snapshot import Stop
from gui_app.widgets.tips import tip


class StatusLabel(QLabel):
    """Words that end in … where the bar is narrow; the tool tip has them whole."""

    def __init__(self) -> None:
        super().__init__()
        self._words = ""
        self.setProperty("role", "name")
        self.setAccessibleName("Status")
        self.setMinimumWidth(40)

    def show_words(self, words: str, reason: str) -> None:
        """Show words; ``reason`` is added in the tool tip."""
        if words != self._words:
            self._words = words
            self.setToolTip(tip(words, reason) if words else "")
            self.setAccessibleDescription(words)
            self._elide()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._elide()
        return super().event(event)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def _elide(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, self.width()))


def stop_words(stop: Stop | None) -> str:
    """What a lane's stop means in a few words; empty where it has not stopped."""
    if stop is None:
        return ""
    if stop.kind == "divergence":
        return f"diverged at epoch {stop.epoch:,}"
    best = f", best {stop.best_epoch:,}" if stop.best_epoch is not None else ""
    return f"stopped early at epoch {stop.epoch:,}{best}"
