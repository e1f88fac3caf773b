"""What is computed for a snapshot because somebody watches, and how finely while training runs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.observation.observables import OBSERVABLES, Grid, Request
from engine.observation.snapshot import Observed
from engine.service.budget import GridSize
from engine.service.messages import Watch
from engine.training.trainer import Trainer


class Watching:
    """Computes what the latest ``Watch`` asks for.

    Parameters
    ----------
    seconds
        The longest time for a snapshot while training runs; grids are made coarser where it takes longer.
    """

    def __init__(self, seconds: float) -> None:
        self.watch = Watch()
        self._grid_size = GridSize(seconds)

    def look(self, trainer: Trainer, busy: bool) -> Mapping[str, Observed]:
        """Measure the lanes, and compute the observables of those that are watched.

        Parameters
        ----------
        trainer
            What is looked at.
        busy
            Whether it trains meanwhile. If not, the layers of all lanes are measured and no grid is coarser.

        Returns
        -------
        mapping
            What was observed of each watched lane, by its name.
        """
        watch, start = self.watch, time.perf_counter()
        trainer.measure(watch.lanes if busy else None)
        grids = [request for request in watch.requests if _cost(request) == "grid"]
        observed = trainer.observer.observe([one for one in watch.requests if one not in grids], watch.lanes)
        if not grids:
            return observed
        between = time.perf_counter()
        on_grids = trainer.observer.observe(self._coarser(grids) if busy else grids, watch.lanes)
        if busy:
            self._grid_size.note(between - start, time.perf_counter() - between)
        return {name: observed[name] | found for name, found in on_grids.items()}

    def _coarser(self, requests: Sequence[Request]) -> list[Request]:
        return [replace(request, options=self._coarser_grid(request.options)) for request in requests]

    def _coarser_grid(self, grid: object) -> Grid:
        assert isinstance(grid, Grid)
        return replace(grid, size=self._grid_size.of(grid.size))


def _cost(request: Request) -> str:
    return OBSERVABLES[request.key].cost
