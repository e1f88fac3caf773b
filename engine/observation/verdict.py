"""What can be said of the difference between two lanes that are repeated with several seeds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import NamedTuple

from engine.catalogue.losses import LOSSES
from engine.catalogue.texts import counted, noun, quoted
from engine.experiment.settings import Lane
from engine.observation.paired import FEWEST, Comparison, compare_groups, pair_by_seed
from engine.observation.snapshot import LaneSnapshot
from engine.observation.stage import Stage, stage_of

SPLITS = ((2, "test"), (1, "validation"))
"""Whose values are compared: those of the first split that has points."""
SAME_DRAWS = (
    "Seeds differ in their first weights; data, split, batches and random draws are the same for all."
)
"""What the spread of seeds does not contain."""


class OneSeed(NamedTuple):
    """What came of one network; ``loss`` and ``score`` are of the training, validation and test split."""

    seed: int
    epoch: int
    diverged: bool
    loss: tuple[float, ...]
    score: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The networks of a repeated lane.

    Attributes
    ----------
    name
        The lane's.
    loss
        Its loss function with its parameters: other losses measure something else.
    seeds
        One for each network that the engine has.
    best
        The epochs of the best weights that networks went back to, as ``Stage`` has them.
    """

    name: str
    loss: tuple[object, ...]
    seeds: tuple[OneSeed, ...]
    best: tuple[int, ...] = ()

    @property
    def stage(self) -> Stage:
        """Where its networks are."""
        return Stage(self.epoch, self.best, sum(not one.diverged for one in self.seeds))

    @property
    def epoch(self) -> int:
        """The epoch of the network that has trained longest."""
        return max((one.epoch for one in self.seeds), default=0)


def group_of(seen: LaneSnapshot, lane: Lane, members: Sequence[Lane]) -> Group | None:
    """Return the networks of a lane that is repeated.

    Parameters
    ----------
    seen
        The lane at one moment.
    lane
        Its settings.
    members
        Its networks, as ``engine.experiment.repeats.members`` has them.

    Returns
    -------
    Group or None
        None where there are fewer than ``FEWEST`` networks.
    """
    seeds = {one.name: one.seed for one in members}
    # The first network goes by the lane's name.
    found = [one for one in seen.repeats if one.name in seeds]
    if len(found) < FEWEST:
        return None
    function = lane.training.loss
    return Group(
        lane.name,
        (function.name, *sorted(function.parameters.items())),
        tuple(
            OneSeed(
                seeds[one.name],
                int(one.now.epoch),
                one.status == "diverged",
                tuple(map(float, one.now.loss)),
                tuple(map(float, one.now.score)),
            )
            for one in found
        ),
        stage_of(seen).best,
    )


def pair_to_compare(repeats: Sequence[int], current: int) -> tuple[int, int] | None:
    """Return which two lanes a verdict is about.

    Parameters
    ----------
    repeats
        How many networks each lane has.
    current
        The index of the current lane.

    Returns
    -------
    two int, or None
        The first lane with ``FEWEST`` networks, and the current one if it has as many, else the next that has. None
        where there are no two of them.

    Examples
    --------
    >>> pair_to_compare([5, 10, 1, 5], current=3), pair_to_compare([5, 10, 1], current=2)
    ((0, 3), (0, 1))
    """
    enough = [index for index, count in enumerate(repeats) if count >= FEWEST]
    if len(enough) < 2:
        return None
    return enough[0], current if current in enough[1:] else enough[1]


def verdict_on(first: Group, second: Group, task: str) -> str:
    """Say whether two lanes differ by more than their seeds make them differ.

    Parameters
    ----------
    first, second
        Two repeated lanes.
    task
        A key of ``TASKS``.

    Returns
    -------
    str
        What ``compare_groups`` says of the loss, with a verdict, which comes first, and of accuracy or R², without; how
        many seeds of each lane diverged; and when it was. Where losses cannot be compared, the verdict is on the score.
        A network that diverged counts as none, whatever its last numbers are, and the lane of which more did is not
        called better.
    """
    split, split_name = next(
        ((index, name) for index, name in SPLITS if _is_measured(first, second, index)), (-1, "")
    )
    if split < 0:
        return "No verdict: there are neither test nor validation points."
    found = list(_comparisons(first, second, task, split, split_name))
    sentences = [one.sentence for one in found]
    if first.loss != second.loss:
        names = [LOSSES[str(one.loss[0])].label for one in (first, second)]
        sentences.append(
            f"Their losses are not compared, because they measure different things ({' and '.join(names)})."
            if names[0] != names[1]
            else "Their losses are not compared, because their parameters differ."
        )
    said = [*dict.fromkeys(sentences), *_not_compared(first, second), _when(first, second)]
    if first.stage.is_best != second.stage.is_best:
        only = first if first.stage.is_best else second
        said.insert(0, f"Not alike, because only {quoted(only.name)} is at its best weights.")
    return " ".join(said)


def _comparisons(first: Group, second: Group, task: str, split: int, split_name: str) -> Iterator[Comparison]:
    names, whole = (first.name, second.name), (_whole(first), _whole(second))
    favoured, is_first = _favoured(first, second), True
    if first.loss == second.loss:
        a, b = pair_by_seed(*({one.seed: one.loss[split] for one in group} for group in whole))
        what = f"{split_name} loss"
        loss = compare_groups(names[0], a, names[1], b, what, lower_is_better=True, favoured=favoured)
        is_first = False
        yield loss
        if loss.pairs < FEWEST:
            return
    a, b = pair_by_seed(*({one.seed: one.score[split] for one in group} for group in whole))
    if task == "classification":
        what, unit, a, b = "accuracy", "percentage points", 100.0 * a, 100.0 * b
    else:
        what, unit = "R²", ""
    yield compare_groups(
        names[0],
        a,
        names[1],
        b,
        f"{split_name} {what}",
        lower_is_better=False,
        unit=unit,
        tested=is_first,
        favoured=favoured,
    )


def _favoured(first: Group, second: Group) -> str:
    """The lane of which more of the seeds diverged that both have; "" where there are as many of each."""
    shared = {one.seed for one in first.seeds} & {one.seed for one in second.seeds}
    counts = [sum(one.seed in shared for one in _diverged(group)) for group in (first, second)]
    return "" if counts[0] == counts[1] else (first.name, second.name)[int(counts[1] > counts[0])]


def _whole(group: Group) -> list[OneSeed]:
    return [one for one in group.seeds if not one.diverged]


def _is_measured(first: Group, second: Group, split: int) -> bool:
    return any(isfinite(one.loss[split]) for one in (*first.seeds, *second.seeds))


def _when(first: Group, second: Group) -> str:
    stages = [group.stage.text for group in (first, second)]
    if stages[0] == stages[1]:
        return f"Compared at {stages[0]}."
    parts = (f"{quoted(group.name)} at {group.stage.text}" for group in (first, second))
    return f"Compared: {', '.join(parts)}."


def _not_compared(first: Group, second: Group) -> Iterator[str]:
    """Sentences about seeds that one of the two does not have, or has in vain."""
    own = [{one.seed for one in group.seeds} for group in (first, second)]
    fallen = {
        seed: [
            quoted(group.name) for group in (first, second) for one in _diverged(group) if one.seed == seed
        ]
        for seed in sorted(own[0] & own[1])
    }
    if parts := [
        f"seed {seed} (diverged in {' and '.join(names)})" for seed, names in fallen.items() if names
    ]:
        counts = (
            f"{len(_diverged(group))} of {counted(len(group.seeds), 'seed')} of {quoted(group.name)}"
            for group in (first, second)
        )
        yield f"Diverged: {' and '.join(counts)}. Left out: {', '.join(parts)}."
    if alone := sorted(own[0] ^ own[1]):
        yield f"Not compared, because only one of the two has them: {_numbered(alone)}."


def _diverged(group: Group) -> list[OneSeed]:
    return [one for one in group.seeds if one.diverged]


def _numbered(seeds: Sequence[int]) -> str:
    """Numbers of seeds, those that follow one another as "3 to 7"."""
    runs: list[list[int]] = []
    for seed in seeds:
        if runs and seed == runs[-1][-1] + 1:
            runs[-1].append(seed)
        else:
            runs.append([seed])
    parts = [f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return f"{noun(len(seeds), 'seed')} {', '.join(parts)}"
