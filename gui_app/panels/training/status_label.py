"""The label that says in one line why training has stopped."""

from __future__ import annotations

from engine.observation.snapshot import Stop, StopOfSeeds
from gui_app.widgets.elided_label import ElidedLabel
from gui_app.widgets.tips import tip

STOPPED = "stopped early"
"""What is said of a lane that early stopping has ended, where there is room for no more."""


class StatusLabel(ElidedLabel):
    """Label that shortens its text to fit; the tooltip has the whole sentence and the reason.

    Without a text it is hidden.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "name")
        self.setAccessibleName("Status")
        self.setVisible(False)

    @property
    def reserved_width(self) -> int:
        """The width in pixels that it may need at least, now or later."""
        return max(self.minimumWidth(), self.fontMetrics().horizontalAdvance(STOPPED) + 2)

    def show_stop(self, stop: Stop | None) -> None:
        """Show how a lane ended; empty if it has not."""
        text = stop_text(stop)
        if text != self.full_text:
            self.setToolTip(tip(text, stop.reason) if stop else "")
            self.show_text(text, *_shorter_texts(stop))
            self.setVisible(bool(text))


def _shorter_texts(stop: Stop | None) -> tuple[str, ...]:
    """Return shorter texts, longest first; they omit what the bar shows elsewhere."""
    if stop is None:
        return ()
    what, best = _what(stop), _best(stop)
    return (f"{what}{best}", what) if best else (what,)


def stop_text(stop: Stop | None) -> str:
    """Return a short text about a lane's stop; empty if it has not stopped."""
    if stop is None:
        return ""
    if isinstance(stop, StopOfSeeds):
        return _what(stop)
    by = "in" if stop.kind == "divergence" else "at"
    return f"{_what(stop)} {by} epoch {stop.epoch:,}{_best(stop)}"


def _what(stop: Stop) -> str:
    what = "diverged" if stop.kind == "divergence" else STOPPED
    return f"{stop.seeds} {what}" if isinstance(stop, StopOfSeeds) else what


def _best(stop: Stop) -> str:
    return "" if stop.best_epoch is None else f", best {stop.best_epoch:,}"
