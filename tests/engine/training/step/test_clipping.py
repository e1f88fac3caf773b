"""Gradient clipping equals ``torch.nn.utils``', lane by lane, and is what bounds a step."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

from engine.training.step.clipping import clip
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, lane, row, with_lanes

THRESHOLDS = st.floats(1e-3, 100.0)


def reference(gradient: Tensor, norm: float | None, value: float | None) -> Tensor:
    parameter = torch.zeros_like(gradient, requires_grad=True)
    parameter.grad = gradient.clone()
    if norm is not None:
        clip_grad_norm_([parameter], norm)
    if value is not None:
        clip_grad_value_([parameter], value)
    return parameter.grad


@given(
    st.integers(1, 5),
    st.integers(1, 40),
    st.none() | THRESHOLDS,
    st.none() | THRESHOLDS,
    st.integers(0, 1000),
)
def test_it_equals_torchs(lanes: int, size: int, norm: float | None, value: float | None, seed: int) -> None:
    gradient = torch.randn(lanes, size, generator=torch.Generator().manual_seed(seed)) * 10.0
    expected = torch.stack([reference(one, norm, value) for one in gradient])
    thresholds = {"clip_norm": norm, "clip_value": value}
    clip(
        gradient,
        {key: torch.full((lanes, 1), limit) for key, limit in thresholds.items() if limit is not None},
    )
    torch.testing.assert_close(gradient, expected)


def test_each_lane_has_its_own_threshold_and_infinity_is_none() -> None:
    gradient = torch.tensor([[3.0, 4.0], [3.0, 4.0], [3.0, 4.0]])
    norm, value = [[1.0], [10.0], [torch.inf]], [[torch.inf], [3.5], [torch.inf]]
    clip(gradient, {"clip_norm": torch.tensor(norm), "clip_value": torch.tensor(value)})
    torch.testing.assert_close(gradient, torch.tensor([[0.6, 0.8], [3.0, 3.5], [3.0, 4.0]]))


@pytest.mark.parametrize("kind", ["norm", "value"])
def test_it_bounds_the_update_of_sgd(kind: str) -> None:
    changes: dict[str, Any] = {
        "lanes.0.training.optimizer": "sgd",
        "lanes.0.training.learning_rate": 0.5,
        "lanes.0.network.initializer": {"name": "normal", "std": 2.0},
        "lanes.0.regularization.l2": 0.1,
    }
    clipped = {"lanes.0.regularization.gradient_clipping": {"kind": kind, "threshold": 0.01}}
    sizes = []
    for settings in (experiment(changes), experiment({**changes, **clipped})):
        trainer = Trainer(settings)
        before = row(trainer)
        trainer.step()
        change = row(trainer) - before
        sizes.append(float(change.norm() if kind == "norm" else change.abs().max()))
    assert sizes[0] > 0.05
    assert sizes[1] == pytest.approx(0.005, rel=1e-3)


def test_a_lane_that_clips_leaves_its_neighbours_as_they_are() -> None:
    clipped = lane("B", {"regularization.gradient_clipping": {"kind": "norm", "threshold": 1e-3}})
    alone, together = Trainer(experiment()), Trainer(with_lanes(experiment(), lane("A"), clipped))
    for _ in range(7):
        alone.step()
        together.step()
    assert torch.equal(row(alone), row(together))
    assert not torch.equal(row(together), row(together, "B"))


def test_it_keeps_a_network_from_diverging_that_would() -> None:
    changes: dict[str, Any] = {
        "lanes.0.network.hidden": [30] * 10,
        "lanes.0.network.activation": "relu",
        "lanes.0.network.initializer": {"name": "normal", "std": 1.0},
        "lanes.0.training.optimizer": "sgd",
        "lanes.0.training.learning_rate": 0.01,
    }
    clipped = {"lanes.0.regularization.gradient_clipping": {"kind": "norm", "threshold": 1.0}}
    ends = []
    for settings in (experiment(changes), experiment({**changes, **clipped})):
        trainer = Trainer(settings)
        for _ in range(100):
            trainer.step()
        ends.append(trainer.runs[0].status)
    assert ends == ["diverged", "training"]


@pytest.mark.parametrize(
    ("clipping", "seen"), [({"threshold": 0.5}, 0.5), ({"kind": "value"}, None), (None, None)]
)
def test_a_snapshot_tells_where_the_norm_is_clipped(
    clipping: dict[str, Any] | None, seen: float | None
) -> None:
    trainer = Trainer(experiment({"lanes.0.regularization.gradient_clipping": clipping}))
    assert trainer.lane_snapshots()[0].clip_norm == seen
