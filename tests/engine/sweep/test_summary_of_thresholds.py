"""A summary of the epochs to a threshold: lanes that never reach it are not forgotten."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from engine.observation.sweep_measures import SWEEP_MEASURES
from engine.sweep.summary import best_cells, marginals, summary_json
from tests.engine.observation.test_sweep_table import table

MEASURE = SWEEP_MEASURES["epochs_to_threshold"]
NEVER = np.nan


def results(reached: list[float]) -> Any:
    """Of two cells in a row with three seeds each."""
    made = table(x=2, y=1)
    made.results["epochs_to_threshold"][:] = reached
    return SimpleNamespace(table=made, plan=SimpleNamespace(seeds=3), done=6)


def test_a_cell_of_which_half_never_reaches_it_is_not_the_best() -> None:
    found = best_cells(results([0.0, NEVER, NEVER, 7.0, 9.0, 8.0]), MEASURE)
    assert [(cell.row, cell.value) for cell in found] == [(3, 8.0)]


def test_a_cell_with_one_seed_that_never_reaches_it_is_ranked_by_the_others() -> None:
    found = best_cells(results([2.0, NEVER, 4.0, 7.0, 9.0, 8.0]), MEASURE)
    assert [(cell.row, cell.value) for cell in found] == [(0, 4.0), (3, 8.0)]
    best = summary_json(results([2.0, NEVER, 4.0, 7.0, 9.0, 8.0]), MEASURE)["best"]
    assert (best[0]["low"], best[0]["high"]) == (3.0, None)


def test_marginal_effects_count_lanes_that_never_reach_it() -> None:
    first, second = marginals(results([0.0, NEVER, NEVER, 7.0, 9.0, 8.0]), MEASURE, 0)
    assert not np.isfinite(first.median)
    assert (first.lanes, second.median) == (3, 8.0)
