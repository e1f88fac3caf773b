"""Gradient clipping: limits the size of gradients, against exploding gradients (Pascanu et al. 2013)."""

from __future__ import annotations

from torch import Tensor

EPS = 1e-6
"""Added to the norm, as in ``torch.nn.utils.clip_grad_norm_``."""


def clip(gradient: Tensor, norm: Tensor | None, value: Tensor | None) -> None:
    """Clip gradients [lanes, parameters] in place.

    Parameters
    ----------
    gradient
        Changed in place.
    norm
        Largest L2 norm over all parameters of a lane [lanes, 1]: a longer gradient is scaled down.
    value
        Largest absolute value of each element [lanes, 1].
        For both, infinity clips nothing, and None skips the computation.
    """
    if norm is not None:
        length = gradient.square().sum(1, keepdim=True).sqrt_()
        gradient.mul_((norm / length.add_(EPS)).clamp_(max=1.0))
    if value is not None:
        gradient.copy_(gradient.clamp(-value, value))
