"""The hyperparameters of lanes that an edit may change during training, as tensors for a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, radians

import numpy as np
import torch
from torch import Tensor

from engine.catalogue.clipping_kinds import CLIPPING_KINDS
from engine.catalogue.l1_updates import L1_UPDATES
from engine.catalogue.optimizers import OPTIMIZERS, Floats
from engine.catalogue.regularizers import REGULARIZERS
from engine.experiment.dropout_rates import dropout_rates
from engine.experiment.settings import RegularizationSettings
from engine.tape.placement import PROCESSOR, Placement
from engine.training.lane_run import LaneRun
from engine.training.step.augmentation import STRENGTHS
from engine.training.step.layer_rates import layer_factors
from engine.training.step.schedule import Rate

PLAIN = tuple(entry.key for entry in REGULARIZERS.values() if not entry.settings_field and not entry.choices)
"""Regularizers with a single strength, a field of ``RegularizationSettings``; 0 does nothing."""
TERMS = {
    **{update.strength: 0.0 for update in L1_UPDATES.values()},
    "max_norm": inf,
    **{kind.strength: inf for kind in CLIPPING_KINDS.values()},
    **dict.fromkeys(STRENGTHS, 0.0),
    **dict.fromkeys(PLAIN, 0.0),
}
"""The strength of each regularizer at which it does nothing."""


@dataclass(frozen=True, eq=False)
class LaneNumbers:
    """The numbers of some lanes; a step reads these tensors, so an edit copies new numbers into them.

    Attributes
    ----------
    hyper
        Hyperparameters of the optimizer and numbers derived from them, by name [lanes, 1]; with rates of single layers
        also their factors [lanes, parameters].
    terms
        Strengths of regularizers, by the names of ``TERMS`` [lanes, 1].
    dropout
        Dropout rates of the inputs and of each hidden layer [lanes, 1, 1].
    """

    hyper: Mapping[str, Tensor]
    terms: Mapping[str, Tensor]
    dropout: Sequence[Tensor]

    @classmethod
    def of(cls, runs: Sequence[LaneRun], place: Placement = PROCESSOR) -> LaneNumbers:
        """Return the numbers of these runs' settings; all runs have the same kind of optimizer and the same layers."""
        rates = _put([dropout_rates(run.lane) for run in runs], place)
        return cls(
            _columns([_hyper_of(run) for run in runs], place)
            | layer_factors([run.lane for run in runs], runs[0].layout, place),
            _columns([TERMS | terms_of(run.lane.regularization) for run in runs], place),
            [rate.view(-1, 1, 1).clone() for rate in rates.T],
        )

    @property
    def used_terms(self) -> dict[str, Tensor]:
        """The terms that do something in at least one lane: only these take part in a step."""
        return {key: term for key, term in self.terms.items() if (term != TERMS[key]).any()}

    @property
    def used_dropout(self) -> list[Tensor | None]:
        """The dropout rates, with None for a layer without dropout in any lane."""
        return [rate if (rate != 0.0).any() else None for rate in self.dropout]

    def uses_the_same(self, other: LaneNumbers) -> bool:
        """Whether both use the same numbers, terms and layers' dropout, so that the step is the same program."""
        if self.hyper.keys() != other.hyper.keys():
            return False
        dropped, others = ([rate is not None for rate in one.used_dropout] for one in (self, other))
        return self.used_terms.keys() == other.used_terms.keys() and dropped == others

    def copy_(self, other: LaneNumbers) -> None:
        """Copy the numbers of ``other``, which has the same number of lanes, in place."""
        for mine, theirs in ((self.hyper, other.hyper), (self.terms, other.terms)):
            for key, tensor in theirs.items():
                mine[key].copy_(tensor)
        for rate, another in zip(self.dropout, other.dropout, strict=True):
            rate.copy_(another)


def _columns(rows: Sequence[Mapping[str, float]], place: Placement) -> dict[str, Tensor]:
    return {key: _put([[row[key]] for row in rows], place) for key in rows[0]}


def _put(numbers: Sequence[Sequence[float]], place: Placement) -> Tensor:
    return torch.tensor(numbers, dtype=place.dtype).to(place.device)


def _hyper_of(run: LaneRun) -> dict[str, float]:
    parameters = parameters_of(run)
    return parameters | OPTIMIZERS[run.lane.training.optimizer.name].derive(parameters)


def terms_of(settings: RegularizationSettings) -> dict[str, float]:
    """Return the strengths of the regularizers in use, by the names of ``TERMS``; angles in radians."""
    terms = {
        L1_UPDATES[settings.l1_update].strength: settings.l1,
        **{key: getattr(settings, key) for key in PLAIN},
        "scale": settings.augmentation.scale,
        "shear": settings.augmentation.shear,
        "rotate": radians(settings.augmentation.rotate),
        "shift": settings.augmentation.shift,
    }
    if settings.max_norm is not None:
        terms["max_norm"] = settings.max_norm
    clipping = settings.gradient_clipping
    if clipping is not None:
        terms[CLIPPING_KINDS[clipping.kind].strength] = clipping.threshold
    return terms


def moves_points(settings: RegularizationSettings) -> bool:
    """Whether data augmentation, input noise or mixup moves the training points of a lane."""
    terms = terms_of(settings)
    return any(terms[key] for key in STRENGTHS)


def rate_of(run: LaneRun) -> Rate:
    """Return the learning rate of a run, with its schedule and its reductions on plateaus so far."""
    training = run.lane.training
    return Rate(training.learning_rate, training.schedule, run.progress.plateau.reductions)


def is_scheduled(runs: Sequence[LaneRun]) -> bool:
    """Whether any run has a schedule for its learning rate."""
    return not all(rate_of(run).is_constant for run in runs)


def parameters_of(run: LaneRun) -> dict[str, float]:
    """Return the optimizer's parameters of a run, with the learning rate."""
    training = run.lane.training
    return {"learning_rate": training.learning_rate, **training.optimizer.parameters}


def optimizer_parameters(runs: Sequence[LaneRun]) -> dict[str, Floats]:
    """Return the optimizer's parameters of several runs [lanes, 1], with the learning rates."""
    rows = [parameters_of(run) for run in runs]
    return {key: np.array([[row[key]] for row in rows]) for key in rows[0]}
