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
        lanes = watch.lanes if busy else None
        # All networks of a sweep have their layers measured in some epochs anyway, and take long.
        trainer.measure(lanes)
        # What is finer of a lane comes later and stays.
        asked = [(watch.wide, watch.wide_of), (watch.requests, watch.lanes), (watch.more, watch.of)]
        observed: dict[str, Observed] = {}
        self._observe(trainer, [(_on_grid(some, False), lanes) for some, lanes in asked], observed)
        grids = [(_on_grid(some, True), lanes) for some, lanes in asked]
        if any(some for some, _ in grids):
            between = time.perf_counter()
            self._observe(
                trainer, [(self._coarser(some) if busy else some, lanes) for some, lanes in grids], observed
            )
            if busy:
                self._grid_size.note(between - start, time.perf_counter() - between)
        return observed

    @staticmethod
    def _observe(
        trainer: Trainer,
        asked: Sequence[tuple[Sequence[Request], Sequence[int] | None]],
        observed: dict[str, Observed],
    ) -> None:
        """Add what is asked of each group of lanes to what was observed of them."""
        for requests, lanes in asked:
            if requests:
                for name, found in trainer.observer.observe(requests, lanes).items():
                    observed[name] = observed.get(name, Observed()) | found

    def _coarser(self, requests: Sequence[Request]) -> list[Request]:
        return [replace(request, options=self._coarser_grid(request.options)) for request in requests]

    def _coarser_grid(self, grid: object) -> Grid:
        assert isinstance(grid, Grid)
        return replace(grid, size=self._grid_size.of(grid.size))


def _on_grid(requests: Sequence[Request], on_grid: bool) -> list[Request]:
    """Those that are computed on a grid, or the others."""
    return [request for request in requests if (OBSERVABLES[request.key].cost == "grid") == on_grid]
