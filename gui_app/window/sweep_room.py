"""Sweeps in the window: the dialog that sets one up, connected with the document and what computes larger ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from engine.experiment import Experiment
from engine.experiment.settings import SweepAxis
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.sweep import Sweep

if TYPE_CHECKING:
    from gui_app.sweeps.setup import SweepPlan, SweepSetup

StartBackground = Callable[[Experiment, int, tuple[SweepAxis, ...], int], object]
"""Takes the experiment, the index of the lane to spread out, the axes and the number of seeds; None: nothing began."""


class SweepRoom(QObject):
    """Opens the dialog and does what it asks for; ``reported(sentence)`` says why something was refused.

    ``start_background`` begins what is computed outside the document.
    """

    reported = Signal(str)

    def __init__(self, document: Document, current: CurrentLane, sweep: Sweep, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._current, self.sweep, self._window = document, current, sweep, window
        self.start_background: StartBackground | None = None
        self.setup: SweepSetup | None = None
        sweep.reported.connect(self.reported)

    def open_setup(self) -> None:
        """Ask for the axes of the current lane's sweep, or for others of the sweep that there is."""
        from gui_app.sweeps.setup import SweepSetup

        self._document.finish_gesture("Draw")
        index = self._current.index
        if self.sweep.is_on:
            cell = self._current.cell_index
            assert cell is not None
            index = cell
        setup = self.setup = SweepSetup(self._document.experiment, index, self._window)
        setup.live_wanted.connect(self._start)
        setup.background_wanted.connect(lambda plan: self._compute(index, plan))
        setup.finished.connect(self._forget)
        setup.open()

    def _start(self, plan: SweepPlan) -> None:
        if self.sweep.is_on:
            self.sweep.change_axes(plan.axes, plan.seeds)
        else:
            self.sweep.start(plan.axes, plan.seeds)

    def _compute(self, index: int, plan: SweepPlan) -> None:
        if self.start_background is None:
            self.reported.emit("This window cannot compute in the background; run python -m engine sweep.")
            return
        begun = self.start_background(self._document.experiment, index, plan.axes, plan.seeds)
        # Whoever cancels the question about epochs still has what they typed.
        if begun is not None and self.setup is not None:
            self.setup.accept()

    def _forget(self) -> None:
        setup, self.setup = self.setup, None
        if setup is not None:
            setup.deleteLater()
