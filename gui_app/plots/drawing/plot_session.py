"""What the plots of a window share: what a person chose in them, and the epoch that is pinned."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, Signal


class PlotSession(QObject):
    """Remembers choices of plots by name, also over the end of the window; ``pinned_changed`` follows each pin.

    Without ``settings`` choices last as long as the window.
    """

    pinned_changed = Signal()

    def __init__(self, settings: QSettings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._choices: dict[str, str] = {}
        self._pinned: int | None = None

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

    @property
    def pinned(self) -> int | None:
        """The epoch whose numbers all plots over epochs show; None without one."""
        return self._pinned

    def pin(self, epoch: int | None) -> None:
        """Show the numbers of an epoch in all plots over epochs; None ends that."""
        if epoch != self._pinned:
            self._pinned = epoch
            self.pinned_changed.emit()
