"""The weights of the best epoch: messages about them, and when a lane can go back to them."""

from __future__ import annotations

from itertools import takewhile
from math import isnan

from engine.observation.snapshot import Best, EditMark, LaneSnapshot
from engine.observation.texts import value_text
from gui_app.widgets.ticks import count_text

SPLITS = ("training", "validation", "test")
BACK = "Go back to the best weights"
BACK_MEANING = (
    "Replaces the current weights with those of the epoch with the lowest validation loss. "
    "The epoch count goes on; Reset starts over."
)


def best_to_restore(lane: LaneSnapshot, playing: bool) -> Best | None:
    """The best epoch of a lane that rests, unless its weights are those that the lane has."""
    best, stop = lane.best, lane.stop
    if best is None or playing or lane.now.step == best.step:
        return None
    if stop is not None and stop.best_epoch == best.epoch:
        return None
    return None if return_of(lane) else best


def return_of(lane: LaneSnapshot) -> EditMark | None:
    """The mark of the lane's return to its best weights, if it has made no step since."""
    now = takewhile(lambda mark: mark.step == lane.now.step, reversed(lane.marks))
    return next((mark for mark in now if mark.kind == "restore"), None)


def goes_on_words(epoch: int) -> str:
    """Of an ended lane that has its best weights back, and ended with others."""
    return f"Play continues from those of epoch {count_text(epoch)}"


def restored_words(mark: str) -> str:
    """That a lane has gone back, in the words of its mark. Two sentences."""
    return f"{mark[:1].upper()}{mark[1:]}. The epoch count goes on; Reset starts over."


def of_lane(sentence: str, name: str, lanes: int) -> str:
    """The sentence, with the name of the lane that it is about where there are several."""
    return sentence if lanes == 1 else f"{name}: {sentence[:1].lower()}{sentence[1:]}"


def nothing_restored_words(epoch: int | None) -> str:
    """Why a lane did not go back: it has the weights of its best epoch, or no best epoch. A sentence."""
    if epoch is None:
        return "There are no best weights yet: they need a validation loss."
    return f"These already are the best weights, those of epoch {count_text(epoch)}."


def loss_words(best: Best) -> str:
    """As in "training 0.0312, validation 0.0440"."""
    losses = zip(SPLITS, best.loss, strict=True)
    return ", ".join(f"{name} {value_text(loss)}" for name, loss in losses if not isnan(loss))


def best_words(best: Best) -> str:
    """A sentence."""
    return f"Best epoch {count_text(best.epoch)}, with losses of {loss_words(best)}."
