"""Bursts: many whole epochs of all stacks in one call, as if each had been trained alone."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from engine.observation.history import next_layers_due
from engine.training.endings import conclude_epoch, settle
from engine.training.histories import add_rows
from engine.training.lane_stack import LaneStack
from engine.training.lanes import Lanes
from engine.training.whole_epochs import Ran

GROWTH = 4
"""A burst is at most so many times as long as the one before."""
MOST_CAREFUL = 64
"""Epochs that are trained step by step, at the most, after a look that was not finite for nothing."""


class Bursts:
    """Trains bursts of ``lanes``.

    A burst is speculative. Afterwards its epochs are gone through in order, and where one of them ends or changes a
    lane, all stacks go back to what they were before the burst and are trained up to exactly there. So its length
    changes no number.
    """

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes
        self._latest = self._arrangement = 0
        self._careful = self._alarms = 0

    def length(self, most: int | None, seconds: float, each: float | None) -> int:
        """Return how many epochs the next burst should have.

        Parameters
        ----------
        most
            The most epochs; None for any number.
        seconds
            How long it may take.
        each
            Seconds of an epoch; None if they are not known: a step tells, so no epoch is trained to find out, unless
            there is any time for it.

        Returns
        -------
        int
            0 where steps should be trained one by one.
        """
        if self._careful or not self._lanes.at_epoch_end:
            return 0
        in_time = seconds == inf if each is None else min(seconds / max(each, 1e-9), 1e9)
        allowed = [int(in_time)]
        if most is not None:
            allowed.append(most)
        if self._arrangement != self._lanes.stacks.changes:
            self._arrangement, self._latest = self._lanes.stacks.changes, 0
        allowed.append(max(1, GROWTH * self._latest))
        level = self._lanes.epochs_to_level()
        allowed += [] if level is None else [level]
        allowed += [stack.most_epochs for stack in self._lanes.stacks.running]
        allowed += [next_layers_due(run.epochs_unedited) for run in self._lanes.running]
        return min(allowed)

    def epoch_was_stepped(self) -> None:
        """Note that an epoch has been trained step by step."""
        self._careful = max(0, self._careful - 1)

    def train(self, epochs: int) -> int:
        """Train a burst.

        Parameters
        ----------
        epochs
            At most what ``length`` returned; 1 or more.

        Returns
        -------
        int
            How many epochs were trained: fewer where one of them ended or changed a lane, or where the next one has to
            be trained step by step.
        """
        lanes = self._lanes
        settle(lanes)
        stacks = lanes.stacks.running
        if not stacks or not lanes.at_epoch_end:
            return 0
        ran = self._run(stacks, epochs)
        fine = min(one.fine for one in ran)
        kept, changed = follow(stacks, ran, fine)
        if kept < epochs:
            for stack in stacks:
                stack.go_back()
            ran = self._run(stacks, kept) if kept else []
        if kept:
            self._finish(stacks, ran, kept)
            # Not before: what was trained again needed the rates of then.
            forget_feeds(changed)
        if kept == fine < epochs:
            self._alarms = min(max(1, 2 * self._alarms), MOST_CAREFUL)
            self._careful = self._alarms
        else:
            self._alarms = 0
        self._latest = kept
        return kept

    def _run(self, stacks: Sequence[LaneStack], epochs: int) -> list[Ran]:
        ran = []
        try:
            for stack in stacks:
                ran.append(stack.train_epochs(self._lanes.batches, epochs))
        except BaseException:
            for stack in stacks[: len(ran) + 1]:
                stack.go_back()
            raise
        return ran

    def _finish(self, stacks: Sequence[LaneStack], ran: Sequence[Ran], epochs: int) -> None:
        lanes = self._lanes
        lanes.batches.skip(epochs)
        for stack, one in zip(stacks, ran, strict=True):
            stack.count_epochs(epochs, one)
        add_rows(stacks, ran)
        conclude_epoch(lanes)
        lanes.join()


def follow(
    stacks: Sequence[LaneStack], ran: Sequence[Ran], epochs: int, counted: int = 0
) -> tuple[int, list[LaneStack]]:
    """Let early stopping and schedules look at the losses of epochs, in order, up to the first that ends or changes a
    lane.

    Parameters
    ----------
    stacks, ran
        What was measured of each stack.
    epochs
        How many epochs to go through.
    counted
        How many of them the runs have counted already.

    Returns
    -------
    int
        How many epochs were gone through.
    list of LaneStack
        Stacks with lanes that the last of them ended or changed.
    """
    watching = [
        (stack, run, one.numbers[:epochs, lane, 0].tolist(), one.numbers[:epochs, lane, 1].tolist())
        for stack, one in zip(stacks, ran, strict=True)
        for lane, run in enumerate(stack.runs)
        if run.watches_losses
    ]
    if not watching:
        return epochs, []
    for epoch in range(epochs):
        changed = [
            stack
            for stack, run, training, validation in watching
            if run.follow(
                run.epoch + 1 - counted + epoch, training[epoch], validation[epoch], stack.data.validation > 0
            )
        ]
        if changed:
            return epoch + 1, changed
    return epochs, []


def forget_feeds(stacks: Sequence[LaneStack]) -> None:
    """Let the next steps of these stacks have new numbers, because rates have changed."""
    for stack in stacks:
        stack.forget_feed()
