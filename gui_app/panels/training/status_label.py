"""Why training has stopped, in one line."""

from __future__ import annotations

from engine.observation.snapshot import Stop
from gui_app.widgets.elided_label import ElidedLabel
from gui_app.widgets.tips import tip


class StatusLabel(ElidedLabel):
    """Leaves out what there is no room for; the tooltip has the whole sentence and the reason."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "name")
        self.setAccessibleName("Status")

    def show_stop(self, stop: Stop | None) -> None:
        """Show how a lane ended; nothing where it has not."""
        text = stop_text(stop)
        if text != self.full_text:
            self.setToolTip(tip(text, stop.reason) if stop else "")
            self.show_text(text, *_shorter_texts(stop))


def _shorter_texts(stop: Stop | None) -> tuple[str, ...]:
    """The text without what the bar shows elsewhere, the longest first."""
    if stop is None:
        return ()
    if stop.kind == "divergence":
        return ("diverged",)
    best = () if stop.best_epoch is None else (f"stopped early, best {stop.best_epoch:,}",)
    return (*best, "stopped early")


def stop_text(stop: Stop | None) -> str:
    """What a lane's stop means in a few words; empty where it has not stopped."""
    if stop is None:
        return ""
    if stop.kind == "divergence":
        return f"diverged in epoch {stop.epoch:,}"
    best = f", best {stop.best_epoch:,}" if stop.best_epoch is not None else ""
    return f"stopped early at epoch {stop.epoch:,}{best}"
