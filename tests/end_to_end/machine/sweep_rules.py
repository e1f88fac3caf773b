"""What a person can do with a sweep, and that its cells stay on its axes."""

from __future__ import annotations

from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from engine.experiment.settings import SweepAxis
from engine.experiment.sweeps.cells import cell_settings, cells
from tests.end_to_end.machine.lane_rules import CONTROL, LaneRules
from tests.end_to_end.machine.trail import action, promise

AXES = (
    SweepAxis("training.learning_rate", (0.001, 0.01, 0.1)),
    SweepAxis("regularization.l2", (0.0, 0.01)),
    SweepAxis("network.depth", (1, 3)),
    SweepAxis("network.width", (2, 4)),
    SweepAxis("training.layer_rates.2", (0.1, 1.0)),
    SweepAxis("network.activation", ("tanh", "relu", "identity")),
    SweepAxis("regularization.dropout.rate", (0.1, 0.5)),
    SweepAxis("training.optimizer", ("sgd", "adam")),
    SweepAxis("training.optimizer.momentum", (0.0, 0.9)),
    SweepAxis("training.learning_rate", (1e6, 1e8)),
    SweepAxis("seed", (0, 1, 2)),
    SweepAxis("data.generator.noise", (0.0, 0.1)),
    SweepAxis("training.batch_size", (7,)),
)
"""Some do not go with one another, with a lane or with a window, and some diverge."""
COMMANDS = ("zoom", "end", "promote", "choose", "step", "keys", "restart", "cell away", "cell shown")
INDICES = st.integers(0, 7)


class SweepRules(LaneRules):
    """A machine with a window that has a sweep now and then."""

    @action(first=st.sampled_from(AXES), second=st.sampled_from([None, *AXES]), seeds=st.integers(1, 2))
    def spread_a_lane(self, first: SweepAxis, second: SweepAxis | None, seeds: int) -> None:
        """Begin a sweep, or give other axes to the one that there is."""
        self.plan(0)
        before = self.window.document.experiment
        axes = (first,) if second is None else (first, second)
        self.window.sweep.start(axes, seeds)
        self._takes_back(before)

    @action(command=st.sampled_from(COMMANDS), first=INDICES, last=INDICES)
    def use_the_sweep(self, command: str, first: int, last: int) -> None:
        self.plan(0)
        sweep, document = self.window.sweep, self.window.document
        before, canvas = document.experiment, self.window.canvas
        places = list(sweep.cells)
        if not places:
            return
        place = places[first % len(places)]
        columns, rows = sweep.shape
        index = sweep.cells[place]
        if command == "zoom":
            one_axis = len(sweep.axes) == 1
            y_range = None if one_axis else (first % rows, last % rows)
            sweep.zoom((first % columns, last % columns), y_range, 2 + last % 2)
        elif command == "end":
            sweep.end(index if last % 2 else None)
            assert sweep.is_on == (document.experiment == before)
        elif command == "promote":
            made = sweep.promote(index)
            assert made is None or document.experiment.lanes[made].cell is None
        elif command == "choose":
            assert sweep.choose(place)
            assert sweep.chosen == place
        elif command == "step":
            sweep.step(first % 3 - 1, last % 3 - 1)
        elif command == "keys":
            QTest.keyClick(canvas, Qt.Key.Key_G, CONTROL | Qt.KeyboardModifier.ShiftModifier)
        elif command == "restart":
            self.window.link.restart()
        elif command == "cell away":
            assert not self.window.lanes.actions.remove(index)
        else:
            self.window.lanes.actions.set_hidden([index], True)
        self._takes_back(before)

    # -- what must hold

    @promise
    def each_cell_has_its_values(self) -> None:
        experiment = self.window.document.experiment
        places = cells(experiment)
        assert (experiment.sweep is not None) == bool(places)
        if experiment.sweep is None:
            return
        settings = cell_settings(experiment)
        for place, index in places.items():
            for setting, axis, at in zip(settings, experiment.sweep.axes, place, strict=True):
                assert setting.get(experiment, index) == axis.values[at]

    @promise
    def the_dock_shows_the_cells(self) -> None:
        dock, experiment = self.window.dock_layout.sweep_dock, self.window.document.experiment
        if not dock.is_seen:
            return
        assert (dock.picture is not None) == (experiment.sweep is not None)
        if dock.picture is not None:
            model = dock.picture.model
            assert {cell.name for cell in model.cells} == {
                lane.name for lane in experiment.lanes if lane.cell is not None
            }
            assert dock.restart_button.isVisible() != model.is_level
