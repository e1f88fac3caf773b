"""A lane spread out into cells, and the way back."""

from __future__ import annotations

import msgspec
import pytest

from engine.experiment import Experiment, ExperimentError, default_experiment, dumps, edit, loads, validate
from engine.experiment.settings import SweepAxis
from engine.experiment.sweeps.cells import (
    base_lane,
    cell_settings,
    cells,
    with_axes,
    with_promoted,
    with_sweep,
    without_sweep,
    zoomed,
)

L2 = SweepAxis(setting="regularization.l2", values=(0.0, 0.001, 0.01))
RATE = SweepAxis(setting="training.learning_rate", values=(0.01, 0.1))
START = default_experiment()


def swept(*axes: SweepAxis, seeds: int = 1, start: Experiment = START) -> Experiment:
    return with_sweep(start, 0, axes, seeds)


def names(experiment: Experiment) -> list[str]:
    return [lane.name for lane in experiment.lanes]


def test_the_first_axis_runs_along_a_row() -> None:
    made = swept(L2, RATE)
    assert list(cells(made)) == [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1)]
    assert names(made)[:2] == ["λ₂ 0 · η 0.01", "λ₂ 0.001 · η 0.01"]
    for (column, row), index in cells(made).items():
        lane = made.lanes[index]
        assert (lane.regularization.l2, lane.training.learning_rate) == (L2.values[column], RATE.values[row])


def test_ending_a_sweep_gives_the_lane_back_or_one_of_its_cells() -> None:
    made = swept(L2, RATE)
    assert without_sweep(made) == START
    kept = without_sweep(made, cells(made)[(2, 1)])
    assert names(kept) == ["A"]
    assert (kept.lanes[0].regularization.l2, kept.lanes[0].training.learning_rate) == (0.01, 0.1)
    assert kept.sweep is None


def test_what_was_edited_in_all_cells_stays_with_the_lane_that_comes_back() -> None:
    made = swept(L2)
    for index in range(3):
        made = edit(made, f"lanes.{index}.regularization.l1", 0.5)
    assert base_lane(made).regularization.l1 == 0.5
    assert base_lane(made).regularization.l2 == 0.0


def test_a_cell_keeps_the_values_of_its_axes() -> None:
    made = swept(L2)
    with pytest.raises(
        ExperimentError,
        match=r"lanes\.1\.regularization\.l2: L2: λ₂ is on an axis of the sweep, so it is 0\.001 here; change the axis",
    ):
        edit(made, "lanes.1.regularization.l2", 0.5)
    assert edit(made, "lanes.1.regularization.l1", 0.5).lanes[1].regularization.l1 == 0.5


def test_a_sweep_is_in_its_file() -> None:
    made = swept(L2, SweepAxis(setting="network.residual", values=(False, True)), seeds=2)
    assert loads(dumps(made)) == made


def test_a_promoted_cell_stands_beside_a_full_sweep() -> None:
    made = swept(SweepAxis(setting="seed", values=tuple(range(64))))
    beside, index = with_promoted(made, 3)
    assert (index, beside.lanes[index].name, beside.lanes[index].seed) == (64, "B", 3)
    assert beside.lanes[index].cell is None


def test_zooming_keeps_factors_and_the_cells_that_stay() -> None:
    axis = SweepAxis(setting="regularization.l2", values=(1e-4, 1e-3, 1e-2, 1e-1))
    made = swept(axis)
    near = zoomed(made.sweep.axes[0], cell_settings(made)[0], 1, 2, 3)  # type: ignore[union-attr]
    assert near.values == (0.001, 0.00316, 0.01)
    closer = with_axes(made, [near])
    assert names(closer) == ["λ₂ 0.001", "λ₂ 0.00316", "λ₂ 0.01"]
    assert without_sweep(closer) == START


def test_more_networks_than_there_is_room_for_are_refused() -> None:
    with pytest.raises(
        ExperimentError, match="3 × 2 cells with 11 seeds are 66 networks, and 64 train at once"
    ):
        swept(L2, RATE, seeds=11)


def test_a_cell_without_a_sweep_is_refused() -> None:
    lane = msgspec.structs.replace(START.lanes[0], cell=(0,))
    with pytest.raises(ExperimentError, match=r"lanes\.0\.cell: there is no sweep for this cell"):
        validate(msgspec.structs.replace(START, lanes=(lane,)))
