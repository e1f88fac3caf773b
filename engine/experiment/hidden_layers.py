"""What follows other hidden layers: settings that name layers, or have a number for each."""

from __future__ import annotations

from engine.experiment.settings import Lane


def hidden_changes(lane: Lane, hidden: tuple[int, ...]) -> dict[str, object]:
    """Return the edits that give a lane other hidden layers.

    Parameters
    ----------
    lane
        It is not changed.
    hidden
        Neurons of each hidden layer; empty for none.

    Returns
    -------
    dict
        Values by path below the lane. Dropout and normalization forget layers that are gone; a new layer drops as many
        neurons as the last one does, and learns as fast. The output layer keeps its rate.

    Examples
    --------
    >>> hidden_changes(Lane(), (4,))
    {'network.hidden': (4,), 'regularization.dropout.layers': 'last'}
    """
    depth, training = len(hidden), lane.training
    dropout, normalization = lane.regularization.dropout, lane.network.normalization
    changes: dict[str, object] = {
        "network.hidden": hidden,
        "regularization.dropout.layers": _layers_left(dropout.layers, depth) or "last",
    }
    if dropout.rates is not None:
        changes["regularization.dropout.rates"] = _resized(dropout.rates, depth, 0.0)
    if normalization is not None:
        changes["network.normalization.layers"] = _layers_left(normalization.layers, depth) or "all"
    if training.layer_rates is not None:
        *rates, output = training.layer_rates
        changes["training.layer_rates"] = (*_resized(tuple(rates), depth, 1.0), output)
    return changes


def _layers_left(layers: str | tuple[int, ...], depth: int) -> str | tuple[int, ...]:
    return layers if isinstance(layers, str) else tuple(layer for layer in layers if layer <= depth)


def _resized(numbers: tuple[float, ...], count: int, first: float) -> tuple[float, ...]:
    return (*numbers, *(numbers[-1:] or (first,)) * count)[:count]
