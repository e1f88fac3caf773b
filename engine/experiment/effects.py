"""What an edit does to training: the one decision whether it takes effect at once or starts lanes again.

The trainer acts on it, and the buttons of cures announce it. Everything follows from settings and points alone, so this
module knows no torch.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from engine.catalogue.input_scalings import INPUT_SCALINGS
from engine.catalogue.losses import LOSSES
from engine.experiment.class_looks import without_looks
from engine.experiment.frame import without_frame
from engine.experiment.lane_pairs import paired, trains_alike
from engine.experiment.own_data import on_equal_terms
from engine.experiment.points import Points
from engine.experiment.settings import DataSettings, Experiment, Lane


class Effect(IntEnum):
    """What an edit does to a lane in training, the mildest first; of two edits at once the stronger one counts."""

    NOTHING = 0
    """Training does not notice: the next steps are the same to the bit."""
    NUMBERS = 1
    """Rates, strengths and thresholds hold from the next step on, or the lane waits, because it is muted, or waits no
    more; weights, optimizer state and history stay."""
    PROGRAM = 2
    """Another loss or kind of optimizer, a learning rate for each layer or none, or other lanes beside it: the weights
    and the history stay. The optimizer's state stays where ``keeps_optimizer_state`` says so, the best epoch where
    ``keeps_best`` does.
    """
    DATA = 3
    """Other points, another split or another order of the batches: weights and history stay, the best epoch does not,
    because its validation loss compares no longer.
    """
    RESTART = 4
    """Training starts again from the weights of the lane's seed, with an empty history."""


def effect(before: Experiment, after: Experiment, old: Points, new: Points) -> Effect:
    """The strongest effect of an edit on any lane of an experiment.

    Parameters
    ----------
    before, after
        The experiment before and after the edit.
    old, new
        The points that each of them trains on, as ``engine.data.resolve_points`` returns them.

    Returns
    -------
    Effect
        ``RESTART`` also where a lane is added, and at least ``PROGRAM`` where one is removed or moved.

    Examples
    --------
    >>> from engine.experiment import Points, default_experiment, edit
    >>> sketch, points = default_experiment(), Points.empty()
    >>> effect(sketch, edit(sketch, "lanes.0.training.learning_rate", 0.1), points, points).name
    'NUMBERS'
    >>> effect(sketch, edit(sketch, "lanes.0.network.hidden", [4]), points, points).name
    'RESTART'
    """
    before, after = on_equal_terms(before, after)
    data = data_effect(before.data, after.data, old, new)
    former = paired(before.lanes, after.lanes)
    lanes = [
        lane_effect(former[lane.name], lane, after.data, before.data)
        if lane.name in former
        else Effect.RESTART
        for lane in after.lanes
    ]
    same_lanes = list(former.values()) == list(before.lanes)
    return max(data, Effect.NOTHING if same_lanes else Effect.PROGRAM, *lanes)


def lane_effect(
    before: Lane, after: Lane, data: DataSettings, former_data: DataSettings | None = None
) -> Effect:
    """The effect of an edit of one lane's settings, and of the frame of the data.

    Where the input scaling refers to the extent, another extent restarts the lane, as another scaling does. Where
    augmentation moves the points, on the sheet, another frame moves them otherwise from the next step on.

    Parameters
    ----------
    before, after
        The lane before and after the edit. Its name, its colour and whether it is shown have no effect.
    data
        The data settings after the edit; the number of outputs depends on them.
    former_data
        Those before the edit; None where they have the same frame.

    Returns
    -------
    Effect
        Any but ``DATA``.
    """
    frame = Effect.NOTHING if former_data is None else _frame_effect(after, former_data, data)
    if before.muted == after.muted and trains_alike(before, after):
        return frame
    if not _keeps_weights(before, after, data):
        return Effect.RESTART
    same_rates = (before.training.layer_rates is None) == (after.training.layer_rates is None)
    keeps_all = same_rates and keeps_optimizer_state(before, after) and keeps_best(before, after)
    return max(frame, Effect.NUMBERS if keeps_all else Effect.PROGRAM)


def _frame_effect(lane: Lane, before: DataSettings, after: DataSettings) -> Effect:
    """What another extent or aspect does to a lane."""
    if fed_by(lane, before) != fed_by(lane, after):
        return Effect.RESTART
    return Effect.NOTHING if _moved_in(lane, before) == _moved_in(lane, after) else Effect.PROGRAM


def fed_by(lane: Lane, data: DataSettings) -> tuple[tuple[float, float], ...]:
    """Return the extents that decide what a lane is fed and what its outputs mean.

    Parameters
    ----------
    lane
        Its input scaling is used.
    data
        Of any task.

    Returns
    -------
    tuple of (low, high)
        Empty where the scaling does not refer to the extent.
    """
    if not INPUT_SCALINGS[lane.network.input_scaling].of_extent:
        return ()
    extent = data.extent
    return (extent.x, extent.y, extent.value) if data.task == "surface" else (extent.x, extent.y)


def moves_points(lane: Lane) -> bool:
    """Return whether a lane trains on points that augmentation, noise or mixup has moved.

    Parameters
    ----------
    lane
        Its settings.

    Returns
    -------
    bool
    """
    regularization = lane.regularization
    augmentation = regularization.augmentation
    strengths = (
        augmentation.rotate,
        augmentation.shear,
        augmentation.shift,
        augmentation.scale,
        regularization.input_noise,
        regularization.mixup,
    )
    return any(strengths)


def _moved_in(lane: Lane, data: DataSettings) -> tuple[object, ...]:
    """What decides how far augmentation moves a lane's points; empty where it does not move them."""
    return (data.extent.x, data.extent.y, data.aspect) if moves_points(lane) else ()


def data_effect(
    before: DataSettings, after: DataSettings, old: Points, new: Points, same_set: bool = False
) -> Effect:
    """The effect of an edit of data settings or points on every lane.

    A stroke of any length, a move of all points and another split keep the weights, and so does undoing a stroke.
    Another task, another generated set and another set of points as a whole start training again.

    Parameters
    ----------
    before, after
        The data settings before and after the edit.
    old, new
        The points that each of them trains on.
    same_set
        Whether many edits led from one to the other, so that however few points are left, they are no other set.

    Returns
    -------
    Effect
        ``NOTHING``, ``DATA`` or ``RESTART``. Names and colours of classes have no effect, and what another frame does
        depends on the lane (see ``lane_effect``).
    """
    if _plain(before) == _plain(after):
        return Effect.NOTHING
    if (before.task, before.classes) != (after.task, after.classes):
        return Effect.RESTART
    if after.points is None and before.generator != after.generator:
        return Effect.RESTART
    if not same_set and is_other_set(old, new, curve=after.task == "curve"):
        return Effect.RESTART
    return Effect.NOTHING if old == new and before.split.seed == after.split.seed else Effect.DATA


def restarts_all(
    before: Experiment, after: Experiment, old: Points, new: Points, same_set: bool = False
) -> bool:
    """Whether after an edit nothing is left of what was trained before it.

    Parameters
    ----------
    before, after
        The experiment before and after the edit.
    old, new
        The points that each of them trains on.
    same_set
        As for ``data_effect``.

    Returns
    -------
    bool
        Whether every lane starts again.

    Examples
    --------
    >>> from engine.experiment import Points, default_experiment, edit
    >>> sketch, points = default_experiment(), Points.empty()
    >>> restarts_all(sketch, edit(sketch, "lanes.0.network.hidden", [4]), points, points)
    True
    """
    before, after = on_equal_terms(before, after)
    if data_effect(before.data, after.data, old, new, same_set) == Effect.RESTART:
        return True
    former = paired(before.lanes, after.lanes)
    return all(
        lane.name not in former
        or lane_effect(former[lane.name], lane, after.data, before.data) == Effect.RESTART
        for lane in after.lanes
    )


def keeps_optimizer_state(before: Lane, after: Lane) -> bool:
    """Whether an edit that keeps the weights also keeps the optimizer's state: its slots and its count of steps.

    Parameters
    ----------
    before, after
        The lane before and after the edit.

    Returns
    -------
    bool
        True while the optimizer is of the same kind; its parameters may differ.
    """
    return before.training.optimizer.name == after.training.optimizer.name


def keeps_best(before: Lane, after: Lane) -> bool:
    """Whether validation losses before and after an edit can be compared.

    Parameters
    ----------
    before, after
        The lane before and after the edit.

    Returns
    -------
    bool
        True while the loss and its parameters are the same.
    """
    return before.training.loss == after.training.loss


def is_other_set(old: Points, new: Points, curve: bool) -> bool:
    """Whether no new point lies where an old one did, and they are not the old points moved.

    A moved point of a ``curve`` has another target, so there only order and split show that points were moved.
    """
    if not len(old) or not len(new) or (old.xy[0] == new.xy[0]).all():
        return False
    same_order = len(old) == len(new) and np.array_equal(old.split, new.split)
    if same_order and (curve or np.array_equal(old.target, new.target)):
        return False
    return not np.isin(old.positions(), new.positions()).any()


def _keeps_weights(before: Lane, after: Lane, data: DataSettings) -> bool:
    """Whether first weights, points of its own, shape and batch size are the same."""
    return (
        before.seed == after.seed
        and before.own_data == after.own_data
        and before.network == after.network
        and before.training.batch_size == after.training.batch_size
        and _outputs(before, data) == _outputs(after, data)
    )


def _outputs(lane: Lane, data: DataSettings) -> int:
    return LOSSES[lane.training.loss.name].outputs(data.task, data.classes)


def _plain(data: DataSettings) -> DataSettings:
    return without_frame(without_looks(data))
