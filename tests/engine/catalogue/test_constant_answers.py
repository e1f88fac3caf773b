"""The cost of one answer for all points: every loss's record against minimizing the real loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.catalogue.constant_answers import Floats
from engine.catalogue.losses import LOSSES, Loss
from engine.catalogue.tasks import TASKS
from engine.data.scaling import Scaling
from engine.experiment import Experiment, Points, default_experiment, edit_many
from engine.observation.diagnosis import DataFacts

CLASS_COUNTS = {
    "balanced": (50, 50),
    "lopsided": (88, 12),
    "one class only": (40, 0),
    "three classes": (30, 20, 10),
    "ten classes, one empty": (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
}
VALUES = {
    "normal": np.random.default_rng(0).normal(0.3, 1.0, 200),
    "skewed": np.random.default_rng(1).exponential(0.5, 101) - 0.2,
    "with outliers": np.array([*np.linspace(-0.5, 0.5, 30), 40.0, 55.0, -3.0]),
    "two heaps": np.repeat([-2.0, 2.0, 2.1], [31, 30, 5]),
    "one value": np.full(20, 0.7),
    "one point": np.array([-1.5]),
}
PARAMETERS = {"huber": [{"delta": delta} for delta in (0.05, 1.0, 2.5, 1000.0)]}

Case = tuple[str, str, Floats, int, dict[str, float]]


def cases() -> Iterator[Case]:
    """Key of a loss, task, targets, classes and parameters."""
    for key, loss in LOSSES.items():
        for parameters in PARAMETERS.get(key, [loss.defaults()]):
            for task in loss.tasks:
                for target, classes in targets(task):
                    if task != "classification" or classes <= loss.max_classes:
                        yield key, task, target, classes, parameters


def targets(task: str) -> Iterator[tuple[Floats, int]]:
    if task == "classification":
        for counts in CLASS_COUNTS.values():
            yield np.repeat(np.arange(len(counts), dtype=np.float64), counts), len(counts)
    else:
        for values in VALUES.values():
            yield values, 2


def smallest_of_constant_outputs(
    loss: Loss, target: Floats, task: str, classes: int, parameters: dict[str, float]
) -> float:
    """By L-BFGS in double precision, from several starts, over all points one by one."""
    encoded = torch.from_numpy(loss.encode(target, task, classes)).double()
    outputs = loss.outputs(task, classes)

    def mean_loss(answer: torch.Tensor) -> torch.Tensor:
        output = answer.expand(1, len(target), outputs)
        return loss.per_point(output, encoded, task=task, **parameters).mean()

    starts = torch.randn(6, outputs, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    return min(lowest_from(start.clone(), mean_loss) for start in starts)


def lowest_from(answer: torch.Tensor, mean_loss: Callable[[torch.Tensor], torch.Tensor]) -> float:
    answer.requires_grad_()
    optimizer = torch.optim.LBFGS([answer], max_iter=300, tolerance_grad=1e-10, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        mean = mean_loss(answer)
        mean.backward()
        return mean

    optimizer.step(closure)
    return float(mean_loss(answer).detach())


@pytest.mark.parametrize("searched", [False, True])
@pytest.mark.parametrize(("key", "task", "target", "classes", "parameters"), list(cases()))
def test_the_baseline_is_the_smallest_loss_of_one_answer(
    key: str, task: str, target: Floats, classes: int, parameters: dict[str, float], searched: bool
) -> None:
    """Also where a record says nothing about it, and it is searched for with the loss's own function."""
    loss = replace(LOSSES[key], of_constant=None) if searched else LOSSES[key]
    expected = smallest_of_constant_outputs(LOSSES[key], target, task, classes, parameters)
    assert loss.baseline(target, task, classes, parameters) == pytest.approx(expected, rel=1e-5, abs=1e-5)


def absolute(output: Tensor, encoded: Tensor, task: str) -> Tensor:
    return (output - encoded).abs().sum(-1)


def hinge(output: Tensor, encoded: Tensor, task: str) -> Tensor:
    """Of each class against the rest."""
    return (1.0 - (2.0 * encoded - 1.0) * output).relu().sum(-1)


def margin(output: Tensor, encoded: Tensor, task: str) -> Tensor:
    """Of the right class over the best other one (Crammer & Singer 2001)."""
    right = (output * encoded).sum(-1)
    return (1.0 + (output - 1e9 * encoded).amax(-1) - right).relu()


@pytest.mark.parametrize("values", VALUES)
def test_the_baseline_of_the_absolute_error_is_that_of_the_median(values: str) -> None:
    loss = replace(LOSSES["squared"], key="absolute", degree=1, per_point=absolute, of_constant=None)
    target = VALUES[values].astype(np.float32).astype(float)
    expected = np.abs(target - np.median(target)).mean()
    assert loss.baseline(target, "curve", 2, {}) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("counts", CLASS_COUNTS)
def test_the_baseline_of_a_loss_with_kinks_is_its_smallest_one(counts: str) -> None:
    """The hinge costs Σ 2·min(p, 1 − p) over shares p of classes; the margin 2·(1 − the largest p), but at most 1."""
    shares = np.array(CLASS_COUNTS[counts]) / sum(CLASS_COUNTS[counts])
    target, classes = np.repeat(np.arange(len(shares), dtype=float), CLASS_COUNTS[counts]), len(shares)
    one_against_rest = replace(LOSSES["squared"], per_point=hinge, of_constant=None)
    found = one_against_rest.baseline(target, "classification", classes, {})
    assert found == pytest.approx(2.0 * np.minimum(shares, 1.0 - shares).sum(), abs=1e-5)
    of_margin = replace(LOSSES["squared"], per_point=margin, of_constant=None)
    found = of_margin.baseline(target, "classification", classes, {})
    assert found == pytest.approx(min(1.0, 2.0 * (1.0 - shares.max())), abs=1e-5)


@pytest.mark.parametrize("scaling", ["none", "unit", "standardize"])
@pytest.mark.parametrize(("task", "loss"), [(task, key) for key in LOSSES for task in LOSSES[key].tasks])
def test_a_diagnosis_knows_the_baseline_in_the_users_units(task: str, loss: str, scaling: str) -> None:
    """As evaluation shows losses: those of scaled targets, times the unit of the loss."""
    experiment = experiment_of(task, loss, scaling)
    points = experiment.data.points
    assert points is not None
    lane, units = experiment.lanes[0], Scaling.of(experiment.lanes[0].network, points, task)
    training = points.target[points.split == 0]
    scaled = training if task == "classification" else units.targets(training)
    parameters = lane.training.loss.parameters
    expected = smallest_of_constant_outputs(LOSSES[loss], scaled, task, 2, parameters) * units.loss_unit(
        LOSSES[loss]
    )
    found = DataFacts.of(experiment, points).baseline(lane)
    assert found == pytest.approx(expected, rel=1e-5)
    assert found > 0


def experiment_of(task: str, loss: str, scaling: str) -> Experiment:
    rng = np.random.default_rng(2)
    xy = rng.uniform(-5, 5, (60, 2))
    made = {"classification": (xy[:, 0] > 1.0).astype(float), "curve": xy[:, 1], "surface": np.sin(xy[:, 0])}
    generator = {"classification": "circle", "curve": "sine", "surface": "plane"}[task]
    return edit_many(
        default_experiment(),
        {
            "data.task": task,
            "data.generator.name": generator,
            "data.points": Points(xy, made[task], np.arange(60) % 3 == 2),
            "lanes.0.network.features": ("x1",) if task == "curve" else ("x1", "x2"),
            "lanes.0.network.input_scaling": scaling,
            "lanes.0.training.loss": {"name": loss, **({"delta": 0.3} if loss == "huber" else {})},
        },
    )


def test_without_training_points_there_is_nothing_to_compare_with() -> None:
    experiment = default_experiment()
    facts = DataFacts.of(experiment, Points.empty())
    assert np.isnan(facts.baseline(experiment.lanes[0]))


def test_every_task_has_a_loss_with_a_baseline() -> None:
    assert {task for _, task, *_ in cases()} == set(TASKS)
