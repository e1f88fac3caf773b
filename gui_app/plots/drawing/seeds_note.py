"""What a legend says of lanes that are repeated with several seeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.catalogue.texts import counted
from gui_app.plots.drawing.legend import LegendEntry


def seeds_notes(counts: Iterable[int], what: str) -> Iterator[LegendEntry]:
    """Yield a note that ``what`` is drawn of the seeds of repeated lanes; none without such a lane.

    ``counts``: how many seeds each lane has, 0 for a lane that is not repeated.
    """
    seeds = sorted(set(filter(None, counts)))
    if seeds:
        many = counted(seeds[0], "seed") if len(seeds) == 1 else "seeds"
        yield LegendEntry(f"{what} of {many}", "note", (), short=many)
