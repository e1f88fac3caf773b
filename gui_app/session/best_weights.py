"""The weights of the best epoch: messages about them, and whether a lane can restore them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile
from math import isnan

import numpy as np

from engine.catalogue.texts import counted, quoted, value_text
from engine.observation.seeds import quartiles
from engine.observation.snapshot import Best, EditMark, LaneSnapshot
from gui_app.widgets.ticks import count_text

_GOES_ON = "The epoch count goes on; Reset starts over."
SPLITS = ("training", "validation", "test")
BACK = "Go back to the best weights"
BACK_MEANING = (
    "Replaces the current weights with those of the epoch with the lowest validation loss. "
    "The epoch count goes on; Reset starts over."
)


EACH_LANE_MEANING = (
    "replaces the current weights with those of the epoch with the lowest validation loss, for each seed its own. "
    "The epoch count goes on; Reset starts over."
)
EACH_SEED_MEANING = (
    "Replaces the current weights of each seed with those of its own best epoch, the one with its lowest validation "
    "loss. The epoch count goes on; Reset starts over."
)


def bests_of(lane: LaneSnapshot) -> tuple[Best, ...]:
    """Return the best epoch of each of a lane's networks that has one: of one network, or of each seed."""
    return tuple(one.best for one in lane.repeats or (lane,) if one.best is not None)


def bests_to_restore(lane: LaneSnapshot, playing: bool) -> tuple[Best, ...]:
    """Return the best epochs to which the lane's networks go back; none where none of them has other weights now."""
    networks = lane.repeats or (lane,)
    may_go_back = any(best_to_restore(one, playing) is not None for one in networks)
    return bests_of(lane) if may_go_back else ()


def best_to_restore(lane: LaneSnapshot, playing: bool) -> Best | None:
    """Return the best epoch of one network that is not training, unless it has its weights already."""
    best, stop = lane.best, lane.stop
    if best is None or playing or not lane.now.step:
        return None
    if _set_by_hand(lane):
        return best
    if lane.now.step == best.step:
        return None
    if stop is not None and stop.best_epoch == best.epoch:
        return None
    return None if return_of(lane) else best


def return_of(lane: LaneSnapshot) -> EditMark | None:
    """Return the mark of the lane's return to its best weights; None if it has trained or was edited since.

    A repeated lane has returned when one of its seeds has: the others had their best weights already.
    """
    if lane.repeats:
        marks = [mark for one in lane.repeats if (mark := return_of(one)) is not None]
        text = _seeds_are_back(len(marks), len(lane.repeats))
        return replace(marks[0], text=text) if marks else None
    newest = _latest_of_now(lane)
    return newest if newest is not None and newest.kind == "restore" else None


def _set_by_hand(lane: LaneSnapshot) -> bool:
    """Whether weights of the lane were set by hand since it has trained, ended or returned to its best ones."""
    newest, stop = _latest_of_now(lane), lane.stop
    if newest is None or newest.kind != "weight":
        return False
    return stop is None or newest.order > stop.order


def _latest_of_now(lane: LaneSnapshot) -> EditMark | None:
    """Return the newest mark about the weights that the lane has, if it has not trained since."""
    now = takewhile(lambda mark: mark.until_step == lane.now.step, reversed(lane.marks))
    return next((mark for mark in now if mark.kind in ("restore", "weight")), None)


def describe_continuation(epoch: int) -> str:
    """Return a clause about the epoch whose weights an ended lane continues from."""
    return f"Play continues from those of epoch {count_text(epoch)}"


def describe_restored(mark: str) -> str:
    """Return two sentences about a lane that was restored to its best weights; ``mark`` is the text of its mark."""
    return f"{mark[:1].upper()}{mark[1:]}. {_GOES_ON}"


def describe_seeds_restored(back: int, seeds: int) -> str:
    """Return two sentences about a repeated lane of which so many networks were restored to their best weights."""
    return describe_restored(_seeds_are_back(back, seeds))


def describe_lanes_restored(back: Sequence[str], kept: Sequence[str]) -> str:
    """Return sentences about several lanes: those that were restored to their best weights, and those that were not."""
    if not back:
        return f"{_listed(kept)} have no better weights to go back to."
    have = "have gone back to their" if len(back) > 1 else "has gone back to its"
    stays = "stay as they are" if len(kept) > 1 else "stays as it is"
    rest = f" {_listed(kept)} {stays}." if kept else ""
    return f"{_listed(back)} {have} best weights.{rest} {_GOES_ON}"


def _listed(names: Sequence[str]) -> str:
    *first, last = map(quoted, names)
    return f"{', '.join(first)} and {last}" if first else last


def _seeds_are_back(back: int, seeds: int) -> str:
    all_of_them = counted(seeds, "seed")
    if back == seeds:
        return f"all {all_of_them} have gone back to their best weights"
    have = "has gone back to its" if back == 1 else "have gone back to their"
    return f"{back} of {all_of_them} {have} best weights; the others stay as they are"


def compare_by_hand(lane: LaneSnapshot) -> str:
    """Return a sentence if weights that were set by hand are no worse than the best ones; "" otherwise, and for a
    repeated lane, whose seeds have each their own.
    """
    if lane.repeats:
        return ""
    best, now = lane.best, float(lane.now.loss[1])
    if best is None or not _set_by_hand(lane) or not now <= best.loss[1]:
        return ""
    as_good = f"as good: validation {value_text(now)}"
    better = f"better: validation {value_text(now)} instead of {value_text(best.loss[1])}"
    return f"The present weights, some set by hand, are {better if now < best.loss[1] else as_good}."


def with_lane_name(sentence: str, name: str, lanes: int) -> str:
    """Return the sentence; with several lanes, the lane's name comes first."""
    return sentence if lanes == 1 else f"{name}: {sentence[:1].lower()}{sentence[1:]}"


def explain_not_restored(epoch: int | None) -> str:
    """Return why a lane was not restored: it has its best weights already, or it has no best epoch."""
    if epoch is None:
        return "There are no best weights: they need a validation loss."
    return f"These already are the best weights, those of epoch {count_text(epoch)}."


def format_losses(best: Best) -> str:
    """Return the losses of the splits, as in "training 0.0312, validation 0.0440"."""
    losses = zip(SPLITS, best.loss, strict=True)
    return ", ".join(f"{name} {value_text(loss)}" for name, loss in losses if not isnan(loss))


def describe_bests(bests: Sequence[Best]) -> str:
    """Return a sentence about the best epoch and its losses, or about those of several seeds; "" without any."""
    if not bests:
        return ""
    if len(bests) == 1:
        return f"Best epoch {count_text(bests[0].epoch)}, with losses of {format_losses(bests[0])}."
    epochs = [best.epoch for best in bests]
    middle = median_of(bests)
    return (
        f"Best epochs of {counted(len(bests), 'seed')}: {count_text(min(epochs))} to {count_text(max(epochs))}, in the "
        f"median {count_text(middle.epoch)}, with median losses of {format_losses(middle)}."
    )


def median_of(bests: Sequence[Best]) -> Best:
    """Return the medians of best epochs and of their losses; between two epochs, the earlier one."""
    training, validation, test = quartiles(np.array([best.loss for best in bests]))[1].tolist()
    epoch, step = (
        int(np.median(numbers)) for numbers in ([one.epoch for one in bests], [one.step for one in bests])
    )
    return Best(epoch, step, (training, validation, test))


def back_meaning(bests: Sequence[Best], lanes: int = 1) -> str:
    """Return what going back does in so many lanes."""
    if lanes > 1:
        return f"In each of {counted(lanes, 'selected lane')}: {EACH_LANE_MEANING}"
    return BACK_MEANING if len(bests) < 2 else EACH_SEED_MEANING


def describe_bests_of(lanes: Sequence[tuple[str, Sequence[Best]]]) -> str:
    """Return sentences about the best epochs of several lanes, by their names."""
    return " ".join(f"{quoted(name)}: {_lowered(describe_bests(bests))}" for name, bests in lanes)


def _lowered(sentence: str) -> str:
    return f"{sentence[:1].lower()}{sentence[1:]}"
