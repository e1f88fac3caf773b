"""A small part of the table of docs/diagnosis.md, as statistics over twenty seeds.

``python -m tests.cures`` tries all of it.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.cures.situations import situations
from tests.cures.trial import Outcome, Trial

SEEDS = range(20)
FEW = {
    "linear on xor": "Switch to tanh",
    "diverging line": "Restart at rate 0.2",
    "rotation of xor": "Switch off rotate",
}
"""Situations that are quickly tried, and the cure that is offered first."""


@pytest.mark.slow
@pytest.mark.parametrize(("name", "label"), FEW.items())
def test_the_first_cure_helps_from_the_moment_of_the_finding_and_from_the_start(
    name: str, label: str
) -> None:
    situation = next(one for one in situations() if one.name == name)
    trial = Trial(situation, SEEDS)
    (first,) = trial.run(most=1)
    assert sum(one is not None for one in trial.found) >= 18
    assert (first.label, first.place) == (label, 0)
    for after in (first.continued, first.from_start):
        assert first.helped(after) >= 0.8
        assert first.middle(after) < min(first.middle(first.at_finding), first.middle(first.untreated))


def test_a_share_counts_those_that_end_better_than_when_found_and_than_left_alone() -> None:
    situation = situations()[0]
    found, alone = np.array([1.0, 1.0, 1.0, np.nan]), np.array([2.0, 0.5, np.inf, np.nan])
    after = np.array([0.9, 0.7, 0.1, np.nan])
    one = Outcome(situation, "A cure", 0, found, alone, after, np.full(4, np.nan))
    assert one.offered == 3
    assert one.helped(after) == pytest.approx(2 / 3)
    assert one.middle(after) == 0.7
    assert one.helped(one.from_start) == 0.0, "what has no number has not helped"
