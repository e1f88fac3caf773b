"""Kinds of gradient clipping: limits of the size of gradients, against exploding ones (Pascanu et al. 2013)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.catalogue.code import Code
from engine.catalogue.entry import Entry, Family

if TYPE_CHECKING:
    from torch import Tensor

EPS = 1e-6
"""Added to the norm, as in ``torch.nn.utils.clip_grad_norm_``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClippingKind(Entry):
    """A kind of gradient clipping.

    Attributes
    ----------
    clip : callable
        ``clip(gradient, threshold)`` changes gradients [lanes, parameters] in place. ``threshold`` [lanes, 1] is
        infinite in lanes that clip in another way or not at all: there nothing changes.
    limits_norm : bool
        Whether the threshold is the largest norm of the whole gradient. Plots of norms show it as a line.

    Its ``code`` is a statement in PyTorch and an argument of the optimizer in Keras, with ``{threshold}``.
    """

    clip: Callable[[Tensor, Tensor], object]
    limits_norm: bool = False

    @property
    def strength(self) -> str:
        """The name of its threshold among the terms of a step."""
        return f"clip_{self.key}"


def _clip_norm(gradient: Tensor, threshold: Tensor) -> None:
    length = gradient.square().sum(1, keepdim=True).sqrt_()
    gradient.mul_((threshold / length.add_(EPS)).clamp_(max=1.0))


def _clip_value(gradient: Tensor, threshold: Tensor) -> None:
    gradient.copy_(gradient.clamp(-threshold, threshold))


CLIPPING_KINDS: Family[ClippingKind] = Family(
    "kind of clipping",
    [
        ClippingKind(
            key="norm",
            label="Norm",
            formula="g ← g · min(1, threshold / ‖g‖₂)",
            tooltip="Shorten the gradient of the whole network where it is too long; its direction stays.",
            clip=_clip_norm,
            limits_norm=True,
            code=Code(
                torch="nn.utils.clip_grad_norm_(model.parameters(), {threshold})",
                keras="global_clipnorm={threshold}",
            ),
        ),
        ClippingKind(
            key="value",
            label="Value",
            formula="gᵢ ← min(max(gᵢ, −threshold), threshold)",
            tooltip="Cut back each element separately; the direction may change.",
            clip=_clip_value,
            code=Code(
                torch="nn.utils.clip_grad_value_(model.parameters(), {threshold})",
                keras="clipvalue={threshold}",
            ),
        ),
    ],
)
