"""Real runs with what a diagnosis must say of them: small data, few epochs, fixed seeds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.experiment import Experiment, Points, default_experiment, edit_many, switch_generator

N, T, R = "lanes.0.network.", "lanes.0.training.", "lanes.0.regularization."


@dataclass(frozen=True, eq=False)
class Run:
    """``codes`` must be found at the end, ``also`` may be as well; nothing else may be found at any time."""

    name: str
    generator: str
    changes: dict[str, Any] = field(default_factory=dict)
    epochs: int = 120
    codes: frozenset[str] = frozenset()
    also: frozenset[str] = frozenset()

    @property
    def experiment(self) -> Experiment:
        base = {"data.generator.points": 200, T + "batch_size": 20, T + "learning_rate": 0.01}
        changes = {**base, **self.changes}
        return edit_many(switch_generator(default_experiment(), self.generator), changes)


def _run(name: str, generator: str, codes: str, epochs: int = 120, also: str = "", **changes: Any) -> Run:
    short = {"N": N, "T": T, "R": R, "D": "data."}
    full = {short[key[0]] + key[2:].replace("__", "."): value for key, value in changes.items()}
    return Run(name, generator, full, epochs, frozenset(codes.split()), frozenset(also.split()))


def rare_class(few: int, many: int) -> Points:
    """Two clouds that lie over each other, one of few points."""
    numbers = np.random.default_rng(0)
    xy = np.concatenate([numbers.normal(0.0, 1.6, (many, 2)), numbers.normal(0.5, 1.6, (few, 2))])
    target = np.repeat([0.0, 1.0], [many, few])
    split = np.arange(many + few) % 4
    return Points(xy, target, np.where(split == 3, 1, 0))


def rare_but_clear(few: int, many: int) -> Points:
    numbers = np.random.default_rng(0)
    xy = np.concatenate([numbers.normal(-2.0, 0.8, (many, 2)), numbers.normal(2.5, 0.5, (few, 2))])
    return Points(xy, np.repeat([0.0, 1.0], [many, few]), np.where(np.arange(many + few) % 4 == 3, 1, 0))


DEEP = (32,) * 10
RELU: dict[str, Any] = {"N_activation": "relu", "N_initializer": "he_normal"}
SCALED: dict[str, Any] = {"N_input_scaling": "standardize"}
"""With which a sine is learned from every start: of inputs scaled to ±1, tanh may see a plateau for long."""
SIGMOID: dict[str, Any] = {"N_activation": "sigmoid", "T_optimizer": "sgd"}
HIGH_RELU: dict[str, Any] = {
    "N_activation": "relu",
    "N_initializer": "he_uniform",
    "T_learning_rate": 0.1,
    "T_batch_size": 10,
    "D_generator__points": 500,
}
DECAY: dict[str, Any] = {"T_optimizer": {"name": "adamw", "weight_decay": 10.0}}
DEEP_NARROW: dict[str, Any] = {
    "N_hidden": (16,) * 10,
    "T_optimizer": "sgd",
    "T_learning_rate": 0.05,
    "T_batch_size": 25,
}
HEALTHY = (
    _run("circle", "circle", ""),
    _run("circle, noisy", "circle", "", D_generator__noise=0.3, D_generator__points=400, N_hidden=(8, 4)),
    _run("xor", "xor", ""),
    _run(
        "as the app starts",
        "spiral",
        "",
        100,
        D_generator__points=500,
        T_batch_size=10,
        T_learning_rate=0.003,
        N_activation="relu",
        N_initializer="he_uniform",
    ),
    _run("xor, noisy", "xor", "", D_generator__noise=0.25, D_generator__points=400, N_hidden=(6,)),
    _run("gaussians", "gaussians", ""),
    _run("gaussians, very noisy", "gaussians", "", D_generator__noise=0.8, N_hidden=(3,)),
    _run("moons", "moons", ""),
    _run(
        "spiral",
        "spiral",
        "",
        200,
        D_generator__points=400,
        D_generator__noise=0.0,
        **RELU,
        N_hidden=(16, 16),
    ),
    _run("three classes", "three_spirals", "", 200, D_generator__points=450, D_generator__noise=0.0),
    _run("checkerboard", "checkerboard", "", 200, D_generator__points=600, N_hidden=(16, 16)),
    _run("logistic regression", "gaussians", "", N_hidden=()),
    _run("playground loss", "circle", "", T_loss="playground"),
    _run("squared loss", "moons", "", T_loss="squared"),
    _run("L2", "circle", "", R_l2=0.001),
    _run("L1", "circle", "", R_l1=0.001),
    _run("weight decay", "moons", "", R_weight_decay=0.1),
    _run("dropout", "circle", "", R_dropout__rate=0.5, N_hidden=(16, 16)),
    _run(
        "dropout in all layers", "moons", "", R_dropout__rate=0.3, R_dropout__layers="all", N_hidden=(16, 16)
    ),
    _run("augmentation", "circle", "", R_augmentation__rotate=30.0, R_augmentation__shift=0.3),
    _run("input noise", "moons", "", R_input_noise=0.3),
    _run("mixup and smoothing", "circle", "", R_mixup=0.2, R_label_smoothing=0.1),
    _run("max-norm", "circle", "", R_max_norm=3.0),
    _run("early stopping", "moons", "", 400, R_early_stopping={"patience": 40}, D_generator__noise=0.3),
    _run(
        "deep ReLU, He",
        "circle",
        "",
        100,
        D_generator__points=400,
        D_generator__noise=0.0,
        N_hidden=(16,) * 10,
        **RELU,
        T_learning_rate=0.003,
    ),
    _run("batch norm", "circle", "", N_normalization={"kind": "batch"}, N_hidden=(8,) * 4),
    _run(
        "deep sigmoid, batch norm",
        "circle",
        "",
        200,
        N_activation="sigmoid",
        N_normalization={"kind": "batch"},
        **DEEP_NARROW,
    ),
    _run(
        "deep sigmoid, batch norm, residual",
        "circle",
        "",
        200,
        N_activation="sigmoid",
        N_normalization={"kind": "batch"},
        N_residual=True,
        **DEEP_NARROW,
    ),
    _run("deep tanh", "circle", "", 200, **DEEP_NARROW),
    _run(
        "leaky ReLU, six layers",
        "xor",
        "",
        150,
        N_activation="leaky_relu",
        N_initializer="he_normal",
        N_hidden=(8,) * 6,
    ),
    _run("ELU on a curve", "sine", "", 200, N_activation="elu", **SCALED),
    _run("batch norm on a curve", "step", "", 150, N_normalization={"kind": "batch"}),
    _run("three spirals, ReLU", "three_spirals", "", 150, D_generator__points=450, **RELU, N_hidden=(16, 16)),
    _run("spiral at rate 0.03", "spiral", "", 150, D_generator__points=500, **RELU, T_learning_rate=0.03),
    _run("moons, straight", "moons", "", 150, N_hidden=()),
    _run("layer norm", "moons", "", N_normalization={"kind": "layer"}, T_learning_rate=0.003),
    _run("residual", "circle", "", 100, N_residual=True, N_hidden=(8,) * 8),
    _run("sigmoid", "gaussians", "", N_activation="sigmoid"),
    _run("sine activation", "circle", "", N_activation="sine"),
    _run("sgd", "circle", "", 200, T_optimizer="sgd", T_learning_rate=0.1),
    _run("momentum", "moons", "", T_optimizer="momentum", T_learning_rate=0.03),
    _run("rmsprop", "circle", "", T_optimizer="rmsprop", T_learning_rate=0.003),
    _run("clipping", "circle", "", R_gradient_clipping={"threshold": 1.0}),
    _run("few points", "gaussians", "", D_generator__points=30),
    _run("very few points", "circle", "", D_generator__points=12),
    _run("whole batch", "moons", "", 200, T_batch_size=500),
    _run("batch of one", "circle", "", 60, T_batch_size=1, T_learning_rate=0.002),
    _run("cosine schedule", "moons", "", 150, T_schedule={"name": "cosine"}),
    _run("no validation", "circle", "", D_split__validation=0.0),
    _run("rare but clear", "circle", "", D_points=rare_but_clear(12, 160)),
    _run("sine", "sine", "", 200, **SCALED),
    _run("sine, noisy", "sine", "", 200, D_generator__noise=0.3, D_generator__points=400, **SCALED),
    _run("noisy line", "noisy_line", "", D_generator__noise=0.5),
    _run("quartic", "quartic", "", 200),
    _run("step", "step", "", 200),
    _run("huber", "sine", "", 200, T_loss="huber", **SCALED),
    _run("curve with dropout", "noisy_line", "", R_dropout__rate=0.2, N_hidden=(16, 16)),
    _run("plane", "plane", ""),
    _run("bumps", "bumps", "", 200, D_generator__points=500, N_hidden=(16, 16)),
    _run("plane, noisy", "plane", "", D_generator__noise=0.5),
)
SICK = (
    _run("linear on circle", "circle", "underfitting", 200, N_hidden=()),
    _run("linear on xor", "xor", "underfitting", 200, N_activation="linear"),
    _run("one neuron on spiral", "spiral", "underfitting", 300, also="plateau", N_hidden=(1,)),
    _run("one neuron on bumps", "bumps", "underfitting", 300, also="plateau", N_hidden=(1,)),
    _run("linear on quartic", "quartic", "underfitting", 200, N_hidden=()),
    _run(
        "memorized noise",
        "xor",
        "overfitting",
        150,
        D_generator__noise=0.5,
        D_generator__points=120,
        N_hidden=(32, 32),
        **RELU,
    ),
    _run(
        "memorized circle",
        "circle",
        "overfitting",
        150,
        D_generator__noise=0.5,
        D_generator__points=120,
        N_hidden=(32, 32),
        **RELU,
    ),
    _run(
        "memorized moons",
        "moons",
        "overfitting",
        300,
        D_generator__noise=0.6,
        D_generator__points=100,
        N_hidden=(32, 32),
    ),
    _run(
        "sure of its noise",
        "moons",
        "overfitting",
        300,
        D_generator__noise=0.35,
        T_batch_size=10,
        N_hidden=(32, 32, 32),
        **{**RELU, "N_initializer": "he_uniform"},
        T_learning_rate=0.003,
    ),
    _run(
        "memorized curve",
        "sine",
        "overfitting",
        300,
        D_generator__noise=1.0,
        D_generator__points=40,
        N_hidden=(32, 32),
        T_batch_size=5,
        N_activation="sine",
        N_input_scaling="none",
    ),
    _run(
        "memorized surface",
        "plane",
        "overfitting",
        400,
        D_generator__noise=1.0,
        D_generator__points=80,
        N_hidden=(32, 32),
    ),
    _run(
        "ten sigmoid layers",
        "circle",
        "vanishing_gradient",
        100,
        N_hidden=DEEP,
        **SIGMOID,
        T_learning_rate=0.1,
        N_initializer="torch_default",
    ),
    _run(
        "ten ReLU layers",
        "circle",
        "vanishing_gradient",
        100,
        N_hidden=DEEP,
        N_activation="relu",
        T_optimizer="sgd",
        T_learning_rate=0.1,
        N_initializer="torch_default",
    ),
    _run(
        "ten tanh layers",
        "circle",
        "vanishing_gradient",
        100,
        N_hidden=DEEP,
        N_activation="tanh",
        T_optimizer="sgd",
        T_learning_rate=0.1,
        N_initializer="torch_default",
    ),
    _run(
        "six sigmoid layers",
        "circle",
        "vanishing_gradient",
        120,
        N_hidden=(8,) * 6,
        T_learning_rate=0.03,
        **SIGMOID,
    ),
    _run(
        "sigmoid layers on a curve",
        "sine",
        "vanishing_gradient",
        100,
        N_hidden=(8,) * 8,
        **SIGMOID,
        T_learning_rate=0.05,
    ),
    _run(
        "exploding",
        "circle",
        "exploding_gradient",
        60,
        N_hidden=(30,) * 10,
        N_activation="relu",
        N_initializer="normal",
        T_optimizer="sgd",
        T_learning_rate=0.01,
    ),
    _run(
        "exploding surface",
        "bumps",
        "exploding_gradient",
        60,
        N_hidden=(30,) * 8,
        N_activation="relu",
        N_initializer="normal",
        T_optimizer="sgd",
        T_learning_rate=0.1,
    ),
    _run(
        "diverging curve",
        "quartic",
        "divergence",
        60,
        also="exploding_gradient",
        T_optimizer="sgd",
        T_learning_rate=50.0,
        N_activation="relu",
    ),
    _run(
        "diverging line", "noisy_line", "divergence", 60, T_optimizer="sgd", T_learning_rate=20.0, N_hidden=()
    ),
    _run(
        "saturated",
        "spiral",
        "saturation",
        120,
        N_initializer={"name": "normal", "std": 20.0},
        T_optimizer="sgd",
        T_learning_rate=0.0003,
        N_hidden=(8,) * 4,
        N_input_scaling="none",
    ),
    _run(
        "saturated sigmoid",
        "circle",
        "saturation",
        120,
        N_initializer={"name": "normal", "std": 30.0},
        **SIGMOID,
        T_learning_rate=0.01,
        N_hidden=(8,) * 4,
    ),
    _run(
        "dead",
        "circle",
        "dead_units",
        100,
        N_activation="relu",
        T_learning_rate=3.0,
        T_optimizer="adam",
        also="learning_rate_too_high",
    ),
    _run(
        "dead curve",
        "sine",
        "dead_units",
        100,
        N_activation="relu",
        T_learning_rate=1.0,
        T_optimizer="adam",
        also="learning_rate_too_high",
    ),
    _run("rate 1 with Adam", "circle", "learning_rate_too_high", 100, T_learning_rate=1.0, also="saturation"),
    _run(
        "rate 5 with SGD",
        "xor",
        "learning_rate_too_high",
        100,
        T_learning_rate=8.0,
        T_optimizer="sgd",
        also="saturation",
    ),
    _run(
        "rate 0.5 on a curve", "sine", "learning_rate_too_high", 100, T_learning_rate=0.5, also="saturation"
    ),
    _run(
        "rate 1 on a surface", "bumps", "learning_rate_too_high", 100, T_learning_rate=1.0, also="saturation"
    ),
    _run("rate 1e-5", "circle", "learning_rate_too_low", 120, T_learning_rate=1e-5, T_optimizer="sgd"),
    _run("rate 1e-6 with Adam", "moons", "learning_rate_too_low", 120, T_learning_rate=1e-6),
    _run("rate 0", "circle", "learning_rate_too_low", 100, T_learning_rate=0.0),
    _run("rate 1e-6 on a curve", "sine", "learning_rate_too_low", 120, T_learning_rate=1e-6),
    _run(
        "rate 1e-5 on a surface",
        "bumps",
        "learning_rate_too_low",
        120,
        T_learning_rate=1e-5,
        T_optimizer="sgd",
    ),
    _run("zeros", "circle", "vanishing_gradient", 100, N_initializer="zeros"),
    _run("zeros on a surface", "bumps", "vanishing_gradient", 100, N_initializer="zeros"),
    _run("sigmoid with SGD", "circle", "plateau", 250, **SIGMOID, T_learning_rate=0.1, N_hidden=(8, 8)),
    _run("tanh of scaled inputs", "spiral", "plateau", 200, D_generator__points=500, T_learning_rate=0.001),
    _run("three classes with SGD", "three_spirals", "plateau", 250, **SIGMOID, N_hidden=(8, 8)),
    _run("bumps with SGD", "bumps", "plateau", 250, **SIGMOID, T_learning_rate=0.03, N_hidden=(8, 8)),
    _run("xor with SGD", "xor", "plateau", 250, **SIGMOID, T_learning_rate=0.03, N_hidden=(8, 8)),
    _run(
        "early stop on ten validation points",
        "moons",
        "small_validation_set",
        100,
        D_split__validation=0.03,
        R_early_stopping={"patience": 50},
    ),
    _run(
        "few validation points",
        "circle",
        "small_validation_set",
        100,
        D_generator__points=500,
        D_split__validation=0.016,
    ),
    _run("rare class", "circle", "class_imbalance", 100, D_points=rare_class(10, 200), N_hidden=(4,)),
    _run("L2 of 1", "circle", "over_regularized", 120, R_l2=1.0),
    _run("L1 of 0.3", "moons", "over_regularized", 120, R_l1=0.3),
    _run("L2 on a curve", "sine", "over_regularized", 120, R_l2=1.0),
    _run("dropout of 0.95", "spiral", "over_regularized", 200, R_dropout__rate=0.95, R_dropout__layers="all"),
    _run("rotation of xor", "xor", "over_regularized", 150, R_augmentation__rotate=90.0),
    _run("weight decay on a surface", "bumps", "over_regularized", 120, R_weight_decay=10.0),
    _run("dead at rate 0.1", "spiral", "dead_units", 150, **HIGH_RELU),
    _run("dead at rate 0.3", "spiral", "dead_units", 150, **{**HIGH_RELU, "T_learning_rate": 0.3}),
    _run("dead at rate 0.1, deep", "spiral", "dead_units", 150, **HIGH_RELU, N_hidden=(8,) * 6),
    _run("AdamW that decays by 10", "circle", "over_regularized", 150, **DECAY),
    _run("AdamW that decays by 10, deep", "spiral", "over_regularized", 150, **DECAY, N_hidden=(8,) * 5),
    _run("L1 of 10", "circle", "over_regularized", 150, R_l1=10.0),
    _run("L2 of 10", "circle", "over_regularized", 150, R_l2=10.0),
    _run("weight decay of 10", "circle", "over_regularized", 150, R_weight_decay=10.0),
    _run("max-norm 0.05", "circle", "over_regularized", 150, R_max_norm=0.05),
    _run("max-norm 0.3, deep", "circle", "over_regularized", 150, R_max_norm=0.3, N_hidden=(8,) * 6),
    _run(
        "sums of squares",
        "spiral",
        "underfitting",
        200,
        N_hidden=(),
        N_features=("x1", "x2", "x1_squared", "x2_squared"),
    ),
    _run(
        "exploding under Adam",
        "spiral",
        "exploding_gradient dead_units",
        300,
        also="learning_rate_too_high overfitting",
        N_hidden=(8,) * 10,
        N_activation="relu",
        N_initializer={"name": "normal", "std": 3.0},
        T_batch_size=10,
        T_learning_rate=0.003,
        D_generator__points=500,
    ),
    _run(
        "rate 1e-5 from far off",
        "bumps",
        "learning_rate_too_low",
        120,
        T_learning_rate=1e-5,
        T_optimizer="sgd",
        N_hidden=(32, 32),
        **RELU,
    ),
    _run(
        "rate 1e-5 from large weights",
        "bumps",
        "learning_rate_too_low",
        120,
        T_learning_rate=1e-5,
        T_optimizer="sgd",
        N_initializer={"name": "normal", "std": 1.0},
    ),
    _run(
        "rate 1 with ten classes",
        "circle",
        "learning_rate_too_high",
        100,
        D_classes=10,
        T_learning_rate=1.0,
        also="saturation",
    ),
    _run("patience of 2", "spiral", "premature_stop", 150, R_early_stopping={"patience": 2}),
    _run(
        "patience of 1 on a curve",
        "quartic",
        "premature_stop",
        150,
        T_learning_rate=0.003,
        R_early_stopping={"patience": 1},
    ),
)
RUNS = (*HEALTHY, *SICK)
