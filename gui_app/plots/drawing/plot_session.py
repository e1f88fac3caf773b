"""What the plots of a window share: what a person chose in them, and the epoch that is pinned."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, Signal

from engine.observation.snapshot import HistoryView


class PlotSession(QObject):
    """Remembers choices of plots by name, also over the end of the window; ``pinned_changed`` follows each pin.

    ``pinned_runs_changed`` follows each change of the runs that are drawn as faint curves.

    Without ``settings`` choices last as long as the window.
    """

    pinned_changed = Signal()
    pinned_runs_changed = Signal()

    def __init__(self, settings: QSettings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._choices: dict[str, str] = {}
        self._pinned: tuple[int, int] | None = None
        """Number of the run, and the epoch."""
        self._pinned_runs: tuple[tuple[str, HistoryView], ...] = ()

    @property
    def pinned_runs(self) -> tuple[tuple[str, HistoryView], ...]:
        """Names and histories of earlier runs that the loss plot draws as faint curves."""
        return self._pinned_runs

    @pinned_runs.setter
    def pinned_runs(self, runs: tuple[tuple[str, HistoryView], ...]) -> None:
        self._pinned_runs = runs
        self.pinned_runs_changed.emit()

    def choice(self, plot: str, what: str) -> str:
        """Return what was chosen in a plot; "" if nothing was."""
        key = f"plots/{plot}/{what}"
        if key not in self._choices:
            stored = "" if self._settings is None else self._settings.value(key, "")
            self._choices[key] = stored if isinstance(stored, str) else ""
        return self._choices[key]

    def choose(self, plot: str, what: str, choice: str) -> None:
        """Remember a choice."""
        key = f"plots/{plot}/{what}"
        self._choices[key] = choice
        if self._settings is not None:
            self._settings.setValue(key, choice)

    def hidden(self, plot: str) -> frozenset[str]:
        """Return the names of the curves that are hidden in a plot."""
        return frozenset(filter(None, self.choice(plot, "hidden").split("|")))

    def hide(self, plot: str, curves: frozenset[str]) -> None:
        """Remember the names of the curves that are hidden in a plot."""
        self.choose(plot, "hidden", "|".join(sorted(curves)))

    def pinned(self, run: int) -> int | None:
        """Return the epoch of a run whose numbers all plots over epochs show; None without one."""
        return self._pinned[1] if self._pinned is not None and self._pinned[0] == run else None

    def pin(self, run: int, epoch: int | None) -> None:
        """Show the numbers of an epoch of a run in all plots over epochs; None ends that."""
        pinned = None if epoch is None else (run, epoch)
        if pinned != self._pinned:
            self._pinned = pinned
            self.pinned_changed.emit()
