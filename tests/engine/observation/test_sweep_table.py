"""A sweep's networks as a table: cells are put together as NumPy does, and the CSV holds the same bits."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from engine.experiment.repeats import expanded
from engine.experiment.settings import SweepAxis
from engine.experiment.sweeps.cells import with_sweep
from engine.observation.seeds import Seeds
from engine.observation.snapshot import Snapshot
from engine.observation.sweep_measures import SWEEP_MEASURES
from engine.observation.sweep_table import SweepTable, TableAxis, column, of_snapshot, to_csv
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment


def snapshot_of(lanes):
    return Snapshot(0, 0, 0, "classification", 2, False, 1, 1, 0.0, 9, tuple(lanes))


def table(x=3, y=2, seeds=3, random=0):
    """A grid with several seeds, all numbers drawn, some of them unknown."""
    draw = np.random.default_rng(random)
    places = np.array([(i, j) for j in range(y) for i in range(x) for _ in range(seeds)]).reshape(-1, 2)
    axes = (
        TableAxis("regularization.l2", "λ₂", tuple(10.0**-k for k in range(x)), "number", True),
        TableAxis("network.activation", "Activation", ("tanh", "relu", "=cmd")[:y], "choice"),
    )
    rows = len(places)
    results = {key: draw.normal(size=rows) for key in SWEEP_MEASURES}
    results["validation_loss"][draw.random(rows) < 0.3] = np.nan
    results["diverged"] = (draw.random(rows) < 0.3).astype(float)
    results["epochs"] = np.full(rows, 12.0)
    results["best_epoch"] = np.full(rows, 3.0)
    results["epochs_to_threshold"] = np.full(rows, np.nan)
    settings = {
        axis.key: column([axis.values[index] for index in places[:, number]])
        for number, axis in enumerate(axes)
    }
    return SweepTable(
        axes,
        places,
        settings,
        np.arange(rows) % seeds,
        np.array(["trained"] * rows),
        results,
        [str(row) for row in range(rows)],
    )


@pytest.mark.parametrize("random", range(5))
def test_cells_have_median_and_quartiles_as_numpy_says(random):
    made = table(random=random)
    found = made.grid("validation_loss")
    for y in range(2):
        for x in range(3):
            own = made.results["validation_loss"][made.rows_of((x, y))]
            known = own[~np.isnan(own)]
            if not len(known):
                assert np.isnan(found.median[y, x])
                continue
            assert found.median[y, x] == pytest.approx(np.median(known))
            expected = np.quantile(known, [0.25, 0.75]) if len(known) > 1 else [np.nan, np.nan]
            np.testing.assert_allclose([found.low[y, x], found.high[y, x]], expected)


def test_the_share_of_seeds_that_diverged_is_a_mean():
    made = table()
    rows = made.rows_of((1, 1))
    assert made.grid("diverged").median[1, 1] == pytest.approx(made.results["diverged"][rows].mean())


def test_axes_may_be_exchanged_left_out_or_held():
    made = table(seeds=1)
    np.testing.assert_array_equal(made.grid("gap", 1, 0).median, made.grid("gap").median.T)
    held = made.grid("gap", 0, fixed={1: 1}).median
    np.testing.assert_array_equal(held[1], made.grid("gap").median[1])
    assert np.isnan(held[0]).all()


def test_one_axis_is_one_row():
    two = table(y=1)
    one = SweepTable(
        two.axes[:1], two.places[:, :1], two.settings, two.seed, two.status, two.results, two.names
    )
    np.testing.assert_array_equal(one.grid("gap").median, two.grid("gap").median)
    assert one.grid("gap").median.shape == (1, 3)


def test_the_best_cell_did_not_diverge():
    made = table(seeds=1, random=3)
    made.results["diverged"][:] = 0.0
    best = made.best("test_loss")
    assert made.rows_of(best)[0] == made.results["test_loss"].argmin()
    made.results["diverged"][made.rows_of(best)] = 1.0
    fine = made.results["diverged"] == 0.0
    assert (
        made.rows_of(made.best("test_loss"))[0]
        == np.flatnonzero(fine)[made.results["test_loss"][fine].argmin()]
    )
    assert made.best("gap") is None


def test_none_is_the_best_while_networks_that_train_have_come_to_different_epochs():
    made = table(seeds=1, random=3)
    made.results["diverged"][:] = 0.0
    made = replace(made, status=np.array(["training"] * len(made), dtype=object))
    assert (made.epochs, made.is_level) == ((12, 12), True)
    best = made.best("test_loss")
    assert best is not None
    made.results["epochs"][2] = 400
    assert (made.epochs, made.is_level) == ((12, 400), False)
    assert made.best("test_loss") is None
    # What has ended will not get there.
    made.status[2] = "stopped"
    assert (made.epochs, made.is_level, made.best("test_loss")) == ((12, 12), True, best)
    made.status[:] = "trained"
    assert (made.epochs, made.is_level) == (None, True)


def test_the_only_cell_is_not_the_best():
    assert table(x=1, y=1, seeds=5).grid("test_loss").median.shape == (1, 1)
    assert table(x=1, y=1, seeds=5).best("test_loss") is None


def test_samples_lie_in_no_cell():
    made = table()
    nowhere = SweepTable(
        made.axes, made.places * 0 - 1, made.settings, made.seed, made.status, made.results, made.names
    )
    assert not nowhere.is_grid
    assert np.isnan(nowhere.grid("gap").median).all()


def test_csv_holds_the_same_bits():
    made, file = table(), io.StringIO()
    to_csv(made, file)
    rows = list(csv.DictReader(io.StringIO(file.getvalue())))
    assert list(rows[0]) == ["lane", *made.settings, "seed", "status", *SWEEP_MEASURES]
    for key in SWEEP_MEASURES:
        read = np.array([float(row[key] or "nan") for row in rows])
        np.testing.assert_array_equal(read, made.results[key])
    assert [float(row["regularization.l2"]) for row in rows] == made.settings["regularization.l2"].tolist()
    assert (rows[0]["epochs"], rows[0]["lane"], rows[0]["epochs_to_threshold"]) == ("12", "0", "")


def test_an_axis_of_seeds_is_one_column():
    made = table(y=1)
    seeds = SweepTable(
        (made.axes[0], TableAxis("seed", "Seed", (0,), "whole")),
        made.places,
        {**made.settings, "seed": made.seed},
        made.seed,
        made.status,
        made.results,
        made.names,
    )
    file = io.StringIO()
    to_csv(seeds, file)
    assert file.getvalue().splitlines()[0].split(",")[:4] == ["lane", "regularization.l2", "seed", "status"]


@pytest.mark.parametrize("grouped", [False, True])
def test_a_live_sweep_has_the_numbers_of_its_networks(grouped):
    axes = (SweepAxis(setting="training.learning_rate", values=(0.001, 0.01, 0.1)),)
    axes += (SweepAxis(setting="network.activation", values=("tanh", "relu")),)
    settings = with_sweep(experiment(), 0, axes, seeds=2)
    trainer = Trainer(expanded(settings), way="replay")
    trainer.train_epoch()
    lanes = trainer.lane_snapshots()
    snapshot = snapshot_of(lanes)
    made = of_snapshot(Seeds().grouped(snapshot, settings) if grouped else snapshot, settings)
    assert [axis.label for axis in made.axes] == ["Learning rate", "Activation"]
    assert [axis.kind for axis in made.axes] == ["number", "choice"]
    assert (made.axes[0].log, made.axes[1].texts) == (True, ("tanh", "ReLU"))
    assert len(made) == len(lanes) == 12
    for row, seen in enumerate(lanes):
        one = expanded(settings).lanes[row]
        assert made.names[row] == seen.name
        assert made.settings["training.learning_rate"][row] == one.training.learning_rate
        assert made.settings["network.activation"][row] == one.network.activation.name
        assert made.seed[row] == one.seed
        assert made.results["validation_loss"][row] == seen.now.loss[1]
        assert (
            made.results["gradient_ratio"][row] == seen.now.weight_gradient[0] / seen.now.weight_gradient[-1]
        )
    losses = made.results["validation_loss"].reshape(2, 3, 2)
    np.testing.assert_allclose(made.grid("validation_loss").median, np.median(losses, axis=2))


def test_networks_that_have_not_come_yet_wait():
    settings = with_sweep(experiment(), 0, (SweepAxis(setting="seed", values=(1, 2, 3)),))
    lanes = Trainer(settings, way="replay").lane_snapshots()
    made = of_snapshot(snapshot_of(lanes[:2]), settings)
    assert made.status.tolist() == ["training", "training", "waiting"]
    assert np.isnan([values[2] for values in made.results.values()]).all()


@pytest.mark.parametrize(
    ("reached", "median", "low", "high", "known"),
    [
        ([3.0, 5.0, 9.0], 5.0, 4.0, 7.0, 3),
        ([np.nan, 0.0, 1.0], 1.0, 0.5, np.nan, 2),
        ([np.nan, np.nan, 2.0], np.nan, np.nan, np.nan, 1),
        ([np.nan, np.nan, np.nan], np.nan, np.nan, np.nan, 0),
    ],
)
def test_seeds_that_reached_a_threshold_do_not_speak_for_the_others(reached, median, low, high, known):
    made = table(x=2, y=1)
    made.results["epochs_to_threshold"][:] = [*reached, 8.0, 8.0, 8.0]
    made.results["diverged"][:] = 0.0
    found = made.grid("epochs_to_threshold")
    np.testing.assert_array_equal(
        [found.median[0, 0], found.low[0, 0], found.high[0, 0]], [median, low, high]
    )
    assert found.known[0, 0] == known
    assert made.best("epochs_to_threshold") == ((0, 0) if median < 8.0 else (1, 0))


def test_a_network_that_has_not_been_trained_has_missed_no_threshold():
    made = table(x=1, y=1)
    made.results["epochs_to_threshold"][:] = [np.nan, np.nan, 4.0]
    waiting = replace(made, status=np.array(["waiting", "failed", "trained"]))
    assert waiting.grid("epochs_to_threshold").median[0, 0] == 4.0
    assert np.isnan(made.grid("epochs_to_threshold").median[0, 0])
