"""What is said of the difference between two repeated lanes, and which seeds it is about."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest

from engine.experiment import default_experiment, edit_many
from engine.experiment.lanes import with_duplicate
from engine.experiment.repeats import members
from engine.observation.paired import NEEDS_SCIPY, compare_groups
from engine.observation.seeds import Seeds
from engine.observation.verdict import Group, OneSeed, group_of, pair_to_compare, verdict_on
from tests.engine.observation.test_seeds import SMALL, snapshot_of, trained

LOSS = ("cross_entropy",)


def group(name: str, test_loss: list[float], first_seed: int = 0, epoch: int = 40) -> Group:
    seeds = tuple(
        OneSeed(first_seed + index, epoch, False, (0.1, 0.2, value), (0.9, 0.8, 1.0 - value))
        for index, value in enumerate(test_loss)
    )
    return Group(name, LOSS, seeds)


def with_seed(of: Group, index: int, **changes: object) -> Group:
    seeds = list(of.seeds)
    seeds[index] = seeds[index]._replace(**changes)
    return replace(of, seeds=tuple(seeds))


A = group("A", [0.30, 0.31, 0.32, 0.33, 0.34, 0.35, 0.36, 0.37])
B = group("B", [0.20, 0.22, 0.21, 0.24, 0.23, 0.26, 0.25, 0.28])


def test_loss_and_accuracy_are_compared_by_seed_on_the_test_points() -> None:
    a, b = (np.array([one.loss[2] for one in of.seeds]) for of in (A, B))
    loss = compare_groups("A", a, "B", b, "test loss", lower_is_better=True)
    accuracy = compare_groups(
        "A",
        100 * (1 - a),
        "B",
        100 * (1 - b),
        "test accuracy",
        lower_is_better=False,
        unit="percentage points",
        tested=False,
    )
    said = verdict_on(A, B, "classification")
    assert said == f"{loss.sentence} {accuracy.sentence} Compared at epoch 40."
    assert "Test accuracy is higher with “B” than with “A” by 9.50 percentage points (95 % interval" in said
    assert "Test R² is higher with “B” than with “A” by 0.095" in verdict_on(A, B, "curve")


def test_the_validation_points_stand_in_for_test_points() -> None:
    def without_test(of: Group) -> Group:
        seeds = (one._replace(loss=(0.1, one.loss[2], nan), score=(1.0, 0.5, nan)) for one in of.seeds)
        return replace(of, seeds=tuple(seeds))

    said = verdict_on(without_test(A), without_test(B), "classification")
    assert "validation loss is lower with “B” than with “A”" in said
    assert "validation accuracy" in said
    neither = [
        replace(of, seeds=tuple(one._replace(loss=(0.1, nan, nan)) for one in of.seeds)) for of in (A, B)
    ]
    assert (
        verdict_on(*neither, "classification") == "No verdict: there are neither test nor validation points."
    )


def test_seeds_are_matched_by_their_numbers_and_those_of_one_lane_alone_are_named() -> None:
    later = group("B", [0.2] * 8, first_seed=2)
    said = verdict_on(A, later, "classification")
    differences = np.array([0.2 - value for value in (0.32, 0.33, 0.34, 0.35, 0.36, 0.37)])
    assert f"by {-np.median(differences):.3f} (" in said
    assert "over 6 seeds" in said
    assert " Not compared, because only one of the two has them: seeds 0, 1, 8, 9. Compared at" in said


def test_seeds_that_diverged_are_named_and_count_as_none_whatever_their_last_numbers() -> None:
    a = with_seed(A, 3, diverged=True, loss=(1e30, 1e30, 1e30))
    b = with_seed(with_seed(B, 3, diverged=True), 5, diverged=True, loss=(inf, inf, inf))
    said = verdict_on(a, b, "classification")
    assert "over 6 seeds" in said
    assert (
        " Diverged: 1 of 8 seeds of “A” and 2 of 8 seeds of “B”. "
        "Left out: seed 3 (diverged in “A” and “B”), seed 5 (diverged in “B”)."
    ) in said
    for index in range(4):
        b = with_seed(b, index, diverged=True)
    few = verdict_on(a, b, "classification")
    assert few.count("No verdict") == 1
    assert "it takes 5 seeds of each, and there are 3 seeds of each." in few


def test_a_lane_of_which_more_seeds_diverged_is_not_called_better() -> None:
    more = with_seed(B, 5, diverged=True)
    said = verdict_on(A, more, "classification")
    assert said.startswith("No verdict, because more seeds of “B” diverged and do not count: ")
    assert "ore than the spread" not in said
    # A is worse, although what is worst in it is left out.
    said = verdict_on(with_seed(A, 5, diverged=True), B, "classification")
    assert said.startswith("More than the spread: ")
    assert "Diverged: 1 of 8 seeds of “A” and 0 of 8 seeds of “B”." in said
    both = verdict_on(with_seed(A, 2, diverged=True), more, "classification")
    assert "test loss is lower with “B” than with “A”" in both
    assert "No verdict" not in both, "as many of each"


def test_one_value_is_tested_and_the_other_only_reported() -> None:
    said = verdict_on(A, B, "classification")
    assert said.count("Wilcoxon") == 1
    assert said.index("test loss") < said.index("Wilcoxon") < said.index("Test accuracy")
    assert "over 8 seeds; not tested." in said


def test_losses_of_another_kind_are_not_compared() -> None:
    other = replace(B, loss=("squared",))
    said = verdict_on(A, other, "classification")
    assert "test loss" not in said
    assert "test accuracy is higher" in said, "then the verdict is on it"
    assert said.count("Wilcoxon") == 1, "then the score is what is tested"
    assert "Their losses are not compared, because they measure different things (Cross-entropy and" in said


def test_the_sentence_says_when_it_was() -> None:
    later = group("B", [0.2] * 8, epoch=1200)
    assert verdict_on(A, later, "classification").endswith(" Compared: “A” at epoch 40, “B” at epoch 1,200.")


def test_without_scipy_one_sentence_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "scipy.stats", None)
    assert verdict_on(A, B, "classification") == f"{NEEDS_SCIPY} Compared at epoch 40."


def test_groups_are_the_networks_of_repeated_lanes_by_their_seeds() -> None:
    experiment, _ = with_duplicate(edit_many(default_experiment(), SMALL | {"lanes.0.seed": 3}), 0)
    experiment = edit_many(experiment, {"lanes.1.repeats": 4})
    whole = snapshot_of(trained(experiment))
    first, second = Seeds().grouped(whole, experiment).lanes
    found = group_of(first, experiment.lanes[0], members(experiment)[0])
    assert found is not None
    assert [one.seed for one in found.seeds] == [3, 4, 5, 6, 7]
    assert [one.loss for one in found.seeds] == [tuple(lane.now.loss) for lane in whole.lanes[:5]]
    assert (found.name, found.epoch) == ("A", 4)
    assert group_of(second, experiment.lanes[1], members(experiment)[1]) is None, "there are only four"


@pytest.mark.parametrize(
    ("repeats", "current", "pair"),
    [([5, 5], 0, (0, 1)), ([5, 5, 8], 2, (0, 2)), ([1, 5, 8], 0, (1, 2)), ([5, 4], 1, None), ([20], 0, None)],
)
def test_the_current_lane_is_compared_with_the_first_that_has_seeds(
    repeats: list[int], current: int, pair: tuple[int, int] | None
) -> None:
    assert pair_to_compare(repeats, current) == pair
