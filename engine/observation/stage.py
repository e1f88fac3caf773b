"""At which point of its training a lane is: its epoch, or the best epochs whose weights its networks went back to."""

from __future__ import annotations

from itertools import takewhile
from typing import NamedTuple

from engine.catalogue.texts import counted
from engine.observation.snapshot import LaneSnapshot


class Stage(NamedTuple):
    """Where the networks of a lane are.

    Attributes
    ----------
    epoch
        Of the network that has trained longest.
    best
        The epochs of the best weights that networks have gone back to and not trained since, one for each network that
        has. The epoch count goes on meanwhile.
    networks
        How many there are that did not diverge.
    """

    epoch: int
    best: tuple[int, ...] = ()
    networks: int = 1

    @property
    def is_best(self) -> bool:
        """Whether all networks have their best weights because some went back to them."""
        return bool(self.best) and len(self.best) == self.networks

    @property
    def text(self) -> str:
        """In a few words, as in "best weights (epoch 12)" or "epoch 40"."""
        if not self.best:
            return f"epoch {self.epoch:,}"
        if self.is_best:
            return f"best weights ({self._epochs})"
        some = f"{len(self.best)} of {counted(self.networks, 'seed')}"
        return f"epoch {self.epoch:,}, {some} at best weights ({self._epochs})"

    @property
    def _epochs(self) -> str:
        low, high = min(self.best), max(self.best)
        return f"epoch {low:,}" if low == high else f"epochs {low:,} to {high:,}"


def stage_of(lane: LaneSnapshot) -> Stage:
    """Return where the networks of a lane are.

    Parameters
    ----------
    lane
        At one moment; that of a repeated lane has all its networks.

    Returns
    -------
    Stage
        Where some networks went back, those count with them that had their best weights already.
    """
    networks = [one for one in lane.repeats or (lane,) if one.status != "diverged"]
    epoch = max((one.now.epoch for one in lane.repeats or (lane,)), default=0)
    back = [gone_back_to(one) for one in networks]
    if any(one is not None for one in back):
        back = [_at_best(one) if found is None else found for one, found in zip(networks, back, strict=True)]
    return Stage(epoch, tuple(one for one in back if one is not None), max(len(networks), 1))


def gone_back_to(network: LaneSnapshot) -> int | None:
    """Return the epoch of the best weights that a network went back to.

    Parameters
    ----------
    network
        At one moment.

    Returns
    -------
    int or None
        None if it did not, or if it has trained since, or if data or weights were edited since.
    """
    now = takewhile(lambda mark: mark.until_step == network.now.step, reversed(network.marks))
    newest = next(
        (mark for mark in now if mark.kind in ("restore", "weight", "data") or mark.loss_changed), None
    )
    stop = network.stop
    if newest is not None and (stop is None or newest.order > stop.order):
        return network.best.epoch if newest.kind == "restore" and network.best is not None else None
    if network.status == "stopped" and stop is not None and stop.best_epoch is not None:
        return stop.best_epoch
    return None


def _at_best(network: LaneSnapshot) -> int | None:
    best = network.best
    return best.epoch if best is not None and best.step == network.now.step else None
