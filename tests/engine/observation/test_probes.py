"""Probes of each layer against torch.nn and autograd in double precision, and the chain of factors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.probes import PROBES
from engine.catalogue.tasks import TASKS
from engine.experiment import Experiment
from engine.observation import LaneSnapshot
from engine.training.trainer import Trainer
from tests.engine.export.plain import TORCH_ACTIVATIONS
from tests.engine.helpers import experiment, lane, mostly_replayed, torch_network, trained, with_lanes

CLIPPED = {"lanes.0.regularization.gradient_clipping": {"kind": "norm", "threshold": 0.05}}


class Reference:
    """One pass over the training split with ``torch.nn``, every intermediate value kept."""

    def __init__(self, trainer: Trainer) -> None:
        run, data, row = trainer.parameters("A")
        activation = run.lane.network.activation
        self.network = torch_network(
            run.layout.widths, activation.name, row, **activation.parameters
        ).double()
        self.n = data.training
        inputs = data.inputs[: self.n].double()
        self.z: list[Tensor] = []
        self.a: list[Tensor] = []
        hidden = inputs
        for layer in self.network:
            hidden = layer(hidden)
            hidden.retain_grad()
            (self.z if isinstance(layer, nn.Linear) else self.a).append(hidden)
        target = torch.from_numpy(data.target[: self.n]).long()
        self.losses = nn.functional.cross_entropy(hidden, target, reduction="none")
        settings = run.lane.regularization
        weights = [layer.weight for layer in self.linear]
        penalty = sum(settings.l1 * w.abs().sum() + settings.l2 * w.square().sum() for w in weights)
        (self.losses.mean() + penalty).backward()

    @property
    def linear(self) -> list[nn.Linear]:
        return [layer for layer in self.network if isinstance(layer, nn.Linear)]

    def slope(self, layer: int) -> Tensor:
        """σ′ by finite differences of the module."""
        activation = next(part for part in self.network if not isinstance(part, nn.Linear))
        z, h = self.z[layer].detach(), 1e-6
        return (activation(z + h) - activation(z - h)) / (2 * h)


def snapshot_of(trainer: Trainer) -> LaneSnapshot:
    return trainer.lane_snapshots()[0]


def of_activation(activation: str, **more: Any) -> Experiment:
    return experiment(
        {
            "lanes.0.network.activation": activation,
            "lanes.0.network.hidden": [6, 5, 4],
            "lanes.0.regularization.l1": 0.01,
            "lanes.0.regularization.l2": 0.02,
            **more,
        }
    )


@pytest.mark.parametrize("activation", TORCH_ACTIVATIONS)
def test_every_probe_equals_the_independent_one(activation: str) -> None:
    trainer = trained(
        of_activation(activation), 3, mostly_replayed(list(TORCH_ACTIVATIONS).index(activation))
    )
    now, reference = snapshot_of(trainer).now, Reference(trainer)
    near = {"rel": 1e-3, "abs": 1e-7}
    gradients = [layer.weight.grad for layer in reference.linear]
    assert now.weight_gradient == pytest.approx([g.norm().item() for g in gradients], **near)
    assert now.probe("weight_gradient_rms") == pytest.approx(
        [g.square().mean().sqrt().item() for g in gradients], **near
    )
    assert now.probe("weight_gradient_mean_abs") == pytest.approx(
        [g.abs().mean().item() for g in gradients], **near
    )
    assert now.bias_gradient == pytest.approx([la.bias.grad.norm().item() for la in reference.linear], **near)
    weights = [layer.weight for layer in reference.linear]
    assert now.probe("weight_norm") == pytest.approx([w.norm().item() for w in weights], **near)
    assert now.probe("zero_weights").tolist() == [0.0] * 4
    # Of one point's loss, not of the mean: n times the gradient of the mean.
    errors = [(reference.n * z.grad).square().sum(1).mean().sqrt().item() for z in reference.z]
    assert now.probe("error") == pytest.approx(errors, **near)
    assert now.probe("backward_factor")[:-1] == pytest.approx(np.array(errors[:-1]) / errors[1:], **near)
    pulls = [(reference.n * a.grad).square().sum(1).mean().sqrt().item() for a in reference.a]
    assert now.probe("activation_gradient")[:-1] == pytest.approx(pulls, **near)
    slopes = [reference.slope(layer) for layer in range(3)]
    assert now.probe("slope")[:-1] == pytest.approx([s.mean().item() for s in slopes], rel=1e-3, abs=1e-5)
    assert now.probe("activation_mean")[:-1] == pytest.approx([a.mean().item() for a in reference.a], **near)
    spreads = [a.std(0, correction=0).mean().item() for a in reference.a]
    assert now.probe("activation_spread")[:-1] == pytest.approx(spreads, **near)


def test_the_output_layer_has_no_numbers_of_hidden_ones() -> None:
    now = snapshot_of(trained(of_activation("tanh"), 1)).now
    for key, probe in PROBES.items():
        assert np.isnan(now.probe(key)[-1]) == probe.hidden, key
        if probe.share and key != "dead":
            values = now.probe(key)[:-1]
            assert ((values >= 0) & (values <= 1)).all()


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "softsign"])
def test_the_saturated_share_counts_flat_outputs(activation: str) -> None:
    wide = {"lanes.0.network.initializer": {"name": "normal", "std": 6.0}}
    trainer = Trainer(of_activation(activation, **wide))
    now, reference = snapshot_of(trainer).now, Reference(trainer)
    largest = {"sigmoid": 0.25, "tanh": 1.0, "softsign": 1.0}[activation]
    expected = [(reference.slope(layer) < 0.05 * largest).double().mean().item() for layer in range(3)]
    assert now.probe("saturated")[:-1] == pytest.approx(expected, abs=0.01)
    assert max(expected) > 0.2
    assert np.isnan(now.probe("dead")).all()


def test_the_dead_share_counts_neurons_that_are_zero_for_every_point() -> None:
    trainer = Trainer(of_activation("relu"))
    run = trainer.runs[0]
    group, index = trainer.lanes.stacks.find("A")
    with torch.no_grad():
        group.network.flat[index, run.layout.bias_slices()[1]] = torch.tensor([-99.0, 0.0, -99.0, 0.0, 0.0])
    group.measuring.forget()
    trainer.measure()
    now, reference = trainer.runs[0].now, Reference(trainer)
    expected = [(a == 0).all(0).double().mean().item() for a in reference.a]
    assert now.probe("dead")[:-1].tolist() == pytest.approx(expected)
    assert expected[1] >= 0.4
    assert np.isnan(now.probe("saturated")).all()


@pytest.mark.parametrize(("kind", "threshold"), [("norm", 0.05), ("value", 0.003), ("norm", 1e6)])
def test_the_clipped_gradient_is_torchs(kind: str, threshold: float) -> None:
    clipping = {"lanes.0.regularization.gradient_clipping": {"kind": kind, "threshold": threshold}}
    trainer = trained(of_activation("tanh", **clipping), 1)
    now, reference = snapshot_of(trainer).now, Reference(trainer)
    parameters = list(reference.network.parameters())
    if kind == "norm":
        clip_grad_norm_(parameters, threshold)
    else:
        clip_grad_value_(parameters, threshold)
    expected = [layer.weight.grad.norm().item() for layer in reference.linear]
    assert now.probe("clipped_gradient") == pytest.approx(expected, rel=1e-3, abs=1e-7)
    assert (now.probe("clipped_gradient") < now.weight_gradient).any() == (threshold < 1e6)


def test_the_update_ratio_is_that_of_the_latest_step() -> None:
    trainer = trained(of_activation("tanh"), 2)
    before = Reference(trainer).linear
    trainer.step()
    trainer.measure()
    after = Reference(trainer).linear
    expected = [
        ((b.weight - a.weight).norm() / b.weight.norm()).item() for a, b in zip(before, after, strict=True)
    ]
    assert trainer.runs[0].now.probe("update_ratio") == pytest.approx(expected, rel=1e-3)


def test_zero_weights_are_those_that_the_proximal_step_made() -> None:
    proximal = {"lanes.0.regularization.l1": 0.1, "lanes.0.regularization.l1_update": "proximal"}
    trainer = trained(experiment({**proximal, "lanes.0.training.optimizer": "sgd"}), 40)
    reference = Reference(trainer)
    expected = [(layer.weight == 0).double().mean().item() for layer in reference.linear]
    assert trainer.runs[0].now.probe("zero_weights") == pytest.approx(expected)
    assert max(expected) > 0.1


def test_a_lanes_probes_do_not_depend_on_its_neighbours() -> None:
    lanes = [lane(name, {"seed": seed, "network.activation": "gelu"}) for seed, name in enumerate("ABCDE")]
    together, alone = (
        trained(with_lanes(experiment(), *lanes), 2),
        trained(with_lanes(experiment(), lanes[2]), 2),
    )
    assert together.runs[2].now.layers.tobytes() == alone.runs[0].now.layers.tobytes()


@pytest.mark.parametrize(
    "change", [{"normalization": {"kind": "batch"}}, {"residual": True, "hidden": (4, 4)}]
)
def test_normalized_and_residual_networks_have_probes_too(change: dict[str, Any]) -> None:
    trainer = trained(experiment({f"lanes.0.network.{key}": value for key, value in change.items()}), 2)
    snapshot = snapshot_of(trainer)
    for key in ("bias_gradient", "error", "slope", "activation_spread"):
        assert np.isfinite(snapshot.now.probe(key)[:-1]).all()
    assert snapshot.chain is None


def test_the_last_bias_gradient_of_a_normalized_network_is_of_biases_alone() -> None:
    trainer = trained(experiment({"lanes.0.network.normalization": {"kind": "layer"}}), 2)
    run, data, _ = trainer.parameters("A")
    group, index = trainer.lanes.stacks.find("A")
    network = group.network
    output = network.forward(data.inputs[None].expand(network.lanes, -1, -1))[index, : data.training]
    target = torch.from_numpy(data.target[: data.training]).long()
    (gradient,) = torch.autograd.grad(nn.functional.cross_entropy(output, target), network.biases[-1])
    assert run.now.bias_gradient[-1] == pytest.approx(gradient[index].norm().item(), rel=1e-4)


# -- the chain


@settings(max_examples=25)
@given(
    depth=st.integers(1, 6),
    activation=st.sampled_from(["sigmoid", "tanh", "softplus", "linear", "silu"]),
    epochs=st.integers(0, 2),
    task=st.sampled_from(list(TASKS)),
    seed=st.integers(0, 20),
    number=st.integers(0, 9),
)
def test_the_product_of_the_chain_is_autograds(
    depth: int, activation: str, epochs: int, task: str, seed: int, number: int
) -> None:
    changes = {
        "lanes.0.network.hidden": [1] * depth,
        "lanes.0.network.activation": activation,
        "lanes.0.seed": seed,
    }
    snapshot = snapshot_of(trained(experiment(changes, task=task), epochs, mostly_replayed(number)))
    chain = snapshot.chain
    assert chain is not None
    assert len(chain.labels) == len(chain.sample) == len(chain.mean) == 2 * depth
    assert chain.sample.prod() == pytest.approx(chain.gradients[0], rel=1e-5, abs=1e-6)
    assert abs(chain.gradients[1]) == pytest.approx(snapshot.now.bias_gradient[0], rel=1e-5, abs=1e-6)


def test_the_factors_of_the_chain_are_those_of_the_lecture() -> None:
    changes = {"lanes.0.network.hidden": [1, 1, 1], "lanes.0.network.activation": "sigmoid"}
    trainer = trained(experiment(changes), 2)
    chain, reference = snapshot_of(trainer).chain, Reference(trainer)
    assert chain is not None
    assert chain.labels == ("σ′(z1)", "w2", "σ′(z2)", "w3", "σ′(z3)", "∂C/∂a3")
    w2, w3 = (layer.weight.item() for layer in reference.linear[1:3])
    slopes = [reference.slope(layer)[:, 0] for layer in range(3)]
    last = (reference.n * reference.a[2].grad[:, 0]).detach()
    slopes = [slope.detach() for slope in slopes]
    factors = [slopes[0], torch.tensor(w2), slopes[1], torch.tensor(w3), slopes[2], last]
    assert chain.sample == pytest.approx([float(f.flatten()[0]) for f in factors], rel=1e-3, abs=1e-6)
    assert chain.mean == pytest.approx([float(f.double().mean()) for f in factors], rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("hidden", [[], [2], [1, 2, 1]])
def test_other_shapes_have_no_chain_of_single_factors(hidden: list[int]) -> None:
    assert snapshot_of(Trainer(experiment({"lanes.0.network.hidden": hidden}))).chain is None


def test_probes_cover_the_catalogue_of_activations() -> None:
    assert set(TORCH_ACTIVATIONS) == set(ACTIVATIONS)
