"""Why training has stopped, in one line."""

from __future__ import annotations

from engine.observation.snapshot import Stop
from gui_app.widgets.elided_label import LEAST, ElidedLabel
from gui_app.widgets.tips import tip


class StatusLabel(ElidedLabel):
    """Leaves out what there is no room for; the tool tip has the words whole, and the reason."""

    def __init__(self) -> None:
        super().__init__()
        self._forms: tuple[str, ...] = ("",)
        self.setProperty("role", "name")
        self.setAccessibleName("Status")

    def show_stop(self, stop: Stop | None) -> None:
        """Show how a lane ended; nothing where it has not."""
        words = stop_words(stop)
        if words != self.words:
            self._forms = (words, *_shorter(stop))
            self.setToolTip(tip(words, stop.reason) if stop else "")
            self.show_words(words)
            shortest = self.fontMetrics().horizontalAdvance(self._forms[-1]) + 2
            self.setMinimumWidth(max(shortest, LEAST))

    def _elide(self) -> None:
        metrics, room = self.fontMetrics(), self.width()
        fitting = (form for form in self._forms if metrics.horizontalAdvance(form) <= room)
        self.setText(next(fitting, self._forms[-1]))


def _shorter(stop: Stop | None) -> tuple[str, ...]:
    """The words without what stands elsewhere in the bar, the longest first."""
    if stop is None:
        return ()
    if stop.kind == "divergence":
        return ("diverged",)
    best = () if stop.best_epoch is None else (f"stopped early, best {stop.best_epoch:,}",)
    return (*best, "stopped early")


def stop_words(stop: Stop | None) -> str:
    """What a lane's stop means in a few words; empty where it has not stopped."""
    if stop is None:
        return ""
    if stop.kind == "divergence":
        return f"diverged in epoch {stop.epoch:,}"
    best = f", best {stop.best_epoch:,}" if stop.best_epoch is not None else ""
    return f"stopped early at epoch {stop.epoch:,}{best}"
