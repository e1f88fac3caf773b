"""What is said of the difference between two groups of seeds, against scipy and against chance."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from math import inf, isnan, nan

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from engine.observation import paired
from engine.observation.paired import NEEDS_SCIPY, Comparison, compare_groups, pair_by_seed

NUMBER = r"(−?[0-9.]+)"
Draw = Callable[[np.random.Generator, int], np.ndarray]


def compared(differences: np.ndarray, lower_is_better: bool = True) -> Comparison:
    first = np.linspace(0.2, 0.4, len(differences))
    return compare_groups("A", first, "B", first + differences, "test loss", lower_is_better)


@pytest.mark.parametrize("seeds", [6, 10, 20])
@pytest.mark.parametrize("shift", [0.0, 0.3, 1.0])
def test_p_and_interval_are_scipys(seeds: int, shift: float) -> None:
    rng = np.random.default_rng(seeds)
    first = rng.normal(size=seeds)
    second = first + rng.normal(size=seeds) - shift
    found = compare_groups("A", first, "B", second, "test loss", lower_is_better=True)
    differences = second - first
    assert found.p == pytest.approx(scipy.stats.wilcoxon(differences).pvalue, rel=1e-9)
    interval = scipy.stats.bootstrap(
        (differences,), np.median, method="percentile", rng=np.random.default_rng(0)
    ).confidence_interval
    assert (found.low, found.high) == pytest.approx(tuple(interval), abs=1e-9)
    assert found.difference == pytest.approx(np.median(differences), abs=1e-9)
    assert (found.verdict == "no difference") == (found.p >= 0.05)


def test_the_sentence_has_difference_interval_seeds_test_and_verdict() -> None:
    found = compared(np.linspace(-0.021, -0.003, 10))
    assert re.fullmatch(
        rf"More than the spread: test loss is lower with “B” than with “A” by {NUMBER} "
        rf"\(95 % interval {NUMBER} to {NUMBER}\) over 10 seeds; Wilcoxon signed-rank, p = 0\.0020\.",
        found.sentence,
    )
    assert (found.verdict, found.pairs, found.left_out) == ("better", 10, 0)
    assert found.low <= found.difference <= found.high < 0.0


@pytest.mark.parametrize(("sign", "lower", "verdict"), [(-1, True, "better"), (-1, False, "worse")])
def test_what_is_better_depends_on_the_value(sign: int, lower: bool, verdict: str) -> None:
    rises = np.linspace(0.01, 0.03, 8)
    assert compared(sign * rises, lower).verdict == verdict
    assert compared(-sign * rises, lower).verdict == {"better": "worse", "worse": "better"}[verdict]


@pytest.mark.parametrize("seeds", [0, 1, 4])
def test_fewer_than_five_seeds_give_no_verdict(seeds: int) -> None:
    found = compared(np.linspace(-1.0, -0.5, seeds))
    assert (found.verdict, found.pairs) == ("none", seeds)
    assert found.sentence.startswith("No verdict on test loss: it takes 5 seeds of each")
    assert isnan(found.p)


def test_five_seeds_never_show_a_difference_and_the_sentence_says_so() -> None:
    found = compared(np.linspace(-5.0, -4.0, 5))
    assert (found.verdict, found.p) == ("no difference", 0.0625)
    assert found.sentence.startswith("No more than the spread: ")
    assert "p = 0.0625, and no less than 0.0625 with 5 seeds that differ, whatever they say" in found.sentence
    assert found.sentence.endswith(": repeat with 6 seeds or more.")
    assert compared(np.linspace(-5.0, -4.0, 6)).verdict == "better", "as many as are recommended can show one"


def test_seeds_that_diverged_are_left_out_and_the_sentence_says_so() -> None:
    first = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, nan, 0.8])
    second = first - np.array([0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.0, inf])
    found = compare_groups("A", first, "B", second, "test loss", lower_is_better=True)
    assert (found.pairs, found.left_out) == (6, 2)
    assert found.p == pytest.approx(2 / 64)
    assert found.sentence.endswith(" 2 seeds left out, because a network diverged or was not measured.")
    fewer = compare_groups("A", first[2:], "B", second[2:], "test loss", lower_is_better=True)
    assert (fewer.verdict, fewer.pairs, fewer.left_out) == ("none", 4, 2)


def test_what_is_not_tested_has_a_difference_and_an_interval_but_no_verdict() -> None:
    first = np.linspace(0.2, 0.4, 10)
    second = first - np.linspace(0.003, 0.021, 10)
    tested = compare_groups("A", first, "B", second, "test loss", lower_is_better=True)
    found = compare_groups("A", first, "B", second, "test loss", lower_is_better=True, tested=False)
    assert (found.verdict, found.difference, found.low, found.high) == (
        "none",
        tested.difference,
        tested.low,
        tested.high,
    )
    assert isnan(found.p)
    clause = tested.sentence.partition(";")[0].removeprefix("More than the spread: ")
    assert found.sentence == f"T{clause[1:]}; not tested."


@pytest.mark.parametrize("sign", [-1.0, 1.0])
@pytest.mark.parametrize("favoured", ["", "A", "B"])
def test_the_lane_that_leaving_out_seeds_flatters_is_never_better(sign: float, favoured: str) -> None:
    first = np.linspace(0.2, 0.4, 8)
    second = first + sign * np.linspace(0.01, 0.03, 8)
    found = compare_groups("A", first, "B", second, "test loss", lower_is_better=True, favoured=favoured)
    winner = "B" if sign < 0 else "A"
    assert found.p < 0.05
    if winner == favoured:
        assert found.verdict == "none"
        assert found.sentence.startswith(f"No verdict, because more seeds of “{favoured}” diverged")
        assert "ore than the spread" not in found.sentence
    else:
        assert found.verdict == ("better" if winner == "B" else "worse")


def test_seeds_without_a_difference_show_none() -> None:
    same = compared(np.zeros(8))
    assert same.verdict == "no difference"
    assert same.sentence == "No difference: test loss is the same with “B” as with “A” in each of 8 seeds."
    # Five that differ cannot, whatever the others are.
    some = compared(np.array([0.0, 0.0, 0.0, -0.1, -0.2, -0.3, -0.4, -0.5]))
    assert (some.verdict, some.p) == ("no difference", 0.0625)
    assert "over 8 seeds, 3 of them without a difference" in some.sentence


def test_ties_are_counted_over_all_signs_and_rounding_breaks_none() -> None:
    # Accuracies of 20 points: 0.1 + 0.2 is not 0.3 in binary.
    first = np.array([0.7, 0.6, 0.8, 0.5, 0.9, 0.7, 0.65, 0.75])
    second = first + np.array([0.1, 0.1, 0.1, 0.1, 0.05, 0.1, 0.1, -0.05])
    found = compare_groups("A", first, "B", second, "test accuracy", lower_is_better=False)
    ranks = np.array([5.5, 5.5, 5.5, 5.5, 1.5, 5.5, 5.5, 1.5])
    signs = np.array(np.meshgrid(*[[-1.0, 1.0]] * 8)).reshape(8, -1)
    observed = ranks @ np.array([1, 1, 1, 1, 1, 1, 1, -1.0])
    assert found.p == pytest.approx((np.abs(ranks @ signs) >= observed).mean())
    assert found.verdict == "better"


@pytest.mark.parametrize("seeds", [6, 10, 20])
@pytest.mark.parametrize(
    "draw",
    [
        lambda rng, seeds: rng.normal(0.3, 0.05, seeds),
        lambda rng, seeds: rng.lognormal(-1.0, 1.0, seeds),
        lambda rng, seeds: rng.binomial(40, 0.9, seeds) / 40,
        lambda rng, seeds: 0.3 + 0.05 * rng.standard_cauchy(seeds),
    ],
    ids=["normal losses", "skewed losses", "tied accuracies", "outliers"],
)
def test_equal_lanes_are_rarely_told_apart(draw: Draw, seeds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of pairs of groups from the same distribution, at most 7 % are said to differ, at the 5 % level.

    1000 pairs, because 200 would exceed that by chance once in ten times; the interval decides nothing.
    """
    monkeypatch.setattr(paired, "RESAMPLES", 9)
    rng, alarms = np.random.default_rng(seeds), 0
    for _ in range(1000):
        a, b = draw(rng, seeds), draw(rng, seeds)
        alarms += compare_groups("A", a, "B", b, "test loss", True).verdict != "no difference"
    assert alarms <= 70


def test_lanes_that_differ_by_more_than_their_spread_are_told_apart() -> None:
    rng, found = np.random.default_rng(3), 0
    for _ in range(50):
        first = rng.normal(0.3, 0.05, 10)
        second = first - 0.05 + rng.normal(0.0, 0.02, 10)
        found += compare_groups("A", first, "B", second, "test loss", True).verdict == "better"
    assert found >= 48


@given(
    st.lists(
        st.tuples(
            *[st.just(0.5) | st.floats(-1e300, 1e300, allow_subnormal=False) | st.sampled_from([nan, inf])]
            * 2
        ),
        max_size=9,
    )
)
def test_whatever_the_values_are_the_two_groups_can_change_sides(pairs: list[tuple[float, float]]) -> None:
    a, b = ([pair[index] for pair in pairs] for index in range(2))
    one = compare_groups("A", a, "B", b, "test loss", lower_is_better=True)
    other = compare_groups("B", b, "A", a, "test loss", lower_is_better=True)
    opposite = {"better": "worse", "worse": "better"}
    assert other.verdict == opposite.get(one.verdict, one.verdict)
    assert other.p == pytest.approx(one.p, nan_ok=True)
    assert "nan" not in one.sentence


def test_without_scipy_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.stats", None)
    found = compared(np.linspace(-0.3, -0.1, 8))
    assert (found.verdict, found.sentence) == ("none", NEEDS_SCIPY)
    assert "neural-sketchbook[statistics]" in found.sentence


def test_groups_are_paired_by_the_seeds_that_both_have() -> None:
    first, second = pair_by_seed({3: 0.3, 1: 0.1, 2: 0.2}, {1: 1.0, 3: 3.0, 9: 9.0})
    assert (first.tolist(), second.tolist()) == ([0.3, 0.1], [3.0, 1.0])
    with pytest.raises(ValueError, match="one value of each group for each seed"):
        compare_groups("A", [0.1], "B", [0.1, 0.2], "test loss", lower_is_better=True)
