"""Optimizers on the flat parameters of many lanes, each equal to its namesake in ``torch.optim``.

Shapes: parameters, gradients and slots [lanes, parameters]; every hyperparameter [lanes, 1]. Updates work in place,
and the sequence of their operations never depends on values, so that it can be recorded once and replayed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.code import NO_CODE, Code
from engine.catalogue.entry import Entry, Family, Parameter

if TYPE_CHECKING:
    from torch import Tensor

Hyper = Mapping[str, "Tensor"]
Slots = Mapping[str, "Tensor"]
Floats = NDArray[np.float64]
PerStep = Callable[[Mapping[str, Floats], Floats], dict[str, Floats]]


def _nothing_more(parameters: Mapping[str, float]) -> dict[str, float]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimizer(Entry):
    """An update rule. All values of a lane are in one row, and a hyperparameter is a column [lanes, 1].

    Attributes
    ----------
    slots
        Names of its state tensors [lanes, parameters]; they are zero before the first step.
    derive
        ``derive(parameters)`` returns numbers, by name, that depend only on its parameters.
    per_step
        ``per_step(parameters, step)`` returns numbers [lanes, n], by name, that depend on the step; None if there are
        none. ``parameters`` [lanes, 1] include ``learning_rate``; ``step`` [lanes, n] counts from 1.
    update
        ``update(parameters, gradients, slots, hyper)`` makes one step in place; it may overwrite the gradients.
        ``hyper`` holds ``learning_rate``, the entry's parameters, and what ``derive`` and ``per_step`` return.
    reach
        ``reach(slots, hyper)`` returns, after an update, how far a constant gradient of 1 moves a parameter in a step:
        [lanes, 1], or [lanes, parameters] if each parameter has its own rate. Operations that shrink weights after the
        step multiply by it, so that they pull as strongly as a gradient.
    rates
        The names of all numbers in ``hyper`` that grow in proportion to the learning rate: a layer with a rate of its
        own has these multiplied by its factor, as [lanes, parameters].
    reach_code
        How ``reach`` is written, with the learning ``rate`` and the ``state`` of a weight.

    Its ``code`` makes the optimizer of ``model``, with ``{learning_rate}``, and in Keras ``{more}`` arguments; in
    scikit-learn it is arguments.
    """

    slots: tuple[str, ...] = ()
    derive: Callable[[Mapping[str, float]], dict[str, float]] = _nothing_more
    per_step: PerStep | None = None
    update: Callable[[Tensor, Tensor, Slots, Hyper], None]
    reach: Callable[[Slots, Hyper], Tensor]
    rates: tuple[str, ...] = ("learning_rate",)
    reach_code: Code = NO_CODE


def _sgd(w: Tensor, g: Tensor, slots: Slots, hyper: Hyper) -> None:
    w.addcmul_(g, hyper["learning_rate"], value=-1.0)


def _reach_of_sgd(slots: Slots, hyper: Hyper) -> Tensor:
    return hyper["learning_rate"]


def _reach_of_momentum(slots: Slots, hyper: Hyper) -> Tensor:
    return hyper["learning_rate"] / (1.0 - hyper["momentum"])


def _reach_of_rmsprop(slots: Slots, hyper: Hyper) -> Tensor:
    return hyper["learning_rate"] / slots["mean_square"].sqrt().add_(hyper["eps"])


def _reach_of_adagrad(slots: Slots, hyper: Hyper) -> Tensor:
    return hyper["learning_rate"] / slots["sum_square"].sqrt().add_(hyper["eps"])


def _reach_of_adam(slots: Slots, hyper: Hyper) -> Tensor:
    return hyper["reach_rate"] / slots["square"].sqrt().add_(hyper["corrected_eps"])


def _momentum(w: Tensor, g: Tensor, slots: Slots, hyper: Hyper) -> None:
    velocity = slots["velocity"]
    velocity.mul_(hyper["momentum"]).add_(g)
    w.addcmul_(velocity, hyper["learning_rate"], value=-1.0)


def _nesterov(w: Tensor, g: Tensor, slots: Slots, hyper: Hyper) -> None:
    velocity = slots["velocity"]
    velocity.mul_(hyper["momentum"]).add_(g)
    g.addcmul_(velocity, hyper["momentum"])
    w.addcmul_(g, hyper["learning_rate"], value=-1.0)


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
    # Not lerp_: it would turn an overflowed square into NaN; in torch.optim the weight only stops moving.
    square.mul_(hyper["beta2"]).addcmul_(g * hyper["one_minus_beta2"], g)
    w.addcdiv_(mean * hyper["corrected_rate"], square.sqrt().add_(hyper["corrected_eps"]), value=-1.0)


def _adamw(w: Tensor, g: Tensor, slots: Slots, hyper: Hyper) -> None:
    w.addcmul_(w, hyper["decay"], value=-1.0)
    _adam(w, g, slots, hyper)


def _derive_adam(parameters: Mapping[str, float]) -> dict[str, float]:
    return {"one_minus_beta1": 1.0 - parameters["beta1"], "one_minus_beta2": 1.0 - parameters["beta2"]}


def _corrected(parameters: Mapping[str, Floats], step: Floats) -> dict[str, Floats]:
    """Return rate and ε that include the bias corrections of both moments (Kingma & Ba 2014, end of section 2)."""
    first, second = 1.0 - _power(parameters["beta1"], step), np.sqrt(1.0 - _power(parameters["beta2"], step))
    return {
        "corrected_rate": parameters["learning_rate"] * second / first,
        "corrected_eps": parameters["eps"] * second,
        "reach_rate": parameters["learning_rate"] * second,
    }


def _power(beta: Floats, step: Floats) -> Floats:
    """βᵗ; 0 where that is below 2⁻⁶⁰, so that 1 − βᵗ is 1 anyway: numbers close to 0 take long."""
    with np.errstate(divide="ignore"):
        small = step * np.log2(beta) < -60.0
    return np.power(beta, step, out=np.zeros(step.shape), where=~small)


def _corrected_with_decay(parameters: Mapping[str, Floats], step: Floats) -> dict[str, Floats]:
    decay = parameters["learning_rate"] * parameters["weight_decay"]
    return {**_corrected(parameters, step), "decay": np.broadcast_to(decay, step.shape)}


def _derive_rmsprop(parameters: Mapping[str, float]) -> dict[str, float]:
    return {"one_minus_alpha": 1.0 - parameters["alpha"]}


_MOMENTUM = Parameter("momentum", "Momentum", 0.9, 0.0, 0.9999, "Share of the last update that is kept.")


def _eps(default: float) -> Parameter:
    return Parameter(
        "eps", "ε", default, 0.0, 1.0, "Keeps the division away from zero.", log=True, slider=(1e-12, 1e-2)
    )


_ADAM = (
    Parameter("beta1", "β₁", 0.9, 0.0, 0.9999, "Share of the running mean gradient that is kept."),
    Parameter(
        "beta2", "β₂", 0.999, 0.0, 0.999999, "Share of the running mean squared gradient that is kept."
    ),
    _eps(1e-8),
)

_REACH_OF_ADAM = Code(torch='rate / ((state["exp_avg_sq"] / (1 - {beta2} ** state["step"])).sqrt() + {eps})')

OPTIMIZERS: Family[Optimizer] = Family(
    "optimizer",
    [
        Optimizer(
            key="sgd",
            label="SGD",
            formula="w ← w − η·g",
            tooltip="Plain stochastic gradient descent: a step against the gradient of the batch.",
            update=_sgd,
            reach=_reach_of_sgd,
            code=Code(
                torch="torch.optim.SGD(model.parameters(), lr={learning_rate})",
                keras="keras.optimizers.SGD({learning_rate}{more})",
                sklearn='solver="sgd", momentum=0.0',
            ),
            reach_code=Code(torch="rate"),
        ),
        Optimizer(
            key="momentum",
            label="Momentum",
            formula="v ← μv + g; w ← w − η·v",
            tooltip="SGD with inertia, like a rolling ball (Polyak 1964).",
            parameters=(_MOMENTUM,),
            slots=("velocity",),
            update=_momentum,
            reach=_reach_of_momentum,
            code=Code(
                torch="torch.optim.SGD(model.parameters(), lr={learning_rate}, momentum={momentum})",
                keras="keras.optimizers.SGD({learning_rate}, momentum={momentum}{more})",
                sklearn='solver="sgd", momentum={momentum}, nesterovs_momentum=False',
            ),
            reach_code=Code(torch="rate / (1 - {momentum})"),
        ),
        Optimizer(
            key="nesterov",
            label="Nesterov",
            formula="v ← μv + g; w ← w − η(g + μv)",
            tooltip="Momentum that looks ahead before it steps (Nesterov 1983).",
            parameters=(_MOMENTUM,),
            slots=("velocity",),
            update=_nesterov,
            reach=_reach_of_momentum,
            code=Code(
                torch="torch.optim.SGD(\n    model.parameters(), lr={learning_rate}, "
                "momentum={momentum}, nesterov={has_momentum}\n)",
                keras="keras.optimizers.SGD({learning_rate}, momentum={momentum}, nesterov={has_momentum}{more})",
                sklearn='solver="sgd", momentum={momentum}, nesterovs_momentum={has_momentum}',
            ),
            reach_code=Code(torch="rate / (1 - {momentum})"),
        ),
        Optimizer(
            key="rmsprop",
            label="RMSprop",
            formula="s ← αs + (1−α)g²; w ← w − η·g/(√s + ε)",
            tooltip="Divides by the recent size of the gradient (Tieleman & Hinton 2012).",
            parameters=(
                Parameter(
                    "alpha",
                    "α",
                    0.99,
                    0.0,
                    0.9999,
                    "Share of the running mean squared gradient that is kept.",
                ),
                _eps(1e-8),
            ),
            slots=("mean_square",),
            derive=_derive_rmsprop,
            update=_rmsprop,
            reach=_reach_of_rmsprop,
            code=Code(
                torch="torch.optim.RMSprop(model.parameters(), lr={learning_rate}, alpha={alpha}, eps={eps})",
                keras="keras.optimizers.RMSprop({learning_rate}, rho={alpha}, epsilon={eps} ** 2{more})",
                notes={"keras": "Keras adds ε under the root"},
            ),
            reach_code=Code(torch='rate / (state["square_avg"].sqrt() + {eps})'),
        ),
        Optimizer(
            key="adagrad",
            label="Adagrad",
            formula="s ← s + g²; w ← w − η·g/(√s + ε)",
            tooltip="Steps shrink where gradients have been large (Duchi et al. 2011).",
            parameters=(_eps(1e-10),),
            slots=("sum_square",),
            update=_adagrad,
            reach=_reach_of_adagrad,
            code=Code(
                torch="torch.optim.Adagrad(model.parameters(), lr={learning_rate}, eps={eps})",
                keras="keras.optimizers.Adagrad(\n    {learning_rate}, initial_accumulator_value=0.0, "
                "epsilon={eps} ** 2{more}\n)",
                notes={"keras": "Keras adds ε under the root"},
            ),
            reach_code=Code(torch='rate / (state["sum"].sqrt() + {eps})'),
        ),
        Optimizer(
            key="adam",
            label="Adam",
            formula="w ← w − η·m̂/(√v̂ + ε)",
            tooltip="Momentum and RMSprop combined, with bias correction (Kingma & Ba 2014).",
            parameters=_ADAM,
            slots=("mean", "square"),
            derive=_derive_adam,
            per_step=_corrected,
            rates=("learning_rate", "corrected_rate", "reach_rate"),
            update=_adam,
            reach=_reach_of_adam,
            code=Code(
                torch="torch.optim.Adam(model.parameters(), lr={learning_rate}, betas=({beta1}, {beta2}), eps={eps})",
                keras="keras.optimizers.Adam({learning_rate}, beta_1={beta1}, beta_2={beta2}, epsilon={eps}{more})",
                sklearn='solver="adam", beta_1={beta1}, beta_2={beta2}, epsilon={eps}',
            ),
            reach_code=_REACH_OF_ADAM,
        ),
        Optimizer(
            key="adamw",
            label="AdamW",
            formula="w ← w − η(m̂/(√v̂ + ε) + λw)",
            tooltip="Adam with decoupled weight decay (Loshchilov & Hutter 2017).",
            parameters=(
                *_ADAM,
                Parameter(
                    "weight_decay",
                    "Decay",
                    0.01,
                    0.0,
                    10.0,
                    "Share of η by which each step shrinks all parameters.",
                    log=True,
                    slider=(1e-5, 1.0),
                ),
            ),
            slots=("mean", "square"),
            derive=_derive_adam,
            per_step=_corrected_with_decay,
            rates=("learning_rate", "corrected_rate", "reach_rate", "decay"),
            update=_adamw,
            reach=_reach_of_adam,
            code=Code(
                torch="torch.optim.AdamW(\n    model.parameters(), lr={learning_rate}, "
                "betas=({beta1}, {beta2}), eps={eps},\n"
                "    weight_decay={weight_decay},\n)",
                keras="keras.optimizers.AdamW(\n    {learning_rate}, weight_decay={weight_decay}, beta_1={beta1}, "
                "beta_2={beta2}, epsilon={eps}{more}\n)",
            ),
            reach_code=_REACH_OF_ADAM,
        ),
    ],
)
