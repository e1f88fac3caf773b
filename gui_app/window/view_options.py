"""The options of views that a step of a lesson needs, such as ``loss.stacked``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from engine.lessons.views import CONNECTIONS, HIDDEN, PROBE
from gui_app.canvas.switches.state import SWITCHES
from gui_app.plots.drawing.probe_plot import ProbePlot
from gui_app.window.watched import CANVAS, DIAGRAM, NAMES

if TYPE_CHECKING:
    from gui_app.plots.drawing.plot_frame import PlotFrame
    from gui_app.window.main_window import MainWindow
    from gui_app.window.stage import Stage


class ViewOptions:
    """Sets options of the views of ``window``; ``stage`` sets them back when the lesson is over."""

    def __init__(self, window: MainWindow, stage: Stage) -> None:
        self._window, self._stage = window, stage
        self._kept: set[str] = set()

    def apply(self, options: Mapping[str, Any]) -> None:
        """Set options, by view and name; those that no view has are left out."""
        for path, value in options.items():
            view, _, name = path.partition(".")
            if view == CANVAS and name in SWITCHES:
                switches = self._window.canvas.switches
                self._set(path, switches.on(name), bool(value), partial(switches.turn, name))
            elif view == DIAGRAM and name == CONNECTIONS:
                # Putting the layout back puts this back, too.
                self._window.whole_layout.show_connections(str(value))
            elif (plot := self._plot(view)) is not None:
                self._set_in_plot(path, plot, name, value)

    def end(self) -> None:
        """Forget what was set; the stage sets it back."""
        self._kept.clear()

    def _set_in_plot(self, path: str, plot: PlotFrame[Any, Any], name: str, value: Any) -> None:
        if name == PROBE and isinstance(plot, ProbePlot):
            self._set(path, plot.probe.key, str(value), plot.show_probe)
        elif name == HIDDEN:
            self._set(path, plot.controls.hidden, frozenset(value), plot.controls.hide)
        elif name in plot.modes:
            on = name in plot.controls.fields["modes"]
            self._set(path, on, bool(value), partial(plot.controls.switch, name))

    def _set(self, path: str, before: Any, value: Any, change: Callable[[Any], object]) -> None:
        if before == value:
            return
        if path not in self._kept:
            self._kept.add(path)
            self._stage.later(partial(change, before))
        change(value)

    def _plot(self, view: str) -> PlotFrame[Any, Any] | None:
        title = NAMES.get(view, "")
        dock = self._window.dock_layout.arrangement.plots.get(title)
        plots = self._window.dock_layout.plots
        return next((plot for plot in plots if dock is not None and dock.widget() is plot), None)
