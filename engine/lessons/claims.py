"""Trains what a claim is about with several seeds, and says whether it holds."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import inf, isnan
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from engine.catalogue.texts import counted, value_text
from engine.experiment import Experiment, Lane, edit_many, stable_hash
from engine.experiment.lane_looks import trained_part
from engine.experiment.repeats import SEEDS, members
from engine.experiment.settings import MOST_REPEATS
from engine.lessons.claim_checking import state_of, weights_of
from engine.lessons.lesson import Claim, Lesson, Measure, WeightByHand
from engine.lessons.measuring import Seen
from engine.lessons.quantities import QUANTITIES, measured
from engine.observation.snapshot import LaneSnapshot

if TYPE_CHECKING:
    from engine.training.trainer import Trainer

ByHand: TypeAlias = "tuple[WeightByHand, ...]"
Trained: TypeAlias = "dict[tuple[str, ByHand, int], Sequence[LaneSnapshot]]"
"""Networks by the experiment that they alone are the lane of, weights set by hand, and epochs. Lanes are independent.
"""
_STATISTICS: dict[str, Callable[[list[float]], float]] = {"median": statistics.median, "min": min, "max": max}


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of a claim.

    Attributes
    ----------
    claim
        What was verified.
    values
        The quantity for each seed, in the order of seeds; NaN where it is not known.
    holds
        Whether the claim is true.
    """

    claim: Claim
    values: tuple[float, ...]
    holds: bool

    @property
    def held(self) -> int:
        """For how many seeds the comparison holds."""
        return sum(_is_within(self.claim, value) for value in self.values)

    @property
    def sentence(self) -> str:
        """What was found, in one line."""
        claim, known = self.claim, [value for value in self.values if not isnan(value)]
        bound = f"≥ {claim.at_least:g}" if claim.at_least is not None else f"≤ {claim.at_most:g}"
        what = _described(claim.measure)
        found = "never known"
        if known:
            low, middle, high = (
                value_text(one) for one in (min(known), statistics.median(known), max(known))
            )
            found = f"median {middle} ({low} … {high})"
        wanted = (
            f"in {claim.share:.0%} of {counted(claim.seeds, 'seed')}"
            if claim.share is not None
            else f"{claim.statistic} of {counted(claim.seeds, 'seed')}"
        )
        return f"{claim.key}: {what} {_relation(claim)}{bound}, {wanted}: {found}, in {self.held} of {len(self.values)}"


def check(lesson: Lesson, claim: Claim, trained: Trained | None = None) -> Finding:
    """Train what a claim is about, and verify it.

    Parameters
    ----------
    lesson
        The lesson that has it.
    claim
        One of its claims.
    trained
        Networks that were trained for other claims; those of this one are added to it.

    Returns
    -------
    Finding
        The same numbers on one machine at any time.
    """
    state = state_of(lesson, claim)
    # Not all lanes of the state are trained, so that "the first" is said here.
    by_hand = tuple(
        msgspec.structs.replace(weight, lane=weight.lane or state.lanes[0].name)
        for weight in weights_of(lesson, claim)
    )
    values = tuple(_values(state, claim, by_hand, {} if trained is None else trained))
    return Finding(claim, values, _holds(claim, values))


def check_all(lesson: Lesson) -> Iterator[Finding]:
    """Verify the claims of a lesson, one after another.

    Parameters
    ----------
    lesson
        A lesson.

    Yields
    ------
    Finding
        As soon as it is there.
    """
    trained: Trained = {}
    for claim in lesson.claims:
        yield check(lesson, claim, trained)


def _values(state: Experiment, claim: Claim, by_hand: ByHand, trained: Trained) -> Iterator[float]:
    measures = [claim.measure] if claim.other is None else [claim.measure, claim.other]
    names = [measure.lane or state.lanes[0].name for measure in measures]
    lanes = [lane for lane in state.lanes if lane.name in names]
    for experiment in _trainings(state, lanes, claim):
        networks = _trained(experiment, by_hand, claim.epochs, trained)
        settings = {lane.name: lane for lane in experiment.lanes}
        for index in range(len(networks[names[0]])):
            yield _compared(
                claim,
                [
                    measured(Seen(networks[name][index], settings[name], experiment.data, measure))
                    for name, measure in zip(names, measures, strict=True)
                ],
            )


def _compared(claim: Claim, numbers: Sequence[float]) -> float:
    if claim.over is not None:
        first, second = numbers
        return first / second if second else (inf if first > 0.0 else float("nan"))
    return numbers[0] - numbers[1] if claim.minus is not None else numbers[0]


def _trainings(state: Experiment, lanes: Sequence[Lane], claim: Claim) -> Iterator[Experiment]:
    """Yield experiments that together have each lane with each seed; lanes are independent of one another."""
    state = msgspec.structs.replace(state, sweep=None)
    plain = [msgspec.structs.replace(lane, muted=False, hidden=False, cell=None) for lane in lanes]
    if claim.vary == "weights":
        for first in range(0, claim.seeds, MOST_REPEATS):
            count = min(MOST_REPEATS, claim.seeds - first)
            yield msgspec.structs.replace(
                state,
                lanes=tuple(
                    msgspec.structs.replace(lane, seed=(lane.seed + first) % SEEDS, repeats=count)
                    for lane in plain
                ),
            )
        return
    for offset in range(claim.seeds):
        varied = msgspec.structs.replace(
            state,
            lanes=tuple(
                msgspec.structs.replace(lane, seed=(lane.seed + offset) % SEEDS, repeats=1) for lane in plain
            ),
        )
        changes = {
            "data.generator.seed": (state.data.generator.seed + offset) % SEEDS,
            "data.split.seed": (state.data.split.seed + offset) % SEEDS,
        }
        yield edit_many(varied, changes)


def _trained(
    experiment: Experiment, by_hand: ByHand, epochs: int, trained: Trained
) -> dict[str, Sequence[LaneSnapshot]]:
    """Return the networks of each lane after training, in the order of their seeds."""
    alone = {
        lane.name: (stable_hash(msgspec.structs.replace(experiment, lanes=(lane,))), by_hand, epochs)
        for lane in experiment.lanes
    }
    new = tuple(lane for lane in experiment.lanes if alone[lane.name] not in trained)
    if new:
        several = msgspec.structs.replace(experiment, lanes=new)
        for name, networks in _train(several, by_hand, epochs).items():
            trained[alone[name]] = networks
    return {name: trained[key] for name, key in alone.items()}


def _train(experiment: Experiment, by_hand: ByHand, epochs: int) -> dict[str, Sequence[LaneSnapshot]]:
    from engine.training.trainer import Trainer

    trainer = Trainer(trained_part(experiment))
    groups = dict(zip([lane.name for lane in experiment.lanes], members(experiment), strict=True))
    for weight in by_hand:
        for network in groups.get(weight.lane or "", ()):
            _set_weight(trainer, network.name, weight)
    left = epochs
    while left and trainer.can_train:
        left -= trainer.train(left).epochs
    seen = {one.name: one for one in trainer.lane_snapshots()}
    return {
        lane.name: [seen[one.name] for one in group]
        for lane, group in zip(experiment.lanes, members(experiment), strict=True)
    }


def _set_weight(trainer: Trainer, network: str, weight: WeightByHand) -> None:
    from engine.training.parameter_edits import ParameterPlace

    number = [run.lane.name for run in trainer.runs].index(network)
    kind: Literal["weight", "bias"] = "bias" if weight.source is None else "weight"
    place = ParameterPlace(weight.layer, kind, (weight.source or 1) - 1, weight.target - 1)
    trainer.set_parameter(number, place, weight.value)


def _holds(claim: Claim, values: Sequence[float]) -> bool:
    if claim.share is not None:
        return sum(_is_within(claim, value) for value in values) >= claim.share * len(values) - 1e-9
    assert claim.statistic is not None
    # A number that is not known is the worst there is.
    worst = -inf if claim.at_least is not None else inf
    return _is_within(claim, _STATISTICS[claim.statistic]([worst if isnan(one) else one for one in values]))


def _is_within(claim: Claim, value: float) -> bool:
    return value >= claim.at_least if claim.at_least is not None else value <= (claim.at_most or 0.0)


def _relation(claim: Claim) -> str:
    if claim.other is None:
        return ""
    return f"{'over' if claim.over is not None else 'minus'} {_described(claim.other)} "


def _described(measure: Measure) -> str:
    """Return a quantity with all that it depends on, such as "loss (training, epoch 20) of deep"."""
    entry = QUANTITIES[measure.quantity]
    given = {
        "split": measure.split,
        "layer": f"layer {measure.layer}",
        "epoch": f"epoch {measure.epoch}",
        "level": f"at least {measure.level}",
    }
    told = [given[key] for key in entry.uses if getattr(measure, key) is not None]
    where = f" ({', '.join(told)})" if told else ""
    return f"{entry.label}{where}{f' of {measure.lane}' if measure.lane is not None else ''}"
