"""A lane spread out into cells, and the way back."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.experiment import (
    Effect,
    Experiment,
    ExperimentError,
    Points,
    default_experiment,
    dumps,
    edit,
    effect,
    loads,
    stable_hash,
    validate,
)
from engine.experiment.lane_looks import trained_part
from engine.experiment.lane_pairs import former_names
from engine.experiment.lanes import (
    MOST_LANES,
    lane_colours,
    with_duplicate,
    with_only,
    with_swapped_settings,
    without_lane,
)
from engine.experiment.settings import SweepAxis
from engine.experiment.sweeps.cells import (
    base_lane,
    cell_settings,
    cells,
    is_cell,
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


PLACES: dict[str, list[Any]] = {
    "regularization.l2": [0.0, 0.001, 0.01, 0.1],
    "regularization.max_norm": [0.5, 1.0, 2.0],
    "regularization.gradient_clipping.threshold": [0.1, 1.0],
    "regularization.dropout.rate": [0.1, 0.2, 0.5],
    "training.learning_rate": [0.01, 0.1, 1.0],
    "training.layer_rates.1": [0.5, 1.0, 2.0],
    "training.optimizer": ["sgd", "adam"],
    "training.batch_size": [1, 10, 100],
    "network.activation": ["tanh", "relu", "sigmoid"],
    "network.depth": [1, 2, 5],
    "network.width": [2, 4, 8],
    "network.normalization": ["none", "batch"],
    "network.residual": [False, True],
    "seed": [0, 1, 2, 3],
}


@st.composite
def axes_of(draw: st.DrawFn) -> list[SweepAxis]:
    keys = draw(st.lists(st.sampled_from(sorted(PLACES)), min_size=1, max_size=2, unique=True))
    subsets = [draw(st.lists(st.sampled_from(PLACES[key]), min_size=1, unique=True)) for key in keys]
    return [SweepAxis(setting=key, values=tuple(values)) for key, values in zip(keys, subsets, strict=True)]


def three() -> Experiment:
    """A lane with settings of its own between two others."""
    start, _ = with_duplicate(START, 0, {"regularization.l1": 0.25, "regularization.dropout.layers": "all"})
    made, _ = with_duplicate(start, 1, {"seed": 9})
    return made


@given(axes_of(), st.integers(1, 3))
def test_cells_have_their_values_and_all_other_settings_of_the_lane(
    axes: list[SweepAxis], seeds: int
) -> None:
    start = three()
    made = with_sweep(start, 1, axes, seeds)
    places = cells(made)
    assert len(places) == len(made.lanes) - 2
    assert len({lane.name for lane in made.lanes}) == len(made.lanes)
    settings = cell_settings(made)
    for cell, index in places.items():
        assert is_cell(made, index)
        assert made.lanes[index].repeats == seeds
        assert made.lanes[index].regularization.l1 == 0.25
        assert made.lanes[index].colour == start.lanes[1].colour
        for setting, axis, place in zip(settings, axes, cell, strict=True):
            assert setting.get(made, index) == axis.values[place]
    assert [lane.name for lane in (made.lanes[0], made.lanes[-1])] == ["A", "C"]
    assert loads(dumps(made)) == made


@given(axes_of(), st.integers(1, 3))
def test_a_sweep_ends_with_the_lane_from_before_it(axes: list[SweepAxis], seeds: int) -> None:
    start = three()
    ended = without_sweep(with_sweep(start, 1, axes, seeds))
    lane = msgspec.structs.replace(start.lanes[1], repeats=seeds)
    assert ended.lanes[1] == lane
    assert (ended.lanes[0], ended.lanes[2], ended.sweep) == (start.lanes[0], start.lanes[2], None)


@given(axes_of(), axes_of())
def test_other_axes_are_those_of_the_same_lane(first: list[SweepAxis], second: list[SweepAxis]) -> None:
    before = with_sweep(three(), 1, first)
    changed, fresh = with_axes(before, second), with_sweep(without_sweep(before), 1, second)
    assert len({lane.name for lane in changed.lanes}) == len(changed.lanes)
    without_names = [
        [msgspec.structs.replace(lane, name="X") for lane in experiment.lanes]
        for experiment in (changed, fresh)
    ]
    assert without_names[0] == without_names[1]
    assert changed.sweep == fresh.sweep


@given(axes_of(), st.data())
def test_cells_that_stay_train_on(axes: list[SweepAxis], data: st.DataObject) -> None:
    """Whatever their place on the new axes is."""
    before = with_sweep(START, 0, axes)
    kept = [
        msgspec.structs.replace(
            axis, values=tuple(data.draw(st.permutations(axis.values)))[: data.draw(st.integers(1, 4))]
        )
        for axis in axes
    ]
    after = with_axes(before, kept)
    one, other = trained_part(before), trained_part(after)
    same = {lane.name: lane.name for lane in after.lanes}
    former = {lane.name: lane for lane in one.lanes}
    assert all(former[lane.name] == lane for lane in other.lanes)
    assert set(former_names(one.lanes, other.lanes).items()) <= set(same.items())


def test_zooming_in_order_restarts_no_cell_that_stays() -> None:
    before = swept(L2, RATE)
    after = with_axes(before, [msgspec.structs.replace(L2, values=L2.values[1:]), RATE])
    change = effect(trained_part(before), trained_part(after), Points.empty(), Points.empty())
    assert change is Effect.PROGRAM


def test_the_engine_in_training_knows_no_sweep() -> None:
    made = trained_part(swept(L2))
    assert made.sweep is None
    assert all(lane.cell is None for lane in made.lanes)


@pytest.mark.parametrize(
    ("axes", "sentence"),
    [
        ([], "sweep.axes: a sweep in a document has 1 or 2 axes, not 0"),
        ([L2, RATE, SweepAxis("seed", (1,))], "1 or 2 axes, not 3; compute a larger one"),
        ([SweepAxis("regularization.l3", (1,))], "sweep.axes.0.setting: there is no setting"),
        ([L2, SweepAxis("data.generator.noise", (-0.1,))], "sweep.axes.1.values.0: takes a number from 0"),
        ([SweepAxis("regularization.l2", (0.1, -1))], "sweep.axes.0.values.1: takes a number from 0"),
        ([SweepAxis("network.activation", ("tan",))], "values.0: expected one of linear, "),
        ([SweepAxis("seed", (1, 2, 1))], "sweep.axes.0.values.2: 1 is there twice"),
        ([L2, L2], "sweep.axes.1.setting: 'regularization.l2' is on two axes"),
        ([SweepAxis("seed", tuple(range(65)))], "65 cells are 65 networks, and 64 train at once"),
        ([SweepAxis("seed", ())], "sweep.axes.0.values: an axis has 1 to 64 values, not 0"),
        (
            [SweepAxis("network.width", (4, 8)), SweepAxis("network.depth", (1, 0))],
            "sweep.axes.0.values.0: 4 does not go with depth 0; choose other values",
        ),
        (
            [SweepAxis("training.optimizer.beta1", (0.5,)), SweepAxis("training.optimizer", ("adam", "sgd"))],
            "sweep.axes.0.values.0: SGD has no such number",
        ),
    ],
)
def test_axes_that_are_not_allowed_are_refused_in_a_sentence(axes: list[SweepAxis], sentence: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        with_sweep(START, 0, axes)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"lanes.1.cell": [0]},
            "lanes.1.cell: 'λ₂ 0' is this cell already; give each lane a cell of its own",
        ),
        ({"lanes.1.cell": [7]}, "lanes.1.cell.0: the axis has 3 values, numbered from 0, not 7"),
        ({"lanes.1.cell": [0, 0]}, "lanes.1.cell: expected a number for each of 1 axis, not 2"),
        ({f"lanes.{k}.cell": None for k in range(3)}, "sweep: no lane is a cell of it; leave the sweep out"),
        ({"sweep.axes.0.values": [0.0, 0.5, 0.01]}, "so it is 0.5 here"),
        ({"sweep.axes.0.values": [0.0, 0.001, 0.0]}, "sweep.axes.0.values.2: 0 is there twice"),
        ({"sweep.axes.0.values": [0.0, 0.001, None]}, "sweep.axes.0.values.2: expected "),
        (
            {"sweep.axes.0.setting": "data.generator.noise"},
            "lanes.0.own_data.noise: Data: noise is on an axis",
        ),
        ({"sweep.axes.0.setting": "nonsense"}, "sweep.axes.0: there is no setting 'nonsense'"),
        ({"sweep.axes.0.before": "often"}, "sweep.axes.0.before: takes a number from 0 to 100"),
        ({"sweep.axes.0.before": -3.0}, "sweep.axes.0.before: takes a number from 0 to 100, not -3"),
        ({"sweep.axes.0.before": True}, "sweep.axes.0.before: takes a number from 0 to 100"),
        ({"sweep": None}, "lanes.0.cell: there is no sweep for this cell"),
    ],
)
def test_a_file_whose_sweep_is_wrong_is_refused_in_a_sentence(changes: dict[str, Any], sentence: str) -> None:
    document = json.loads(dumps(swept(L2)))
    for path, value in changes.items():
        *above, last = path.split(".")
        owner = document
        for key in above:
            owner = owner[int(key)] if isinstance(owner, list) else owner[key]
        owner[int(last) if isinstance(owner, list) else last] = value
    with pytest.raises(ExperimentError) as caught:
        loads(json.dumps(document))
    assert sentence in str(caught.value)


def test_eight_lanes_may_stand_beside_sixty_four_cells() -> None:
    made = swept(SweepAxis("seed", tuple(range(64))))
    for _ in range(MOST_LANES):
        made, _ = with_promoted(made, 0)
    assert len(made.lanes) == 72
    assert [lane.name for lane in made.lanes[64:]] == list("BCDEFGHI")
    with pytest.raises(ExperimentError, match="a document has room for 8 lanes and has 8 lanes"):
        with_promoted(made, 0)
    with pytest.raises(ExperimentError, match=r"lanes\.64: “B” is no cell of a sweep"):
        with_promoted(made, 64)
    with pytest.raises(ExperimentError, match="“B” is no cell of the sweep; choose one of its cells"):
        without_sweep(made, 64)


def test_edits_of_lanes_leave_a_sweep_whole_or_end_it() -> None:
    made, _ = with_promoted(swept(L2), 0)
    assert with_only(made, 1).sweep is None
    assert with_only(made, 1).lanes[0].cell is None
    fewer = without_lane(without_lane(made, 0), 0)
    assert (list(cells(fewer)), fewer.sweep) == ([(2,)], made.sweep)
    assert without_lane(fewer, 0).sweep is None
    with pytest.raises(ExperimentError, match="is on an axis of the sweep"):
        with_swapped_settings(made, 0, 1)


def test_a_lane_that_took_the_name_meanwhile_keeps_it() -> None:
    made, index = with_promoted(swept(L2), 1)
    made = edit(made, f"lanes.{index}.name", "A")
    assert names(without_sweep(made)) == ["C", "A"]


def test_values_that_differ_little_have_names_that_differ() -> None:
    made = swept(SweepAxis("training.learning_rate", (0.12345671, 0.12345672)))
    assert names(made) == ["η 0.12345671", "η 0.12345672"]


def test_names_that_are_too_long_are_cut_and_stay_apart() -> None:
    long = SweepAxis("network.initializer", ("playground", "torch_default"))
    made = swept(long, SweepAxis("training.schedule", ("plateau", "constant")))
    assert len(set(names(made))) == 4
    assert all(len(name) <= 40 for name in names(made))


@pytest.mark.parametrize(
    ("key", "values", "part", "count", "zoom"),
    [
        ("training.learning_rate", (0.1, 0.2, 0.3, 0.4), (3, 1), 5, (0.2, 0.25, 0.3, 0.35, 0.4)),
        ("regularization.l2", (0.0, 0.01, 0.1, 1.0), (0, 1), 3, (0.0, 0.005, 0.01)),
        ("regularization.l2", (0.01, 0.1, 1.0), (1, 1), 3, (0.1 * 0.1**0.5, 0.1, 0.1 * 10**0.5)),
        ("network.width", (1, 2, 4, 8, 16), (1, 3), 8, (2, 3, 4, 5, 7, 8)),
        ("network.activation", ("tanh", "relu", "gelu"), (1, 2), 8, ("relu", "gelu")),
    ],
)
def test_zooming_takes_values_between_two_of_an_axis(
    key: str, values: tuple[Any, ...], part: tuple[int, int], count: int, zoom: tuple[Any, ...]
) -> None:
    made = swept(SweepAxis(key, values))
    assert made.sweep is not None
    near = zoomed(made.sweep.axes[0], cell_settings(made)[0], *part, count)
    assert near.values == (zoom if isinstance(zoom[0], str) else pytest.approx(zoom, rel=1e-3))
    assert near.before == made.sweep.axes[0].before
    assert len(with_axes(made, [near]).lanes) == len(zoom)


def test_between_two_whole_numbers_there_is_nothing_to_zoom_into() -> None:
    made = swept(SweepAxis("network.depth", (3,)))
    assert made.sweep is not None
    with pytest.raises(ExperimentError, match="there is nothing between these values to zoom into"):
        zoomed(made.sweep.axes[0], cell_settings(made)[0], 0, 0, 8)


def test_a_rate_for_each_layer_is_a_setting_that_takes_effect_at_once() -> None:
    rates = edit(START, "lanes.0.training.layer_rates", [1, 1, 1, 0.5])
    other = edit(rates, "lanes.0.training.layer_rates", [1, 1, 1, 0.25])
    points = Points.empty()
    assert effect(START, rates, points, points) is Effect.PROGRAM
    assert effect(rates, other, points, points) is Effect.NUMBERS
    assert stable_hash(rates) != stable_hash(START)
    with pytest.raises(
        ExperimentError, match="expected one number for each of the 4 layers, the output layer's last"
    ):
        edit(START, "lanes.0.training.layer_rates", [1, 1])


def test_cells_share_a_colour_and_promoted_ones_have_the_next_that_are_free() -> None:
    strengths = SweepAxis("regularization.l2", tuple(0.001 * k for k in range(10)))
    made = with_sweep(START, 0, [strengths])
    assert lane_colours(made) == (0,) * 10
    for index in range(MOST_LANES):
        made, _ = with_promoted(made, index)
    # There are eight colours: the last one has that of the sweep again.
    assert lane_colours(made) == (0,) * 10 + (1, 2, 3, 4, 5, 6, 7, 0)
    without = without_lane(made, 12)
    assert lane_colours(with_promoted(without, 2)[0])[-1] == 3


def test_values_of_axes_are_of_the_same_kind_after_reading() -> None:
    """Else a table that was 1.0 would be 1 in the same document another day."""
    rates = SweepAxis("training.layer_rates.2", (1.0, 2.0))
    made = with_sweep(START, 0, [rates, SweepAxis("network.depth", (1, 2))])
    again = loads(dumps(made))
    assert again.sweep is not None
    kinds = [[type(value) for value in (*axis.values, axis.before)] for axis in again.sweep.axes]
    assert kinds == [[float, float, type(None)], [int, int, int]]
    assert dumps(again) == dumps(made)
