"""Dropout masks: in each step, ignore a random share of the neurons (Srivastava et al. 2014, inverted scaling)."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from engine.experiment.settings import Lane


def dropout_rates(lane: Lane) -> list[float]:
    """Return the dropout rate of the inputs and of each hidden layer.

    Parameters
    ----------
    lane
        ``dropout.rates`` of its settings, where given, replace ``rate`` and ``layers``.

    Returns
    -------
    list of float [1 + hidden layers]
        From 0 to below 1; 0 where nothing is dropped. The inputs come first.

    Examples
    --------
    >>> from engine.experiment import DropoutSettings, Lane, NetworkSettings, RegularizationSettings
    >>> dropout = RegularizationSettings(dropout=DropoutSettings(rate=0.5, layers="last"))
    >>> dropout_rates(Lane(network=NetworkSettings(hidden=(8, 8)), regularization=dropout))
    [0.0, 0.0, 0.5]
    """
    settings, depth = lane.regularization.dropout, len(lane.network.hidden)
    if settings.rates is not None:
        return [settings.input_rate, *settings.rates]
    if settings.layers == "last":
        chosen: set[int] = {depth}
    elif settings.layers == "all":
        chosen = set(range(1, depth + 1))
    else:
        chosen = set(settings.layers)
    return [settings.input_rate] + [
        settings.rate if layer in chosen else 0.0 for layer in range(1, depth + 1)
    ]


def draw_masks(rates: Sequence[Tensor | None], widths: Sequence[int], uniform: Tensor) -> list[Tensor | None]:
    """Random masks that multiply the inputs and the activations of hidden layers.

    All lanes share one set of uniform numbers, so that a difference between lanes comes from their rates alone. There
    are some for every layer, so that they do not depend on the layers in which other lanes drop something.

    Parameters
    ----------
    rates
        The rates p of the inputs and of each hidden layer, [lanes, 1, 1]; None where no lane drops anything.
    widths
        Neurons from the input features to the outputs, [L + 1].
    uniform : Tensor [batch, droppable(widths)]
        Uniform numbers in [0, 1) of each point of the batch.

    Returns
    -------
    list
        Masks [lanes, batch, width]: 0, or 1 / (1 − p) with probability 1 − p. None where the rate is None.
    """
    return [
        None if rate is None else (drawn >= rate) / (1.0 - rate)
        for rate, drawn in zip(rates, uniform.split(widths[:-1], 1), strict=True)
    ]


def droppable(widths: Sequence[int]) -> int:
    """Return how many inputs and neurons there are that dropout may ignore.

    Parameters
    ----------
    widths
        Neurons from the input features to the outputs, [L + 1].

    Returns
    -------
    int
        All but the outputs.
    """
    return sum(widths[:-1])
