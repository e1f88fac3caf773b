"""The networks of a repeated lane as one lane: medians, quartiles and mean answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.texts import counted
from engine.experiment.repeats import members
from engine.experiment.run_list import ENDS
from engine.experiment.settings import Experiment
from engine.observation.observables import (
    POINTS,
    PREDICTION,
    SPOT,
    THUMBNAIL,
    UNCERTAINTY,
    PointAnswers,
    Prediction,
)
from engine.observation.observables.points import most_probable
from engine.observation.seeds_level import at_one_epoch
from engine.observation.snapshot import (
    Best,
    EndKind,
    Floats,
    HistoryView,
    LaneSnapshot,
    Measurement,
    Observed,
    Snapshot,
    StopOfSeeds,
)

QUARTILES = (0.25, 0.5, 0.75)
_OF_EPOCHS = ("loss", "penalty", "score", "penalty_parts")
_OF_LAYERS = ("layers",)


class Seeds:
    """Puts the networks of each repeated lane together, snapshot after snapshot of one engine."""

    def __init__(self) -> None:
        self._curves: dict[str, _Curves] = {}
        self._run = -1

    def forget(self) -> None:
        """Forget what is known of curves: another lane may have the name of one from now on."""
        self._curves.clear()

    def grouped(self, snapshot: Snapshot, experiment: Experiment) -> Snapshot:
        """Return a snapshot with one lane for each lane of an experiment.

        Parameters
        ----------
        snapshot
            With a lane for each network.
        experiment
            The document, whose lanes may be repeated.

        Returns
        -------
        Snapshot
            The same object where no lane is repeated. A repeated lane has the median of each number (see
            ``LaneSnapshot.repeats``), all of one epoch, and is not there while its networks differ in depth. Lanes
            that the experiment does not have stay as they are, at the end.
        """
        if all(lane.repeats == 1 for lane in experiment.lanes):
            self._curves.clear()
            return snapshot
        if snapshot.run != self._run:
            self._curves.clear()
            self._run = snapshot.run
        self._curves = {
            lane.name: self._curves[lane.name] for lane in experiment.lanes if lane.name in self._curves
        }
        networks = {lane.name: lane for lane in snapshot.lanes}
        lanes = []
        for group in members(experiment):
            found = [networks.pop(one.name) for one in group if one.name in networks]
            if len(group) == 1 or len(found) <= 1:
                lanes += found
            elif len({one.history.layers.shape[-1] for one in found}) == 1:
                # Just after an edit, some networks may be of another depth still.
                lanes.append(self._repeated(group[0].name, found))
        together = (*lanes, *networks.values())
        epoch, step = max(
            ((one.now.epoch, one.now.step) for one in together), default=(snapshot.epoch, snapshot.step)
        )
        return replace(snapshot, lanes=together, epoch=epoch, step=step)

    def _repeated(self, name: str, networks: Sequence[LaneSnapshot]) -> LaneSnapshot:
        level = at_one_epoch(networks)
        waits = [one.held for one in networks if one.status == "training"]
        reached = max((one.reached for one in level if one.reached is not None), default=None)
        return replace(self._together(name, level), held=bool(waits) and all(waits), reached=reached)

    def _together(self, name: str, networks: Sequence[LaneSnapshot]) -> LaneSnapshot:
        curves = self._curves.setdefault(name, _Curves())
        low, middle, high = curves.of(networks)
        stop = stop_of(networks)
        ways_on = {lane.continues_from for lane in networks}
        return replace(
            networks[0],
            name=name,
            status="training" if stop is None else "diverged" if stop.kind == "divergence" else "stopped",
            stop=stop,
            stops=() if stop is None else (stop,),
            continues_from=ways_on.pop() if len(ways_on) == 1 else None,
            first_best=_median_of_bests([lane.first_best for lane in networks]),
            best=_best_of(middle),
            now=_median_of([lane.now for lane in networks]),
            history=middle,
            observed=_answers_of(networks),
            repeats=tuple(networks),
            quartiles=(low, high),
        )


# -- numbers


@dataclass(slots=True)
class _Curves:
    """The quartiles of histories that grow; what is known stays as long as the earlier rows do."""

    _known: tuple[HistoryView, HistoryView, HistoryView] | None = None
    _of: tuple[object, ...] = ()
    """Of each network: whether it had ended, how it began, and its depth."""

    def of(self, networks: Sequence[LaneSnapshot]) -> tuple[HistoryView, HistoryView, HistoryView]:
        """Return lower quartile, median and upper quartile of each number, in the epochs that all networks have.

        A network that has ended counts on with what it is now. Layers, which are measured in few epochs, are told in
        those of the longest history; a network that lacks one of these does not count there.
        """
        histories = [lane.history for lane in networks]
        of = tuple(
            (lane.status != "training", lane.history.loss[:1].tobytes(), lane.history.layers.shape[-1])
            for lane in networks
        )
        longest = max(histories, key=lambda one: int(one.epoch[-1]) if len(one) else -1)
        longest = _where_all_are(networks, longest)
        # What is known of epochs after an end was of the moment when that was told.
        known = self._known if self._of == of else None
        rows = _unchanged(known and known[1].epoch, longest.epoch)
        layers = _unchanged(known and known[1].layer_epoch, longest.layer_epoch)
        found = []
        epochs = {key: _quartiles(networks, longest, "epoch", key, rows) for key in _OF_EPOCHS}
        measured = {key: _quartiles(networks, longest, "layer_epoch", key, layers) for key in _OF_LAYERS}
        for index in range(len(QUARTILES)):
            fresh: dict[str, Any] = {key: values[index] for key, values in (epochs | measured).items()}
            if known is not None:
                kept = known[index]
                fresh = {
                    key: np.concatenate([getattr(kept, key)[: rows if key in _OF_EPOCHS else layers], values])
                    for key, values in fresh.items()
                }
            found.append(replace(longest, **fresh))
        self._known, self._of = (found[0], found[1], found[2]), of
        return self._known


def _where_all_are(networks: Sequence[LaneSnapshot], longest: HistoryView) -> HistoryView:
    """The longest history without the epochs that another network lacks, because rows were left out of a long one."""
    every = np.ones(len(longest), dtype=bool)
    for lane in networks:
        own = lane.history.epoch
        if not len(own):
            # What was kept of it is damaged: it counts nowhere.
            continue
        if np.array_equal(own, longest.epoch[: len(own)]):
            ends = len(own)
        else:
            rows = np.searchsorted(own, longest.epoch)
            ends = int(np.searchsorted(rows, len(own)))
            every[:ends] &= own[rows[:ends]] == longest.epoch[:ends]
        if lane.status == "training":
            every[ends:] = False
    if every.all():
        return longest
    return replace(
        longest,
        epoch=longest.epoch[every],
        step=longest.step[every],
        **{key: getattr(longest, key)[every] for key in _OF_EPOCHS},
    )


def _unchanged(before: NDArray[np.int64] | None, after: NDArray[np.int64]) -> int:
    """How many rows of before are still there; rows are only added at the end, or many are left out at once."""
    if before is None or not 0 < len(before) <= len(after) or before[-1] != after[len(before) - 1]:
        return 0
    # Another one of the networks may have been the longest.
    return len(before) if np.array_equal(before, after[: len(before)]) else 0


def _quartiles(
    networks: Sequence[LaneSnapshot], longest: HistoryView, when: str, key: str, start: int
) -> tuple[Floats, Floats, Floats]:
    """The quartiles of the rows from ``start`` on."""
    epochs = getattr(longest, when)[start:]
    columns = []
    for lane in networks:
        own, values = getattr(lane.history, when), getattr(lane.history, key)
        if len(own) == start + len(epochs) and np.array_equal(own[start:], epochs):
            columns.append(values[start:])
            continue
        rows = np.searchsorted(own, epochs)
        found = np.full((len(epochs), *values.shape[1:]), np.nan)
        there = rows < len(own)
        there[there] = own[rows[there]] == epochs[there]
        found[there] = values[rows[there]]
        if lane.status != "training":
            found[rows == len(own)] = getattr(lane.now, key)
        columns.append(found)
    low, middle, high = quartiles(np.stack(columns))
    return low, middle, high


def quartiles(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Return lower quartile, median and upper quartile along the first axis.

    Parameters
    ----------
    values : float64 [k, ...]
        NaN does not count.

    Returns
    -------
    three float64 [...]
        With linear interpolation, as ``numpy.nanquantile``; NaN where no number counts.

    Examples
    --------
    >>> [float(one) for one in quartiles(np.array([3.0, 1.0, np.nan, 2.0]))]
    [1.5, 2.0, 2.5]
    """
    ordered = np.sort(values, axis=0)
    last = np.maximum((~np.isnan(values)).sum(axis=0) - 1, 0)
    found = []
    for share in QUARTILES:
        position = share * last
        below = np.floor(position).astype(np.int64)
        above = np.minimum(below + 1, last)
        one, other = (np.take_along_axis(ordered, rows[None], 0)[0] for rows in (below, above))
        with np.errstate(invalid="ignore"):
            between = one + (other - one) * (position - below)
        # Between two infinite numbers there is none.
        found.append(np.where(one == other, one, between))
    return found[0], found[1], found[2]


def _median_of(moments: Sequence[Measurement]) -> Measurement:
    numbers = {}
    for field in fields(Measurement):
        if field.name in ("epoch", "step"):
            continue
        numbers[field.name] = quartiles(np.stack([np.asarray(getattr(one, field.name)) for one in moments]))[
            1
        ]
    penalty = float(numbers.pop("penalty"))
    epoch, step = max((one.epoch, one.step) for one in moments)
    return Measurement(epoch=epoch, step=step, penalty=penalty, **numbers)


def stop_of(networks: Sequence[LaneSnapshot]) -> StopOfSeeds | None:
    """Return how the networks of a repeated lane have ended.

    Parameters
    ----------
    networks
        One for each seed, at least two.

    Returns
    -------
    StopOfSeeds or None
        None while one of them trains or can be trained on.
    """
    stops = [lane.stop for lane in networks if lane.status != "training" and lane.stop is not None]
    if len(stops) < len(networks):
        return None
    kinds: list[EndKind] = ["early_stopping", "divergence"]
    kinds.sort(key=lambda kind: -sum(stop.kind == kind for stop in stops))
    clauses, whose = [], []
    for kind in kinds:
        epochs = [stop.epoch for stop in stops if stop.kind == kind]
        if epochs:
            whose.append(_share_of(len(epochs), len(stops)))
            clauses.append(f"{whose[-1]} {ENDS[kind]} {_epochs_between(epochs)}")
    return StopOfSeeds(
        kind=kinds[0],
        epoch=max(stop.epoch for stop in stops),
        best_epoch=None,
        reason=", ".join(clauses),
        step=max((stop.step for stop in stops if stop.step is not None), default=None),
        order=max(stop.order for stop in stops),
        seeds=whose[0],
    )


def _share_of(count: int, all_of_them: int) -> str:
    return f"{'all' if count == all_of_them else f'{count} of'} {counted(all_of_them, 'seed')}"


def _epochs_between(epochs: Sequence[int]) -> str:
    low, high = min(epochs), max(epochs)
    return f"in epoch {low:,}" if low == high else f"in epochs {low:,} to {high:,}"


def _median_of_bests(bests: Sequence[Best | None]) -> Best | None:
    """The medians of what all have had at the moment of an edit, which is the same for all."""
    known = [best for best in bests if best is not None]
    if len(known) < len(bests):
        return None
    training, validation, test = quartiles(np.array([best.loss for best in known]))[1].tolist()
    return replace(known[0], loss=(training, validation, test))


def _best_of(history: HistoryView) -> Best | None:
    """The epoch with the lowest median of the validation losses; None without validation points."""
    validation = history.loss[:, 1]
    if not np.isfinite(validation).any():
        return None
    row = int(np.nanargmin(np.where(np.isfinite(validation), validation, np.nan)))
    training, lowest, test = history.loss[row].tolist()
    return Best(int(history.epoch[row]), int(history.step[row]), (training, lowest, test))


# -- answers


def _answers_of(networks: Sequence[LaneSnapshot]) -> Observed:
    """What the first network shows, with the mean of the answers of all."""
    found = dict(networks[0].observed)
    for observable in (PREDICTION, THUMBNAIL):
        predictions = [one for lane in networks if (one := observable.of(lane)) is not None]
        if len(predictions) == len(networks) and len({one.values.shape for one in predictions}) == 1:
            found[observable.key] = _mean_answer(predictions)
    spots = [spot for lane in networks if (spot := SPOT.of(lane)) is not None]
    if len(spots) == len(networks) and len({one.position for one in spots}) == 1:
        found[SPOT.key] = replace(spots[0], values=np.mean([one.values for one in spots], axis=0))
    scatters = [scatter for lane in networks if (scatter := UNCERTAINTY.of(lane)) is not None]
    if len(scatters) == len(networks) and len({one.deviations.shape for one in scatters}) == 1:
        deviations = np.stack([one.deviations for one in scatters]).mean(axis=0).astype(np.float32)
        found[UNCERTAINTY.key] = replace(scatters[0], deviations=deviations)
    points = [answers for lane in networks if (answers := POINTS.of(lane)) is not None]
    if len(points) == len(networks) and len({one.digest for one in points}) == 1:
        found[POINTS.key] = _mean_points(points)
    return Observed.of(found)


def _mean_answer(predictions: Sequence[Prediction]) -> Prediction:
    first = predictions[0]
    mean = np.stack([one.values for one in predictions]).mean(axis=0)
    return Prediction(first.extent, mean.astype(first.values.dtype))


def _mean_points(answers: Sequence[PointAnswers]) -> PointAnswers:
    """The mean of probabilities or values, as on the grid, and the median of losses."""
    digest, loss = answers[0].digest, quartiles(np.stack([one.loss for one in answers]))[1]
    probabilities = [one.probabilities for one in answers if one.probabilities is not None]
    if len(probabilities) < len(answers):
        return PointAnswers(digest, np.stack([one.answer for one in answers]).mean(axis=0), loss)
    mean = np.stack(probabilities).mean(axis=0)
    return PointAnswers(digest, most_probable(mean), loss, mean)
