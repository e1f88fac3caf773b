"""What lanes that are compared do not share besides their settings' effect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.experiment.settings import Lane
from engine.observation.snapshot import LaneSnapshot


def not_shared(lanes: Sequence[LaneSnapshot], settings: Sequence[Lane]) -> str:
    """Say which causes of a difference between lanes are no setting under study: seed, epoch, order of the data.

    Parameters
    ----------
    lanes
        The lanes that are compared.
    settings
        Of the same lanes.

    Returns
    -------
    str
        A clause; "" where all of them have the same seed, have trained as many epochs and take batches of one size.

    Examples
    --------
    >>> not_shared([], [Lane(), Lane(name="B", seed=1)])
    'Lanes do not share the seed'
    """
    differ = [
        name
        for name, values in (
            ("seed", (lane.seed for lane in settings)),
            ("epoch", (lane.now.epoch for lane in lanes)),
            ("batch size", (lane.training.batch_size for lane in settings)),
        )
        if _differ(values)
    ]
    if not differ:
        return ""
    *first, last = differ
    named = f"{', '.join(first)} and {last}" if first else f"the {last}"
    return f"Lanes do not share {named}"


def _differ(values: Iterable[int]) -> bool:
    return len(set(values)) > 1
