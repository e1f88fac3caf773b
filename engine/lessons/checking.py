"""What of a lesson must fit together, beyond the types of its fields; each problem with its place and a clause."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET

from engine.catalogue.losses import LOSSES
from engine.experiment import Experiment, ExperimentError, edit_many, get
from engine.lessons.lesson import Claim, Condition, Lesson, Measure, WeightByHand
from engine.lessons.quantities import QUANTITIES

VIEWS = (
    "canvas",
    "diagram",
    "lanes",
    "differences",
    "diagnosis",
    "loss",
    "gradient_per_layer",
    "gradient_over_time",
    "chain",
    "weights",
)
"""What a step can watch."""
CONTROLS = ("play", "reset", "step", "restore_best", "repeats", "duplicate", "task")
"""What a step can point at, beside settings."""
Place = tuple[str | int, ...]


def problems_of(lesson: Lesson) -> Iterator[tuple[Place, str]]:
    """Yield the place of each problem in ``lesson.json``, and a clause with the remedy."""
    for index, step in enumerate(lesson.steps):
        here: Place = ("steps", index)
        state = lesson.state(index, done=True)
        for number, view in enumerate(step.watch):
            if view not in VIEWS:
                yield (*here, "watch", number), f"there is no view {view!r}; choose of {', '.join(VIEWS)}"
        if step.control and step.control not in CONTROLS and not _is_setting(state, step.control):
            yield (
                (*here, "control"),
                f"{step.control!r} is no control; name a setting, or one of {', '.join(CONTROLS)}",
            )
        for number, path in enumerate(step.code):
            if not _is_path(state, path):
                yield (
                    (*here, "code", number),
                    f"there is no setting {path!r}; name one such as lanes.0.seed",
                )
        for number, weight in enumerate(step.do.weights if step.do is not None else ()):
            yield from _of_weight((*here, "do", "weights", number), weight, state)
        for number, condition in enumerate(step.wait):
            yield from _of_condition((*here, "wait", number), condition, state)
    keys = [step.key for step in lesson.steps]
    for index, claim in enumerate(lesson.claims):
        yield from _of_claim(("claims", index), claim, keys, lesson)


def _of_weight(place: Place, weight: WeightByHand, state: Experiment) -> Iterator[tuple[Place, str]]:
    names = [lane.name for lane in state.lanes]
    name = names[0] if weight.lane is None else weight.lane
    if name not in names:
        yield (*place, "lane"), f"there is no lane {name!r} then; there are {', '.join(names)}"
        return
    lane = state.lanes[names.index(name)]
    outputs = LOSSES[lane.training.loss.name].outputs(state.data.task, state.data.classes)
    widths = [len(lane.network.features), *lane.network.hidden, outputs]
    if weight.layer >= len(widths):
        yield (*place, "layer"), f"there is no layer {weight.layer} then; the last one is {len(widths) - 1}"
        return
    before, here = widths[weight.layer - 1 : weight.layer + 1]
    if weight.target > here:
        yield (
            (*place, "to"),
            f"layer {weight.layer} has no neuron {weight.target} then; the last one is {here}",
        )
    if weight.source is not None and weight.source > before:
        yield (
            (*place, "from"),
            f"nothing is number {weight.source} before that layer; the last one is {before}",
        )


def _of_condition(place: Place, condition: Condition, state: Experiment) -> Iterator[tuple[Place, str]]:
    kinds = (condition.setting, condition.epochs, condition.playing, condition.drawn, condition.quantity)
    if sum(kind is not None for kind in kinds) != 1:
        yield place, "a condition is about exactly one of setting, epochs, playing, drawn, quantity"
    compares = condition.at_least is not None or condition.at_most is not None
    if condition.setting is not None:
        if not _is_path(state, condition.setting):
            yield (
                (*place, "setting"),
                f"there is no setting {condition.setting!r}; name one such as lanes.0.seed",
            )
        if not compares and condition.equals is UNSET and condition.differs_from is UNSET:
            yield place, "say what the setting must be: at_least, at_most, equals or differs_from"
    if condition.measure is not None:
        yield from _of_measure(place, condition.measure, state)
        if not compares:
            yield place, "say what the quantity must be: at_least or at_most"


def _of_measure(place: Place, measure: Measure, state: Experiment) -> Iterator[tuple[Place, str]]:
    if measure.quantity not in QUANTITIES:
        yield (
            (*place, "quantity"),
            f"there is no quantity {measure.quantity!r}; choose of {', '.join(QUANTITIES)}",
        )
    names = [lane.name for lane in state.lanes]
    if measure.lane is not None and measure.lane not in names:
        yield (*place, "lane"), f"there is no lane {measure.lane!r} then; there are {', '.join(names)}"


def _of_claim(place: Place, claim: Claim, keys: list[str], lesson: Lesson) -> Iterator[tuple[Place, str]]:
    if claim.after is not None and claim.after not in keys:
        yield (*place, "after"), f"there is no step {claim.after!r}; there are {', '.join(keys)}"
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
    yield from _of_measure(place, claim.measure, state)
    if claim.other is not None:
        yield from _of_measure((*place, "over" if claim.over else "minus"), claim.other, state)


def state_of(lesson: Lesson, claim: Claim) -> Experiment:
    """Return the experiment that a claim is about. Raises ExperimentError for an edit that is not allowed."""
    base = lesson.experiment if claim.after is None else lesson.state(lesson.index(claim.after), done=True)
    return edit_many(base, claim.set) if claim.set else base


def weights_of(lesson: Lesson, claim: Claim) -> tuple[WeightByHand, ...]:
    """Return the weights that are set by hand before the training that a claim is about."""
    do = None if claim.after is None else lesson.steps[lesson.index(claim.after)].do
    return () if do is None else do.weights


def _is_setting(state: Experiment, path: str) -> bool:
    return _is_path(state, path) if path.startswith("data.") else _is_path(state, f"lanes.0.{path}")


def _is_path(state: Experiment, path: str) -> bool:
    """Whether there is such a setting, be it below one that is switched off."""
    while path:
        try:
            get(state, path)
        except ExperimentError:
            above, _, _ = path.rpartition(".")
            return bool(above) and _is_off(state, above)
        return True
    return False


def _is_off(state: Experiment, path: str) -> bool:
    try:
        return get(state, path) is None
    except ExperimentError:
        return False
