"""Lanes in the window: strip, menu and the question where a new one begins, connected with canvas and engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QSettings, Signal
from PySide6.QtWidgets import QInputDialog, QWidget

from engine.experiment import Experiment
from engine.experiment.settings import LONGEST_NAME
from gui_app.canvas.canvas import Canvas
from gui_app.lanes.menu import LaneMenu
from gui_app.lanes.new_lane import ANEW, CONTINUE, NewLaneStart
from gui_app.lanes.strip import LaneStrip
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.engine_link import EngineLink
from gui_app.session.lane_actions import LaneActions
from gui_app.theme.tokens import Theme

if TYPE_CHECKING:
    from gui_app.lanes.start_question import StartQuestion


class LaneRoom(QObject):
    """Holds what the window has for lanes; ``reported(sentence)`` says why a command was refused."""

    reported = Signal(str)

    def __init__(
        self,
        document: Document,
        current: CurrentLane,
        link: EngineLink,
        canvas: Canvas,
        settings: QSettings,
        theme: Callable[[], Theme],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._document, self._current, self._link, self._window = document, current, link, window
        self.actions = LaneActions(document, current, self)
        self.start = NewLaneStart(settings, self)
        self.strip = LaneStrip(document, current, self.actions)
        self.menu = LaneMenu(document, current, self.actions, self.start, self._rename, theme, window)
        self.question: StartQuestion | None = None
        self.actions.reported.connect(self.reported)
        self.actions.duplicated.connect(self._begin)
        self.strip.opened.connect(canvas.show_alone)
        self.strip.menu_wanted.connect(self._open_menu)
        canvas.lane_wanted.connect(lambda: self.actions.duplicate())
        document.changed.connect(self._follow)
        document.replaced.connect(self.menu.refresh)
        current.changed.connect(self.menu.refresh)

    def apply_theme(self, theme: Theme) -> None:
        self.strip.apply_theme(theme)

    def _follow(self, before: Experiment, after: Experiment) -> None:
        if before.lanes is not after.lanes:
            self.menu.refresh()

    def _open_menu(self, number: int, point: QPoint) -> None:
        self._current.choose(number)
        self.menu.popup(point)

    def _rename(self) -> None:
        index = self._current.index
        if self._current.is_cell:
            # It says why not.
            self.actions.set_name(index, self._current.name)
            return
        if self.strip.isVisible():
            self.strip.edit_name(index)
            return
        name, accepted = QInputDialog.getText(
            self._window, "Rename lane", "Name of the lane:", text=self._current.name
        )
        if accepted and name.strip():
            self.actions.set_name(index, name.strip()[:LONGEST_NAME])

    def _begin(self, index: int, source: int) -> None:
        """Let a new lane begin as chosen, or ask where it begins, if the other one has trained."""
        latest, lanes = self._link.latest, self._document.experiment.lanes
        names = lanes[index].name, lanes[source].name
        trained = [lane for lane in (latest.lanes if latest is not None else ()) if lane.name == names[1]]
        if not trained or not trained[0].now.step or self.start.choice == ANEW:
            return
        if self.start.choice == CONTINUE:
            self._link.copy_lane(index, source)
            return
        from gui_app.lanes.start_question import StartQuestion

        question = self.question = StartQuestion(*names, self._window)
        question.answered.connect(lambda continues, remember: self._answered(names, continues, remember))
        question.destroyed.connect(self._forget)
        chip = self.strip.chip_of(index) or self.strip
        question.open_at(chip.mapToGlobal(chip.rect().bottomLeft()))

    def _answered(self, names: tuple[str, str], continues: bool, remember: bool) -> None:
        """Names, because lanes may have been moved meanwhile."""
        if remember:
            self.start.choose(CONTINUE if continues else ANEW)
        there = [lane.name for lane in self._document.experiment.lanes]
        if continues and all(name in there for name in names):
            self._link.copy_lane(*(there.index(name) for name in names))

    def _forget(self) -> None:
        self.question = None
