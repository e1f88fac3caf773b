"""Which edits of a lane take effect during training, and which start it again from its seed."""

from __future__ import annotations

from engine.experiment.settings import DataSettings, Lane
from engine.network import Layout


def keeps_weights(before: Lane, after: Lane, data: DataSettings) -> bool:
    """Whether a lane goes on with its weights: shape, start and batch size are the same."""
    return (
        before.seed == after.seed
        and before.network == after.network
        and before.training.batch_size == after.training.batch_size
        and Layout.of(before, data) == Layout.of(after, data)
    )


def keeps_optimizer_state(before: Lane, after: Lane) -> bool:
    """Whether momenta and counters still mean something: the optimizer's kind is the same."""
    return before.training.optimizer.name == after.training.optimizer.name


def only_numbers_differ(before: Lane, after: Lane, data: DataSettings) -> bool:
    """Whether the lane goes on with the same weights, the same optimizer's state and the same loss."""
    return (
        before.name == after.name
        and keeps_weights(before, after, data)
        and keeps_optimizer_state(before, after)
        and before.training.loss == after.training.loss
    )
