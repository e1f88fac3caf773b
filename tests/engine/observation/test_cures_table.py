"""The table of docs/diagnosis.md: complete, and no cure in it that made things worse."""

from __future__ import annotations

import re

import numpy as np
import pytest
from numpy.typing import ArrayLike

from engine.experiment import Experiment
from engine.observation.diagnosis import RULES
from engine.observation.diagnosis.cures import usable
from tests.cures.situations import Situation, situations
from tests.cures.table import BEGIN, END, PLACE
from tests.engine.observation.diagnosed_runs import SICK
from tests.engine.observation.made_up import case, history


def rows() -> list[list[str]]:
    """Cells of the table in the documentation."""
    text = PLACE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    lines = [line for line in text.splitlines() if re.match(r"\| (?!situation|---)", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def number(cell: str) -> float:
    return np.inf if cell == "diverges" else float(cell)


def test_the_table_has_every_finding_with_cures_in_enough_situations() -> None:
    assert {row[0] for row in rows()} == {one.name for one in situations()}
    assert len({row[0] for row in rows()}) >= 12


def test_no_cure_of_the_table_made_the_median_worse() -> None:
    """Against what comes of the situation when it is left alone: neither from the start nor when applied later."""
    for name, label, _, alone, continued, start, *_ in rows():
        assert max(number(continued), number(start)) <= number(alone), (name, label)


LEAST = 0.01
"""By such a share of the loss that is left alone a cure moves the median, or it is none."""
STOPS_AGAIN = ("patience of 2", "Patience 50")
"""What was stopped and then ends at the same median with either patience; going on without a stop comes before it."""


def test_every_cure_of_the_table_moved_the_median() -> None:
    for name, label, _, alone, continued, start, *_ in rows():
        if (name, label) != STOPS_AGAIN:
            best = min(number(continued), number(start))
            assert best <= (1.0 - LEAST) * number(alone), (name, label)


def test_the_first_cure_helped_on_most_seeds() -> None:
    first: dict[str, list[str]] = {}
    for row in rows():
        first.setdefault(row[0], row)
    for name, row in first.items():
        shares = [float(cell.removesuffix(" %")) for cell in row[6:]]
        assert max(shares) >= 80, (name, row)


BESIDE = {("overfitting", "Add dropout N")}
"""In regression; the page tells beside the table what it does."""


def kind(label: str) -> str:
    """What a button says, whatever its numbers."""
    return re.sub(r"\d[\d,.]*", "N", label)


def offered(code: str, settings: Experiment, **probes: ArrayLike) -> list[str]:
    """Labels of what a finding's rule offers today to somebody with these settings, in its order."""
    layers = len(settings.lanes[0].network.hidden) + 1
    seen = case(settings, history(np.full(100, 0.69), score=0.53, layers=layers, probes=probes))
    return [one.label for one in usable(RULES[code].cures(seen), seen)]


def test_every_cure_that_is_offered_to_a_sick_run_has_a_row() -> None:
    """Of the same finding; residual connections are offered around ReLU, where they help, not around sigmoids."""
    codes = {one.name: one.code for one in situations()}
    tried = {(codes[name], kind(label)) for name, label, *_ in rows()}
    for run in SICK:
        labels = {(code, kind(label)) for code in run.codes for label in offered(code, run.experiment)}
        assert labels <= tried | BESIDE, run.name


SHRUNK = {"weight_norm": np.geomspace(2.0, 0.01, 100)[:, None]}
TINY_STEPS = {"update_ratio": 1e-6}
SEEN: dict[str, dict[str, ArrayLike]] = {
    "L2 of 1": SHRUNK,
    "AdamW that decays by 10": SHRUNK,
    "rate 1e-5": TINY_STEPS,
    "rate 1e-6 on a curve": TINY_STEPS,
}
"""What a cure hangs on besides the settings."""


@pytest.mark.parametrize("situation", situations(), ids=lambda one: one.name)
def test_a_situations_rows_are_the_cures_that_are_offered_there(situation: Situation) -> None:
    """All of them, none else, in the order and with the very words of the buttons."""
    told = [label for name, label, *_ in rows() if name == situation.name]
    assert offered(situation.code, situation.experiment, **SEEN.get(situation.name, {})) == told
