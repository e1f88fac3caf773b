"""The synchronous trainer: deterministic, usable without any thread, the same in the window and headless."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from torch import Tensor

from engine.catalogue.schedules import SCHEDULES
from engine.data.resolve import resolve_points
from engine.experiment.class_looks import without_looks
from engine.experiment.settings import DataSettings, Experiment, Lane
from engine.network import EncodedData, Layout
from engine.observation import CANVAS_EXTENT, Extent, Ghosts, LaneSnapshot, Prediction, Stop
from engine.observation.measure import measure
from engine.observation.predict import UNCERTAINTY_COARSER, predict, uncertainties
from engine.training.batches import Batches
from engine.training.endings import Ending, divergence, early_stopping
from engine.training.group import Group
from engine.training.groups import Groups
from engine.training.lane_run import HISTORY_ROWS, LaneRun, LaneState
from engine.training.live_edits import keeps_optimizer_state, keeps_weights, only_numbers_differ


class Trainer:
    """Trains all lanes of an experiment, one batch of every group at a time.

    The order of the points and the dropout masks depend on the split's seed, the epoch and the batch alone, so a
    lane's numbers depend neither on its neighbours nor on pauses. With ``recording``, steps are recorded once and
    replayed: the same bits, several times faster.
    """

    def __init__(
        self, experiment: Experiment, history_rows: int = HISTORY_ROWS, recording: bool = True
    ) -> None:
        self._history_rows = history_rows
        self.run_number = 0
        self._runs: list[LaneRun] = []
        self._groups = Groups(recording)
        self._batches = Batches()
        self._stops: list[tuple[str, Stop]] = []
        self._data = experiment.data
        self._take_data(experiment.data)
        self._start(experiment.lanes)

    # -- state

    @property
    def runs(self) -> list[LaneRun]:
        """The lanes, as they are after the latest step."""
        self._settle()
        return self._runs

    @property
    def lanes(self) -> int:
        """How many there are."""
        return len(self._runs)

    @property
    def data(self) -> DataSettings:
        return self._data

    @property
    def epoch(self) -> int:
        """Whole epochs since the lanes started; a lane that started later counts its own in its run."""
        return self._batches.epoch

    @property
    def training_points(self) -> int:
        return self._batches.points

    @property
    def work(self) -> int:
        """What its largest step has to do: parameters × points of a batch, over all lanes of a group."""
        return max(group.work for group in self._groups)

    @property
    def can_train(self) -> bool:
        """Whether there is a lane to train and a point to train it on."""
        return self._batches.points > 0 and bool(self._groups.running)

    @property
    def all_ended(self) -> bool:
        return all(run.status != "training" for run in self._runs)

    @property
    def at_epoch_end(self) -> bool:
        """Whether no batch of the current epoch has been trained yet."""
        return self._batches.at_epoch_end

    def parameters(self, name: str) -> tuple[LaneRun, EncodedData, Tensor]:
        """A lane's run, its data (with the input scaling) and a copy of its flat row. KeyError without that lane."""
        self._settle()
        group, index = self._groups.find(name)
        return group.runs[index], group.data, group.network.flat[index].clone()

    def take_stops(self) -> list[tuple[str, Stop]]:
        """Lanes that have ended since the last call, by name."""
        stops, self._stops = self._stops, []
        return stops

    # -- training

    def step(self) -> bool:
        """Train one batch in every group; True when that finished an epoch. Nothing happens without points."""
        groups, batches = self._groups, self._batches
        if not groups.running or not batches.points:
            return False
        lost = [run for group in groups.running for run in group.step(batches)]
        if lost:
            self._diverge([*lost, *self._unsettled()])
        if not groups.running or not batches.advance(groups.smallest_batch):
            return False
        self._finish_epoch()
        return True

    def train_epoch(self) -> None:
        """Train to the end of the epoch and measure."""
        while self.can_train and not self.step():
            pass
        self.measure()

    def reset(self) -> None:
        """All lanes start again from their seeds: the same initial weights, the same numbers."""
        self._start([run.lane for run in self._runs])

    def resume(self) -> None:
        """When all lanes have ended, let them train on from where they ended."""
        self._settle()
        if not self.all_ended:
            return
        states = self._groups.states()
        for run in self._runs:
            states[run.lane.name] = run.resume(states[run.lane.name])
        self._arrange(states)

    # -- edits

    def set_experiment(self, experiment: Experiment) -> None:
        """Take over data and lanes together, so that a change of task meets lanes that fit it."""
        self._settle()
        data = experiment.data
        if (data.task, data.classes) != (self._data.task, self._data.classes):
            self._take_data(data)
            self._start(experiment.lanes)
            return
        if without_looks(data) != without_looks(self._data):
            self.set_data(data)
        self._data = data
        if list(experiment.lanes) != [run.lane for run in self._runs]:
            self.set_lanes(experiment.lanes)

    def set_lanes(self, lanes: Sequence[Lane]) -> None:
        """Take over settings: live ones at once, shapes by starting the lane again from its seed."""
        self._settle()
        if self._retune(lanes):
            return
        old = {run.lane.name: run for run in self._runs}
        kept = [
            run for lane in lanes if (run := old.get(lane.name)) and keeps_weights(run.lane, lane, self._data)
        ]
        if not kept:
            self._start(lanes)
            return
        states = self._groups.states()
        self._runs = [
            self._edited(run, lane, states)
            if (run := old.get(lane.name)) in kept
            else self._added(lane, states)
            for lane in lanes
        ]
        if len(kept) < len(lanes):
            self.run_number += 1
        self._arrange(states)

    def set_data(self, data: DataSettings) -> None:
        """Train on other points. Weights stay, but where the task or the classes change the outputs."""
        self._settle()
        same_meaning = (data.task, data.classes) == (self._data.task, self._data.classes)
        self._take_data(data)
        if not same_meaning:
            self._start([run.lane for run in self._runs])
            return
        for run in self._runs:
            run.forget_best()
        if self._groups.encode_anew():
            self._measure_untrained()
        else:
            self._arrange(self._groups.states())

    # -- observation

    def measure(self, lanes: Sequence[int] | None = None) -> None:
        """Bring ``now`` of the lanes of these numbers (None: all) up to date; after whole epochs also the history."""
        self._settle()
        for group, places in self._places(lanes):
            self._measure(group, [place for place in places if place not in group.measured])

    def predict(
        self,
        size: int,
        extent: Extent = CANVAS_EXTENT,
        lanes: Sequence[int] | None = None,
        uncertainty: bool = False,
    ) -> dict[str, Prediction]:
        """What these lanes answer on a grid of ``size`` cells, by name; how sure of it, on a coarser grid, if asked."""
        self._settle()
        predictions: dict[str, Prediction] = {}
        for group, places in self._places(lanes):
            if not places:
                continue
            part = group.part(places)
            found = predict(part.network, group.data, size, extent)
            if uncertainty:
                coarse = max(1, size // UNCERTAINTY_COARSER)
                spreads = uncertainties(part.network, group.data, part.rates, coarse, extent)
                found = [replace(one, uncertainty=spread) for one, spread in zip(found, spreads, strict=True)]
            names = [group.runs[place].lane.name for place in places]
            predictions |= dict(zip(names, found, strict=False))
        return predictions

    def ghosts(self, lanes: Sequence[int] | None = None) -> dict[str, Ghosts]:
        """The latest batch as each of these lanes saw it, by name, where it was augmented."""
        self._settle()
        return {
            group.runs[place].lane.name: ghosts
            for group, places in self._places(lanes)
            for place in places
            if (ghosts := group.ghosts(place)) is not None
        }

    def lane_snapshots(self, size: int | None, extent: Extent = CANVAS_EXTENT) -> tuple[LaneSnapshot, ...]:
        """Every lane as a view may draw it; with predictions on a grid of ``size`` cells, unless that is None."""
        self.measure()
        predictions = {} if size is None else self.predict(size, extent)
        return tuple(run.snapshot(predictions.get(run.lane.name), run.history.view()) for run in self._runs)

    # -- inside

    def _take_data(self, data: DataSettings) -> None:
        self._data, self.points = data, resolve_points(data)
        self._groups.set_data(data, self.points)
        self._batches.set_points(self.points.counts()[0], data.split.seed)

    def _start(self, lanes: Sequence[Lane]) -> None:
        self._runs = [self._new_run(lane) for lane in lanes]
        self.run_number += 1
        self._stops = []
        self._batches.start_over()
        self._arrange({run.lane.name: run.first_state() for run in self._runs})

    def _new_run(self, lane: Lane) -> LaneRun:
        return LaneRun(lane, Layout.of(lane, self._data), self._history_rows)

    def _added(self, lane: Lane, states: dict[str, LaneState]) -> LaneRun:
        run = self._new_run(lane)
        states[lane.name] = run.first_state()
        return run

    def _edited(self, run: LaneRun, lane: Lane, states: dict[str, LaneState]) -> LaneRun:
        """``run`` with other settings that keep its weights; a lane that had ended trains on."""
        if run.lane == lane:
            return run
        if run.status != "training":
            states[lane.name] = run.resume(states[lane.name])
        if not keeps_optimizer_state(run.lane, lane):
            states[lane.name] = LaneState.at(states[lane.name].row)
        if run.lane.training.loss != lane.training.loss:
            run.forget_best()
        run.take_settings(lane)
        return run

    def _retune(self, lanes: Sequence[Lane]) -> bool:
        """Take over lanes that differ from those in training by numbers alone; False where there is more to do."""
        runs = self._runs
        if len(lanes) != len(runs) or not all(
            run.status == "training" and only_numbers_differ(run.lane, lane, self._data)
            for run, lane in zip(runs, lanes, strict=True)
        ):
            return False
        for run, lane in zip(runs, lanes, strict=True):
            run.take_settings(lane)
        if not self._groups.retune():
            self._arrange(self._groups.states())
        return True

    def _arrange(self, states: Mapping[str, LaneState]) -> None:
        self._groups.arrange(self._runs, states)
        self._measure_untrained()

    def _measure_untrained(self) -> None:
        # What a lane was before its first step begins its history.
        self.measure([number for number, run in enumerate(self._runs) if not run.step])

    def _finish_epoch(self) -> None:
        running = [run for run in self._runs if run.status == "training"]
        for run in running:
            run.epoch += 1
        stopping = [run for run in running if run.lane.regularization.early_stopping]
        reducing = [run for run in running if SCHEDULES[run.lane.training.schedule.name].reduces]
        if not self.points.counts()[1]:
            stopping = []
        if stopping or reducing:
            self.measure([n for n, run in enumerate(self._runs) if run in stopping or run in reducing])
            for run in reducing:
                run.note_plateau()
            self._end([ending for run in stopping if (ending := early_stopping(run))])

    def _unsettled(self) -> list[LaneRun]:
        """Lanes of which it turns out that they have diverged since it was last looked at."""
        return [run for group in self._groups.running for run in group.settle(self.epoch)]

    def _settle(self) -> None:
        """Make sure that what there is to see is sound: no step of it was made with numbers that are not finite."""
        self._diverge(self._unsettled())

    def _diverge(self, lost: Sequence[LaneRun]) -> None:
        if lost:
            states = self._groups.states()
            self._end([divergence(run, states[run.lane.name].checkpoint) for run in lost])

    def _end(self, endings: Sequence[Ending]) -> None:
        if not endings:
            return
        states = self._groups.states()
        for ending in endings:
            name = ending.run.lane.name
            ending.run.end(ending.stop)
            self._stops.append((name, ending.stop))
            if ending.stop.kind == "early_stopping":
                ending.run.left = states[name]
            if ending.row is not None:
                states[name] = LaneState.at(ending.row)
        self._arrange(states)

    def _places(self, lanes: Sequence[int] | None) -> Iterator[tuple[Group, list[int]]]:
        """Where in the groups the lanes of these numbers are; None means all."""
        chosen = None if lanes is None else {id(self._runs[n]) for n in lanes if n < len(self._runs)}
        for group in self._groups:
            yield (
                group,
                [place for place, run in enumerate(group.runs) if chosen is None or id(run) in chosen],
            )

    def _measure(self, group: Group, places: Sequence[int]) -> None:
        if not places:
            return
        part = group.part(places)
        measures = measure(part, group.data)
        for index, place in enumerate(places):
            run = group.runs[place]
            run.chain = measures.chains[index]
            run.take(measures.of(index, run.epoch, run.step), part.network.flat[index], self.at_epoch_end)
        group.measured.update(places)
