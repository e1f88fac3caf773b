"""What the steps of a stack read, made for many steps at once: batches, random numbers, numbers of the optimizer."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from math import prod

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.network import EncodedData, draws
from engine.network.dropout import draw_uniforms, dropped
from engine.network.network import VECTOR
from engine.tape.placement import PROCESSOR, Placement
from engine.training.step.augmentation import UNIFORM
from engine.training.step.batches import Batches
from engine.training.step.step_state import StepState

MOST_BYTES = 4_000_000
"""The most memory of a feed, unless one step needs more."""
TOGETHER_BYTES = 1_000_000
"""The most memory of a feed of several epochs."""
MOST_FREE = 2
"""How much memory of former feeds is kept for coming ones: new memory costs as much as what is written there."""
ON_DEVICE = 16
"""So many times as large are feeds of a device, where many lanes have many numbers and each launch takes its time."""
AHEAD_BYTES = 250_000
"""The most memory of a feed that is made for more steps than are wanted at once: what a processor's cache holds."""
ALIGNED = 16
"""Numbers in 64 bytes; each part of a feed's row begins at a multiple of them."""


def room_for(points: int, batch_size: int) -> int:
    """Return for how many points the batches of an epoch have room.

    All batches of a stack have the same room, and a batch with fewer points is filled with copies of its first one that
    do not count. Few points have room to spare, so that while somebody draws, the step is seldom another program.

    Parameters
    ----------
    points
        How many training points there are.
    batch_size
        At most so many in a batch.

    Returns
    -------
    int
        ``batch_size``, or less where there are fewer points.

    Examples
    --------
    >>> [room_for(points, 1000) for points in (1, 8, 9, 65, 513, 2000)]
    [8, 8, 16, 96, 640, 1000]
    """
    if points >= batch_size:
        return batch_size
    multiple = 8 if points <= 64 else 32 if points <= 512 else 128
    return min(batch_size, max(1, -(-points // multiple)) * multiple)


def rows_for(room: int, moves_points: bool) -> int:
    """Return how many rows a step has at least, so that no sine of augmentation is in a vector that is not whole.

    Parameters
    ----------
    room
        What ``room_for`` returned.
    moves_points
        Whether augmentation moves points.

    Returns
    -------
    int
        ``room``, or the next multiple of ``VECTOR``.
    """
    return -(-room // VECTOR) * VECTOR if moves_points else room


@dataclass(frozen=True, slots=True)
class FeedLayout:
    """Where the parts of a step's batch lie in a row of numbers.

    Attributes
    ----------
    shapes
        The shape of each part, by name.
    starts
        The first number of each part.
    size
        Numbers of a row.
    """

    shapes: Mapping[str, tuple[int, ...]]
    starts: tuple[int, ...]
    size: int

    @classmethod
    def of(cls, state: StepState, data: EncodedData, rows: int) -> FeedLayout:
        """The parts that the step of a stack reads, with this number of ``rows``.

        ``inputs`` [rows, features] or with augmentation ``offsets`` [2, rows] from the centre, ``encoded`` targets
        [rows, outputs] and ``shares`` [rows], the weights of the rows' losses in the cost; with dropout ``masks``
        [rows, dropped], uniform in [0, 1); with augmentation ``moves`` [7, rows], uniform in [−1, 1), and ``noise``
        [2, rows], standard normal.
        """
        strengths, shapes = state.augmentation, dict[str, tuple[int, ...]]()
        if strengths:
            shapes["offsets"] = (2, rows)
        else:
            shapes["inputs"] = (rows, data.inputs.shape[1])
        shapes["encoded"], shapes["shares"] = (rows, data.encoded.shape[1]), (rows,)
        if state.drops:
            shapes["masks"] = (rows, dropped(state.rates, state.network.layout.widths))
        if strengths.keys() - {"input_noise"}:
            shapes["moves"] = (UNIFORM, rows)
        if "input_noise" in strengths:
            shapes["noise"] = (2, rows)
        ends = list(accumulate(-(-prod(shape) // ALIGNED) * ALIGNED for shape in shapes.values()))
        return cls(shapes, (0, *ends[:-1]), ends[-1])

    def parts(self, memory: Tensor) -> dict[str, Tensor]:
        """Views of ``memory`` [steps, size] or [size], by name."""
        return {
            name: memory[..., start : start + prod(shape)].unflatten(-1, shape)
            for (name, shape), start in zip(self.shapes.items(), self.starts, strict=True)
        }


class Loaded:
    """The fixed memory that a step reads its batch from: ``parts`` by name, all in one piece."""

    def __init__(self, layout: FeedLayout, place: Placement = PROCESSOR) -> None:
        self.layout = layout
        self.memory = place.zeros(layout.size)
        self.parts = layout.parts(self.memory)

    def load(self, row: Tensor) -> None:
        """Take a row [size] of a feed."""
        self.memory.copy_(row)


@dataclass(frozen=True, eq=False)
class Feed:
    """What consecutive steps of a stack read.

    Attributes
    ----------
    first
        The number of the first step, counted through all epochs.
    batches
        How many batches make an epoch.
    points
        How many points each batch of an epoch has [batches].
    memory
        [steps, size]; a row is what a step loads.
    loaded
        Its parts [steps, …], by the names of ``FeedLayout``.
    numbers
        What changes with every step of the optimizer [steps, names, lanes, 1].
    """

    first: int
    batches: int
    points: NDArray[np.int64]
    memory: Tensor
    loaded: Mapping[str, Tensor]
    numbers: Tensor

    def __len__(self) -> int:
        return len(self.memory)

    def epoch(self, index: int) -> int:
        """The epoch of a step."""
        return (self.first + index) // self.batches

    def real(self, index: int) -> int:
        """How many points the batch of a step has."""
        return int(self.points[(self.first + index) % self.batches])


class FeedMaker:
    """Makes the feeds of a stack for the points that there are.

    Parameters
    ----------
    state
        The stack.
    data
        The points, in the processor's memory: feeds are drawn there, and then put where the stack lies.
    batch_size
        Of the stack.
    rows
        Rows of a step, of which the first ``room`` may be points.
    room
        What ``room_for`` returned.
    numbers
        How many numbers of the optimizer change with every step.
    """

    def __init__(
        self,
        state: StepState,
        data: EncodedData,
        batch_size: int,
        rows: int,
        room: int,
        numbers: int = 0,
    ) -> None:
        self.layout = layout = FeedLayout.of(state, data, rows)
        self._data, self._room, self._place = data, room, state.place
        self._rates, self._widths = state.rates, state.network.layout.widths
        self._free: list[Tensor] = []
        self.batches = -(-data.training // batch_size)
        """How many batches make an epoch."""
        step = 4 * (layout.size + numbers)
        larger = ON_DEVICE if state.place.on_gpu else 1
        self.most_steps = max(1, larger * MOST_BYTES // step)
        """How many steps a feed may cover."""
        self.most_epochs = (
            min(self.most_steps, max(self.batches, larger * TOGETHER_BYTES // step)) // self.batches
        )
        """How many whole epochs a feed should cover at the most; 0 where it has no room for one."""
        self.steps_ahead = max(1, AHEAD_BYTES // step)
        """How many steps a feed should cover if fewer are wanted at once."""
        starts = np.arange(self.batches) * batch_size
        self._points = np.minimum(batch_size, data.training - starts)
        real = np.arange(rows) < self._points[:, None]
        # Where in an epoch's order each row of each batch is; what is left of a batch repeats its first point.
        self._places = (starts[:, None] + np.where(real, np.arange(rows), 0)).ravel()
        self._shares = torch.from_numpy(real / self._points[:, None])

    def make(self, batches: Batches, first: int, steps: int, numbers: Callable[[int], Tensor]) -> Feed:
        """Make the feed of these steps.

        Parameters
        ----------
        batches
            The orders of the points, and the seed.
        first
            The first step's number, counted through all epochs.
        steps
            How many.
        numbers
            Takes ``steps``; returns what changes with every step of the optimizer [steps, names, lanes, 1].
        """
        layout, data, per_epoch = self.layout, self._data, self.batches
        whole, memory = self._take_memory(steps)
        parts = layout.parts(memory)
        epoch, skipped = divmod(first, per_epoch)
        orders = batches.orders(epoch, -(-(skipped + steps) // per_epoch), data.training)
        places = torch.from_numpy(orders.take(self._places, 1).reshape(-1, parts["shares"].shape[1]))
        chosen = places[skipped : skipped + steps].flatten()
        if "inputs" in parts:
            parts["inputs"].copy_(data.inputs.index_select(0, chosen).view_as(parts["inputs"]))
        else:
            offsets = data.offsets.index_select(0, chosen).view(steps, -1, 2)
            parts["offsets"].copy_(offsets.transpose(1, 2))
        parts["encoded"].copy_(data.encoded.index_select(0, chosen).view_as(parts["encoded"]))
        self._share(parts, first)
        self._draw(parts, batches.seed, first, steps)
        if not self._place.is_plain:
            memory = self._place.put(memory)
            parts = layout.parts(memory)
            # These are exact to the digits of the place, whereas drawn numbers are the same everywhere.
            self._share(parts, first)
        feed = Feed(first, per_epoch, self._points, memory, parts, numbers(steps))
        weakref.finalize(feed, self._give_back, whole)
        return feed

    def _take_memory(self, steps: int) -> tuple[Tensor, Tensor]:
        """Memory that no feed needs any more, or new memory; and as much of it as these steps need."""
        kept = [memory for memory in self._free if len(memory) >= steps]
        memory = kept[0] if kept else torch.zeros(steps, self.layout.size)
        self._free = [other for other in self._free if other is not memory]
        return memory, memory[:steps]

    def _give_back(self, memory: Tensor) -> None:
        self._free = sorted([*self._free, memory], key=len)[-MOST_FREE:]

    def _share(self, parts: Mapping[str, Tensor], first: int) -> None:
        """Fill in the weights of the rows' losses."""
        parts["shares"].copy_(self._shares[0])
        parts["shares"][self._last(first) :: self.batches] = self._shares[-1].to(parts["shares"])

    def _last(self, first: int) -> int:
        """The index of the first step that has an epoch's last batch, in a feed from step ``first`` on."""
        return (self.batches - 1 - first) % self.batches

    def _draw(self, parts: Mapping[str, Tensor], seed: int, first: int, steps: int) -> None:
        """Fill in the random numbers, those of repeated points with the numbers of the point that they repeat."""
        room = self._room
        if "masks" in parts:
            masks, shape = parts["masks"], (steps, room)
            drawn = draw_uniforms(self._rates, self._widths, seed, draws.DROPOUT, first, shape)
            masks[:, :room] = torch.from_numpy(drawn)
            self._repeat(masks.transpose(1, 2), first)
        if "moves" in parts:
            drawn = draws.uniforms(seed, draws.MOVES, first, steps, UNIFORM * room)
            parts["moves"][..., :room] = torch.from_numpy(2.0 * drawn.reshape(steps, UNIFORM, room) - 1.0)
            self._repeat(parts["moves"], first)
        if "noise" in parts:
            drawn = draws.uniforms(seed, draws.NOISE, first, steps, 2 * room)
            parts["noise"][..., :room] = torch.from_numpy(draws.normals(drawn.reshape(steps, 2, room)))
            self._repeat(parts["noise"], first)

    def _repeat(self, drawn: Tensor, first: int) -> None:
        """Let the rows of ``drawn`` [steps, n, rows] that are no points be as the first row."""
        drawn[..., self._room :] = drawn[..., :1]
        last = drawn[self._last(first) :: self.batches]
        last[..., int(self._points[-1]) :] = last[..., :1]
