"""Which lanes there are, which train together, and in what order."""

import msgspec
import numpy as np
import pytest

from engine.experiment import Experiment, ExperimentError
from engine.sweep.axes import spread
from engine.sweep.plan import SweepPlan
from tests.engine.sweep.sweeps import AXES, DOCUMENT, plan

RATES = (0.001, 0.00464, 0.0215, 0.1)


def test_the_first_axis_runs_fastest_and_seeds_lie_together():
    made = plan(seeds=2)
    assert made.rows == 24
    assert [made.describe(row)["regularization.l2"] for row in (0, 1, 2, 4, 6)] == [0.0, 0.0, 0.001, 0.1, 0.0]
    assert [made.describe(row)["training.learning_rate"] for row in (0, 6, 12, 18)] == list(RATES)
    assert [made.describe(row)["seed"] for row in (0, 1, 2)] == [0, 1, 0]


def test_a_lane_is_the_base_with_the_values_of_its_cell():
    made = plan(seeds=2)
    base, alone = made.base.lanes[0], made.experiment_of(9)
    assert isinstance(alone, Experiment)
    expected = msgspec.structs.replace(
        base,
        name="lane 9",
        seed=1,
        regularization=msgspec.structs.replace(base.regularization, l2=0.001),
        training=msgspec.structs.replace(base.training, learning_rate=RATES[1]),
    )
    assert alone.lanes == (expected,)
    assert alone.data == made.base.data
    with pytest.raises(ExperimentError, match="from 0 to 23"):
        made.experiment_of(24)


def test_each_row_is_in_one_batch():
    made = plan(axes=[*AXES, {"setting": "network.depth", "values": [1, 2, 3]}], seeds=3)
    for most in (1, 5, 64, None):
        rows = np.concatenate([batch.rows for batch in made.batches(most)])
        assert sorted(rows.tolist()) == list(range(made.rows))
        assert most is None or max(len(batch.rows) for batch in made.batches(most)) <= most


def test_what_is_done_is_in_no_batch():
    made, done = plan(), np.zeros(12, np.bool_)
    done[[0, 3, 7]] = True
    rows = np.concatenate([batch.rows for batch in made.batches(4, done)])
    assert sorted(rows.tolist()) == [1, 2, 4, 5, 6, 8, 9, 10, 11]


def test_lanes_of_one_batch_share_shape_and_data():
    axes = [
        {"setting": "network.depth", "values": [1, 2]},
        {"setting": "training.learning_rate", "values": [0.1, 0.2, 0.3]},
        {"setting": "data.generator.noise", "values": [0.0, 0.1]},
    ]
    made = plan(axes=axes)
    assert len(made.groups) == 4
    for batch in made.batches(64):
        alone = [made.experiment_of(row) for row in batch.rows.tolist()]
        assert len({one.data.generator.noise for one in alone}) == 1
        assert len({one.lanes[0].network.hidden for one in alone}) == 1


def test_a_coarse_grid_is_trained_before_the_cells_between():
    axes = [
        {"setting": key, "from": 0.001, "to": 0.1, "count": 16}
        for key in ("regularization.l2", "regularization.l1")
    ]
    made = plan(axes=axes)
    order = np.concatenate([batch.rows for batch in made.batches(4)])
    places = made.places(order)
    assert {tuple(place) for place in places[:4].tolist()} == {(0, 0), (8, 0), (0, 8), (8, 8)}
    assert (places[:16] % 4 == 0).all()
    assert (places[:64] % 2 == 0).all()


def test_steps_count_epochs_and_batches():
    made = plan(epochs=7)
    # 30 of 60 points are trained on, 20 at a time.
    assert {group.steps for group in made.groups} == {7 * 2}


@pytest.mark.parametrize("kind", ["random", "sobol"])
def test_samples_lie_in_their_ranges_and_depend_on_the_seed_alone(kind: str):
    axes = [
        {"setting": "training.learning_rate", "from": 1e-4, "to": 1.0, "scale": "log"},
        {"setting": "network.width", "from": 2, "to": 5},
        {"setting": "network.activation", "values": ["tanh", "relu"]},
    ]
    made, again, other = (
        plan(axes=axes, sampling={"kind": kind, "count": 200, "seed": seed}) for seed in (1, 1, 2)
    )
    rates, widths, names = (made.column(axis) for axis in range(3))
    assert all(1e-4 <= rate <= 1.0 for rate in rates)
    assert 70 < sum(rate < 0.01 for rate in rates) < 130
    assert {type(width) for width in widths} == {int}
    assert set(widths) == {2, 3, 4, 5}
    assert set(names) == {"tanh", "relu"}
    assert [again.column(axis) for axis in range(3)] == [rates, widths, names]
    assert other.column(0) != rates
    assert made.places(np.arange(3)).tolist() == [[-1, -1, -1]] * 3


def test_sobol_fills_more_evenly_than_chance():
    axes = [{"setting": key, "from": 0.0, "to": 1.0} for key in ("regularization.l2", "regularization.l1")]

    def empty_squares(kind: str) -> int:
        made: SweepPlan = plan(axes=axes, sampling={"kind": kind, "count": 256})
        counts, *_ = np.histogram2d(made.column(0), made.column(1), 16, [[0, 1], [0, 1]])
        return int((counts == 0).sum())

    assert empty_squares("sobol") == 0 < empty_squares("random")


def test_values_of_a_range_are_written_as_people_write_them():
    assert spread(1e-5, 0.1, 5, True, False) == (1e-5, 1e-4, 1e-3, 1e-2, 0.1)
    assert spread(0.0, 1.0, 11, False, False)[3] == 0.3
    assert spread(2, 2, 1, False, False) == (2,)


def test_a_million_cells_are_planned_without_making_their_lanes():
    axes = [
        {"setting": "training.learning_rate", "from": 1e-4, "to": 1, "count": 1024, "scale": "log"},
        {"setting": "regularization.l2", "from": 0, "to": 0.1, "count": 1024},
    ]
    made = plan(axes=axes)
    assert made.rows == 1024 * 1024
    assert len(made.groups) == 1
    assert sum(len(batch.rows) for batch in made.batches(16384)) == made.rows


@pytest.mark.parametrize(
    ("axes", "sentence"),
    [
        (
            [("training.optimizer", ["adam", "sgd"]), ("training.optimizer.beta1", [0.5, 0.9])],
            "training.optimizer = sgd",
        ),
        ([("network.depth", [1, 2]), ("training.layer_rates.4", [0.5, 2.0])], "network.depth = 1"),
        ([("network.depth", [0, 1]), ("network.width", [2, 4])], "network.depth = 0"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_values_that_a_lane_cannot_have_are_refused(
    axes: list[tuple[str, list[object]]], sentence: str, turned: bool
):
    """Whichever axis comes first."""
    listed = [{"setting": key, "values": values} for key, values in axes]
    document = {**DOCUMENT, "lanes": [{"network": {"hidden": [3, 3, 3]}}]}
    with pytest.raises(ExperimentError) as refused:
        plan(axes=listed[::-1] if turned else listed, experiment=document)
    assert sentence in str(refused.value)


def test_a_position_goes_with_each_normalization():
    axes = [
        {"setting": "network.normalization.position", "values": ["before", "after"]},
        {"setting": "network.normalization", "values": ["batch", "layer"]},
    ]
    document = {**DOCUMENT, "lanes": [{"network": {"hidden": [3], "normalization": {"kind": "batch"}}}]}
    made = plan(axes=axes, experiment=document)
    found = [made.experiment_of(row).lanes[0].network.normalization for row in range(4)]
    assert [(one.kind, one.position) for one in found if one is not None] == [
        ("batch", "before"), ("batch", "after"), ("layer", "before"), ("layer", "after"),
    ]  # fmt: skip


def test_numbers_that_belong_to_the_shape_make_groups_however_many_there_are():
    slopes = {"setting": "network.activation.slope", "from": 0.01, "to": 0.5, "count": 70}
    document = {**DOCUMENT, "lanes": [{"network": {"hidden": [3], "activation": "leaky_relu"}}]}
    made = plan(axes=[slopes], experiment=document)
    assert len(made.groups) == made.rows == 70


def test_widths_make_groups_also_where_the_base_has_no_hidden_layer():
    axes = [
        {"setting": "network.depth", "values": [1, 2]},
        {"setting": "network.width", "values": [2, 4, 8]},
    ]
    document = {**DOCUMENT, "lanes": [{"network": {"hidden": []}}]}
    made = plan(axes=axes, experiment=document)
    shapes = [
        {made.experiment_of(int(row)).lanes[0].network.hidden for row in one.rows} for one in made.groups
    ]
    assert [len(one) for one in shapes] == [1] * 6


def test_each_worker_gets_a_batch_where_nobody_says_how_many_lanes_train_together():
    made = plan(seeds=5)
    assert [len(batch.rows) for batch in made.batches(None)] == [60]
    assert [len(batch.rows) for batch in made.batches(None, workers=4)] == [15] * 4
    assert [len(batch.rows) for batch in made.batches(60, workers=4)] == [60]
