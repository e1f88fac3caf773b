"""Why training has stopped, in one line."""

from __future__ import annotations

from engine.observation.snapshot import Stop
from gui_app.widgets.elided_label import ElidedLabel
from gui_app.widgets.tips import tip


class StatusLabel(ElidedLabel):
    """The tool tip has the words whole, and the reason."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "name")
        self.setAccessibleName("Status")

    def show_stop(self, stop: Stop | None) -> None:
        """Show how a lane ended; nothing where it has not."""
        words = stop_words(stop)
        if words != self.words:
            self.setToolTip(tip(words, stop.reason) if stop else "")
            self.show_words(words)


def stop_words(stop: Stop | None) -> str:
    """What a lane's stop means in a few words; empty where it has not stopped."""
    if stop is None:
        return ""
    if stop.kind == "divergence":
        return f"diverged in epoch {stop.epoch:,}"
    best = f", best {stop.best_epoch:,}" if stop.best_epoch is not None else ""
    return f"stopped early at epoch {stop.epoch:,}{best}"
