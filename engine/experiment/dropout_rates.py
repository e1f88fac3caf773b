"""In which layers a lane drops neurons, and how many."""

from __future__ import annotations

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
    >>> from engine.experiment import DropoutSettings, NetworkSettings, RegularizationSettings
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
