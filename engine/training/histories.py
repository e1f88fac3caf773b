"""What is measured of lanes goes into their histories: at their start and after every epoch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.observation.probes import no_layer_numbers
from engine.observation.rows import Floats
from engine.training.lane_stack import LaneStack
from engine.training.whole_epochs import Ran


def set_now(stack: LaneStack) -> None:
    """Set ``now`` of a stack's runs to what they are; layers that are not measured are NaN."""
    numbers = stack.measuring.numbers()
    for index, run in enumerate(stack.runs):
        layers, run.chain = stack.measuring.layers(index) or (no_layer_numbers(run.layout.layers), None)
        run.now = run.measured(numbers[index], layers)


def begin_histories(stacks: Iterable[LaneStack]) -> None:
    """Begin the histories of lanes that have made no step, and the best epochs of lanes that have none.

    A lane has no best epoch where an edit made its former validation losses incomparable; then what it is now is the
    best so far.
    """
    for stack in stacks:
        if stack.data.validation:
            _begin_best(stack)
        fresh = [index for index, run in enumerate(stack.runs) if not run.step]
        if fresh:
            _begin_rows(stack, fresh)


def _begin_best(stack: LaneStack) -> None:
    for index, run in enumerate(stack.runs):
        if run.step and run.best is None:
            run.begin_best(stack.measuring.numbers()[index], stack.row(index))


def _begin_rows(stack: LaneStack, fresh: list[int]) -> None:
    stack.calibrate()
    stack.measuring.measure_layers(fresh)
    set_now(stack)
    for index in fresh:
        run = stack.runs[index]
        assert run.now is not None
        run.begin_history(stack.measuring.numbers()[index], run.now, stack.row(index))


def begin_again(stacks: Iterable[LaneStack]) -> None:
    """Begin the histories of lanes that are amid their training and have none, with what they are now."""
    for stack in stacks:
        lost = [index for index, run in enumerate(stack.runs) if not len(run.history)]
        if lost:
            stack.measuring.measure_layers(lost)
        for index in lost:
            numbers, layers = stack.measuring.numbers()[index], stack.measuring.layers(index)
            assert layers is not None
            stack.runs[index].begin_history_again(numbers, layers[0])


def add_rows(stacks: Sequence[LaneStack], ran: Sequence[Ran]) -> None:
    """Add what was measured after some epochs to the histories, and measure layers where they are due after the last.

    Parameters
    ----------
    stacks
        Their runs have counted the epochs.
    ran
        What was measured of each stack.
    """
    for stack, one in zip(stacks, ran, strict=True):
        for index, run in enumerate(stack.runs):
            run.note_epochs(one.numbers[:, index], stack.batches, int(one.best[index]), one.rows[index])
        due = [index for index, run in enumerate(stack.runs) if run.layers_due]
        if due:
            _add_layers(stack, due, one.numbers[-1])


def _add_layers(stack: LaneStack, due: list[int], numbers: Floats) -> None:
    stack.measuring.measure_layers(due)
    for index in due:
        layers = stack.measuring.layers(index)
        assert layers is not None
        stack.runs[index].note_layers(stack.runs[index].measured(numbers[index], layers[0]))
