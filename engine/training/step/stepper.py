"""Train a stack step by step: feeds for its steps, and the runner for each batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.network import EncodedData
from engine.network.dropout import draw_masks
from engine.tape.ways import Way
from engine.training.step.batches import Batches
from engine.training.step.feed import Feed, FeedLayout, FeedMaker, Loaded, room_for, rows_for
from engine.training.step.per_step import Rule, StepNumbers
from engine.training.step.step_runner import StepRunner
from engine.training.step.step_state import StepState

Floats = NDArray[np.float64]


MOST_AHEAD = 64
"""Epochs for which a feed is made ahead."""


class Stepper:
    """Trains the ``state`` of a stack on batches of ``batch_size`` points; ``numbers`` change with every step."""

    def __init__(
        self, state: StepState, numbers: StepNumbers, data: EncodedData, batch_size: int, way: Way
    ) -> None:
        self._state, self._numbers = state, numbers
        self._data, self._put = data, data.at(state.place)
        self._batch_size, self._way = batch_size, way
        self._loaded: dict[int, Loaded] = {}
        self._runners: dict[tuple[int, int], StepRunner] = {}
        self._maker: FeedMaker | None = None
        self._feed: Feed | None = None
        self._ahead = 1
        self._latest: tuple[Feed, int] | None = None
        self._moved: tuple[Tensor, Tensor] | None = None
        self._silenced: list[Tensor] | None = None

    @property
    def way(self) -> Way | None:
        """How the latest step was computed; None before the first one on the data."""
        return None if self._latest is None else self.runner(*self._latest).way

    @property
    def changing(self) -> Sequence[str]:
        """The names of ``Feed.numbers``, in their order."""
        return list(self._numbers.now)

    # -- feeds

    @property
    def batches(self) -> int:
        """How many batches make an epoch; there must be points."""
        return self._feeds.batches

    def take_data(self, data: EncodedData) -> None:
        """Continue with other points."""
        self._data, self._put, self._maker = data, data.at(self._state.place), None
        self._drop_feed()
        if self._state.augmentation:
            # Runners measure offsets from the centre of the old data and use their scaling.
            self._runners.clear()
            self._latest = self._moved = self._silenced = None

    def forget_feed(self) -> None:
        """Make new feeds from the next step on, because numbers of the lanes have changed."""
        self._move_latest()
        self._silence_latest()
        self._drop_feed()

    def feed_at(
        self, batches: Batches, epoch: int, number: int, steps: int, rule: Callable[[], Rule]
    ) -> tuple[Feed, int]:
        """A feed of the steps from a batch on, and the index of the first of them.

        Parameters
        ----------
        batches
            The orders of the points.
        epoch, number
            The lanes' own epoch, and the number of the batch in it.
        steps
            How many are wanted; at most ``most_steps``, else the feed may be shorter.
        rule
            Returns the rule of the steps from that batch on.
        """
        first = epoch * self.batches + number
        index = -1 if self._feed is None else first - self._feed.first
        if self._feed is None or not 0 <= index <= len(self._feed) - steps:
            # More and more for as long as nothing changes, to the end of an epoch.
            ahead = min(self._ahead * self.batches - number, self._feeds.steps_ahead)
            steps = min(max(steps, ahead), self.most_steps)
            numbers = rule()
            self._feed = self._feeds.make(
                batches, first, steps, lambda steps: self._numbers.of(numbers, steps)
            )
            self._ahead, index = min(2 * self._ahead, MOST_AHEAD), 0
        return self._feed, index

    @property
    def most_epochs(self) -> int:
        """How many whole epochs a feed should cover at the most; 0 where it has no room for one."""
        return self._feeds.most_epochs

    @property
    def most_steps(self) -> int:
        """How many steps a feed may have."""
        return self._feeds.most_steps

    def _drop_feed(self) -> None:
        self._feed, self._ahead = None, 1

    @property
    def _feeds(self) -> FeedMaker:
        if self._maker is None:
            room = room_for(self._data.training, self._batch_size)
            rows = self._state.network.whole(rows_for(room, bool(self._state.augmentation)))
            self._maker = FeedMaker(
                self._state, self._data, self._batch_size, rows, room, self._numbers.memory.numel()
            )
        return self._maker

    # -- steps

    def train(self, feed: Feed, index: int) -> Tensor:
        """Update all lanes once; returns the step's look [lanes], see ``StepRunner``."""
        runner = self.load(feed, index)
        self.skip_to(feed, index)
        runner.step()
        return runner.look

    def train_many(self, feed: Feed, first: int, count: int) -> Tensor:
        """Make consecutive steps of a feed; returns a sum [lanes] of their looks, which is finite where all are."""
        looks, done = self._state.place.zeros(self._state.network.lanes), 0
        while done < count:
            # All but an epoch's last batch have the same runner.
            to_last = (feed.batches - 1 - first - done - feed.first) % feed.batches
            together, runner = min(count - done, max(1, to_last)), self.load(feed, first + done)
            looks += runner.steps(feed, first + done, together, self.changing, self.train)
            done += together
        self.skip_to(feed, first + count - 1)
        return looks

    def skip_to(self, feed: Feed, index: int) -> None:
        """Take a step of a feed as the latest, whoever made it."""
        self._latest, self._moved, self._silenced = (feed, index), None, None

    def load(self, feed: Feed, index: int) -> StepRunner:
        """Load a step's batch and numbers into the runner for it."""
        self.take(feed, feed.memory[index], feed.numbers[index])
        return self.runner(feed, index)

    def take(self, feed: Feed, batch: Tensor, numbers: Tensor) -> None:
        """Load a batch [size] as those of ``feed``, and the numbers [names, lanes, 1] of its step."""
        self._memory(feed).load(batch)
        if self._numbers:
            self._numbers.load(numbers)

    def compiles(self, feed: Feed, first: int) -> bool:
        """Whether the steps of a feed from ``first`` on, and the last one of their epoch, are native code."""
        last = min(first + (feed.batches - 1 - first - feed.first) % feed.batches, len(feed) - 1)
        return all(self.load(feed, index).compiled() is not None for index in (first, last))

    def moved(self, lane: int) -> tuple[Floats, Tensor] | None:
        """Positions [points, 2] of the latest batch after augmentation, and their encoded targets [points, outputs];
        None without augmentation, and before the first step on the data.
        """
        self._move_latest()
        if self._moved is None:
            return None
        offsets, encoded = self._moved
        return self._data.positions(offsets[lane]), encoded.cpu()

    def _move_latest(self) -> None:
        """Keep what augmentation made of the latest batch, with the strengths there are."""
        if self._latest is None or self._moved is not None:
            return
        feed, index = self._latest
        moved, points = self.load(feed, index).moved(), feed.real(index)
        self._moved = None if moved is None else (moved[0][:, :points], moved[1][:points])

    def silenced(self, lane: int) -> list[NDArray[np.bool_]]:
        """Which inputs and hidden neurons, layer by layer, dropout silenced for the first point of the latest batch;
        nothing without dropout, and before the first step.
        """
        self._silence_latest()
        return [layer[lane].cpu().numpy() for layer in self._silenced or ()]

    def _silence_latest(self) -> None:
        """Keep what dropout silenced in the latest step, with the rates there are."""
        if self._latest is None or self._silenced is not None or not self._state.drops:
            return
        feed, index = self._latest
        state, widths = self._state, self._state.network.layout.widths
        masks = draw_masks(state.rates, widths, feed.loaded["masks"][index, :1])
        none, lanes = torch.zeros((), dtype=torch.bool, device=state.place.device), state.network.lanes
        self._silenced = [
            none.expand(lanes, width) if mask is None else mask[:, 0] == 0.0
            for mask, width in zip(masks, widths, strict=False)
        ]

    def _memory(self, feed: Feed) -> Loaded:
        rows = feed.loaded["shares"].shape[1]
        loaded = self._loaded.get(rows)
        if loaded is None:
            loaded = self._loaded[rows] = Loaded(
                FeedLayout.of(self._state, self._data, rows), self._state.place
            )
        return loaded

    def runner(self, feed: Feed, index: int) -> StepRunner:
        """What makes a step of a feed."""
        rows = feed.loaded["shares"].shape[1]
        points = feed.real(index) if self._state.counts_points else rows
        runner = self._runners.get((rows, points))
        if runner is None:
            runner = self._runners[rows, points] = StepRunner(
                self._state, self._put, self._memory(feed), points, self._way
            )
        return runner
