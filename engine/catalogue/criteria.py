"""Criteria of early stopping: when the validation loss has worsened.

GL, PQ and UP are from Prechelt (1998), "Early stopping – but when?", with E_tr and E_va the training and validation
losses after an epoch and E_opt the lowest E_va so far: GL(t) = 100·(E_va(t) / E_opt(t) − 1); P_k(t) = 1000·(mean of
E_tr / minimum of E_tr over the last k epochs − 1). PQ = GL / P_k and UP look at the ends of strips of k = 5 epochs
only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from engine.catalogue.code import Code
from engine.catalogue.entry import Entry, Family, Parameter
from engine.catalogue.texts import counted, setting_text, value_text

STRIP_LENGTH = 5
"""Epochs in a training strip (Prechelt 1998)."""
Numbers = Mapping[str, float]
"""Values of a criterion's parameters, by key."""

STOPPING_ALPHA = Parameter(
    "alpha",
    "α",
    2.0,
    0.0,
    1e6,
    "Beyond this value training stops.",
    log=True,
    open_low=True,
    slider=(0.1, 100.0),
)
GL_ALPHA = replace(
    STOPPING_ALPHA,
    tooltip="How many percent the validation loss may lie above its lowest so far.",
    typical=(1.0, 5.0),
)
PQ_ALPHA = replace(
    STOPPING_ALPHA,
    tooltip="How large GL (in percent) divided by the progress of training (in per mille) may be.",
    typical=(0.5, 3.0),
)
STRIPS = Parameter(
    "strips",
    "s",
    3,
    1,
    1000,
    "This many strips of 5 epochs in a row must end with a higher validation loss than they began with.",
    integer=True,
    slider=(1, 10),
    typical=(2, 8),
)
PATIENCE = Parameter(
    "patience",
    "Patience",
    50,
    1,
    1_000_000,
    "Epochs without a better validation loss before training stops.",
    integer=True,
    log=True,
    slider=(1, 1000),
)
MIN_DELTA = Parameter(
    "min_delta",
    "Minimum gain",
    0.0,
    0.0,
    1e6,
    "Only a validation loss lower by more than this counts as better.",
    log=True,
    slider=(1e-6, 1.0),
)


class Watched(Protocol):
    """What a criterion sees after an epoch of a run.

    Attributes
    ----------
    epoch, began
        Whole epochs of the run, and those after which early stopping began to count.
    validation
        The validation loss, which may be NaN.
    best_epoch
        The latest epoch whose validation loss was lower than any before by more than ``min_delta``; None if none was.
    lowest_epoch
        The epoch of the lowest validation loss.
    at_strip_end
        Whether the epoch was the last of a strip.
    rises
        Strips in a row at whose ends the validation loss was higher.
    generalization_loss, progress
        GL in percent, and P_k in per mille.
    """

    epoch: int
    began: int
    validation: float
    rises: int

    @property
    def best_epoch(self) -> int | None: ...
    @property
    def lowest_epoch(self) -> int | None: ...
    @property
    def at_strip_end(self) -> bool: ...
    @property
    def generalization_loss(self) -> float: ...
    @property
    def progress(self) -> float: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion(Entry):
    """A criterion of early stopping.

    Attributes
    ----------
    midway
        How it treats earlier epochs if it is switched on during training.
    reason
        ``reason(watch, numbers)`` says in a clause why training should end after an epoch, or returns None where it
        should go on. ``numbers`` are the values of ``parameters``, which are settings of early stopping, with tooltips
        for this criterion. Some epoch had a finite validation loss.

    Its ``code`` is in PyTorch and scikit-learn a condition of ``epoch`` and of the losses in ``training`` and
    ``validation``, which begin with those of epoch 0; ``best_epoch(validation, gain)`` is the latest that was lower by
    more than a gain. No condition divides by a loss, which may be 0. In Keras it is a callback, with
    ``{restore_best}``, and with ``{monitor}``, the argument that names the loss to look at where it is not the usual
    one.
    """

    midway: str
    reason: Callable[[Watched, Numbers], str | None]


def _patience(watch: Watched, numbers: Numbers) -> str | None:
    best = watch.best_epoch
    if best is None or (waited := watch.epoch - (since := max(best, watch.began))) < numbers["patience"]:
        return None
    epochs, goal = counted(waited, "epoch") if waited != 1 else "epoch", _goal(numbers["min_delta"])
    if best < since:
        return (
            f"the validation loss has not {goal or 'beaten'} that of epoch {best:,} in the {epochs} since epoch "
            f"{since:,}, where counting began"
        )
    if goal:
        return f"the validation loss has not {goal} that of epoch {best:,} in the {epochs} since"
    return f"the validation loss has not improved for {'1 ' * (waited == 1)}{epochs} since epoch {best:,}"


def _goal(gain: float) -> str:
    """What a validation loss has to do; empty where any lower loss will do."""
    return f"fallen by more than {setting_text(gain)} below" if gain else ""


def _generalization_loss(watch: Watched, numbers: Numbers) -> str | None:
    loss = watch.generalization_loss
    if not loss > numbers["alpha"]:
        return None
    allowed = setting_text(numbers["alpha"])
    return f"the validation loss is {value_text(loss)} % above {_lowest(watch)}: more than {allowed} %"


def _quotient(watch: Watched, numbers: Numbers) -> str | None:
    loss, progress, alpha = watch.generalization_loss, watch.progress, numbers["alpha"]
    if not watch.at_strip_end or not loss > alpha * progress:
        return None
    quotient = loss / progress if progress else math.inf
    return (
        f"the validation loss is {value_text(loss)} % above {_lowest(watch)}, while training gained "
        f"{value_text(progress)} ‰: a quotient of {value_text(quotient)}, more than {setting_text(numbers['alpha'])}"
    )


def _lowest(watch: Watched) -> str:
    return f"its lowest, of epoch {watch.lowest_epoch:,}"


def _up(watch: Watched, numbers: Numbers) -> str | None:
    if not watch.at_strip_end or watch.rises < numbers["strips"]:
        return None
    strips = "strip" if watch.rises == 1 else counted(watch.rises, "strip")
    return f"the validation loss rose in the last {strips} of {STRIP_LENGTH} epochs"


def _code(condition: str, keras: str = "") -> Code:
    """``condition`` is for scripts that train in a loop of their own."""
    return Code(torch=condition, sklearn=condition, keras=keras)


CRITERIA: Family[Criterion] = Family(
    "criterion",
    [
        Criterion(
            key="patience",
            label="Patience",
            formula="no E_va below its best − gain for patience epochs",
            tooltip="Stop when the validation loss has not improved for as many epochs as the patience says.",
            parameters=(PATIENCE, MIN_DELTA),
            midway="If switched on during training, it compares with the best epoch so far and counts from then on.",
            reason=_patience,
            code=_code(
                "epoch - best_epoch(validation, {min_delta}) >= {patience}",
                keras="keras.callbacks.EarlyStopping({monitor}patience={patience}, min_delta={min_delta}, "
                "restore_best_weights={restore_best})",
            ),
        ),
        Criterion(
            key="generalization_loss",
            label="Loss above its best (GL)",
            formula="GL(t) = 100·(E_va(t) / E_opt(t) − 1) > α",
            tooltip="Stop when the validation loss lies more than α percent above its lowest so far (Prechelt 1998).",
            parameters=(GL_ALPHA,),
            midway="If switched on during training, it compares with the lowest loss so far and may stop at once.",
            reason=_generalization_loss,
            code=_code("100 * (validation[-1] - min(validation)) > {alpha} * min(validation)"),
        ),
        Criterion(
            key="quotient",
            label="Loss against progress (PQ)",
            formula="GL(t) / P₅(t) > α, P₅(t) = 1000·(mean of E_tr / min of E_tr over the strip − 1)",
            tooltip="Stop when GL (percent above the lowest validation loss) divided by the progress of training "
            "exceeds α, at the end of a strip of 5 epochs. Progress: by how many per mille the strip's mean "
            "training loss lies above its lowest (Prechelt 1998).",
            parameters=(PQ_ALPHA,),
            midway="If switched on during training, it compares with the lowest loss so far; strips start then.",
            reason=_quotient,
            code=_code(
                "epoch % 5 == 0 and (\n"
                "    100 * (validation[-1] - min(validation)) * min(training[-5:])\n"
                "    > {alpha} * 1000 * (sum(training[-5:]) / 5 - min(training[-5:])) * min(validation)\n)"
            ),
        ),
        Criterion(
            key="up",
            label="Rising loss (UP)",
            formula="E_va(t) > E_va(t − 5) at the ends of s strips of 5 epochs in a row",
            tooltip="Stop when the validation loss has risen over s strips of 5 epochs in a row (Prechelt 1998).",
            parameters=(STRIPS,),
            midway="If switched on during training, strips start then and earlier losses do not count.",
            reason=_up,
            code=_code(
                "epoch % 5 == 0 and epoch >= 5 * {strips} and all(\n"
                "    validation[epoch - 5 * n] > validation[epoch - 5 * n - 5] for n in range({strips})\n)"
            ),
        ),
    ],
)
