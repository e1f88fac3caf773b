"""Lanes on a device get the numbers that they get on the processor, up to rounding.

Without a device, kernels run on the processor (see ``tests.engine.tape.cuda.shim``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from msgspec.structs import replace

pytest.importorskip("llvmlite")

from engine.experiment import default_experiment, edit_many
from engine.experiment.settings import DataSettings, Lane
from engine.observation.sweep_measures import Threshold
from engine.sweep.batch import BatchJob, train_batch
from engine.sweep.on_device import columns_of, statuses_of
from engine.tape.compiler.source import Unlowerable
from engine.tape.cuda.launching import compiled
from engine.training.on_device import OnDevice
from tests.engine.tape.cuda.shim import ShimFunction, needs_compiler

NET, TRAIN, REG = (f"lanes.0.{part}" for part in ("network", "training", "regularization"))
CASES: dict[str, dict[str, Any]] = {
    "adam": {},
    "sgd, full batch": {f"{TRAIN}.optimizer": "sgd", f"{TRAIN}.batch_size": 1000},
    "batch normalization, a smaller last batch": {
        f"{NET}.normalization": {"kind": "batch", "position": "before"},
        f"{TRAIN}.optimizer": "sgd",
        f"{TRAIN}.batch_size": 7,
    },
    "rates of layers": {f"{TRAIN}.layer_rates": [1.0, 2.0, 0.5, 1.0]},
    "regularizers": {
        f"{REG}.l1": 0.01,
        f"{REG}.dropout.rate": 0.3,
        f"{REG}.augmentation.rotate": 20.0,
        f"{REG}.gradient_clipping": {"kind": "norm", "threshold": 0.1},
    },
    "a schedule": {f"{TRAIN}.schedule": "cosine"},
    "no validation points": {"data.split.validation": 0.0, f"{NET}.activation": "relu"},
}
PLACES = [
    pytest.param("cpu", ShimFunction.of, marks=needs_compiler, id="processor"),
    pytest.param(
        "cuda",
        compiled,
        marks=[
            pytest.mark.cuda,
            pytest.mark.skipif(not torch.cuda.is_available(), reason="PyTorch sees no CUDA device"),
        ],
        id="device",
    ),
]
THRESHOLD = Threshold("training_loss", 0.66)


def lanes_of(changes: dict[str, Any], rates: tuple[float, ...]) -> tuple[DataSettings, tuple[Lane, ...]]:
    experiment = edit_many(default_experiment(), {"data.generator.points": 60, **changes})
    (lane,) = experiment.lanes
    return experiment.data, tuple(
        replace(lane, name=str(rate), training=replace(lane.training, learning_rate=rate)) for rate in rates
    )


@pytest.mark.parametrize(("device", "compiler"), PLACES)
@pytest.mark.parametrize("name", CASES)
def test_all_measures_are_those_of_the_processor(name: str, device: str, compiler: Any) -> None:
    data, lanes = lanes_of(CASES[name], (0.003, 0.01, 0.03))
    expected = train_batch(BatchJob(data=data, lanes=lanes, epochs=4, threshold=THRESHOLD))
    found = OnDevice(data, lanes, device, compiler).train(4, THRESHOLD)
    columns = columns_of(found, data.task)
    assert columns.keys() == expected.columns.keys()
    assert list(statuses_of(found)) == list(expected.status)
    for key, column in expected.columns.items():
        np.testing.assert_allclose(columns[key], column, rtol=2e-4, atol=2e-5, err_msg=key)
    assert expected.columns["training_loss"].std() > 1e-4


@pytest.mark.parametrize(("device", "compiler"), PLACES)
def test_lanes_that_diverge_end_by_themselves(device: str, compiler: Any) -> None:
    # 1 − 2·η·λ is −19 for the second one.
    changes = {f"{TRAIN}.optimizer": "sgd", f"{REG}.l2": 0.1}
    data, lanes = lanes_of(changes, (0.03, 100.0, 0.01))
    expected = train_batch(BatchJob(data=data, lanes=lanes, epochs=20))
    found = OnDevice(data, lanes, device, compiler).train(20)
    assert list(statuses_of(found)) == list(expected.status) == ["trained", "diverged", "trained"]
    columns = columns_of(found, data.task)
    # Outputs above 10¹⁹, whose squares are not finite, are what ends it.
    assert columns["epochs"][0] == 20 > expected.columns["epochs"][1] >= columns["epochs"][1] > 0
    for key in ("training_loss", "validation_loss", "best_epoch", "diverged"):
        np.testing.assert_allclose(columns[key], expected.columns[key], rtol=2e-4, atol=2e-5, err_msg=key)
    alone = OnDevice(data, lanes[2:], device, compiler).train(20)
    assert torch.equal(alone.numbers[0], found.numbers[2])


def test_lanes_of_several_shapes_are_refused() -> None:
    data, (lane, other, _) = lanes_of({}, (0.1, 0.2, 0.3))
    wider = replace(other, network=replace(other.network, hidden=(9,)))
    with pytest.raises(Unlowerable, match="several shapes"):
        OnDevice(data, (lane, wider), "cpu", ShimFunction.of)
