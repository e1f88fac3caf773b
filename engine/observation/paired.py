"""Whether two groups of networks that differ by their seeds really differ, as far as that can be told.

Pairs are compared, because networks with the same seed share their first weights: what chance does to both cancels.
Data, split, batches and random draws are the same for all seeds, so nothing is said of how much these matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.texts import counted, quoted, value_text

FEWEST = 5
"""Pairs without which nothing is said of a difference."""
ENOUGH = 6
"""Pairs without which none can be shown."""
LEVEL = 0.05
"""A difference with a smaller p is more than the spread."""
CONFIDENCE = 0.95
RESAMPLES = 9999
"""Of the bootstrap; the same random numbers every time, so that the same results give the same sentence."""
DIGITS = 12
"""Differences that agree in so many digits of the largest one are tied: rounding makes none larger."""
NEEDS_SCIPY = "A verdict needs the package scipy: install neural-sketchbook[statistics]."

Floats = NDArray[np.float64]
Verdict = Literal["better", "worse", "no difference", "none"]
"""What the second group is; "none" where nothing can be said."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two groups differ by.

    Attributes
    ----------
    verdict
        Whether the second group is better or worse, by more than the spread.
    sentence
        All of it in words, the verdict first.
    pairs
        How many seeds were compared.
    left_out
        How many seeds were not, because a network of them has no finite value.
    difference
        Median over the seeds of the second value minus the first.
    low, high
        Its interval by the percentile bootstrap, at ``CONFIDENCE``.
    p
        Of the two-sided Wilcoxon signed-rank test. NaN, as are the other numbers, where it was not made.
    """

    verdict: Verdict
    sentence: str
    pairs: int
    left_out: int = 0
    difference: float = nan
    low: float = nan
    high: float = nan
    p: float = nan


def pair_by_seed(first: Mapping[int, float], second: Mapping[int, float]) -> tuple[Floats, Floats]:
    """Put the values of two groups side by side.

    Parameters
    ----------
    first, second
        Values by seed.

    Returns
    -------
    two float64 [n]
        Of the seeds that both have, in the order of the first.

    Examples
    --------
    >>> pair_by_seed({0: 0.5, 1: 0.25}, {1: 0.75, 2: 1.0})
    (array([0.25]), array([0.75]))
    """
    shared = [seed for seed in first if seed in second]
    return np.array([first[seed] for seed in shared]), np.array([second[seed] for seed in shared])


def compare_groups(
    name_a: str,
    values_a: Sequence[float] | Floats,
    name_b: str,
    values_b: Sequence[float] | Floats,
    what: str,
    lower_is_better: bool,
    unit: str = "",
    tested: bool = True,
    favoured: str = "",
) -> Comparison:
    """Compare two groups of networks, paired by seed.

    The test is Wilcoxon's signed-rank test, two-sided (Wilcoxon 1945). Pairs without a difference are left out,
    as he did; where differences are tied, all ways are counted in which chance might have chosen the signs.

    Parameters
    ----------
    name_a, name_b
        What the groups are called.
    values_a, values_b : [n]
        A value for each seed, the same seeds in the same order; NaN or infinite for a network that diverged.
    what
        The value, such as "test loss".
    lower_is_better
        Whether a lower value is better.
    unit
        In which the values are, such as "percentage points"; "" for none.
    tested
        Whether there is a test and a verdict. Of several values, one is tested: with each further test, chance alone
        would find a difference more often than ``LEVEL`` says (Bender and Lange 2001).
    favoured
        The group of which more seeds diverged than of the other, and that is flattered by leaving them out: it is never
        said to be better. "" for none.

    Returns
    -------
    Comparison
        With no verdict for fewer than ``FEWEST`` pairs, without scipy or untested. With five pairs that differ, p is
        0.0625 or more, so that they never show a difference.

    Raises
    ------
    ValueError
        If the groups have different numbers of values.
    """
    a, b = (np.asarray(values, dtype=np.float64) for values in (values_a, values_b))
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"expected one value of each group for each seed, not {a.shape} and {b.shape}")
    counts = np.isfinite(a) & np.isfinite(b)
    pairs, left_out = int(counts.sum()), int((~counts).sum())
    rest = _left_out_sentence(left_out)
    if pairs < FEWEST:
        few = f"{counted(pairs, 'seed')} of each" if pairs else "no seeds that both have"
        return Comparison(
            "none",
            f"No verdict on {what}: it takes {FEWEST} seeds of each, and there are {few}.{rest}",
            pairs,
            left_out,
        )
    differences = _without_rounding(b[counts] - a[counts])
    differing = int(np.count_nonzero(differences))
    if not differing:
        sentence = (
            f"No difference: {what} is the same with {quoted(name_b)} as with {quoted(name_a)} in each of "
            f"{counted(pairs, 'seed')}."
        )
        return Comparison("no difference", sentence + rest, pairs, left_out, 0.0, 0.0, 0.0, 1.0)
    try:
        p, low, high = _p_value(differences) if tested else nan, *_interval(differences)
    except ImportError:
        return Comparison("none", NEEDS_SCIPY, pairs, left_out)
    middle = float(np.median(differences))
    clause = (
        f"{_difference_clause(name_a, name_b, what, (middle, low, high), unit)} over {counted(pairs, 'seed')}"
        f"{_zeros_clause(pairs - differing)}"
    )
    if not tested:
        sentence = f"{clause[:1].upper()}{clause[1:]}; not tested.{rest}"
        return Comparison("none", sentence, pairs, left_out, middle, low, high)
    verdict = _verdict(p, differences, lower_is_better)
    said = "No more than the spread" if verdict == "no difference" else "More than the spread"
    winner = {"better": name_b, "worse": name_a}.get(verdict)
    if favoured and winner == favoured:
        verdict = "none"
        said = f"No verdict, because more seeds of {quoted(favoured)} diverged and do not count"
    test = f"Wilcoxon signed-rank, p = {value_text(p)}{_too_few_clause(differing)}"
    sentence = f"{said}: {clause}; {test}.{rest}"
    return Comparison(verdict, sentence, pairs, left_out, middle, low, high, p)


# -- numbers


def _without_rounding(differences: Floats) -> Floats:
    largest = float(np.abs(differences).max(initial=0.0))
    if not largest or not isfinite(1.0 / largest):
        return differences
    rounded: Floats = np.round(differences / largest, DIGITS) * largest
    return rounded


def _p_value(differences: Floats) -> float:
    from scipy.stats import rankdata, wilcoxon

    some = differences[differences != 0.0]
    # Ranks of ties are halves.
    doubled = np.rint(2.0 * rankdata(np.abs(some))).astype(np.int64)
    if len(set(doubled.tolist())) == len(some):
        return float(wilcoxon(some, method="exact").pvalue)
    ways = _ways(doubled)
    rises = int(doubled[some > 0.0].sum())
    tail = min(ways[: rises + 1].sum(), ways[rises:].sum())
    return float(min(1.0, 2.0 * tail / ways.sum()))


def _ways(ranks: NDArray[np.int64]) -> Floats:
    """In how many of all choices of signs the positive ranks add up to 0, 1, 2, …"""
    ways = np.zeros(int(ranks.sum()) + 1)
    ways[0] = 1.0
    for rank in ranks.tolist():
        ways[rank:] += ways[: len(ways) - rank].copy()
    return ways


def _interval(differences: Floats) -> tuple[float, float]:
    from scipy.stats import bootstrap

    if np.ptp(differences) == 0.0:
        return float(differences[0]), float(differences[0])
    # It squares what it gets.
    largest = float(np.abs(differences).max())
    found = bootstrap(
        (differences / largest,),
        np.median,
        confidence_level=CONFIDENCE,
        n_resamples=RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return float(found.low) * largest, float(found.high) * largest


def _verdict(p: float, differences: Floats, lower_is_better: bool) -> Verdict:
    if p >= LEVEL:
        return "no difference"
    ranks = np.abs(differences).argsort().argsort() + 1.0
    rises = float((np.sign(differences) * ranks).sum()) > 0.0
    return "worse" if rises == lower_is_better else "better"


# -- words


def _difference_clause(
    name_a: str, name_b: str, what: str, found: tuple[float, float, float], unit: str
) -> str:
    middle, low, high = found
    if middle == 0.0:
        return (
            f"{what} is the same with {quoted(name_b)} as with {quoted(name_a)} in the median "
            f"({_interval_text(low, high)})"
        )
    word, ends = ("higher", (low, high)) if middle > 0.0 else ("lower", (-high, -low))
    return (
        f"{what} is {word} with {quoted(name_b)} than with {quoted(name_a)} by "
        f"{value_text(abs(middle))}{unit and f' {unit}'} ({_interval_text(*ends)})"
    )


def _interval_text(low: float, high: float) -> str:
    # A negative zero is none.
    return f"{100 * CONFIDENCE:.0f} % interval {value_text(low + 0.0)} to {value_text(high + 0.0)}"


def _zeros_clause(zeros: int) -> str:
    return f", {zeros} of them without a difference" if zeros else ""


def _too_few_clause(differing: int) -> str:
    smallest = 2.0 ** (1 - differing)
    if smallest < LEVEL:
        return ""
    return (
        f", and no less than {value_text(smallest)} with {counted(differing, 'seed')} that differ, whatever they say: "
        f"repeat with {ENOUGH} seeds or more"
    )


def _left_out_sentence(left_out: int) -> str:
    if not left_out:
        return ""
    return (
        f" {counted(left_out, 'seed').capitalize()} left out, because a network diverged or was not measured."
    )
