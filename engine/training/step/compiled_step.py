"""A training step as native code: recorded for one lane, run for all of them, one step or many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from engine.tape.compiler.binding import Binding
from engine.tape.compiler.program import Program
from engine.training.step.feed import Feed, Loaded
from engine.training.step.one_lane import OneLane
from engine.training.step.step_state import StepState

Record = Callable[[StepState, Loaded], Callable[[], tuple[Tensor, ...]]]
"""Returns the step of a state on a loaded batch; the step returns its look."""


class CompiledStep:
    """The step of a stack as a program.

    Parameters
    ----------
    state
        The lanes.
    loaded
        Fixed memory with a batch, on which the step is recorded.
    record
        Makes the step of a single lane.
    look : Tensor, float32 [lanes]
        Gets the look of each step.
    name
        What the step does, as a message names it.

    Raises
    ------
    Unlowerable
        If the step cannot be compiled.
    """

    def __init__(self, state: StepState, loaded: Loaded, record: Record, look: Tensor, name: str) -> None:
        lane, batch = OneLane.of(state), Loaded(loaded.layout)
        batch.load(loaded.memory)
        step = record(lane.state, batch)
        arguments = {**lane.templates, "batch": batch.memory}
        self._program = Program(lambda: {"look": step()[0]}, arguments, name, flags=("look",))
        self._lane, self._lanes, self._look = lane, len(look), look
        self._many: Binding | None = None
        self._single = self._bind()
        self._single.set("batch", loaded.memory)

    def step(self) -> None:
        """Update all lanes once, on the loaded batch and with the numbers of the stack."""
        self._single.run(0, self._lanes, 1)

    def steps(self, feed: Feed, first: int, count: int, changing: Sequence[str]) -> Tensor:
        """Make consecutive steps of a feed.

        Parameters
        ----------
        feed, changing
            As for ``point``.
        first, count
            The index of the first step, and how many.

        Returns
        -------
        Tensor [lanes]
            0 where all looks are finite, else NaN: such a lane went no further.
        """
        if self._many is None:
            self._many = self.bind_steps()
        self.point(self._many, feed, changing)
        wrong = self._many.run(0, self._lanes, count, first)
        return torch.where(torch.from_numpy(wrong) < count, torch.nan, 0.0)

    def bind_steps(self) -> Binding:
        """Return what runs many steps after ``point``; a lane ends where its look is not finite."""
        binding = self._bind()
        binding.look_at("look")
        return binding

    def point(self, binding: Binding, feed: Feed, changing: Sequence[str]) -> None:
        """Let a binding run the steps of a feed.

        Parameters
        ----------
        binding
            What ``bind_steps`` returned.
        feed
            Batches and numbers.
        changing
            The names of ``feed.numbers``, in their order.
        """
        binding.set("batch", feed.memory, steps=0)
        for index, name in enumerate(changing):
            binding.set(f"hyper {name}", feed.numbers[:, index], lanes=1, steps=0)

    @property
    def is_mixed(self) -> bool:
        """Whether some calls are replayed between pieces of native code."""
        return self._program.is_mixed

    def _bind(self) -> Binding:
        binding = self._program.bind()
        for name, tensor in self._lane.actual.items():
            binding.set(name, tensor, lanes=0)
        binding.set("look", self._look, lanes=0)
        return binding
