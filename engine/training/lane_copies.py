"""A lane that goes on from what another lane is."""

from __future__ import annotations

from copy import deepcopy

from engine.experiment.effects import keeps_best, keeps_optimizer_state
from engine.experiment.lane_pairs import trains_alike
from engine.network import Layout
from engine.training.endings import settle
from engine.training.lane_run import LaneRun
from engine.training.lane_state import LaneState
from engine.training.lanes import Lanes
from engine.training.marks import Marks


class CopyError(ValueError):
    """A sentence about a lane that cannot go on from another one."""


def copy_lane(lanes: Lanes, name: str, source: str) -> None:
    """Let a lane go on from what another one is: weights, optimizer, epochs, history, best epoch, marks and end.

    From then on it trains with its own settings on the batches of its epochs. With the settings of the other lane it
    equals that one to the bit.

    Parameters
    ----------
    lanes
        The runs and their stacks.
    name, source
        Names of both lanes.

    Raises
    ------
    CopyError
        With a sentence, if there are no such lanes, or their networks have other shapes; nothing has changed then.
    MemoryError, RuntimeError
        If memory does not suffice; nothing has changed then, either.
    """
    settle(lanes)
    runs = {run.lane.name: run for run in lanes.runs}
    run, other = runs.get(name), runs.get(source)
    if run is None or other is None or run is other:
        raise CopyError("There is no such lane any more; choose another one.")
    _require_one_shape(run, other)
    states = lanes.stacks.states()
    copy = _copied(run, other)
    state = states[other]
    states[copy] = deepcopy(state) if keeps_optimizer_state(other.lane, run.lane) else LaneState.at(state.row)
    with lanes.edited_or_as_before():
        lanes.runs = [copy if one is run else one for one in lanes.runs]
        # Its history is another one, as after a start.
        lanes.run_number += 1
        lanes.stops = [(one, stop) for one, stop in lanes.stops if one is not run]
        lanes.arrange(states)


def _require_one_shape(run: LaneRun, other: LaneRun) -> None:
    if run.layout == other.layout:
        return
    whose = f"Lane {run.lane.name} cannot continue from lane {other.lane.name}"
    if run.layout.widths != other.layout.widths:
        why = f"their networks have other layers: {_widths(run.layout)} and {_widths(other.layout)}"
    else:
        why = "their networks differ in normalization or residual connections"
    raise CopyError(f"{whose}: {why}.")


def _widths(layout: Layout) -> str:
    return "-".join(map(str, layout.widths))


def _copied(run: LaneRun, other: LaneRun) -> LaneRun:
    """A run with the settings of ``run`` that is in all else as ``other``."""
    copy = LaneRun(
        other.lane, other.layout, other.most_rows, other.epoch, other.step, other.status, other.stop
    )
    copy.history, copy.marks = other.history.copied(), Marks.restored(*other.marks.kept())
    copy.progress, copy.left = deepcopy(other.progress), deepcopy(other.left)
    copy.way, copy.waits, copy.stops = other.way, other.waits, list(other.stops)
    copy.edited_at(other.epoch - other.epochs_unedited)
    if run.lane.training.batch_size == other.lane.training.batch_size:
        # Amid an epoch it is where the other one is; batches of another size begin that epoch again.
        copy.ahead, copy.batch = other.ahead, other.batch
    copy.waits |= copy.status != "training" and not trains_alike(run.lane, other.lane)
    if not keeps_optimizer_state(other.lane, run.lane) and copy.left is not None:
        copy.left = LaneState.at(copy.left.row)
    if not keeps_best(other.lane, run.lane):
        copy.forget_best()
    copy.take_settings(run.lane)
    copy.marks.note(
        other.epoch, other.step, f"continues from lane {other.lane.name} at epoch {other.epoch:,}", "continue"
    )
    return copy
