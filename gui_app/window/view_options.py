"""The options of views that a step of a lesson needs, such as ``loss.stacked``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.lessons.views import CONNECTIONS, HIDDEN, PROBE, VIEWS
from gui_app.canvas.switches.state import SWITCHES, TEST_DATA
from gui_app.plots.drawing.probe_plot import ProbePlot
from gui_app.window.watched import CANVAS, DIAGRAM, NAMES

if TYPE_CHECKING:
    from gui_app.window.main_window import MainWindow
    from gui_app.window.stage import Stage


class _Option(NamedTuple):
    """What an option is, what it is by default, and what changes it."""

    value: Any
    default: Any
    change: Callable[[Any], object]


class ViewOptions:
    """Sets options of the views of ``window``; ``stage`` sets them back when lessons are over.

    A lesson begins with the defaults, whatever was switched on before, and a step has those and its own, so that each
    looks as its text says.
    """

    def __init__(self, window: MainWindow, stage: Stage) -> None:
        self._window, self._stage = window, stage
        self._kept: set[str] = set()
        self._of_step: set[str] = set()

    def begin(self) -> None:
        """Begin a lesson: with the defaults."""
        self._of_step.clear()
        for path, option in self._all():
            self._keep(path, option)
            self._set(option, option.default)

    def apply(self, options: Mapping[str, Any]) -> None:
        """Set the options of a step, by view and name, and those of the step before to their defaults; those that no
        view has are left out.
        """
        former, self._of_step = self._of_step, set(options)
        for path, option in self._all():
            if path in options:
                self._set(option, type(option.default)(options[path]))
            elif path in former:
                self._set(option, option.default)
        connections = options.get(f"{DIAGRAM}.{CONNECTIONS}")
        if connections is not None:
            # Putting the layout back puts this back, too.
            self._window.whole_layout.show_connections(str(connections))

    def end(self) -> None:
        """Forget what was set; the stage sets it back."""
        self._kept.clear()
        self._of_step.clear()

    def _all(self) -> Iterator[tuple[str, _Option]]:
        switches = self._window.canvas.switches
        for key in SWITCHES:
            # Test points are shown unless somebody hides them.
            yield (
                f"{CANVAS}.{key}",
                _Option(switches.on(key), key == TEST_DATA, partial(switches.turn, key)),
            )
        docks, plots = self._window.dock_layout.arrangement.plots, self._window.dock_layout.plots
        for view, title in NAMES.items():
            plot = next((one for one in plots if title in docks and docks[title].widget() is one), None)
            if plot is None:
                continue
            on = plot.controls.fields["modes"]
            for mode in plot.modes:
                yield f"{view}.{mode}", _Option(mode in on, False, partial(plot.controls.switch, mode))
            if HIDDEN in VIEWS.get(view, ()):
                yield f"{view}.{HIDDEN}", _Option(plot.controls.hidden, frozenset(), plot.controls.hide)
            if isinstance(plot, ProbePlot):
                yield f"{view}.{PROBE}", _Option(plot.probe.key, type(plot).probe.key, plot.show_probe)

    def _keep(self, path: str, option: _Option) -> None:
        """Set an option back when lessons are over, whoever has changed it meanwhile."""
        if path not in self._kept:
            self._kept.add(path)
            self._stage.later(partial(option.change, option.value))

    @staticmethod
    def _set(option: _Option, value: Any) -> None:
        if option.value != value:
            option.change(value)
