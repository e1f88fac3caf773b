"""The whole layout of the window as one value: taken, put back, and written to the settings."""

from __future__ import annotations

import math
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QMainWindow, QToolBar

from gui_app.widgets.choice_box import ChoiceBox
from gui_app.window.layout.central_area import CentralArea
from gui_app.window.layout.dock_arrangement import DockArrangement
from gui_app.window.layout.plot_room import SHARES, PlotRoom
from gui_app.window.layout.schemes import Scheme

PRESENTED = 0.52
"""The least share of the window's width that the canvas has in a presentation."""
VERSION = 3
"""States of docks saved with another version are ignored."""


@dataclass(frozen=True, slots=True)
class LayoutState:
    """Positions of all docks as Qt describes them, the plots' share of the height, and what the diagram shows.

    ``connections`` is the key of what the diagram's connections show, "" for what they show already; ``keeps_groups``
    says that the plots stay divided as they are in windows of any width. ``before`` is the layout that comes back when
    the sweep ends; it is not written.
    """

    docks: bytes
    plots: float | None = None
    diagram: bool = True
    connections: str = ""
    keeps_groups: bool = False
    before: LayoutState | None = None

    def to_json(self) -> dict[str, object]:
        return {
            "docks": b64encode(self.docks).decode("ascii"),
            "plots": self.plots,
            "diagram": self.diagram,
            "connections": self.connections,
            "keeps_groups": self.keeps_groups,
        }

    @classmethod
    def from_json(cls, value: object) -> LayoutState | None:
        """Return the state that ``to_json`` has described; None for anything else."""
        if not isinstance(value, dict):
            return None
        docks, connections = value.get("docks"), value.get("connections", "")
        if not isinstance(docks, str) or not isinstance(connections, str):
            return None
        try:
            state = b64decode(docks, validate=True)
        except ValueError:
            return None
        share, diagram = share_of(value.get("plots")), value.get("diagram") is not False
        return cls(state, share, diagram, connections, value.get("keeps_groups") is True)


def share_of(stored: object) -> float | None:
    """Return a stored share of the height within its bounds; None for the default, and for anything else."""
    try:
        share = float(str(stored))
    except ValueError:
        return None
    return min(max(share, SHARES[0]), SHARES[1]) if math.isfinite(share) else None


def at_once(show: Callable[[], object]) -> None:
    """Show a layout as soon as it is chosen."""
    show()


class WholeLayout:
    """Takes and puts layouts of ``window``: its docks, the room of the plots, and the centre.

    Whoever offers layouts gives ``show_chosen`` the function that shows the chosen one; a presentation ends before it.
    ``settle()`` is called when a layout was put back, so that it becomes what the document needs.
    """

    def __init__(
        self, window: QMainWindow, docks: DockArrangement, room: PlotRoom, centre: CentralArea
    ) -> None:
        self.window, self.room, self.centre, self._docks = window, room, centre, docks
        self._connections: ChoiceBox | None = None
        self._wanted = ""
        self.show_chosen: Callable[[Callable[[], object]], None] = at_once
        self.settle: Callable[[], None] = lambda: None
        self.before: LayoutState | None = None
        """The layout that comes back when the sweep ends; None while no sweep has arranged the window."""
        centre.width_changed.connect(room.fit_soon)

    def follow(self, connections: ChoiceBox) -> None:
        """Set what the diagram's connections show from now on, once the diagram is there."""
        self._connections = connections
        self.show_connections(self._wanted)

    def take(self) -> LayoutState:
        """Return the present layout."""
        connections = self._wanted if self._connections is None else self._connections.key()
        docks = self.window.saveState(VERSION).data()
        return LayoutState(
            bytes(docks),
            self.room.share,
            self.centre.diagram_shown,
            connections,
            self.room.keeps_groups,
            self.before,
        )

    def take_own(self) -> LayoutState:
        """Return the present layout without the lesson that stands in it."""
        if self._docks.lesson.isHidden():
            return self.take()
        present = self.window.saveState(VERSION)
        with self.room.kept_apart():
            self._docks.hide_lesson()
            self._docks.fit_columns()
            own = self.take()
            self._restore_docks(bytes(present.data()))
        return own

    def put(self, state: LayoutState) -> bool:
        """Restore a layout; return whether it could be read, and leave everything as it is if not."""
        lesson = self._docks.lesson
        is_open = not lesson.isHidden()
        with self.room.kept_apart():
            if not self._restore_docks(state.docks):
                return False
            if not is_open and not lesson.isHidden():
                self._docks.hide_lesson()
            elif is_open and lesson.isHidden():
                self._docks.show_lesson(self._docks.lesson_width())
            self.room.share, self.room.keeps_groups = state.plots, state.keeps_groups
            self.before = state.before
            self._end_presentation()
            self.room.stand()
            self.centre.show_diagram(state.diagram)
            self.show_connections(state.connections)
        self.settle()
        return True

    def _restore_docks(self, docks: bytes) -> bool:
        # Qt's state has the bars, too: which of them are shown is none of a layout's business.
        hidden = {bar: bar.isHidden() for bar in self.window.findChildren(QToolBar)}
        done = self.window.restoreState(docks, VERSION)
        for bar, was_hidden in hidden.items():
            bar.setHidden(was_hidden)
        return done

    def arrange(self, scheme: Scheme | None = None) -> None:
        """Arrange the docks as a scheme says; without one, as in a new window."""
        with self.room.kept_apart():
            self._end_presentation()
            self.room.arrange()
            self.centre.show_diagram(scheme is None or scheme.diagram)
            if scheme is not None:
                self._docks.keep_only(scheme.columns, scheme.plots)
                self.room.share, self.room.keeps_groups = scheme.share, scheme.has_groups
                self.room.stand()
                self.show_connections(scheme.connections)

    def present(self, *titles: str) -> None:
        """Show the canvas with the plots of these titles beside it; the network diagram for any other title."""
        with self.room.kept_apart():
            docks = self._docks.keep_beside(titles)
            self.room.beside, self.centre.canvas_share = docks[0] if docks else None, PRESENTED
            self.centre.show_diagram(len(docks) < len(titles))
            self.centre.arrange()

    def _end_presentation(self) -> None:
        self.room.beside, self.centre.canvas_share = None, 0.0
        self.centre.arrange()

    def show_connections(self, key: str) -> None:
        """Choose what the diagram's connections show, by its key; "" for what they show already."""
        box = self._connections
        self._wanted = key or self._wanted
        if box is not None and key in box.family and key != box.key():
            box.set_key(key)
            box.chosen.emit(key)
