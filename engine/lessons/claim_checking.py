"""What of a lesson's claims must fit together, beyond the types of their fields."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TypeAlias

from msgspec import UNSET

from engine.catalogue.texts import counted
from engine.experiment import Experiment, ExperimentError, edit_many
from engine.lessons.lesson import Claim, Condition, Lesson, Measure, WeightByHand
from engine.lessons.quantities import QUANTITIES

Place: TypeAlias = "tuple[str | int, ...]"
FEWEST_SEEDS = 10
"""What fewer seeds show may be chance."""
_DEPENDS = ("split", "layer", "epoch", "level")
"""What a quantity may depend on, beside the lane."""
_ALONE = Measure(quantity="")


def problems_of_claims(lesson: Lesson) -> Iterator[tuple[Place, str]]:
    """Yield the place of each problem of the claims, and a clause with the remedy."""
    keys = [claim.key for claim in lesson.claims]
    for index, claim in enumerate(lesson.claims):
        place: Place = ("claims", index)
        if claim.key in keys[:index]:
            yield (*place, "key"), f"there are two claims {claim.key!r}; rename one"
        if claim.seeds < FEWEST_SEEDS:
            yield (
                (*place, "seeds"),
                f"expected at least {FEWEST_SEEDS} seeds, not {claim.seeds}: fewer may be chance",
            )
        yield from _of_claim(place, claim, lesson)


def _of_claim(place: Place, claim: Claim, lesson: Lesson) -> Iterator[tuple[Place, str]]:
    steps = [step.key for step in lesson.steps]
    if claim.after is not None and claim.after not in steps:
        yield (*place, "after"), f"there is no step {claim.after!r}; there are {', '.join(steps)}"
        return
    if (claim.at_least is None) == (claim.at_most is None):
        yield place, "a claim has a threshold: either at_least or at_most"
    if (claim.share is None) == (claim.statistic is None):
        yield place, "a claim says of how many seeds (share) or of what (statistic); give one of the two"
    if claim.over is not None and claim.minus is not None:
        yield place, "a claim is over another quantity or minus it; leave one of the two out"
    try:
        state = state_of(lesson, claim)
    except ExperimentError as error:
        yield (*place, "set", error.path), str(error)
        return
    yield from _of_moment(place, claim.measure, claim)
    yield from problems_of_measure(place, claim.measure, state, given_of(claim))
    changed, other = claim.over or claim.minus, claim.other
    if changed is not None and other is not None:
        there: Place = (*place, "over" if claim.over else "minus")
        given = [name for name in _DEPENDS if getattr(changed, name) is not UNSET]
        yield from _of_moment(there, other, claim)
        yield from problems_of_measure(there, other, state, given)


def _of_moment(place: Place, measure: Measure, claim: Claim) -> Iterator[tuple[Place, str]]:
    if measure.epoch is not None and measure.epoch > claim.epochs:
        trained = counted(claim.epochs, "epoch")
        yield (*place, "epoch"), f"there is no epoch {measure.epoch} then: the claim trains {trained}"


def problems_of_measure(
    place: Place, measure: Measure, state: Experiment, given: Collection[str]
) -> Iterator[tuple[Place, str]]:
    """Yield the problems of a quantity; ``given`` names what the file says that it depends on."""
    names = [lane.name for lane in state.lanes]
    if measure.lane is not None and measure.lane not in names:
        yield (*place, "lane"), f"there is no lane {measure.lane!r} then; there are {', '.join(names)}"
        return
    if measure.quantity not in QUANTITIES:
        known = ", ".join(QUANTITIES)
        yield (*place, "quantity"), f"there is no quantity {measure.quantity!r}; choose of {known}"
        return
    uses = QUANTITIES[measure.quantity].uses
    for name in given:
        if name not in uses:
            others = f"only on {', '.join(uses)}" if uses else "on nothing of that kind"
            yield (*place, name), f"{measure.quantity} does not depend on {name}, {others}; leave it out"
    last = len(state.lanes[0 if measure.lane is None else names.index(measure.lane)].network.hidden) + 1
    if measure.layer is not None and measure.layer > last:
        yield (*place, "layer"), f"there is no layer {measure.layer} then; the last one is {last}"


def given_of(measure: Claim | Condition) -> list[str]:
    """Return what the file says that a quantity depends on."""
    return [
        name for name in _DEPENDS if getattr(measure, name, getattr(_ALONE, name)) != getattr(_ALONE, name)
    ]


def state_of(lesson: Lesson, claim: Claim) -> Experiment:
    """Return the experiment that a claim is about. Raises ExperimentError for an edit that is not allowed."""
    base = lesson.experiment if claim.after is None else lesson.state(lesson.index(claim.after), done=True)
    return edit_many(base, claim.set) if claim.set else base


def weights_of(lesson: Lesson, claim: Claim) -> tuple[WeightByHand, ...]:
    """Return the weights that are set by hand before the training that a claim is about."""
    do = None if claim.after is None else lesson.steps[lesson.index(claim.after)].do
    return () if do is None else do.weights
