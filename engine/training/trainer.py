"""The synchronous trainer: deterministic, usable without any thread, the same in the window and headless."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import isfinite

from torch import Tensor

from engine.catalogue.schedules import SCHEDULES
from engine.data.resolve import resolve_points
from engine.experiment.class_looks import without_looks
from engine.experiment.differences import State, edit_description
from engine.experiment.effects import Effect, data_effect, keeps_best, keeps_optimizer_state, lane_effect
from engine.experiment.points import Points
from engine.experiment.settings import DataSettings, Experiment, Lane
from engine.network import EncodedData, Layout
from engine.observation import CANVAS_EXTENT, Extent, Ghosts, LaneSnapshot, Prediction, Stop
from engine.observation.history import MOST_EPOCHS
from engine.observation.predict import UNCERTAINTY_COARSER, predict, uncertainties
from engine.observation.probes import no_layer_numbers
from engine.training.endings import Ending, divergence, early_stopping
from engine.training.lane_run import LaneRun, LaneState
from engine.training.lane_stack import LaneStack
from engine.training.lane_stacks import LaneStacks
from engine.training.step.batches import Batches
from engine.training.step.threads import one_thread


class Trainer:
    """Trains all lanes of an experiment, one batch of every stack at a time.

    The order of the points and the dropout masks depend on the split's seed, the epoch and the batch alone, so a
    lane's numbers depend neither on its neighbours nor on pauses, and torch works in one thread wherever it is called
    from (see ``engine.training.step.threads``). With ``recording``, steps and measurings are recorded once and
    replayed: the same bits, several times faster.

    The losses, penalty and scores of every lane are measured after every epoch, whoever drives it; its layers in those
    epochs that ``layers_due`` names. ``most_rows`` is how many epochs a history holds before any of them is left out.
    """

    def __init__(self, experiment: Experiment, most_rows: int = MOST_EPOCHS, recording: bool = True) -> None:
        one_thread()
        self._most_rows = most_rows
        self.run_number = 0
        self._runs: list[LaneRun] = []
        self._stacks = LaneStacks(recording)
        self._batches = Batches()
        self._stops: list[tuple[str, Stop]] = []
        self._data = experiment.data
        self._take_data(experiment.data, resolve_points(experiment.data))
        self._start(experiment.lanes, self._data, self.points)

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
    def can_train(self) -> bool:
        """Whether there is a lane to train and a point to train it on."""
        return self._batches.points > 0 and bool(self._stacks.running)

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
        stack, index = self._stacks.find(name)
        return stack.runs[index], stack.data, stack.network.flat[index].clone()

    def take_stops(self) -> list[tuple[str, Stop]]:
        """Lanes that have ended since the last call, by name."""
        stops, self._stops = self._stops, []
        return stops

    # -- training

    def step(self) -> bool:
        """Train one batch in every stack; True when that finished an epoch. Nothing happens without points."""
        one_thread()
        stacks, batches = self._stacks, self._batches
        if not stacks.running or not batches.points:
            return False
        lost = [run for stack in stacks.running for run in stack.step(batches)]
        if lost:
            self._diverge([*lost, *self._unsettled()])
        if not stacks.running or not batches.advance(stacks.smallest_batch):
            return False
        self._finish_epoch()
        return True

    def end_broken(self) -> None:
        """Let those lanes end whose loss is not finite: when training pauses, no step comes that would meet it."""
        if not self._batches.points:
            return
        self.measure()
        trained = [run for run in self._runs if run.status == "training" and run.step]
        self._diverge([run for run in trained if run.now and not isfinite(run.now.loss[0])])

    def train_epoch(self) -> None:
        """Train to the end of the epoch."""
        while self.can_train and not self.step():
            pass

    def reset(self) -> None:
        """All lanes start again from their seeds: the same initial weights, the same numbers."""
        self._start([run.lane for run in self._runs], self._data, self.points)

    def resume(self, lanes: Sequence[int] | None = None) -> None:
        """Let the lanes of these numbers that have ended train on from where they ended; with None all of them if all
        have ended, else those that were edited since they did.
        """
        self._settle()
        if lanes is not None:
            chosen = [self._runs[n] for n in lanes if n < len(self._runs)]
        elif self.all_ended:
            chosen = self._runs
        else:
            chosen = [run for run in self._runs if run.waits]
        ended = [run for run in chosen if run.status != "training"]
        if ended:
            states = self._stacks.states()
            self._arrange(states | {run.lane.name: run.resume(states[run.lane.name]) for run in ended})

    def restore_best(self, lanes: Sequence[int] | None = None, wished: bool = False) -> list[LaneRun]:
        """Let the lanes of these numbers (None: all) go back to the weights of their best epochs, where they have
        others; their optimizers begin anew. With ``wished``, only those whose early stopping is set to restore them.
        Returns those of which nothing changed.
        """
        self._settle()
        chosen = self._runs if lanes is None else [self._runs[n] for n in lanes if n < len(self._runs)]
        if wished:
            chosen = [run for run in chosen if run.status == "training" and run.restores_best]
        states = self._stacks.states()
        rows = {run.lane.name: state for run in chosen if (state := run.go_back(states[run.lane.name].row))}
        if rows:
            self._arrange(states | rows)
            self.measure()
        return [run for run in chosen if run.lane.name not in rows]

    # -- edits

    def set_experiment(self, experiment: Experiment, gesture: Hashable = None, anew: bool = False) -> None:
        """Take over data and lanes together, so that a change of task meets lanes that fit it.

        All edits of one ``gesture`` leave one mark. With ``anew`` all lanes start from their seeds, whatever changed.
        """
        self._settle()
        if self._change_data(experiment.data, experiment.lanes, gesture, anew):
            return
        if list(experiment.lanes) != [run.lane for run in self._runs]:
            self.set_lanes(experiment.lanes, gesture)

    def set_lanes(self, lanes: Sequence[Lane], gesture: Hashable = None) -> None:
        """Take over settings: live ones at once, shapes by starting the lane again from its seed. A lane that has ended
        and keeps its weights trains on with them when ``resume`` is called, not before.
        """
        self._settle()
        if self._retune(lanes, gesture):
            return
        old = {run.lane.name: run for run in self._runs}
        kept = [
            run
            for lane in lanes
            if (run := old.get(lane.name)) and lane_effect(run.lane, lane, self._data) < Effect.RESTART
        ]
        if not kept:
            self._start(lanes, self._data, self.points)
            return
        states = self._stacks.states()
        self._runs = [
            self._edited(run, lane, states, gesture)
            if (run := old.get(lane.name)) in kept
            else self._added(lane, states, run)
            for lane in lanes
        ]
        if len(kept) < len(lanes):
            self.run_number += 1
        self._arrange(states)

    # -- observation

    def measure(self, lanes: Sequence[int] | None = None) -> None:
        """Bring ``now`` of all lanes up to date, and measure the layers of those of these numbers (None: all)."""
        self._settle()
        for stack, places in self._places(lanes):
            stack.measure_layers(places)
            self._tell(stack)

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
        for stack, places in self._places(lanes):
            if not places:
                continue
            network, rates = stack.part(places)
            found = predict(network, stack.data, size, extent)
            if uncertainty:
                coarse = max(1, size // UNCERTAINTY_COARSER)
                spreads = uncertainties(network, stack.data, rates, coarse, extent)
                found = [replace(one, uncertainty=spread) for one, spread in zip(found, spreads, strict=True)]
            names = [stack.runs[place].lane.name for place in places]
            predictions |= dict(zip(names, found, strict=False))
        return predictions

    def ghosts(self, lanes: Sequence[int] | None = None) -> dict[str, Ghosts]:
        """The latest batch as each of these lanes saw it, by name, where it was augmented."""
        self._settle()
        return {
            stack.runs[place].lane.name: ghosts
            for stack, places in self._places(lanes)
            for place in places
            if (ghosts := stack.ghosts(place)) is not None
        }

    def lane_snapshots(self, size: int | None, extent: Extent = CANVAS_EXTENT) -> tuple[LaneSnapshot, ...]:
        """Every lane as a view may draw it; with predictions on a grid of ``size`` cells, unless that is None."""
        self.measure()
        predictions = {} if size is None else self.predict(size, extent)
        return tuple(run.snapshot(predictions.get(run.lane.name), run.history.view()) for run in self._runs)

    # -- inside

    def _take_data(self, data: DataSettings, points: Points) -> None:
        self._data, self.points = data, points
        self._validation = points.counts()[1]
        self._stacks.set_data(data, points)
        self._batches.set_points(points.counts()[0], data.split.seed)

    def _change_data(
        self, data: DataSettings, lanes: Sequence[Lane], gesture: Hashable, anew: bool = False
    ) -> bool:
        """True where that started all of these ``lanes`` anew."""
        before, old = self._data, self.points
        points = old if without_looks(data) == without_looks(before) else resolve_points(data)
        effect = Effect.RESTART if anew else data_effect(before, data, old, points)
        if effect is Effect.NOTHING:
            self._data = data
            return False
        self._take_data(data, points)
        if effect is Effect.RESTART:
            self._start(lanes, before, old)
            return True
        for run in self._runs:
            run.forget_best()
            run.note_edit(State(run.lane, before, old), State(run.lane, data, points), "data", gesture)
        if self._stacks.encode_anew():
            self._begin_histories()
        else:
            self._arrange(self._stacks.states())
        return False

    def _start(self, lanes: Sequence[Lane], data: DataSettings, points: Points) -> None:
        """Start these lanes from their seeds, where the others were trained on these data until now."""
        before = {run.lane.name: run for run in self._runs}
        states: dict[str, LaneState] = {}
        self._runs = [self._added(lane, states, before.get(lane.name), data, points) for lane in lanes]
        self.run_number += 1
        self._stops = []
        self._batches.start_over()
        self._arrange(states)

    def _added(
        self,
        lane: Lane,
        states: dict[str, LaneState],
        former: LaneRun | None,
        data: DataSettings | None = None,
        points: Points | None = None,
    ) -> LaneRun:
        """A new run; its first mark tells what of the ``former`` one, trained on these data, it is without."""
        run = LaneRun(lane, Layout.of(lane, self._data), self._most_rows)
        states[lane.name] = run.first_state()
        if former is not None and former.step:
            # Points that were none are false, too.
            old = self.points if points is None else points
            then = State(former.lane, data or self._data, old)
            text = edit_description(then, State(lane, self._data, self.points))
            data_differ = data_effect(then.data, self._data, old, self.points)
            if text and data_differ is not Effect.RESTART:
                text = f"{text}: started anew"
            if text:
                run.marks.note(0, 0, text, "start")
        return run

    def _state(self, lane: Lane) -> State:
        return State(lane, self._data, self.points)

    def _edited(self, run: LaneRun, lane: Lane, states: dict[str, LaneState], gesture: Hashable) -> LaneRun:
        """``run`` with other settings that keep its weights; a lane that has ended waits for ``resume``."""
        if run.lane == lane:
            return run
        if not keeps_optimizer_state(run.lane, lane):
            states[lane.name] = run.forget_optimizer(states[lane.name])
        if not keeps_best(run.lane, lane):
            run.forget_best()
        self._take_settings(run, lane, gesture)
        return run

    def _take_settings(self, run: LaneRun, lane: Lane, gesture: Hashable) -> None:
        if run.lane != lane:
            before = self._state(run.lane)
            run.take_settings(lane)
            run.note_edit(before, self._state(lane), "setting", gesture)

    def _retune(self, lanes: Sequence[Lane], gesture: Hashable) -> bool:
        """Take over lanes that differ from those in training by numbers alone; False where there is more to do."""
        runs = self._runs
        if len(lanes) != len(runs) or not all(
            run.status == "training" and lane_effect(run.lane, lane, self._data) <= Effect.NUMBERS
            for run, lane in zip(runs, lanes, strict=True)
        ):
            return False
        for run, lane in zip(runs, lanes, strict=True):
            self._take_settings(run, lane, gesture)
        if self._stacks.retune():
            self._begin_histories()
        else:
            self._arrange(self._stacks.states())
        return True

    def _arrange(self, states: Mapping[str, LaneState]) -> None:
        one_thread()
        self._stacks.arrange(self._runs, states)
        self._begin_histories()

    def _begin_histories(self) -> None:
        """What a lane is before its first step begins its history, and what it is when former losses compare no longer
        is its best.
        """
        for stack in self._stacks:
            for place, run in enumerate(stack.runs):
                if self._validation and run.step and run.best is None:
                    run.begin_best(stack.numbers()[place], stack.network.flat[place])
            places = [place for place, run in enumerate(stack.runs) if not run.step]
            if not places:
                continue
            stack.calibrate()
            stack.measure_layers(places)
            self._tell(stack)
            for place in places:
                run = stack.runs[place]
                assert run.now is not None
                run.begin_history(stack.numbers()[place], run.now, stack.network.flat[place])

    def _tell(self, stack: LaneStack) -> None:
        """Let the lanes of a stack know what they are now; layers that are not measured are not known."""
        numbers = stack.numbers()
        for place, run in enumerate(stack.runs):
            layers, run.chain = stack.layers(place) or (no_layer_numbers(run.layout.layers), None)
            run.now = run.measured(numbers[place], layers)

    def _finish_epoch(self) -> None:
        running = [run for run in self._runs if run.status == "training"]
        for run in running:
            run.epoch += 1
        self._settle()
        for stack in self._stacks.running:
            numbers, due = stack.numbers(), [place for place, run in enumerate(stack.runs) if run.layers_due]
            for place, run in enumerate(stack.runs):
                run.note_epoch(numbers[place], stack.network.flat[place])
            stack.measure_layers(due)
            for place in due:
                found = stack.layers(place)
                assert found is not None
                stack.runs[place].note_layers(stack.runs[place].measured(numbers[place], found[0]))
        self._conclude([run for run in running if run.status == "training"])

    def _conclude(self, running: Sequence[LaneRun]) -> None:
        """What the losses of an epoch change: learning rates that wait for a plateau, and early stopping."""
        reducing = [run for run in running if SCHEDULES[run.lane.training.schedule.name].reduces]
        for run in reducing:
            run.note_plateau()
        if self._validation:
            self._end([ending for run in running if (ending := early_stopping(run))])

    def _unsettled(self) -> list[LaneRun]:
        """Lanes of which it turns out that they have diverged since it was last looked at."""
        return [run for stack in self._stacks.running for run in stack.settle(self.epoch)]

    def _settle(self) -> None:
        """Make sure that what there is to see is sound: no step of it was made with numbers that are not finite."""
        one_thread()
        self._diverge(self._unsettled())

    def _diverge(self, lost: Sequence[LaneRun]) -> None:
        if lost:
            states = self._stacks.states()
            self._end([divergence(run, states[run.lane.name].checkpoint) for run in lost])

    def _end(self, endings: Sequence[Ending]) -> None:
        if not endings:
            return
        states = self._stacks.states()
        for ending in endings:
            name = ending.run.lane.name
            ending.run.end(ending.stop)
            self._stops.append((name, ending.stop))
            if ending.stop.kind == "early_stopping":
                ending.run.left = states[name]
            if ending.row is not None:
                states[name] = LaneState.at(ending.row)
        self._arrange(states)

    def _places(self, lanes: Sequence[int] | None) -> Iterator[tuple[LaneStack, list[int]]]:
        """Where in the stacks the lanes of these numbers are; None means all."""
        chosen = None if lanes is None else {id(self._runs[n]) for n in lanes if n < len(self._runs)}
        for stack in self._stacks:
            yield (
                stack,
                [place for place, run in enumerate(stack.runs) if chosen is None or id(run) in chosen],
            )
