"""Situations in which a diagnosis offers cures: runs that are sick, and what is measured of them."""

from __future__ import annotations

from dataclasses import dataclass

from engine.catalogue.presets import PRESETS as CATALOGUE
from engine.experiment import Experiment, preset_experiment
from tests.engine.observation.diagnosed_runs import SICK

ERROR_OF_VALIDATION = "validation loss − test loss"


@dataclass(frozen=True)
class Situation:
    """``code`` is what is found within ``epochs``; a cure has as many to show what it does."""

    name: str
    code: str
    experiment: Experiment
    epochs: int

    @property
    def measure(self) -> str:
        """What a cure is to make smaller."""
        if self.code == "small_validation_set":
            return ERROR_OF_VALIDATION
        if self.code == "class_imbalance":
            return "balanced error"
        return "validation loss" if self.code == "overfitting" else "training loss"


PRESETS = {
    "overfits": "overfitting",
    "underfits": "underfitting",
    "vanishing_gradient": "vanishing_gradient",
    "exploding_gradient": "exploding_gradient",
    "dead_units": "dead_units",
}
RUNS = {
    "memorized noise": "overfitting",
    "linear on xor": "underfitting",
    "one neuron on spiral": "underfitting",
    "six sigmoid layers": "vanishing_gradient",
    "zeros": "vanishing_gradient",
    "ten ReLU layers": "vanishing_gradient",
    "diverging line": "divergence",
    "diverging curve": "divergence",
    "saturated sigmoid": "saturation",
    "rate 1 with Adam": "learning_rate_too_high",
    "rate 0.5 on a curve": "learning_rate_too_high",
    "rate 1e-5": "learning_rate_too_low",
    "rate 1e-6 on a curve": "learning_rate_too_low",
    "rate 0": "learning_rate_too_low",
    "sigmoid with SGD": "plateau",
    "L2 of 1": "over_regularized",
    "AdamW that decays by 10": "over_regularized",
    "dropout of 0.95": "over_regularized",
    "rotation of xor": "over_regularized",
    "max-norm 0.05": "over_regularized",
    "patience of 2": "premature_stop",
    "patience of 1 on a curve": "premature_stop",
    "rare class": "class_imbalance",
    "few validation points": "small_validation_set",
}


def situations() -> list[Situation]:
    """All of them, those of one finding together."""
    by_name = {run.name: run for run in SICK}
    found = [
        Situation(f"example “{CATALOGUE[key].label.lower()}”", code, preset_experiment(key), 150)
        for key, code in PRESETS.items()
    ]
    found += [
        Situation(name, code, by_name[name].experiment, min(max(by_name[name].epochs, 100), 300))
        for name, code in RUNS.items()
    ]
    order = list(dict.fromkeys([*PRESETS.values(), *RUNS.values()]))
    return sorted(found, key=lambda one: order.index(one.code))
