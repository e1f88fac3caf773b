"""Optimizers, each equal to its namesake in ``torch.optim``, on flat parameters of many lanes.

Shapes: parameters, gradients and slots [lanes, parameters]; every hyperparameter [lanes, 1],
a derived tuple [lanes, its length]. Updates work in place
and call no function whose sequence depends on a value, so that they can be recorded once and replayed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

from engine.catalogue.entry import Entry, Family, Parameter

if TYPE_CHECKING:
    from torch import Tensor

Hyper = Mapping[str, "Tensor"]
Slots = Mapping[str, "Tensor"]
Derived = float | tuple[float, ...]


def _no_derived(parameters: Mapping[str, float]) -> dict[str, Derived]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimizer(Entry):
    """``update(parameters, gradients, slots, hyper)`` makes one step in place; it may overwrite the gradients.

    ``hyper`` holds ``learning_rate``, ``step`` (1 at a lane's first update), the entry's parameters and what
    ``derive(parameters)`` adds to them (computed in double precision). ``slots`` are zero before the first step.
    """

    slots: tuple[str, ...] = ()
    derive: Callable[[Mapping[str, float]], dict[str, Derived]] = _no_derived
    update: Callable[[Tensor, Tensor, Slots, Hyper], None]


def _sgd(w: Tensor, g: Tensor, slots: Slots, hyper: Hyper) -> None:
    w.sub_(g.mul_(hyper["learning_rate"]))


def _momentum(w: Tensor, g: Tensor, slots: Slots, hyper: Hyper) -> None:
    velocity = slots["velocity"]
    velocity.mul_(hyper["momentum"]).add_(g)
    w.addcmul_(velocity, hyper["learning_rate"], value=-1.0)


def _nesterov(w: Tensor, g: Tensor, slots: Slots, hyper: Hyper) -> None:
    velocity = slots["velocity"]
    velocity.mul_(hyper["momentum"]).add_(g)
    g.addcmul_(velocity, hyper["momentum"])
    w.sub_(g.mul_(hyper["learning_rate"]))


def _rmsprop(w: Tensor, g: Tensor, slots: Slots, hyper: Hyper) -> None:
    mean = slots["mean_square"]
    mean.mul_(hyper["alpha"]).addcmul_(g * hyper["one_minus_alpha"], g)
    w.addcdiv_(g.mul_(hyper["learning_rate"]), mean.sqrt().add_(hyper["eps"]), value=-1.0)


def _adagrad(w: Tensor, g: Tensor, slots: Slots, hyper: Hyper) -> None:
    total = slots["sum_square"]
    total.addcmul_(g, g)
    w.addcdiv_(g.mul_(hyper["learning_rate"]), total.sqrt().add_(hyper["eps"]), value=-1.0)


def _adam(w: Tensor, g: Tensor, slots: Slots, hyper: Hyper) -> None:
    mean, square = slots["mean"], slots["square"]
    mean.lerp_(g, hyper["one_minus_beta1"])
    square.mul_(hyper["beta2"]).addcmul_(g * hyper["one_minus_beta2"], g)
    # 1 − βᵗ as −expm1(t·ln β): single precision would lose its leading digits for small t.
    corrections = (hyper["step"] * hyper["log_betas"]).expm1_().neg_()
    denominator = square.sqrt().div_(corrections[:, 1:].sqrt()).add_(hyper["eps"])
    w.addcdiv_(mean * (hyper["learning_rate"] / corrections[:, :1]), denominator, value=-1.0)


def _adamw(w: Tensor, g: Tensor, slots: Slots, hyper: Hyper) -> None:
    w.addcmul_(w, hyper["learning_rate"] * hyper["weight_decay"], value=-1.0)
    _adam(w, g, slots, hyper)


def _derive_adam(parameters: Mapping[str, float]) -> dict[str, Derived]:
    betas = parameters["beta1"], parameters["beta2"]
    return {
        "one_minus_beta1": 1.0 - betas[0],
        "one_minus_beta2": 1.0 - betas[1],
        "log_betas": tuple(log(beta) if beta > 0.0 else float("-inf") for beta in betas),
    }


def _derive_rmsprop(parameters: Mapping[str, float]) -> dict[str, Derived]:
    return {"one_minus_alpha": 1.0 - parameters["alpha"]}


_MOMENTUM = Parameter("momentum", "Momentum", 0.9, 0.0, 0.9999, "Share of the last update that is kept.")


def _eps(default: float) -> Parameter:
    return Parameter(
        "eps", "ε", default, 0.0, 1.0, "Keeps the division away from zero.", log=True, slider=(1e-12, 1e-2)
    )


_ADAM = (
    Parameter("beta1", "β₁", 0.9, 0.0, 0.9999, "Memory of the mean gradient."),
    Parameter("beta2", "β₂", 0.999, 0.0, 0.999999, "Memory of the mean squared gradient."),
    _eps(1e-8),
)

OPTIMIZERS: Family[Optimizer] = Family(
    "optimizer",
    [
        Optimizer(
            key="sgd",
            label="SGD",
            formula="w ← w − η·g",
            tooltip="Plain stochastic gradient descent: a step against the gradient of the batch.",
            update=_sgd,
        ),
        Optimizer(
            key="momentum",
            label="Momentum",
            formula="v ← μv + g; w ← w − η·v",
            tooltip="SGD that rolls on like a ball (Polyak 1964).",
            parameters=(_MOMENTUM,),
            slots=("velocity",),
            update=_momentum,
        ),
        Optimizer(
            key="nesterov",
            label="Nesterov",
            formula="v ← μv + g; w ← w − η(g + μv)",
            tooltip="Momentum that looks ahead before it steps (Nesterov 1983).",
            parameters=(_MOMENTUM,),
            slots=("velocity",),
            update=_nesterov,
        ),
        Optimizer(
            key="rmsprop",
            label="RMSprop",
            formula="s ← αs + (1−α)g²; w ← w − η·g/(√s + ε)",
            tooltip="Divides by the recent size of the gradient (Tieleman & Hinton 2012).",
            parameters=(
                Parameter("alpha", "α", 0.99, 0.0, 0.9999, "Memory of the mean squared gradient."),
                _eps(1e-8),
            ),
            slots=("mean_square",),
            derive=_derive_rmsprop,
            update=_rmsprop,
        ),
        Optimizer(
            key="adagrad",
            label="Adagrad",
            formula="s ← s + g²; w ← w − η·g/(√s + ε)",
            tooltip="Steps shrink where gradients have been large (Duchi et al. 2011).",
            parameters=(_eps(1e-10),),
            slots=("sum_square",),
            update=_adagrad,
        ),
        Optimizer(
            key="adam",
            label="Adam",
            formula="w ← w − η·m̂/(√v̂ + ε)",
            tooltip="Momentum and RMSprop together, corrected for their start at zero (Kingma & Ba 2014).",
            parameters=_ADAM,
            slots=("mean", "square"),
            derive=_derive_adam,
            update=_adam,
        ),
        Optimizer(
            key="adamw",
            label="AdamW",
            formula="w ← w − η(m̂/(√v̂ + ε) + λw)",
            tooltip="Adam with weight decay apart from the gradient (Loshchilov & Hutter 2017).",
            parameters=(
                *_ADAM,
                Parameter(
                    "weight_decay",
                    "Decay",
                    0.01,
                    0.0,
                    10.0,
                    "Share of η by which all parameters shrink.",
                    log=True,
                    slider=(1e-5, 1.0),
                ),
            ),
            slots=("mean", "square"),
            derive=_derive_adam,
            update=_adamw,
        ),
    ],
)
