"""Edits of settings and data during training, taken over as ``engine.experiment.effects`` decides."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from engine.data.resolve import resolve_points
from engine.experiment.class_looks import without_looks
from engine.experiment.differences import State
from engine.experiment.effects import Effect, data_effect, keeps_best, keeps_optimizer_state, lane_effect
from engine.experiment.frame import Frame
from engine.experiment.points import Points
from engine.experiment.settings import DataSettings, Experiment, Lane
from engine.training.endings import settle
from engine.training.lane_run import LaneRun
from engine.training.lane_state import LaneState
from engine.training.lanes import Lanes


class LaneEdits:
    """Takes edits over into training.

    Parameters
    ----------
    lanes
        The runs and their stacks.
    """

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    def set_experiment(
        self, experiment: Experiment, gesture: Hashable, restart: bool, same_set: bool = False
    ) -> None:
        """Take over data and lanes together, so that a change of task meets lanes that fit it.

        Parameters
        ----------
        experiment
            The experiment after the edit.
        gesture
            Edits with the same gesture leave one mark; None for an edit on its own.
        restart
            Whether all lanes start from their seeds, whatever was edited.
        same_set
            As for ``data_effect``.
        """
        settle(self._lanes)
        with self._lanes.edited_or_as_before():
            former = self._lanes.data
            effect = self._set_data(experiment.data, experiment.lanes, gesture, restart, same_set)
            if effect is Effect.RESTART:
                return
            reframed = Frame.of(former) != Frame.of(experiment.data)
            if reframed or list(experiment.lanes) != [run.lane for run in self._lanes.runs]:
                self.set_lanes(experiment.lanes, gesture, former)

    def set_lanes(
        self, settings: Sequence[Lane], gesture: Hashable, former: DataSettings | None = None
    ) -> None:
        """Take over the settings of all lanes.

        A lane that has ended and keeps its weights trains on when it is resumed, not before.

        Parameters
        ----------
        settings
            A lane that is new, or whose edit does not keep its weights, starts from its seed.
        gesture
            As for ``set_experiment``.
        former
            The data settings before the edit, whose frame may have been another one; None where it was the same.
        """
        settle(self._lanes)
        former = self._lanes.data if former is None else former
        if self._retune(settings, gesture, former):
            return
        kept = self._kept(settings, former)
        if kept:
            self._rearrange(settings, kept, gesture, former)
        else:
            self._lanes.start(settings, self._trained(former))

    # -- data

    def _set_data(
        self,
        data: DataSettings,
        settings: Sequence[Lane],
        gesture: Hashable,
        restart: bool,
        same_set: bool,
    ) -> Effect:
        """Take over the data, which may start the lanes with these ``settings``; returns what that did."""
        lanes = self._lanes
        before, old = lanes.data, lanes.points
        points = old if without_looks(data) == without_looks(before) else resolve_points(data)
        effect = Effect.RESTART if restart else data_effect(before, data, old, points, same_set)
        if effect is Effect.NOTHING:
            lanes.data = data
            if Frame.of(before) != Frame.of(data):
                lanes.stacks.set_data(data, points)
            return effect
        former = lanes.trained()
        lanes.take_data(data, points)
        if effect is Effect.RESTART:
            lanes.start(settings, former)
        else:
            self._train_on(before, old, gesture)
        return effect

    def _train_on(self, before: DataSettings, old: Points, gesture: Hashable) -> None:
        """Go on with the same weights on other data than ``before``."""
        before = Frame.of(self._lanes.data).around(before)
        for run in self._lanes.runs:
            run.forget_best()
            run.note_edit(State(run.lane, before, old), self._lanes.state(run.lane), "data", gesture)
        self._lanes.encode_again()

    # -- settings

    def _retune(self, settings: Sequence[Lane], gesture: Hashable, former: DataSettings) -> bool:
        """Take over settings that differ by numbers alone while all lanes train; False where there is more to do."""
        lanes = self._lanes
        if len(settings) != len(lanes) or not all(
            run.status == "training" and lane_effect(run.lane, lane, lanes.data, former) <= Effect.NUMBERS
            for run, lane in zip(lanes.runs, settings, strict=True)
        ):
            return False
        for run, lane in zip(lanes.runs, settings, strict=True):
            self._set_settings(run, lane, gesture, former)
        lanes.retune()
        return True

    def _kept(self, settings: Sequence[Lane], former: DataSettings) -> dict[str, LaneRun]:
        """The runs that go on with their weights, by lane name."""
        runs = {run.lane.name: run for run in self._lanes.runs}
        return {
            lane.name: run
            for lane in settings
            if (run := runs.get(lane.name)) is not None
            and lane_effect(run.lane, lane, self._lanes.data, former) < Effect.RESTART
        }

    def _rearrange(
        self,
        settings: Sequence[Lane],
        kept: dict[str, LaneRun],
        gesture: Hashable,
        former: DataSettings,
    ) -> None:
        """Form new stacks of the ``kept`` runs and new ones for the other lanes."""
        lanes = self._lanes
        states, trained = lanes.stacks.states(), self._trained(former)
        lanes.runs = [
            self._edited(kept[lane.name], lane, states, gesture, former)
            if lane.name in kept
            else lanes.new_run(lane, states, trained.get(lane.name))
            for lane in settings
        ]
        if len(kept) < len(settings):
            lanes.run_number += 1
        lanes.arrange(states)

    def _edited(
        self,
        run: LaneRun,
        lane: Lane,
        states: dict[str, LaneState],
        gesture: Hashable,
        former: DataSettings,
    ) -> LaneRun:
        """``run`` with other settings that keep its weights; its state may lose the optimizer's part."""
        if not keeps_optimizer_state(run.lane, lane):
            states[lane.name] = run.forget_optimizer(states[lane.name])
        if not keeps_best(run.lane, lane):
            run.forget_best()
        self._set_settings(run, lane, gesture, former)
        return run

    def _set_settings(self, run: LaneRun, lane: Lane, gesture: Hashable, former: DataSettings) -> None:
        now = self._lanes.data
        if run.lane != lane or lane_effect(lane, lane, now, former) > Effect.NOTHING:
            before = State(run.lane, Frame.of(former).around(now), self._lanes.points)
            run.take_settings(lane)
            run.note_edit(before, self._lanes.state(lane), "setting", gesture)

    def _trained(self, former: DataSettings) -> dict[str, State]:
        """What the lanes were trained with, before the frame of the data was another one."""
        return {
            name: State(state.lane, Frame.of(former).around(state.data), state.points)
            for name, state in self._lanes.trained().items()
        }
