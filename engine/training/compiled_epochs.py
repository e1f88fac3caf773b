"""Whole epochs of a stack in one native call for each thread."""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from functools import cache

import numpy as np
import torch
from torch import Tensor

from engine.catalogue.texts import counted
from engine.observation.measure import NUMBERS, Floats
from engine.tape.compiler.binding import Binding, NativeBinding
from engine.tape.compiler.epochs import Best, Rounds
from engine.tape.denormals import forget_denormals
from engine.tape.threads import processors
from engine.training.step.compiled_evaluation import CompiledEvaluation
from engine.training.step.compiled_step import CompiledStep
from engine.training.step.feed import Feed
from engine.training.step.measuring import Measuring
from engine.training.step.stepper import Stepper
from engine.training.whole_epochs import Ran

LANES_PER_THREAD = 8
"""A thread for fewer lanes costs more than it brings."""


class CompiledEpochs:
    """Whole epochs as ``WholeEpochs`` trains them. Lanes are divided among threads; no number depends on how.

    Parameters
    ----------
    stepper
        Loads a batch where a step is yet to be compiled.
    step, tail
        The training step, and that of an epoch's last batch where it is another one.
    evaluation
        What measures after every epoch.
    flat : Tensor [lanes, size]
        The parameters.
    """

    def __init__(
        self,
        stepper: Stepper,
        step: CompiledStep,
        tail: CompiledStep | None,
        evaluation: CompiledEvaluation,
        flat: Tensor,
    ) -> None:
        self._stepper, self._evaluation = stepper, evaluation
        self._lanes, self._rows = len(flat), torch.empty_like(flat)
        self._steps = [one for one in (step, tail) if one is not None]
        self._bindings = [one.bind_steps() for one in self._steps]
        threads = max(1, min(processors(), self._lanes // LANES_PER_THREAD))
        edges = np.linspace(0, self._lanes, threads + 1).astype(int).tolist()
        self._shares = [range(start, end) for start, end in itertools.pairwise(edges)]
        native = [_native(binding) for binding in self._bindings]
        self._epochs = [evaluation.after(native[0], native[1] if tail else None) for _ in self._shares]

    def run(self, feed: Feed, first: int, epochs: int, lowest: Floats) -> Ran:
        """See ``WholeEpochs``. Whatever is raised, no thread writes any more when this is left."""
        if not 0 <= first <= first + epochs * feed.batches <= len(feed):
            raise ValueError(
                f"{counted(epochs, 'epoch')} from step {first} on are more than a feed of {counted(len(feed), 'step')}"
            )
        for step, binding in zip(self._steps, self._bindings, strict=True):
            step.point(binding, feed, self._stepper.changing)
        tail = len(self._steps) - 1
        rounds = Rounds(epochs, first, feed.batches - tail, tail)
        # Lanes that go no further write nothing, and whatever is in memory may not be a number to compute with.
        numbers = np.zeros((epochs, self._lanes, NUMBERS))
        best = Best(lowest.copy(), np.full(self._lanes, -1), self._rows)
        wrong = np.full(self._lanes, epochs)
        if len(self._shares) == 1:
            self._epochs[0].run(self._shares[0], rounds, numbers, best, wrong)
        else:
            pool, tasks = _pool(os.getpid()), list[Future[None]]()
            try:
                for one, share in zip(self._epochs, self._shares, strict=True):
                    tasks.append(pool.submit(one.run, share, rounds, numbers, best, wrong))
                for task in tasks:
                    task.result()
            finally:
                _outlast(tasks)
        self._evaluation.finish(numbers)
        return Ran(numbers, best.epochs, self._rows, int(wrong.min()))


def compiled_epochs(
    stepper: Stepper, measuring: Measuring, flat: Tensor, feed: Feed, first: int
) -> CompiledEpochs | None:
    """Compile what the epochs of a stack need.

    Parameters
    ----------
    stepper, measuring
        Of the stack.
    flat : Tensor [lanes, size]
        Its parameters.
    feed, first
        A feed and the index of the step that begins an epoch.

    Returns
    -------
    CompiledEpochs or None
        None where a part of them is not native code as a whole.
    """
    evaluation = measuring.compiled()
    step = stepper.load(feed, first).compiled()
    last = stepper.load(feed, first + feed.batches - 1).compiled()
    if evaluation is None or step is None or last is None or step.is_mixed or last.is_mixed:
        return None
    return CompiledEpochs(stepper, step, None if last is step else last, evaluation, flat)


def _outlast(tasks: Sequence[Future[None]]) -> None:
    """Wait for all tasks, however often that is interrupted; the first interrupt is on its way already."""
    while not all(task.done() for task in tasks):
        with suppress(KeyboardInterrupt):
            wait(tasks)


@cache
def _pool(process: int) -> ThreadPoolExecutor:
    """The threads of a process: a forked one has none of its parent's."""
    return ThreadPoolExecutor(processors(), "lanes", forget_denormals)


def _native(binding: Binding) -> NativeBinding:
    assert isinstance(binding, NativeBinding)
    return binding
