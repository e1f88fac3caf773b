"""Lanes that stand for several networks."""

from __future__ import annotations

import msgspec
import pytest

from engine.experiment import Experiment, ExperimentError, Lane, default_experiment, edit, edit_many, validate
from engine.experiment.lane_looks import trained_part
from engine.experiment.memory import estimate
from engine.experiment.repeats import SEEDS, expanded, first_members, members


def of(*lanes: Lane) -> Experiment:
    return msgspec.structs.replace(default_experiment(), lanes=lanes)


def test_an_experiment_without_repeats_is_what_is_trained() -> None:
    plain = default_experiment()
    assert expanded(plain) is plain
    assert trained_part(plain) is plain


def test_networks_follow_one_another_with_seeds_and_names_of_their_own() -> None:
    experiment = of(Lane(repeats=3, seed=SEEDS - 2), Lane(name="A (seed 0)", repeats=2), Lane(name="C"))
    assert validate(experiment) is experiment
    names = [lane.name for lane in expanded(experiment).lanes]
    assert names == ["A", f"A (seed {SEEDS - 1})", "A (seed 0, 2)", "A (seed 0)", "A (seed 0) (seed 1)", "C"]
    assert [lane.seed for lane in expanded(experiment).lanes] == [SEEDS - 2, SEEDS - 1, 0, 0, 1, 0]
    assert first_members(experiment) == (0, 3, 5)
    assert validate(expanded(experiment)).lanes[1].repeats == 1


def test_long_names_are_cut_before_the_seed() -> None:
    long = "n" * 40
    (group,) = members(of(Lane(name=long, repeats=3)))
    assert [len(lane.name) for lane in group] == [40, 40, 40]
    assert len({lane.name for lane in group}) == 3
    validate(expanded(of(Lane(name=long, repeats=3))))


def test_more_networks_than_there_is_room_for_are_refused() -> None:
    experiment = of(*(Lane(name=name, repeats=20) for name in "ABC"))
    assert validate(experiment) is experiment
    with pytest.raises(ExperimentError, match=r"lanes\.5\.repeats: .* are 73 networks; there is room for 72"):
        validate(of(Lane(), Lane(name="B", repeats=20), *(Lane(name=name, repeats=13) for name in "CDEF")))
    with pytest.raises(ExperimentError, match=r"lanes\.0\.repeats"):
        edit(experiment, "lanes.0.repeats", 21)


def test_the_memory_of_all_networks_counts() -> None:
    big = edit_many(default_experiment(), {"lanes.0.network.hidden": [512] * 9})
    one, few = estimate(big), estimate(edit(big, "lanes.0.repeats", 10))
    assert few > 5 * (one - 30_000_000)
