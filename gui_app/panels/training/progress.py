"""The progress of training, as the bar at the top shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np

from engine.catalogue.texts import counted, r2_text, share_text
from engine.observation.snapshot import Best, HistoryView, Stop


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of training.

    ``score`` [3]: the scores of training, validation and test points, NaN if there are none. ``speed``: steps per
    second, None while nothing trains.
    """

    epoch: int
    step: int
    speed: float | None
    task: str
    score: tuple[float, float, float]
    stop: Stop | None
    bests: tuple[Best, ...] = ()
    """The best epoch of each seed, if their weights can be restored."""
    beyond: int = 0
    """Steps since the epoch ended."""
    pace: tuple[int, float] | None = None
    """Epoch of the run and epochs a second, 0 if not yet measured; None while nothing trains."""
    run: int | None = None
    """The number of the run (see ``Snapshot``); None before the first."""
    trains: bool = True
    """Whether there are points to train on."""
    by_hand: str = ""
    """A sentence if the present weights are no worse than its, because some were set by hand."""
    reached: int | None = None
    """The epoch of the seeds that wait until the others have caught up; None where none do."""
    of_lanes: tuple[tuple[str, tuple[Best, ...]], ...] = ()
    """The best epochs of each lane whose weights can be restored, with its name."""


BEYOND = (
    "{steps} into the next epoch. The legend of the loss plot shows the current losses; its curves and their "
    "readout show those after each epoch."
)
CATCHING_UP = (
    "The seeds that came later catch up, while the others wait at epoch {reached:,}. Losses, scores and curves of the "
    "lane are those of the epoch shown; answers on the canvas are of the seeds as they are now, at different epochs."
)
NOT_BEGUN = Progress(0, 0, None, "", (nan, nan, nan), None)
"""Progress without a task: the score is then named after the task of the document."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The texts of the bar."""

    epoch: str
    epoch_tip: str
    step: str
    speed: str
    score_name: str
    score: tuple[str, ...]
    stop: Stop | None
    bests: tuple[Best, ...]
    by_hand: str
    pace: tuple[int, float] | None
    run: int | None
    trains: bool
    lanes: tuple[tuple[str, tuple[Best, ...]], ...] = ()
    """Where several lanes are selected: those that can go back, with their best epochs."""


def best_texts(bests: Sequence[Best], lanes: int = 1) -> tuple[str, ...]:
    """Return the texts of the way back to the best epoch, or to those of several seeds or lanes, longest first."""
    if lanes > 1:
        return f"Best of {counted(lanes, 'lane')}", f"Best of {lanes}", "Best"
    if len(bests) > 1:
        return "Best of each seed", "Best of each", "Best"
    (best,) = bests
    return f"Best: epoch {best.epoch:,}", f"Best: {best.epoch:,}", "Best"


def pace_of(epoch: int, steps_per_second: float, history: HistoryView) -> tuple[int, float]:
    """Return the epoch and, from the steps of the newest epochs, the epochs a second."""
    epochs, steps = (np.diff(numbers[-2:]) for numbers in (history.epoch, history.step))
    return epoch, steps_per_second * float(epochs[0] / steps[0]) if len(steps) and steps[0] > 0 else 0.0


def figures_of(progress: Progress, selected: Sequence[str] = ()) -> Figures:
    """Return the texts for a progress, while these lanes are selected."""
    lanes = tuple(one for one in progress.of_lanes if one[0] in selected) if len(selected) > 1 else ()
    bests = tuple(best for _, found in lanes for best in found) if len(selected) > 1 else progress.bests
    name = score_name(progress.task) if progress.task else ""
    speed = "–" if progress.speed is None else f"{progress.speed:,.0f}"
    beyond = 0 if progress.speed is not None else progress.beyond
    epoch = f"{progress.epoch:,} +{beyond:,}" if beyond else f"{progress.epoch:,}"
    notes = [BEYOND.format(steps=counted(beyond, "step"))] if beyond else []
    if progress.reached is not None:
        notes.append(CATCHING_UP.format(reached=progress.reached))
    return Figures(
        epoch,
        " ".join(notes),
        f"{progress.step:,}",
        speed,
        name,
        _score(progress),
        progress.stop,
        bests,
        progress.by_hand,
        progress.pace,
        progress.run,
        progress.trains,
        lanes,
    )


def score_name(task: str) -> str:
    return "accuracy" if task == "classification" else "R²"


def _score(model: Progress) -> tuple[str, ...]:
    """Return the scores of the splits; "–" for a split without points."""
    write = share_text if model.task == "classification" else r2_text
    return tuple(map(write, model.score))
