"""What of a lesson must fit together, beyond the types of its fields; each problem with its place and a clause."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET

from engine.catalogue.losses import LOSSES
from engine.catalogue.probes import PROBES
from engine.experiment import Experiment, ExperimentError, get
from engine.lessons.claim_checking import Place, given_of, problems_of_claims, problems_of_measure
from engine.lessons.lesson import Condition, Lesson, WeightByHand
from engine.lessons.views import CONNECTIONS, CONTROLS, CURVES, HIDDEN, PROBE, VIEWS

_KINDS = ("setting", "epochs", "playing", "drawn", "quantity")
_UNSET = Condition()
_BELONGS = {
    "setting": {"at_least", "at_most", "equals", "differs_from"},
    "quantity": {"at_least", "at_most", "lane", "split", "layer", "level"},
}
"""What else a condition says, by what it is about."""


def problems_of(lesson: Lesson) -> Iterator[tuple[Place, str]]:
    """Yield the place of each problem in ``lesson.json``, and a clause with the remedy."""
    for index, step in enumerate(lesson.steps):
        here: Place = ("steps", index)
        state = lesson.state(index, done=True)
        for number, view in enumerate(step.watch):
            if view not in VIEWS:
                yield (*here, "watch", number), f"there is no view {view!r}; choose of {', '.join(VIEWS)}"
        for option, value in step.view.items():
            clause = _problem_of_option(option, value)
            if clause:
                yield (*here, "view", option), clause
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
    yield from problems_of_claims(lesson)


def _problem_of_option(option: str, value: object) -> str:
    view, _, name = option.partition(".")
    if name not in VIEWS.get(view, ()):
        known = [f"{view}.{name}" for view, names in VIEWS.items() for name in names]
        return f"there is no option {option!r} of a view; choose of {', '.join(known)}"
    if name == PROBE and value not in list(PROBES):
        return f"{value!r:.40} is no number of a layer; choose of {', '.join(PROBES)}"
    if name == CONNECTIONS and not isinstance(value, str):
        return f"expected what connections show, as text, not {value!r:.40}"
    if name == HIDDEN and not (isinstance(value, list) and all(one in CURVES for one in value)):
        return f"expected a list of curves, not {value!r:.40}; choose of {', '.join(CURVES)}"
    if name not in (PROBE, CONNECTIONS, HIDDEN) and not isinstance(value, bool):
        return f"expected true or false, not {value!r:.40}"
    return ""


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
    if sum(getattr(condition, kind) is not None for kind in _KINDS) != 1:
        yield place, f"a condition is about exactly one of {', '.join(_KINDS)}"
    about = next((name for name in _KINDS if getattr(condition, name) is not None), "")
    said = [name for name in condition.__struct_fields__ if getattr(condition, name) != getattr(_UNSET, name)]
    for name in said:
        if name not in _KINDS and name not in _BELONGS.get(about, ()):
            yield (*place, name), f"a condition about {about or 'nothing'} has no {name!r}; leave it out"
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
        yield from problems_of_measure(place, condition.measure, state, given_of(condition))
        if not compares:
            yield place, "say what the quantity must be: at_least or at_most"


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
