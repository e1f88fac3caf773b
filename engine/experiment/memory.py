"""How much memory the training of an experiment takes, estimated from its settings alone. Knows no torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

import msgspec

from engine.catalogue.losses import LOSSES
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.probes import PROBES
from engine.catalogue.texts import counted
from engine.experiment.settings import DataSettings, Experiment, Lane

LIMIT = 4 * 10**9
"""The most bytes that an experiment may take: the same on every machine, so that what opens here opens there."""
BLOCK = 64
"""Points are measured in whole blocks, so that their tensors have few different shapes."""
MOST_VALUES = 2**18
"""The most activations of a lane that are measured at once, unless a block has more."""


def rows_at_once(neurons: int) -> int:
    """Return how many points are measured at once: whole blocks, as many for one lane as for 64.

    Parameters
    ----------
    neurons
        Whose activations are held for each point.

    Returns
    -------
    int
        A multiple of ``BLOCK``.

    Examples
    --------
    >>> rows_at_once(26), rows_at_once(64 * 512)
    (10048, 64)
    """
    return max(1, MOST_VALUES // max(neurons, 1) // BLOCK) * BLOCK


_BASE = 24 * 2**20
"""What any run takes: compiled or recorded programs, feeds, the first rows of histories."""
_COPIES = 36
"""Numbers of a lane's size: parameters, checkpoint, the copies of the divergence guard, of the best epoch and of the
best of a burst, gradients, what an update computes on its way and a recording keeps, and measuring in double precision.
"""
_SLOT_COPIES = 2
"""Each slot of the optimizer, and the guard's copy of it."""
_STEP_VALUES, _NORMALIZED_VALUES, _DROPPED_VALUES = 10, 34, 12
"""Numbers for each neuron and each row of a batch that a recorded step keeps, forward and back."""
_MEASURED_BYTES, _NORMALIZED_BYTES = 128, 160
"""Bytes for each neuron and each point that are taken while layers are measured, and with normalization the more."""
_POINT_BYTES = 48
"""Bytes of each point and lane: losses and scores in double precision."""
_TWIN_LIMIT = 100_000
"""Up to this many parameters, a lane alone may be computed twice."""
_CELLS = 10_000
"""Of a picture of the predictions."""
_HISTORY_ROWS = 2000
"""Epochs of a history. It grows by about 100 bytes for each layer and epoch, which no shape of a network decides."""


def estimate(experiment: Experiment) -> int:
    """Estimate what the training of an experiment takes.

    It is what a machine without a compiler takes at its peak, with all layers measured, and no less than one with it.
    A history of more than 2,000 epochs is not counted.

    Parameters
    ----------
    experiment
        Its names are known to the catalogue.

    Returns
    -------
    int
        Bytes, about one to two times those that were measured.

    Examples
    --------
    >>> from engine.experiment import default_experiment
    >>> estimate(default_experiment()) < 60_000_000
    True
    """
    return _estimate(experiment.data, experiment.lanes)


def _estimate(data: DataSettings, lanes: tuple[Lane, ...]) -> int:
    points, rows = _points(data), 1 if sum(lane.repeats for lane in lanes) > 1 else 2
    inputs = max(len(lane.network.features) for lane in lanes)
    return (
        _BASE
        + points * (inputs + data.classes + 4) * 4 * 6
        + sum(lane.repeats * _bytes(lane, data, points, rows) for lane in lanes)
    )


def _points(data: DataSettings) -> int:
    return data.generator.points if data.points is None else len(data.points)


def _bytes(lane: Lane, data: DataSettings, points: int, rows: int) -> int:
    network, training, dropout = lane.network, lane.training, lane.regularization.dropout
    return lane_bytes(
        (len(network.features), *network.hidden, LOSSES[training.loss.name].outputs(data.task, data.classes)),
        points,
        training.batch_size,
        len(OPTIMIZERS[training.optimizer.name].slots),
        network.normalization is not None,
        bool(dropout.rate or dropout.rates or dropout.input_rate),
        rows,
    )


@lru_cache(maxsize=4096)
def lane_bytes(
    widths: tuple[int, ...],
    points: int,
    batch: int,
    slots: int = 2,
    normalized: bool = False,
    drops: bool = False,
    rows: int = 1,
) -> int:
    """Estimate what one lane takes.

    Parameters
    ----------
    widths
        Neurons from the inputs to the outputs.
    points
        Of all splits.
    batch
        Points of a batch.
    slots
        Of the optimizer.
    normalized, drops
        Whether any layer is normalized, and whether any drops neurons.
    rows
        2 for a lane alone, which may be computed twice if it is small.

    Returns
    -------
    int
        Bytes.
    """
    neurons, widest, batch = sum(widths[1:]), max(widths), min(batch, max(points, 1))
    size = sum(before * after for before, after in pairwise(widths))
    size += neurons * (5 if normalized else 1)
    all_rows = -(-points // BLOCK) * BLOCK
    measured = all_rows if _measures_at_once() else min(all_rows, rows_at_once(neurons))
    values = _STEP_VALUES + _NORMALIZED_VALUES * normalized + _DROPPED_VALUES * drops
    taken = 4 * size * (_COPIES + _SLOT_COPIES * slots)
    taken += 4 * batch * (neurons + widths[0]) * values
    taken += measured * neurons * (_MEASURED_BYTES + _NORMALIZED_BYTES * normalized)
    taken += points * _POINT_BYTES
    taken += 12 * min(_CELLS, rows_at_once(widest)) * widest + 8 * _CELLS * widths[-1]
    taken += 8 * _HISTORY_ROWS * (len(PROBES) * len(widths) + 10)
    if normalized:
        # Its first moments are those of all points.
        taken += 24 * points * widest
    return taken * (rows if size <= _TWIN_LIMIT else 1)


def _measures_at_once() -> bool:
    return any(probe.measure is not None for probe in PROBES.values())


def memory_problem(experiment: Experiment) -> tuple[str, str] | None:
    """Return why an experiment takes too much memory.

    Parameters
    ----------
    experiment
        Its names are known to the catalogue.

    Returns
    -------
    (str, str) or None
        The path of the largest network, and a clause with the nearest settings that fit; None where there is room.
    """
    taken = estimate(experiment)
    if taken <= LIMIT:
        return None
    data, lanes = experiment.data, experiment.lanes
    points, rows = _points(data), 1 if sum(lane.repeats for lane in lanes) > 1 else 2
    sizes = [lane.repeats * _bytes(lane, data, points, rows) for lane in lanes]
    index = sizes.index(max(sizes))
    remedies = list(_remedies(experiment, index, sizes))
    network = lanes[index].network.hidden
    what = f"this network of {_shape(network)}" if len(lanes) == 1 else counted(len(lanes), "lane")
    advice = f"; {' or '.join(remedies[:2])} would fit" if remedies else "; make networks and batches smaller"
    return f"lanes.{index}.network.hidden", f"to train {what} takes {_too_much(taken)}{advice}"


def _too_much(taken: int) -> str:
    shown, limit = f"{taken / 1e9:,.1f}", f"{LIMIT / 1e9:.0f} GB"
    if shown == f"{LIMIT / 1e9:,.1f}":
        return f"slightly more than {limit} of memory, which is the limit"
    return f"about {shown} GB of memory, and {limit} is the limit"


def _remedies(experiment: Experiment, index: int, sizes: Sequence[int]) -> Iterator[str]:
    """The nearest settings that fit and are valid, each on its own; what changes least in the network comes first.

    ``index`` is the lane to change, and ``sizes`` are the bytes of each lane.
    """
    data, lanes = experiment.data, experiment.lanes
    lane, points = lanes[index], _points(data)
    hidden, batch = lane.network.hidden, lane.training.batch_size
    whose = f" in lane {lane.name}" if len(lanes) > 1 else ""

    def fits(hidden: tuple[int, ...] = hidden, batch: int = batch, points: int = points) -> bool:
        """Whether all lanes fit, with these numbers in one of them."""
        one = msgspec.structs.replace(
            lane,
            network=msgspec.structs.replace(lane.network, hidden=hidden),
            training=msgspec.structs.replace(lane.training, batch_size=batch),
        )
        generator = msgspec.structs.replace(data.generator, points=points)
        fewer = (
            data
            if points == _points(data)
            else msgspec.structs.replace(data, points=None, generator=generator)
        )
        return _estimate(fewer, (*lanes[:index], one, *lanes[index + 1 :])) <= LIMIT

    if fewer := _fewer_lanes(experiment, sizes):
        yield fewer
    named = _named_depth(lane)
    depth = _most(len(hidden) - 1, lambda depth: fits(hidden[:depth]))
    if depth and depth >= named:
        yield f"{_shape(hidden[:depth])}{whose}"
    elif hidden and (width := _most(max(hidden) - 1, lambda width: fits(_narrowed(hidden, width)))):
        yield f"{_shape(_narrowed(hidden, width))}{whose}"
    if few := _most(min(batch, points) - 1, lambda few: fits(batch=few)):
        yield f"batches of {counted(few, 'point')}{whose}"
    if few := _most(points - 1, lambda few: fits(points=few)):
        yield counted(few, "point")


def _fewer_lanes(experiment: Experiment, sizes: Sequence[int]) -> str:
    """The most lanes that fit, in words; "" where that are all or none."""
    lanes = experiment.lanes
    order = sorted(range(len(lanes)), key=lambda lane: sizes[lane])

    def fits(number: int) -> bool:
        return _estimate(experiment.data, tuple(lanes[lane] for lane in order[:number])) <= LIMIT

    number = _most(len(lanes) - 1, fits)
    if number == 0 or len(set(sizes)) == 1:
        return counted(number, "lane") if number else ""
    if number == len(lanes) - 1:
        return f"all lanes but {lanes[order[-1]].name}"
    return f"the {number} smallest lanes" if number > 1 else f"lane {lanes[order[0]].name} alone"


def _named_depth(lane: Lane) -> int:
    """How many layers a network must keep, because other settings name them."""
    dropout, normalization = lane.regularization.dropout, lane.network.normalization
    if dropout.rates is not None:
        return len(lane.network.hidden)
    named = [dropout.layers, "all" if normalization is None else normalization.layers]
    return max((number for layers in named if not isinstance(layers, str) for number in layers), default=0)


def _narrowed(hidden: tuple[int, ...], width: int) -> tuple[int, ...]:
    return tuple(min(neurons, width) for neurons in hidden)


def _most(most: int, fits: Callable[[int], bool]) -> int:
    """The largest number from 1 to ``most`` that fits; 0 where none does. Less never takes more."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def _shape(hidden: tuple[int, ...]) -> str:
    if not hidden:
        return "no hidden layer"
    layers = counted(len(hidden), "layer")
    if len(set(hidden)) == 1:
        return f"{layers} of {hidden[0]}"
    return f"{layers} of {min(hidden)} to {max(hidden)}"
