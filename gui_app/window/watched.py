"""The views that a step of a lesson names: what the window calls them, and how they are brought to the front."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gui_app.plots import PLOTS
from gui_app.widgets.outline import StandingOutline

if TYPE_CHECKING:
    from gui_app.window.main_window import MainWindow
    from gui_app.window.stage import Stage

CANVAS, DIAGRAM, LANES, DIFFERENCES, DIAGNOSIS = "canvas", "diagram", "lanes", "differences", "diagnosis"
NAMES = {
    CANVAS: "Canvas",
    DIAGRAM: "Network",
    LANES: "Lanes",
    DIFFERENCES: "Differences",
    DIAGNOSIS: "Diagnosis",
    **{title.lower().replace(" ", "_"): title for title in PLOTS},
}
"""What the window calls the views, by the keys that lessons use."""
LARGE = 0.38
"""The share of the height that plots get while nothing else is watched but them and tables."""


def names_of(keys: Sequence[str]) -> list[str]:
    """Return what the window calls views."""
    return [NAMES[key] for key in keys if key in NAMES]


class Watched:
    """Brings views of ``window`` to the front through ``stage``, and outlines them until that is over."""

    def __init__(self, window: MainWindow, stage: Stage) -> None:
        self._window, self._stage = window, stage
        self._outlines: list[StandingOutline] = []
        self._shares: tuple[float | None, float] | None = None
        """The plots' share of the height before they got a larger one, and that one; None while they have their own."""

    def show(self, keys: Sequence[str]) -> None:
        """Bring views to the front and outline them; where two of them are tabs of one another, the first one wins,
        unless the other one can stand elsewhere.
        """
        self.end()
        for key in reversed(keys):
            self._bring(key)
        self._part(keys)
        self._give_room(keys)
        for key in keys:
            view = self.view(key)
            if view is not None and not view.isHidden():
                self._outline(view)

    def end(self) -> None:
        """Take the outlines away; the views stay where they are."""
        for outline in self._outlines:
            outline.remove()
        self._outlines.clear()

    def leave(self) -> None:
        """Take the outlines away for good; whoever puts the layout back puts back what the plots' share was."""
        self.end()
        self._shares = None

    @property
    def is_outlined(self) -> bool:
        """Whether anything is outlined."""
        return bool(self._outlines)

    def view(self, key: str) -> QWidget | None:
        """Return the view of a key; None if there is none, or none yet."""
        window, layout = self._window, self._window.dock_layout
        views: dict[str, QWidget | None] = {
            CANVAS: window.canvas,
            DIAGRAM: window.diagram,
            LANES: window.lanes.strip,
            DIFFERENCES: layout.arrangement.tables["Differences"],
            DIAGNOSIS: layout.diagnosis_line,
        }
        if key in views:
            return views[key]
        return layout.arrangement.plots.get(NAMES.get(key, ""))

    def _bring(self, key: str) -> None:
        if key == CANVAS:
            self._stage.show_canvas()
        elif key == DIAGRAM:
            self._stage.show_network()
        elif key in NAMES and key not in (LANES, DIAGNOSIS):
            self._stage.show_dock(NAMES[key])

    def _give_room(self, keys: Sequence[str]) -> None:
        """Make the plots larger where nothing else is watched, unless a person has given them another share.

        In a presentation they stand beside the canvas.
        """
        if self._window.present.is_on:
            return
        room, docks = self._window.dock_layout.plot_room, self._window.dock_layout.arrangement
        below = [*docks.plots, *docks.tables]
        if keys and all(NAMES.get(key) in below for key in keys):
            if self._shares is None:
                self._shares = room.share, max(room.share or 0.0, LARGE)
                room.share = self._shares[1]
                room.fit_soon()
        elif keys and self._shares is not None:
            (before, given), self._shares = self._shares, None
            if room.share == given:
                room.share = before
                room.fit_soon()

    def _part(self, keys: Sequence[str]) -> None:
        """Let plots that are tabs of one another stand beside each other, in place of one that is not watched."""
        docks = self._window.dock_layout.arrangement.plots
        watched = [docks[NAMES[key]] for key in keys if NAMES.get(key) in docks]
        for dock in watched[1:]:
            if not dock.visibleRegion().isEmpty() or dock.isFloating():
                continue
            behind = {*self._window.tabifiedDockWidgets(dock)}
            bottom = Qt.DockWidgetArea.BottomDockWidgetArea
            free = (
                one
                for one in docks.values()
                if one not in behind
                and one is not dock
                and not one.isHidden()
                and not one.isFloating()
                and self._window.dockWidgetArea(one) == bottom
                and not any(other in watched for other in (one, *self._window.tabifiedDockWidgets(one)))
            )
            beside = next(free, None)
            if beside is not None:
                self._window.tabifyDockWidget(beside, dock)
                dock.raise_()

    def _outline(self, view: QWidget) -> None:
        outline = StandingOutline(view)
        outline.destroyed.connect(lambda: self._forget(outline))
        self._outlines.append(outline)

    def _forget(self, outline: StandingOutline) -> None:
        if outline in self._outlines:
            self._outlines.remove(outline)
