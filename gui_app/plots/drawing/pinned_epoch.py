"""Pinning an epoch by a click: all plots over epochs show its numbers until it is removed."""

from __future__ import annotations

from typing import Protocol, cast

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from gui_app.plots.drawing.edit_marks import CLOSE
from gui_app.plots.drawing.navigation import Navigation
from gui_app.plots.drawing.plot_area import PlotArea
from gui_app.plots.drawing.plot_controls import PlotControls
from gui_app.plots.drawing.plot_session import PlotSession
from gui_app.widgets.guarded import guarded


class Pinning(Protocol):
    """A plot over epochs, a widget."""

    navigation: Navigation
    controls: PlotControls
    plot_area: PlotArea

    @property
    def run(self) -> int: ...

    def epoch_at(self, pixel: QPointF | None) -> int | None: ...

    def takes_click(self, pixel: QPointF) -> bool: ...

    def show_pin(self) -> None: ...


class PinnedEpoch(QObject):
    """Pins the epoch that is clicked in its plot. A click on the line removes it, as do Escape and a second click.

    Of a double click, which shows the whole plot, the first click changes nothing in the end.
    """

    def __init__(self, plot: QWidget) -> None:
        super().__init__(plot)
        self._before: int | None = None
        self._plot.navigation.clicked.connect(self._click)
        self._plot.navigation.doubled.connect(self._undo)
        self._session.pinned_changed.connect(self._show)
        plot.installEventFilter(self)

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() == Qt.Key.Key_Escape and self._pinned is not None:
            self._pin(None)
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            epoch = self._plot.epoch_at(None)
            self._pin(epoch)
            return epoch is not None
        return False

    @property
    def _plot(self) -> Pinning:
        # An attribute would keep the plot alive until garbage is collected.
        return cast("Pinning", self.parent())

    @property
    def _session(self) -> PlotSession:
        return self._plot.controls.session

    @property
    def _pinned(self) -> int | None:
        return self._session.pinned(self._plot.run)

    def _pin(self, epoch: int | None) -> None:
        self._session.pin(self._plot.run, epoch)

    def _click(self, pixel: QPointF) -> None:
        self._before = self._pinned
        if self._plot.takes_click(pixel):
            return
        mapping = self._plot.plot_area.mapping()
        on_line = self._before is not None and abs(float(mapping.x(float(self._before))) - pixel.x()) <= CLOSE
        self._pin(None if on_line else self._plot.epoch_at(pixel))

    def _undo(self) -> None:
        self._pin(self._before)

    def _show(self) -> None:
        self._plot.show_pin()
