"""Edits of settings and data during training, taken over as ``engine.experiment.effects`` decides."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from engine.data.resolve import resolve_points
from engine.experiment.class_looks import without_looks
from engine.experiment.differences import State
from engine.experiment.effects import Effect, data_effect, keeps_best, keeps_optimizer_state, lane_effect
from engine.experiment.frame import Frame
from engine.experiment.lane_pairs import former_names, trains_alike
from engine.experiment.own_data import are_made, expressed, have_own_data, with_numbers
from engine.experiment.points import Points
from engine.experiment.settings import DataSettings, Experiment, Lane
from engine.training.data_sets import DataSets
from engine.training.endings import settle
from engine.training.lane_run import LaneRun
from engine.training.lane_state import LaneState
from engine.training.lanes import Lanes
from engine.training.set_aside import SetAside, found, is_among

Pairs = Mapping[str, LaneRun]
"""The runs of the lanes that are not new, by the names that these have now."""


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
        self,
        experiment: Experiment,
        gesture: Hashable,
        restart: bool,
        same_set: bool = False,
        groups: Sequence[Sequence[str]] = (),
        names: Mapping[str, str] | None = None,
        returns: bool = False,
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
        groups
            Names of lanes that are one lane with several seeds.
        names
            The former name of each lane that is not new, by the present one; None where the settings tell.
        returns
            Whether settings of before come back, by undo or redo: a lane that was removed or started again goes on
            where it was.
        """
        settle(self._lanes)
        with self._lanes.edited_or_as_before():
            self._lanes.groups = tuple(map(tuple, groups))
            settings = self._on_equal_terms(experiment)
            former = self._lanes.data
            pairs = self._pairs(settings, names)
            effect = self._set_data(experiment.data, settings, pairs, gesture, restart, same_set)
            if effect is Effect.RESTART:
                return
            reframed = Frame.of(former) != Frame.of(experiment.data)
            if reframed or list(settings) != [run.lane for run in self._lanes.runs]:
                self._set_lanes(settings, pairs, gesture, former, returns)
            self._lanes.join()

    def _on_equal_terms(self, experiment: Experiment) -> Sequence[Lane]:
        """The lanes of an experiment; the present ones are expressed by its noise and number of points where lanes have
        data of their own.
        """
        lanes, data, settings = self._lanes, experiment.data, experiment.lanes
        runs = *lanes.runs, *(one.run for one in lanes.aside)
        own = have_own_data(settings) or have_own_data([run.lane for run in runs])
        if not own or not are_made(lanes.data, data):
            return settings
        shown = with_numbers(lanes.data, data)
        for run in runs:
            run.lane = expressed(run.lane, lanes.data, shown)
        lanes.express_by(shown)
        return [expressed(lane, data, data) for lane in settings]

    def set_lanes(self, settings: Sequence[Lane], gesture: Hashable) -> None:
        """Take over the settings of all lanes.

        A lane that has ended and keeps its weights trains on when it is resumed, not before.

        Parameters
        ----------
        settings
            A lane that is new, or whose edit does not keep its weights, starts from its seed.
        gesture
            As for ``set_experiment``.
        """
        settle(self._lanes)
        self._set_lanes(settings, self._pairs(settings), gesture, self._lanes.data)

    def _pairs(self, settings: Sequence[Lane], names: Mapping[str, str] | None = None) -> Pairs:
        """The run of each lane that is not new, by its present name."""
        runs = {run.lane.name: run for run in self._lanes.runs}
        if names is None:
            names = former_names([run.lane for run in self._lanes.runs], settings)
        present = {lane.name for lane in settings}
        return {name: runs[former] for name, former in names.items() if name in present and former in runs}

    def _set_lanes(
        self,
        settings: Sequence[Lane],
        pairs: Pairs,
        gesture: Hashable,
        former: DataSettings,
        returns: bool = False,
    ) -> None:
        """Take over the settings of all lanes; the data were ``former`` before, whose frame may be another one.

        Where settings of before come back, by undo or redo, lanes that were removed or started again go on where they
        were.
        """
        self._reframe_aside(gesture, former)
        kept = self._kept(settings, pairs, former)
        if self._are_the_same(settings, kept) and self._retune(settings, gesture, former):
            return
        stays = set(kept.values())
        gone = [run for run in self._lanes.runs if run not in stays]
        aside = self._lanes.set_aside(gone, self._lanes.stacks.states() if gone else {})
        others = [lane for lane in settings if lane.name not in kept]
        # Also what goes and comes back in the same edit, because several were made at once.
        back = found(aside, others) if returns else {}
        lost = [lane for lane in others if lane.name not in back and is_among(lane, self._lanes.forgotten)]
        self._lanes.unreturned = len(lost) if returns else 0
        if kept or back:
            self._rearrange(settings, kept, pairs, back, gesture, former)
        else:
            self._lanes.start(settings, self._trained(pairs, former))
        self._lanes.aside = tuple(one for one in aside if one not in back.values())

    # -- data

    def _set_data(
        self,
        data: DataSettings,
        settings: Sequence[Lane],
        pairs: Pairs,
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
            lanes.sets = DataSets(data, points)
            if Frame.of(before) != Frame.of(data):
                lanes.stacks.set_data(lanes.sets)
            return effect
        former = self._trained(pairs, before)
        if data == before:
            # Other settings start all lanes again, which may be undone.
            aside = lanes.set_aside(lanes.runs, lanes.stacks.states())
            forgotten = lanes.forgotten
            lanes.start(settings, former)
            lanes.aside, lanes.forgotten = aside, forgotten
            return effect
        lanes.take_data(data, points)
        if effect is Effect.RESTART:
            lanes.start(settings, former)
        else:
            self._train_on(before, old, gesture)
        return effect

    def _train_on(self, before: DataSettings, old: Points, gesture: Hashable) -> None:
        """Go on with the same weights on other data than ``before``."""
        sets = DataSets(Frame.of(self._lanes.data).around(before), old)
        for run in (*self._lanes.runs, *(one.run for one in self._lanes.aside)):
            run.forget_best()
            run.note_edit(State(run.lane, *sets.of(run.lane)), self._lanes.state(run.lane), "data", gesture)
        self._lanes.encode_again()

    def _reframe_aside(self, gesture: Hashable, former: DataSettings) -> None:
        """Let what was set aside follow another frame of the data, as lanes do; forget what that starts again."""
        lanes, kept = self._lanes, []
        for one in lanes.aside:
            lane = one.run.lane
            if lane_effect(lane, lane, lanes.data, former) < Effect.RESTART:
                self._set_settings(one.run, lane, gesture, former)
                kept.append(one)
        lanes.aside = tuple(kept)

    # -- settings

    def _are_the_same(self, settings: Sequence[Lane], kept: dict[str, LaneRun]) -> bool:
        """Whether these are the lanes that there are, in the same order, and all keep their weights."""
        runs = self._lanes.runs
        return len(settings) == len(runs) and all(
            kept.get(lane.name) is run for run, lane in zip(runs, settings, strict=True)
        )

    def _retune(self, settings: Sequence[Lane], gesture: Hashable, former: DataSettings) -> bool:
        """Take over names alone, or settings that differ by numbers alone while all lanes train; False where there is
        more to do.
        """
        lanes = self._lanes
        both = list(zip(lanes.runs, settings, strict=True))
        effect = max(lane_effect(run.lane, lane, lanes.data, former) for run, lane in both)
        if effect > Effect.NUMBERS or (effect and any(run.status != "training" for run in lanes.runs)):
            return False
        for run, lane in both:
            self._set_settings(run, lane, gesture, former)
        if effect:
            lanes.retune()
        return True

    def _kept(self, settings: Sequence[Lane], pairs: Pairs, former: DataSettings) -> dict[str, LaneRun]:
        """The runs that go on with their weights, by the present names of their lanes."""
        return {
            lane.name: run
            for lane in settings
            if (run := pairs.get(lane.name)) is not None
            and lane_effect(run.lane, lane, self._lanes.data, former) < Effect.RESTART
        }

    def _rearrange(
        self,
        settings: Sequence[Lane],
        kept: dict[str, LaneRun],
        pairs: Pairs,
        back: dict[str, SetAside],
        gesture: Hashable,
        former: DataSettings,
    ) -> None:
        """Form new stacks of the ``kept`` runs, those that come ``back``, and new ones for the other lanes."""
        lanes = self._lanes
        states, trained = lanes.stacks.states(), self._trained(pairs, former)
        lanes.runs = [
            self._edited(kept[lane.name], lane, states, gesture, former)
            if lane.name in kept
            else self._returned(back[lane.name], lane, states)
            if lane.name in back
            else lanes.new_run(lane, states, trained.get(lane.name))
            for lane in settings
        ]
        if not kept:
            lanes.batches.go_on(max(run.epoch for run in lanes.runs), 0)
        if len(kept) < len(settings):
            lanes.run_number += 1
        lanes.arrange(states)

    @staticmethod
    def _returned(one: SetAside, lane: Lane, states: dict[LaneRun, LaneState]) -> LaneRun:
        """A run that comes back; ``lane`` has its settings, but may be muted."""
        run = one.run
        run.lane, states[run] = lane, one.state
        # Readers have forgotten its history, so that it is told to them as another one.
        run.history = run.history.copied()
        return run

    def _edited(
        self,
        run: LaneRun,
        lane: Lane,
        states: dict[LaneRun, LaneState],
        gesture: Hashable,
        former: DataSettings,
    ) -> LaneRun:
        """``run`` with other settings that keep its weights; its state may lose the optimizer's part."""
        if not keeps_optimizer_state(run.lane, lane):
            states[run] = run.forget_optimizer(states[run])
        if not keeps_best(run.lane, lane):
            run.forget_best()
        self._set_settings(run, lane, gesture, former)
        return run

    def _set_settings(self, run: LaneRun, lane: Lane, gesture: Hashable, former: DataSettings) -> None:
        now = self._lanes.data
        if trains_alike(run.lane, lane) and lane_effect(lane, lane, now, former) is Effect.NOTHING:
            run.lane = lane
            return
        data, points = self._lanes.sets.of(run.lane)
        before = State(run.lane, Frame.of(former).around(data), points)
        run.take_settings(lane)
        run.note_edit(before, self._lanes.state(lane), "setting", gesture)

    def _trained(self, pairs: Pairs, former: DataSettings) -> dict[str, State]:
        """What lanes were trained with until now, by their present names, before the frame of the data was another
        one.
        """
        trained = self._lanes.trained()
        return {
            name: State(state.lane, Frame.of(former).around(state.data), state.points)
            for name, run in pairs.items()
            if (state := trained.get(run.lane.name)) is not None
        }
