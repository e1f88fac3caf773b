"""Changes of weights other than along the gradient: decoupled weight decay and max-norm."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor


def decay_weights(weights: Tensor, rate: Tensor, decay: Tensor) -> None:
    """Apply W ← (1 − η·λ)·W before the optimizer's step (Loshchilov & Hutter 2017).

    W [lanes, weights]; η [lanes, 1] or, where layers have rates of their own, [lanes, weights]; λ [lanes, 1].
    """
    weights.addcmul_(weights, rate * decay, value=-1.0)


def limit_norms(weights: Sequence[Tensor], limit: Tensor) -> None:
    """Scale each neuron's incoming weights so that their L2 norm is at most ``limit`` [lanes, 1] (Srivastava 2014).

    ``weights`` are views [lanes, in, out], one for each hidden layer; infinity limits nothing.
    """
    for weight in weights:
        norms = weight.square().sum(1, keepdim=True).sqrt_()
        weight.mul_((limit[:, None] / norms).clamp_(max=1.0))
