"""Compiled steps compute what eager ones compute, for every entry of every registry that a step reads.

Compiled and eager sum in different orders and round differently, so that equal bits are no criterion. Each number is
held to a bound that rounding of single precision explains; what training makes of that is another matter (see
``test_a_hundred_steps``).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

pytest.importorskip("llvmlite")

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.clipping_kinds import CLIPPING_KINDS
from engine.catalogue.generators import GENERATORS
from engine.catalogue.initializers import INITIALIZERS
from engine.catalogue.l1_updates import L1_UPDATES
from engine.catalogue.losses import LOSSES, applies
from engine.catalogue.normalizations import NORMALIZATIONS, POSITIONS
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.schedules import SCHEDULES
from engine.catalogue.tasks import TASKS
from engine.experiment import Experiment
from engine.network import Batch, Layout
from engine.network.normalization import Moments
from engine.tape.compiler.program import Program
from engine.tape.ways import Way
from engine.training.lane_stack import LaneStack
from engine.training.step.feed import FeedLayout, Loaded
from engine.training.step.measuring import Measuring
from engine.training.step.one_lane import OneLane
from engine.training.step.step_runner import StepRunner
from engine.training.trainer import Trainer
from tests.engine.training.step.test_replay import DROPOUTS, PENALTIES, REGULARIZED, small

Changes = dict[str, Any]
NET, TRAIN, REG = (f"lanes.0.{part}" for part in ("network", "training", "regularization"))
GENERATOR_OF = {task: next(key for key, entry in GENERATORS.items() if entry.task == task) for task in TASKS}
LOSS_OF_TASK = [(task, loss) for task in TASKS for loss, entry in LOSSES.items() if applies(entry, task, 2)]
NORMALIZED: dict[str, Changes] = {
    f"{kind} {position}{' residual' if residual else ''}": {
        f"{NET}.normalization": {"kind": kind, "position": position},
        f"{NET}.residual": residual,
        f"{NET}.hidden": (4, 4),
    }
    for kind in NORMALIZATIONS
    for position in POSITIONS
    for residual in (False, True)
}
CLIPPED: dict[str, Changes] = {
    f"clipping by {kind}": {f"{REG}.gradient_clipping": {"kind": kind, "threshold": 0.02}}
    for kind in CLIPPING_KINDS
}
L1_UPDATED: dict[str, Changes] = {
    f"l1 by {update}": {f"{REG}.l1": 0.01, f"{REG}.l1_update": update} for update in L1_UPDATES
}
TOGETHER = {
    f"{REG}.augmentation": {"rotate": 20.0, "shear": 0.2, "shift": 0.3, "scale": 0.2},
    f"{REG}.mixup": 0.3,
    f"{REG}.input_noise": 0.2,
    f"{REG}.label_smoothing": 0.1,
    f"{REG}.gradient_clipping": {"kind": "norm", "threshold": 0.1},
    f"{REG}.l2": 0.01,
    **DROPOUTS["all"],
}
"""Everything that moves points and draws numbers at once."""


def in_turns(*registries: Mapping[str, Changes]) -> dict[str, Changes]:
    """As many combinations as the largest registry has entries; each entry of each is in one at least."""
    most = max(map(len, registries))
    found = {}
    for number in range(most):
        chosen = [list(registry)[number % len(registry)] for registry in registries]
        changes: Changes = {}
        for registry, key in zip(registries, chosen, strict=True):
            changes |= registry[key]
        found[", ".join(chosen)] = changes
    return found


MIXED = in_turns(NORMALIZED, DROPOUTS, CLIPPED, L1_UPDATED)
GRADIENTS: dict[str, tuple[Changes, str]] = {
    **{f"activation {key}": ({f"{NET}.activation": key}, "moons") for key in ACTIVATIONS},
    **{f"{loss}, {task}": ({f"{TRAIN}.loss": loss}, GENERATOR_OF[task]) for task, loss in LOSS_OF_TASK},
    **{f"normalization {key}": (changes, "moons") for key, changes in NORMALIZED.items()},
    **{f"regularizer {key}": (changes, "moons") for key, changes in REGULARIZED.items()},
    **{f"penalty {key}": (changes, "moons") for key, changes in PENALTIES.items()},
    **{key: (changes, "moons") for key, changes in CLIPPED.items()},
    **{f"dropout {key}": (changes, "moons") for key, changes in DROPOUTS.items()},
    "all regularizers": (TOGETHER, "moons"),
    "all regularizers, curve": (
        TOGETHER
        | {f"{REG}.mixup": 0.0}
        | {f"{REG}.label_smoothing": 0.0, f"{REG}.augmentation": {"rotate": 0.0, "shear": 0.0, "shift": 0.3}},
        GENERATOR_OF["curve"],
    ),
    **{
        # Without clipping, which would make the largest gradient small, and not the error of those that it spares.
        f"normalization with {key}": (changes | {f"{REG}.gradient_clipping": None}, "moons")
        for key, changes in MIXED.items()
    },
    "no hidden layer": ({f"{NET}.hidden": ()}, "moons"),
    "ten hidden layers": ({f"{NET}.hidden": (8,) * 10}, "moons"),
    "a wide layer": ({f"{NET}.hidden": (67, 3)}, "moons"),
    "many classes": ({"data.classes": 5}, "gaussians"),
}


class OneBatch:
    """A lane of an experiment, and a batch of it."""

    def __init__(self, experiment: Experiment) -> None:
        self._trainer = Trainer(experiment, way="eager")
        self.lane, self.batch, self.points = self._now()

    @property
    def stack(self) -> LaneStack:
        return self._trainer.lanes.stacks.running[0]

    def _now(self) -> tuple[OneLane, Loaded, int]:
        stack = self.stack
        feed, first = stack._feed_at(self._trainer.lanes.batches, 0, 1)
        stack._stepper.load(feed, first)
        batch = Loaded(FeedLayout.of(stack._state, stack.data, feed.loaded["shares"].shape[1]))
        batch.load(feed.memory[first])
        return OneLane.of(stack._state), batch, feed.real(first)

    def train(self, epochs: int = 3) -> None:
        """Make numbers, batch and optimizer's state others."""
        for _ in range(epochs):
            self._trainer.train_epoch()
        self.lane, self.batch, _ = self._now()

    def runner(self) -> StepRunner:
        return StepRunner(self.lane.state, self.stack.data, self.batch, self.points, Way.EAGER)


def gradient(one: OneBatch) -> Tensor:
    runner = one.runner()
    runner._differentiate()
    return runner._gradient


def layers(layout: Layout) -> list[list[slice]]:
    """The columns of each layer's weights, biases, scales and shifts."""
    parts = [[*pair] for pair in zip(layout.weight_slices(), layout.bias_slices(), strict=True)]
    if layout.normalized is not None:
        scales, shifts = layout.normalization_slices()
        for layer, scale, shift in zip(layout.normalized.layers, scales, shifts, strict=True):
            parts[layer - 1] += [scale, shift]
    return parts


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradients(name: str) -> None:
    """Within 2e-6 of the largest gradient in the same layer, 17 roundings of single precision: processors add the terms
    of a matrix product in different orders (found: 0.4e-6 on most, 1.1e-6 on Sapphire Rapids).

    Normalization divides differences from a mean by their spread, and GELU multiplies by 1 + erf, which loses what
    the sum rounds off: there 4e-6.
    """
    changes, generator = GRADIENTS[name]
    one = OneBatch(small(changes, generator))
    # What is recorded are the first batch and the initial weights.
    program = Program(
        lambda: {"gradient": gradient(one)}, {**one.lane.templates, "batch": one.batch.memory}, "a gradient"
    )
    assert not program.is_mixed
    one.train()
    expected, binding = gradient(one), program.bind()
    found = torch.full_like(expected, 7.0)
    for key, tensor in {**one.lane.templates, "batch": one.batch.memory, "gradient": found}.items():
        binding.set(key, tensor)
    binding.run(0, 1, 1)
    bound = 4e-6 if "normalization" in name or "gelu" in name else 2e-6
    for number, parts in enumerate(layers(one.stack.network.layout), 1):
        largest = max(float(expected[:, part].abs().max()) for part in parts)
        error = max(float((found - expected)[:, part].abs().max()) for part in parts)
        assert error <= bound * largest, f"layer {number}: {error / largest:.1e}"
    assert float(expected.abs().max()) > 0.0


UPDATES: dict[str, Changes] = {
    "alone": {},
    **L1_UPDATED,
    "decay, max-norm": {f"{REG}.weight_decay": 0.3, f"{REG}.max_norm": 0.5},
    "running moments": NORMALIZED["batch before"],
}


@pytest.mark.parametrize("around", UPDATES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_updates(optimizer: str, around: str) -> None:
    """From a given gradient, each parameter and each number of the optimizer within 1e-6 of the larger of before and
    after: a difference of two numbers keeps only the precision of the larger one.
    """
    one = OneBatch(small({f"{TRAIN}.optimizer": optimizer, **UPDATES[around]}))
    layout = one.stack.network.layout
    given = numbers_of_a_step(layout, seed=0)
    program = Program(
        lambda: update(one, given), {**one.lane.templates, "batch": one.batch.memory, **given}, "an update"
    )
    assert not program.is_mixed
    one.train()
    given = numbers_of_a_step(layout, seed=1)
    before = {key: tensor.clone() for key, tensor in one.lane.templates.items()}
    binding = program.bind()
    found = {key: tensor.clone() for key, tensor in before.items()}
    for key, tensor in {**found, **{key: one_.clone() for key, one_ in given.items()}}.items():
        binding.set(key, tensor)
    binding.run(0, 1, 1)
    update(one, given)
    moved = 0
    for key, expected in one.lane.templates.items():
        scale = torch.maximum(before[key].abs(), expected.abs())
        error = (found[key] - expected).abs()
        assert (error <= 1e-6 * scale).all(), f"{key}: {float((error / scale).nan_to_num().max()):.1e}"
        moved += not torch.equal(before[key], expected)
    # Parameters, their checkpoint, and the optimizer's numbers.
    assert moved >= 2 + len(OPTIMIZERS[optimizer].slots)


def numbers_of_a_step(layout: Layout, seed: int) -> dict[str, Tensor]:
    """A gradient of large and small numbers; mean and variance of each normalized layer."""
    generator = torch.Generator().manual_seed(seed)
    size = 10.0 ** (torch.rand(1, layout.parameters, generator=generator) * 6.0 - 5.0)
    given = {"gradient": torch.randn(1, layout.parameters, generator=generator) * size}
    for layer in () if layout.normalized is None else layout.normalized.layers:
        shape = (1, 1, layout.widths[layer])
        given[f"mean {layer}"] = torch.randn(shape, generator=generator)
        given[f"variance {layer}"] = torch.rand(shape, generator=generator) + 0.1
    return given


def update(one: OneBatch, given: Mapping[str, Tensor]) -> dict[str, Tensor]:
    runner = one.runner()
    runner._gradient, runner._batch = given["gradient"], Batch(one.points)
    normalized = one.stack.network.layout.normalized
    for layer in () if normalized is None else normalized.layers:
        runner._batch.moments[layer] = Moments(given[f"mean {layer}"], given[f"variance {layer}"], one.points)
    runner._update()
    return {}


@pytest.mark.parametrize(("task", "loss"), LOSS_OF_TASK)
def test_losses_penalty_and_scores(task: str, loss: str) -> None:
    """Within 1e-6, relative to 1 for what is smaller: R² is a difference from 1."""
    changes = {f"{TRAIN}.loss": loss, **PENALTIES["elastic net"], "data.generator.points": 300}
    trainer = Trainer(small(changes, GENERATOR_OF[task]), way="eager")
    for _ in range(2):
        trainer.train_epoch()
    stack = trainer.lanes.stacks.running[0]
    state = stack._state
    arguments = state.network, state.checkpoint, state.terms, stack.data, 1
    eager, compiled = (Measuring(*arguments, way=way) for way in (Way.EAGER, Way.COMPILED))
    assert compiled.compiled() is not None
    expected, found = eager.numbers()[0], compiled.numbers()[0]
    assert np.isfinite(expected).all()
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


def one_setting(path: str, keys: Any) -> dict[str, Changes]:
    return {key: {path: key} for key in keys}


PLAIN = {f"{TRAIN}.optimizer": "sgd"}
TRAINED: dict[str, tuple[Changes, str]] = {
    **{
        name: (changes, "moons")
        for name, changes in in_turns(
            one_setting(f"{NET}.activation", ACTIVATIONS),
            one_setting(f"{TRAIN}.optimizer", OPTIMIZERS),
            one_setting(f"{NET}.initializer", INITIALIZERS),
            one_setting(f"{TRAIN}.schedule", SCHEDULES),
            REGULARIZED,
        ).items()
    },
    **{name: (changes | PLAIN, "moons") for name, changes in MIXED.items()},
    **{f"{loss}, {task}": ({f"{TRAIN}.loss": loss}, GENERATOR_OF[task]) for task, loss in LOSS_OF_TASK},
}
"""The loss decreases in all of them, and differences grow slowly, but for Adam behind normalization: there a bias has
no gradient but rounding, which Adam divides by its size, so that such a bias goes anywhere. Hence ``PLAIN``.
"""


@pytest.mark.parametrize("name", TRAINED)
def test_a_hundred_steps(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """Each number within 1e-4 of the largest of its layer's, and no call of a program is left to replay."""
    changes, generator = TRAINED[name]
    experiment = small(changes, generator)
    eager, compiled = (Trainer(experiment, way=way) for way in ("eager", "compiled"))
    with caplog.at_level(logging.INFO):
        while compiled.runs[0].step < 100:
            compiled.train_epoch()
        compiled.measure()
    assert not caplog.records, "a call of it is replayed, not compiled"
    assert compiled.runs[0].way is Way.COMPILED
    while eager.runs[0].step < 100:
        eager.train_epoch()
    assert eager.runs[0].step == compiled.runs[0].step
    layout = eager.runs[0].layout
    expected, found = (trainer.parameters("A")[2] for trainer in (eager, compiled))
    assert expected.isfinite().all()
    running = [columns for slices in layout.running_slices() for columns in slices]
    for number, parts in enumerate([*layers(layout), running], 1):
        largest = max((float(expected[part].abs().max()) for part in parts), default=0.0)
        error = max((float((found - expected)[part].abs().max()) for part in parts), default=0.0)
        assert error <= 1e-4 * largest, f"layer {number}: {error / largest:.1e}"
