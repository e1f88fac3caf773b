"""Cells of a sweep over the noise or the number of points: each trains on points of its own, as if it were alone."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from engine.data.resolve import resolve_points
from engine.experiment import Experiment, default_experiment, dumps, edit_many, from_json, loads, to_json
from engine.experiment.effects import restarts_all
from engine.experiment.lane_looks import trained_part
from engine.experiment.own_data import data_of
from engine.experiment.settings import SweepAxis
from engine.experiment.sweeps.cells import with_axes, with_sweep, without_sweep
from engine.export.summary import summary
from engine.observation.ended_runs import ends_by_edit
from engine.observation.observables import POINTS as ANSWERS
from engine.observation.observables import Request
from engine.sweep.plan import SweepPlan
from engine.sweep.spec import AxisSpec, make_spec
from engine.training.keeping import run_bytes
from engine.training.trainer import Trainer

NOISE = SweepAxis(setting="data.generator.noise", values=(0.0, 0.3))
POINTS = SweepAxis(setting="data.generator.points", values=(40, 300))
EPOCHS = 7


def swept(*axes: SweepAxis, seeds: int = 1) -> Experiment:
    return with_sweep(default_experiment(), 0, axes or (NOISE, POINTS), seeds)


def alone(experiment: Experiment, index: int) -> Experiment:
    """One cell as a document of its own."""
    lane = experiment.lanes[index]
    plain = msgspec.structs.replace(lane, cell=None, own_data=None)
    return msgspec.structs.replace(
        experiment, data=data_of(lane, experiment.data), lanes=(plain,), sweep=None
    )


def trained(experiment: Experiment, epochs: int = EPOCHS) -> Trainer:
    trainer = Trainer(trained_part(experiment))
    train(trainer, epochs)
    return trainer


def train(trainer: Trainer, epochs: int) -> None:
    end = trainer.epoch + epochs
    while trainer.epoch < end:
        trainer.train(end - trainer.epoch)


def rows(trainer: Trainer) -> dict[str, list[float]]:
    return {run.lane.name: trainer.parameters(run.lane.name)[2].tolist() for run in trainer.runs}


def test_a_cell_gets_the_bits_that_it_gets_alone_on_its_points() -> None:
    experiment = swept()
    together = trained(experiment)
    for index, lane in enumerate(experiment.lanes):
        one = trained(alone(experiment, index))
        assert rows(one)[lane.name] == rows(together)[lane.name]
        seen, other = one.runs[0].history.view(), together.runs[index].history.view()
        assert np.array_equal(seen.loss, other.loss, equal_nan=True)
        assert one.runs[0].step == together.runs[index].step


def test_step_by_step_and_in_bursts_the_bits_are_the_same() -> None:
    stepped = Trainer(trained_part(swept()))
    while stepped.epoch < EPOCHS:
        stepped.step()
    assert rows(stepped) == rows(trained(swept()))


def test_seeds_of_a_cell_share_its_points() -> None:
    experiment = swept(NOISE, seeds=2)
    trainer = Trainer(trained_part(experiment))
    sizes = [len(stack.runs) for stack in trainer.lanes.stacks]
    assert sizes == [2, 2]


def test_what_is_observed_of_a_cell_is_of_its_points() -> None:
    experiment = swept()
    trainer = trained(experiment, 1)
    found = trainer.lane_snapshots([Request(ANSWERS.key)])
    counts = [len(ANSWERS.of(seen).loss) for seen in found]
    assert counts == [len(resolve_points(data_of(lane, experiment.data))) for lane in experiment.lanes]


def test_which_cells_points_a_document_shows_changes_nothing() -> None:
    experiment = swept()
    trainer, undisturbed = trained(experiment), trained(experiment)
    for epochs, lane in enumerate(experiment.lanes, EPOCHS):
        shown = msgspec.structs.replace(experiment, data=data_of(lane, experiment.data))
        trainer.set_experiment(trained_part(shown))
        assert [run.epoch for run in trainer.runs] == [epochs] * 4
        train(trainer, 1)
    train(undisturbed, len(experiment.lanes))
    assert rows(trainer) == rows(undisturbed)
    assert [run.marks.view for run in trainer.runs] == [run.marks.view for run in undisturbed.runs]


@pytest.mark.parametrize(
    ("changes", "keeps"),
    [
        ({"data.split.seed": 5}, True),
        ({"data.split.validation": 0.4}, True),
        ({"data.generator.seed": 5}, False),
    ],
)
@pytest.mark.parametrize("shown", [(), (2,), (0, 3, 1)])
def test_an_edit_of_the_data_meets_the_points_of_all_cells(
    shown: tuple[int, ...], changes: dict[str, object], keeps: bool
) -> None:
    experiment = swept()
    trainer = trained(experiment)
    for index in shown:
        data = data_of(experiment.lanes[index], experiment.data)
        experiment = msgspec.structs.replace(experiment, data=data)
        trainer.set_experiment(trained_part(experiment))
    after = edit_many(experiment, changes)
    assert (
        restarts_all(experiment, after, *(resolve_points(one.data) for one in (experiment, after))) != keeps
    )
    trainer.set_experiment(trained_part(after))
    assert [run.epoch for run in trainer.runs] == [EPOCHS if keeps else 0] * 4
    for run, lane in zip(trainer.runs, after.lanes, strict=True):
        stack, _ = trainer.lanes.stacks.find(run.lane.name)
        assert stack.data.points == resolve_points(data_of(lane, after.data))


def test_zooming_trains_on_what_stays() -> None:
    experiment = swept()
    trainer = trained(experiment)
    axis = msgspec.structs.replace(NOISE, values=(0.3, 0.5))
    trainer.set_experiment(trained_part(with_axes(experiment, [axis, POINTS])))
    assert [run.epoch for run in trainer.runs] == [EPOCHS, 0, EPOCHS, 0]


def test_the_cell_that_stays_trains_on_and_undo_brings_the_others_back() -> None:
    experiment = swept()
    trainer = trained(experiment)
    before = rows(trainer)
    ended = without_sweep(experiment, 3)
    assert ended.data.generator == data_of(experiment.lanes[3], experiment.data).generator
    names = {ended.lanes[0].name: experiment.lanes[3].name}
    trainer.set_experiment(trained_part(ended), former=names)
    assert rows(trainer) == {ended.lanes[0].name: before[experiment.lanes[3].name]}
    assert trainer.runs[0].epoch == EPOCHS
    back = {new: old for old, new in names.items()}
    trainer.set_experiment(trained_part(experiment), former=back, returns=True)
    assert rows(trainer) == before


@pytest.mark.parametrize("axes", [(NOISE,), (POINTS,), (NOISE, POINTS)])
def test_a_file_holds_the_points_of_all_cells(axes: tuple[SweepAxis, ...]) -> None:
    experiment = swept(*axes)
    assert loads(dumps(experiment)) == experiment
    assert from_json(to_json(experiment)) == experiment


def test_a_kept_run_goes_on_to_the_bit() -> None:
    experiment = swept()
    trainer = trained(experiment)
    other = Trainer.of_run(run_bytes(trainer.lanes))
    other.set_experiment(trained_part(experiment), same_set=True)
    for one in (trainer, other):
        train(one, 3)
    assert rows(other) == rows(trainer)


def test_a_live_cell_is_what_is_computed_without_a_window() -> None:
    experiment = swept()
    axes = tuple(AxisSpec(setting=axis.setting, values=list(axis.values)) for axis in (NOISE, POINTS))
    plan = SweepPlan(make_spec(default_experiment(), axes, epochs=EPOCHS))
    live = trained(experiment)
    for index in range(4):
        computed = plan.experiment_of(index)
        assert computed.data == alone(experiment, index).data
        other = trained(computed)
        assert rows(other)[computed.lanes[0].name] == rows(live)[experiment.lanes[index].name]


def test_without_other_numbers_all_lanes_share_one_set_of_points() -> None:
    trainer = Trainer(trained_part(swept(msgspec.structs.replace(NOISE, values=(0.1,)))))
    assert trainer.runs[0].lane.own_data is not None
    (stack,) = trainer.lanes.stacks
    assert stack.data.points is trainer.points


def test_only_an_edit_that_meets_all_cells_begins_another_run() -> None:
    experiment = swept()
    points = resolve_points(experiment.data)
    shown = msgspec.structs.replace(experiment, data=data_of(experiment.lanes[3], experiment.data))
    other = edit_many(experiment, {"data.generator.seed": 5})
    ended = without_sweep(experiment, 3)
    renamed = msgspec.structs.replace(ended.lanes[0], name=experiment.lanes[3].name)
    kept = msgspec.structs.replace(ended, lanes=(renamed,))
    assert [
        restarts_all(experiment, after, points, resolve_points(after.data)) for after in (shown, kept, other)
    ] == [False, False, True]
    assert not ends_by_edit(experiment, shown, points, resolve_points(shown.data))


def test_the_outcome_of_a_cell_is_that_of_the_cell_alone() -> None:
    regression = edit_many(
        default_experiment(),
        {
            "data.task": "surface",
            "data.generator.name": "bumps",
            "lanes.0.network.input_scaling": "standardize",
            "lanes.0.training.loss": "squared",
        },
    )
    experiment = with_sweep(regression, 0, (POINTS, NOISE))
    trainer = trained(experiment, 2)

    def outcome(trainer: Trainer, of: Experiment) -> list[dict[str, Any]]:
        epochs = [run.epoch for run in trainer.runs]
        lanes: list[dict[str, Any]] = summary(trainer.lane_snapshots(), epochs, of, resolve_points(of.data))[
            "lanes"
        ]
        return lanes

    found = outcome(trainer, experiment)
    assert len({lane["loss_unit"] for lane in found}) == 4
    for index, lane in enumerate(found):
        one = alone(experiment, index)
        assert outcome(trained(one, 2), one) == [lane]
