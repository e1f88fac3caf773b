"""Ways in which training follows the L1 term of the cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.catalogue.code import Code
from engine.catalogue.entry import Entry, Family

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class L1Update(Entry):
    """A way in which training follows the L1 term.

    Attributes
    ----------
    shrink : callable or None
        ``shrink(weights, reach, strength)`` changes weights [lanes, weights] in place after the optimizer's step,
        whose gradient is then without the L1 term. ``reach`` [lanes, 1 or weights] is the optimizer's effective
        learning rate of each weight; ``strength`` λ₁ [lanes, 1] is 0 in lanes with another update: there nothing
        changes. None where the step follows the subgradient λ₁·sign(W).

    Its ``code`` shrinks a ``weight`` after the step, with ``{l1}`` and its ``reach``.
    """

    shrink: Callable[[Tensor, Tensor, Tensor], object] | None

    @property
    def strength(self) -> str:
        """The name of its λ₁ among the terms of a step."""
        return f"l1_{self.key}"


def soft_threshold(weights: Tensor, reach: Tensor, strength: Tensor) -> None:
    """Apply W ← sign(W)·max(|W| − r·λ₁, 0) in place, the proximal step of λ₁·Σ|W| (Parikh & Boyd 2014, 6.5.2).

    It makes exact zeros; a weight at zero moves again as soon as its gradient exceeds λ₁.

    Parameters
    ----------
    weights : Tensor [lanes, weights]
        Changed in place.
    reach : Tensor [lanes, 1 or weights]
        r, the optimizer's effective learning rate of each weight; with it, the fixed point minimizes the cost (Duchi
        et al. 2011, section 5).
    strength : Tensor [lanes, 1]
        λ₁.
    """
    threshold = reach * strength
    weights.sub_(weights.clamp(-threshold, threshold))


L1_UPDATES: Family[L1Update] = Family(
    "update",
    [
        L1Update(
            key="subgradient",
            label="Subgradient",
            formula="∂/∂W λ₁|W| = λ₁·sign(W)",
            tooltip="Follow the slope of the penalty: weights come close to zero and oscillate around it.",
            shrink=None,
        ),
        L1Update(
            key="proximal",
            label="Proximal",
            formula="W ← sign(W)·max(|W| − r·λ₁, 0), r the rate that the optimizer gives the weight (η with SGD)",
            tooltip="After each step, move every weight this far towards zero: small ones become exactly zero.",
            shrink=soft_threshold,
            code=Code(torch="weight -= weight.clamp(-reach * {l1}, reach * {l1})"),
        ),
    ],
)
