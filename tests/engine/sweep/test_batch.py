"""A batch of a sweep: each lane's numbers are those that it gets alone."""

import msgspec
import numpy as np
import pytest

from engine.experiment import edit_many
from engine.observation.observables import PREDICTION, Grid
from engine.observation.sweep_measures import SWEEP_MEASURES, Threshold, measured, result_of
from engine.sweep.batch import BatchJob, train_batch
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, lane, with_lanes

FAST = {"training.optimizer": "sgd", "training.learning_rate": 100.0}
EARLY = {"regularization.early_stopping": {"patience": 1}, "training.learning_rate": 0.3}


def lanes():
    return (
        lane("same"),
        lane("same", {"seed": 3, "regularization.l2": 0.01}),
        lane("c", EARLY),
        lane("d", {"training.optimizer": "sgd"}),
        lane("e", FAST),
    )


def alone(data, one, epochs, threshold=None, precision="float32"):
    """What ``python -m engine run`` does with a lane of its own."""
    single = msgspec.structs.replace(one, name="A")
    trainer = Trainer(
        with_lanes(msgspec.structs.replace(experiment(), data=data), single), precision=precision
    )
    left = epochs
    while trainer.can_train and left:
        left -= trainer.train(left).epochs
    trainer.restore_best(wished=True)
    seen = trainer.lane_snapshots()[0]
    return result_of(seen, single, data, threshold)


@pytest.mark.parametrize(
    ("task", "precision"),
    [
        ("classification", "float32"),
        ("curve", "float32"),
        ("surface", "float32"),
        ("classification", "float64"),
    ],
)
def test_each_lane_has_the_numbers_that_it_gets_alone(task, precision):
    data, threshold = experiment(task=task).data, Threshold("training_loss", 0.5)
    own = tuple(
        msgspec.structs.replace(
            one,
            network=msgspec.structs.replace(
                one.network, features=experiment(task=task).lanes[0].network.features
            ),
            training=msgspec.structs.replace(one.training, loss=experiment(task=task).lanes[0].training.loss),
        )
        for one in lanes()
    )
    job = BatchJob(data=data, lanes=own, epochs=9, threshold=threshold, precision=precision)
    found = train_batch(job)
    expected = [alone(data, one, 9, threshold, precision) for one in own]
    for key, values in measured(expected).items():
        np.testing.assert_array_equal(found.columns[key], values, err_msg=key)
    assert list(found.columns) == list(SWEEP_MEASURES)
    assert [{"training": "trained"}.get(one.status, one.status) for one in expected] == found.status.tolist()
    assert {"trained", "stopped"} <= set(found.status.tolist())


@pytest.mark.parametrize(
    ("task", "shape"), [("classification", (2, 16, 16, 2)), ("curve", (2, 16)), ("surface", (2, 16, 16))]
)
def test_pictures_are_what_lanes_answer_on_the_canvas(task, shape):
    settings = experiment(task=task)
    own = (settings.lanes[0], msgspec.structs.replace(settings.lanes[0], seed=1))
    pictures = train_batch(BatchJob(data=settings.data, lanes=own, epochs=2, pictures=16)).pictures
    assert pictures.shape == shape
    assert pictures.dtype == np.float16
    assert np.isfinite(pictures).all()
    assert (pictures[0] != pictures[1]).any()
    if task == "classification":
        np.testing.assert_allclose(pictures.astype(float).sum(-1), 1.0, atol=2e-3)


def test_a_batch_without_epochs_is_measured_as_it_begins():
    settings = experiment()
    found = train_batch(BatchJob(data=settings.data, lanes=settings.lanes, epochs=0))
    assert found.columns["epochs"].tolist() == [0.0]
    assert np.isfinite(found.columns["validation_loss"]).all()


RATES = (0.001, 0.1, 0.5, 0.9, 1.1, 1.5, 2.0, 5.0, 30.0, 100.0)
KINDS = {
    "plain": {},
    "in batches": {"training.batch_size": 7, "regularization.l2": 0.01},
    "momentum": {"training.optimizer": "momentum", "training.schedule": "cosine"},
    "adam": {"training.optimizer": "adam", "network.activation": "relu"},
    "normalized": {"network.normalization": {"kind": "batch"}, "network.activation": "relu"},
    "dropout": {"regularization.dropout": {"rate": 0.3}, "regularization.input_noise": 0.1},
    "rates of layers": {"training.layer_rates": [0.5, 2.0, 1.0]},
}


@pytest.mark.parametrize("validation", [0.25, 0.0])
@pytest.mark.parametrize("kind", KINDS)
def test_lanes_that_diverge_end_as_a_trainer_ends_them(kind, validation):
    """At any rate of learning, also between steps of an epoch, with and without a best epoch to go back to."""
    base = experiment({"data.split.validation": validation, "data.generator.points": 40}, task="surface")
    own = tuple(
        edit_many(
            base,
            {
                "lanes.0.training.optimizer": "sgd",
                "lanes.0.training.batch_size": 100,
                "lanes.0.training.learning_rate": rate,
                "lanes.0.seed": seed,
                **{f"lanes.0.{path}": value for path, value in KINDS[kind].items()},
            },
        ).lanes[0]
        for seed, rate in enumerate(RATES)
    )
    job = BatchJob(
        data=base.data, lanes=own, epochs=40, threshold=Threshold("training_loss", 0.3), pictures=8
    )
    found, lanes = (
        train_batch(job),
        tuple(msgspec.structs.replace(one, name=str(number)) for number, one in enumerate(own)),
    )
    trainer = Trainer(with_lanes(base, *lanes))
    left = job.epochs
    while trainer.can_train and left:
        left -= trainer.train(left).epochs
    request = PREDICTION.request(Grid(8, (*base.data.extent.x, *base.data.extent.y)))
    snapshots = trainer.lane_snapshots([request])
    expected = [
        result_of(seen, one, base.data, job.threshold) for seen, one in zip(snapshots, lanes, strict=True)
    ]
    for key, values in measured(expected).items():
        np.testing.assert_array_equal(found.columns[key], values, err_msg=key)
    with np.errstate(over="ignore"):
        pictures = np.stack([PREDICTION.of(seen.observed).values.astype(np.float16) for seen in snapshots])
    np.testing.assert_array_equal(found.pictures, pictures)
    if kind in ("plain", "in batches", "rates of layers"):
        assert {"trained", "diverged"} == set(found.status.tolist())
