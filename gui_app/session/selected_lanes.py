"""Edits of all selected lanes at once, and what is said of one that a lane does not allow."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from engine.catalogue.features import FEATURES
from engine.experiment import Experiment, ExperimentError, Lane, get, switch_hidden
from gui_app.session.current_lane import CurrentLane
from gui_app.session.refusal import refusal

LaneEdit = Callable[[Lane], Mapping[str, object]]
"""The changes of a lane by path below it, made from its present settings. It may raise ValueError with a sentence."""
Widths = tuple[int, ...]
_LANE = re.compile(r"lanes\.(\d+)\b")


def edits_of_selected(experiment: Experiment, current: CurrentLane, edit: LaneEdit) -> dict[str, object]:
    """Return what an edit changes in the selected lanes, by path in the experiment.

    Raises ExperimentError, with the path of the lane, if a lane does not allow it or does not have the setting.
    """
    changes: dict[str, object] = {}
    for index in current.selected:
        where = f"lanes.{index}"
        try:
            of_lane = edit(experiment.lanes[index])
        except ExperimentError:
            raise
        except ValueError as error:
            raise ExperimentError(where, str(error)) from None
        for path, value in of_lane.items():
            if len(current.selected) > 1:
                _require(experiment, f"{where}.{path}")
            changes[f"{where}.{path}"] = value
    return changes


def reshaped(
    experiment: Experiment, current: CurrentLane, change: Callable[[Widths], Widths]
) -> tuple[Experiment, set[str]]:
    """Return the experiment with other hidden layers in the selected lanes, and the paths of these.

    ``change`` makes them from the present widths of a lane. Raises ExperimentError as ``edits_of_selected`` does.
    """
    edits = edits_of_selected(
        experiment, current, lambda lane: {"network.hidden": change(lane.network.hidden)}
    )
    for index, widths in zip(current.selected, edits.values(), strict=True):
        assert isinstance(widths, tuple)
        experiment = switch_hidden(experiment, index, widths)
    return experiment, set(edits)


def with_input(features: tuple[str, ...], key: str, on: bool) -> tuple[str, ...]:
    """Return the inputs of a network with one more, or without one. Raises ValueError if none would be left."""
    chosen = {*features, key} if on else {*features} - {key}
    if not chosen:
        raise ValueError("The network needs at least one input")
    return tuple(name for name in FEATURES if name in chosen)


def refusal_of_lane(error: Exception, experiment: Experiment, current: CurrentLane) -> str:
    """Return why an edit was refused as a sentence; with several selected lanes, it names the one that refuses."""
    sentence, found = refusal(error), _LANE.match(getattr(error, "path", ""))
    if found is None or len(current.selected) == 1 or int(found[1]) >= len(experiment.lanes):
        return sentence
    first = sentence[:1].lower() if sentence[1:2].islower() else sentence[:1]
    return f"Lane {experiment.lanes[int(found[1])].name}: {first}{sentence[1:]}"


def _require(experiment: Experiment, path: str) -> None:
    try:
        get(experiment, path)
    except ExperimentError:
        raise ExperimentError(path, "this setting is not there, so no lane was changed") from None
