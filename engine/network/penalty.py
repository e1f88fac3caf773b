"""The regularization term of the cost: λ₁ Σ_l Σ|W_l| + λ₂ Σ_l ΣW_l², weights only."""

from __future__ import annotations

from torch import Tensor


def penalty(weights: Tensor, l1: Tensor | None, l2: Tensor | None) -> Tensor:
    """The penalty of each lane, in the unit of scaled losses.

    Parameters
    ----------
    weights
        Flat weights [lanes, weights].
    l1, l2
        Strengths λ₁ and λ₂ [lanes, 1]; None leaves a term out.

    Returns
    -------
    Tensor
        [lanes]

    Examples
    --------
    >>> import torch
    >>> penalty(torch.tensor([[1.0, -2.0]]), torch.tensor([[0.1]]), torch.tensor([[0.01]]))
    tensor([0.3500])
    """
    terms = [l1 * weights.abs()] if l1 is not None else []
    terms += [l2 * weights.square()] if l2 is not None else []
    return sum(terms[1:], terms[0]).sum(1) if terms else weights.new_zeros(len(weights))


def add_penalty_gradient(gradient: Tensor, weights: Tensor, l1: Tensor | None, l2: Tensor | None) -> None:
    """Add λ₁·sign(W) + 2λ₂·W to a gradient in place.

    Parameters
    ----------
    gradient : Tensor [lanes, weights]
        Of the loss with respect to the weights; it is changed.
    weights : Tensor [lanes, weights]
        Flat weights.
    l1, l2 : Tensor [lanes, 1]
        Strengths λ₁ and λ₂; None leaves a term out.
    """
    if l1 is not None:
        gradient.addcmul_(weights.sign(), l1)
    if l2 is not None:
        gradient.addcmul_(weights, l2, value=2.0)
