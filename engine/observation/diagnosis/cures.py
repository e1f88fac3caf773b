"""Edits that may help; each is None where the lane has what it would bring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import log10

import numpy as np

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.texts import counted, setting_text
from engine.data import assign_new
from engine.experiment import TRAINING, Points
from engine.observation.diagnosis.case import Case
from engine.observation.diagnosis.rule import Cure

SEEDS = 2**32
DEFAULT_RATE = 0.003
DEFAULT_PATIENCE = 50
DEFAULT_L2 = 0.01
DEFAULT_NOISE = 0.5
DEFAULT_DROPOUT = 0.2
DEFAULT_RATIO = 1e-3
WIDTH = 8
MOST_REPEATS = 50
HE, GLOROT = ("he_normal", "he_uniform"), ("glorot_normal", "glorot_uniform")

# -- network


def relu(case: Case) -> Cure | None:
    if case.lane.network.activation.name == "relu":
        return None
    changes = {"network.activation": "relu", "network.initializer": "he_normal"}
    return Cure("Switch to ReLU with He weights", changes)


def slower_leaky_relu(case: Case) -> Cure:
    """Neurons that cannot die, at a rate at which they do not jump about."""
    rate = _round(case.lane.training.learning_rate / 10.0)
    changes = {"network.activation": "leaky_relu", "training.learning_rate": rate}
    return Cure(f"Leaky ReLU at rate {setting_text(rate)}", changes)


def tanh(case: Case) -> Cure | None:
    bent = case.lane.network.activation.name != "linear"
    return (
        None
        if bent or not case.lane.network.hidden
        else Cure("Switch to tanh", {"network.activation": "tanh"})
    )


def tanh_for_sigmoid(case: Case) -> Cure | None:
    """Its slope goes up to 1, a sigmoid's to ¼."""
    if case.lane.network.activation.name != "sigmoid":
        return None
    changes = {"network.activation": "tanh", "network.initializer": "glorot_normal"}
    return Cure("Switch to tanh, Glorot weights", changes)


def fitting_weights(case: Case) -> Cure | None:
    """The initializer made for the activation."""
    network = case.lane.network
    saturates = ACTIVATIONS[network.activation.name].largest_slope is not None
    keys, name = (GLOROT, "Glorot") if saturates or network.activation.name == "linear" else (HE, "He")
    if network.initializer.name in keys:
        return None
    return Cure(f"Start from {name} weights", {"network.initializer": keys[0]})


def batch_norm(case: Case) -> Cure | None:
    network = case.lane.network
    if network.normalization is not None or not network.hidden or case.lane.training.batch_size < 2:
        return None
    return Cure("Add batch normalization", {"network.normalization": {"kind": "batch"}})


def residual(case: Case) -> Cure | None:
    network = case.lane.network
    if network.residual or len(set(network.hidden)) != 1 or len(network.hidden) < 2:
        return None
    return Cure("Add residual connections", {"network.residual": True})


def standardize(case: Case) -> Cure | None:
    if case.lane.network.input_scaling == "standardize":
        return None
    return Cure("Standardize the inputs", {"network.input_scaling": "standardize"})


def larger(case: Case) -> Cure | None:
    """More neurons; where there are none, a first hidden layer."""
    network, hidden = case.lane.network, case.lane.network.hidden
    if not hidden:
        return Cure(f"Add a hidden layer of {WIDTH}", {"network.hidden": (WIDTH,)})
    if network.activation.name == "linear":
        return None
    if max(hidden) < WIDTH:
        return Cure(f"Widen the layers to {WIDTH}", {"network.hidden": (WIDTH,) * len(hidden)})
    return Cure("Double the neurons", {"network.hidden": tuple(min(2 * width, 512) for width in hidden)})


def deeper(case: Case) -> Cure | None:
    network, dropout = case.lane.network, case.lane.regularization.dropout
    hidden = network.hidden
    narrow = not hidden or max(hidden) < WIDTH or len(hidden) > 3
    if narrow or network.activation.name == "linear" or dropout.rates is not None:
        return None
    return Cure("Add a hidden layer", {"network.hidden": (*hidden, max(hidden))})


# -- training


def clipping(case: Case) -> Cure | None:
    if case.lane.regularization.gradient_clipping is not None:
        return None
    return Cure("Clip gradients at 1", {"regularization.gradient_clipping": {"threshold": 1.0}})


def clipping_and_restart(case: Case) -> Cure | None:
    """Also start from other weights: weights that were thrown far away do not come back in short steps."""
    if (cure := clipping(case)) is None:
        return None
    return restart(case, "Clip at 1 and restart", cure.changes)


def slower_and_restart(case: Case, by: float = 10.0) -> Cure:
    """Also start from other weights: dead neurons do not come back at any rate."""
    rate = _round(case.lane.training.learning_rate / by)
    return restart(case, f"Restart at rate {setting_text(rate)}", {"training.learning_rate": rate})


def faster(case: Case, by: float = 10.0) -> Cure:
    rate = case.lane.training.learning_rate
    if not rate:
        return Cure(f"Learning rate {DEFAULT_RATE:g}", {"training.learning_rate": DEFAULT_RATE})
    return Cure(f"Learning rate × {by:,.0f}", {"training.learning_rate": _round(rate * by)})


def fitting_rate(case: Case) -> Cure:
    """A rate, higher by a power of ten, at which a step moves some layer's weights by about 10⁻³ of their size."""
    ratios = case.probe("update_ratio")
    largest = float(np.nanmax(ratios)) if np.isfinite(ratios).any() else 0.0
    power = round(log10(DEFAULT_RATIO / largest)) if largest else 2
    return faster(case, 10.0 ** min(max(power, 2), 4))


def adam(case: Case) -> Cure | None:
    if case.lane.training.optimizer.name.startswith("adam"):
        return None
    rate = min(max(case.lane.training.learning_rate, DEFAULT_RATE), 0.01)
    return Cure("Switch to Adam", {"training.optimizer": "adam", "training.learning_rate": rate})


# -- regularization


def dropout(case: Case) -> Cure | None:
    settings = case.lane.regularization.dropout
    if settings.rate or any(settings.rates or ()) or not case.lane.network.hidden:
        return None
    changes = {"regularization.dropout.rate": DEFAULT_DROPOUT, "regularization.dropout.rates": None}
    return Cure(f"Add dropout {DEFAULT_DROPOUT:g}", changes)


def l2(case: Case) -> Cure:
    now = case.lane.regularization.l2
    if not now:
        return Cure(f"Add L2, λ₂ = {DEFAULT_L2:g}", {"regularization.l2": DEFAULT_L2})
    # Three times nearly nothing is nearly nothing.
    if now < DEFAULT_L2:
        return Cure(f"L2: λ₂ = {DEFAULT_L2:g}", {"regularization.l2": DEFAULT_L2})
    return Cure("L2 × 3", {"regularization.l2": _round(now * 3.0)})


def input_noise(case: Case) -> Cure | None:
    if case.lane.regularization.input_noise:
        return None
    return Cure(f"Add input noise {DEFAULT_NOISE:g}", {"regularization.input_noise": DEFAULT_NOISE})


def early_stopping(case: Case) -> Cure | None:
    if case.lane.regularization.early_stopping is not None or not case.data.counts[1]:
        return None
    return Cure("Switch on early stopping", {"regularization.early_stopping": {"patience": DEFAULT_PATIENCE}})


def no_early_stopping(case: Case) -> Cure:
    return Cure("Switch off early stopping", {"regularization.early_stopping": None})


def more_patience(case: Case) -> Cure | None:
    settings = case.lane.regularization.early_stopping
    if settings is None:
        return None
    patience = max(DEFAULT_PATIENCE, 5 * settings.patience)
    path = "regularization.early_stopping"
    return Cure(f"Patience {patience}", {f"{path}.criterion": "patience", f"{path}.patience": patience})


# -- data


def more_validation(case: Case) -> Cure | None:
    split = case.experiment.data.split
    share = next((part for part in (0.25, 0.4) if part >= 2.0 * split.validation), None)
    if share is None or share + split.test > 0.8:
        return None
    return Cure(f"Validation share {share:.0%}".replace("%", " %"), {"data.split.validation": share})


def more_points(case: Case) -> Cure | None:
    """Only of a generator: a person draws their own points."""
    data = case.experiment.data
    if data.points is not None:
        return None
    more = min(max(10 * data.generator.points, 200), 5000)
    return Cure(f"Make {counted(more, 'point')}", {"data.generator.points": more})


def balance(case: Case) -> Cure | None:
    """Training points of rare classes once more, until each class has as many as the largest has."""
    counts, points = case.data.class_counts, case.data.points
    repeats = [round(max(counts) / count) if count else 1 for count in counts]
    if max(repeats, default=1) < 2:
        return None
    copies = [
        points[(points.target == number) & (points.split == TRAINING)]
        for number, times in enumerate(repeats)
        for _ in range(min(times, MOST_REPEATS) - 1)
    ]
    return Cure("Repeat the rare points", {"data.points": Points.concatenate([points, *copies])})


def split_bare_classes_again(case: Case) -> Cure | None:
    """Split again the points of classes that lack training or validation points."""
    points, shares = case.data.points, case.experiment.data.split
    split = points.split.copy()
    for number in range(len(case.data.class_counts)):
        mine = points.target == number
        counts = np.bincount(split[mine], minlength=3)
        if counts.sum() and not (counts[0] and (counts[1] or not shares.validation)):
            split[mine] = assign_new(
                [], [], points.target[mine], "classification", shares.validation, shares.test
            )
    if np.array_equal(split, points.split):
        return None
    return Cure("Split these classes again", {"data.points": Points(points.xy, points.target, split)})


def usable(cures: Iterable[Cure | None], case: Case) -> tuple[Cure, ...]:
    """The cures that are allowed in this experiment and change it."""
    there = (cure for cure in cures if cure is not None)
    return tuple(cure for cure in there if cure.applies(case.experiment, case.lane_number))


def restart(case: Case, label: str, changes: Mapping[str, object]) -> Cure:
    """An edit that also starts the lane again, with the next seed."""
    return Cure(label, {**changes, "seed": (case.lane.seed + 1) % SEEDS})


def _round(value: float) -> float:
    return float(np.format_float_positional(value, 3, fractional=False))
