"""Changes of weights other than along the gradient: decoupled weight decay, the proximal step of L1, max-norm."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor


def decay_weights(weights: Tensor, rate: Tensor, decay: Tensor) -> None:
    """Apply W ← (1 − η·λ)·W before the optimizer's step (Loshchilov & Hutter 2017).

    W [lanes, weights]; η and λ [lanes, 1].
    """
    weights.addcmul_(weights, rate * decay, value=-1.0)


def shrink_weights(weights: Tensor, reach: Tensor, strength: Tensor) -> None:
    """Apply W ← sign(W)·max(|W| − r·λ₁, 0), the proximal step of λ₁·Σ|W| (Parikh & Boyd 2014, section 6.5.2).

    It makes exact zeros; a weight at zero moves again as soon as its gradient exceeds λ₁. r [lanes, 1 or weights] is
    the optimizer's effective learning rate of each weight; with it, the fixed point minimizes the cost (Duchi et al.
    2011, section 5). Other shapes as in ``decay_weights``.
    """
    threshold = reach * strength
    weights.sub_(weights.clamp(-threshold, threshold))


def limit_norms(weights: Sequence[Tensor], limit: Tensor) -> None:
    """Scale each neuron's incoming weights so that their L2 norm is at most ``limit`` [lanes, 1] (Srivastava 2014).

    ``weights`` are views [lanes, in, out], one for each hidden layer; infinity limits nothing.
    """
    for weight in weights:
        norms = weight.square().sum(1, keepdim=True).sqrt_()
        weight.mul_((limit[:, None] / norms).clamp_(max=1.0))
