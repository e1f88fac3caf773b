"""Gradient clipping: no update further than a threshold allows, against exploding gradients (Pascanu et al. 2013)."""

from __future__ import annotations

from torch import Tensor

EPS = 1e-6
"""Added to the norm, as in ``torch.nn.utils.clip_grad_norm_``."""


def clip(gradient: Tensor, norm: Tensor | None, value: Tensor | None) -> None:
    """Clip gradients [lanes, parameters] in place, with thresholds [lanes, 1]; infinity clips nothing, None leaves out.

    By ``norm``: shortened to that length where they are longer, over all parameters of a lane. By ``value``: each
    element to at most that size.
    """
    if norm is not None:
        length = gradient.square().sum(1, keepdim=True).sqrt_()
        gradient.mul_((norm / length.add_(EPS)).clamp_(max=1.0))
    if value is not None:
        gradient.copy_(gradient.clamp(-value, value))
