"""Whether native code computes what the recorded calls do.

Native code and PyTorch round differently, and what that makes of a result depends on the program: a sum that cancels
keeps no digit, and an optimizer that divides a gradient by its size turns the sign of a rounding error into a whole
step. So where a difference is more than that of the last places, the recorded calls are replayed some times, each time
with arguments that differ in their last bits. How far that moves an element is how far rounding may move it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import torch
from torch import Tensor

from engine.tape.compiler.binding import Binding
from engine.tape.recorder import Operation

TURNS = 6
"""How often the calls are replayed."""
MOVED = 2.0**-21
"""The most that an argument's elements are moved, relative to themselves: four units of the last place."""
FACTOR = 16.0
"""A difference may be so many times what the moves make (found, for all entries of the catalogue: up to 3)."""
LEAST = 2.0**-18
"""A difference, relative to the element or to its change, that is nothing: a sum of hundreds of terms, or a chain of
elementary functions, rounds as far.
"""
NOTHING = 2.0**-20
"""The same, relative to the largest element or change: 1 − x² keeps no more of an x that is nearly 1."""

_LAST = 2.0**-23
"""The last place of single precision."""
_BEYOND = 2.5
"""Times the largest change: farther does no lost sign move an element."""


def other_result(
    binding: Binding,
    operations: Sequence[Operation],
    templates: Mapping[str, Tensor],
    before: Mapping[str, Tensor],
    flags: Collection[str],
) -> str | None:
    """Run code on what the recorded calls got, and compare with what they made of it.

    Parameters
    ----------
    binding
        Of the program.
    operations
        The recorded calls.
    templates
        Arguments and results by name, as the calls have left them; they are left so.
    before
        What was in the arguments.
    flags
        Results of which it only matters whether they are finite; names without a result are ignored.

    Returns
    -------
    str or None
        The name of a result that is another one; None if there is none.
    """
    expected = {key: as_it_lies(tensor) for key, tensor in templates.items()}
    found = {
        key: as_it_lies(before[key]) if key in before else _spoilt(tensor) for key, tensor in expected.items()
    }
    for key, tensor in found.items():
        binding.set(key, tensor)
    binding.run(0, 1, 1)
    flags = found.keys() & set(flags)
    other = [key for key in flags if not torch.equal(found[key].isfinite(), expected[key].isfinite())]
    if other:
        return other[0]
    far = [
        key
        for key in expected.keys() - flags
        if not torch.equal(found[key], expected[key])
        and _differs(found[key], expected[key], torch.zeros(()), before.get(key))
    ]
    if far:
        spread = _spread(operations, templates, before, {key: expected[key] for key in far})
        for key in far:
            if _differs(found[key], expected[key], spread[key], before.get(key)):
                return key
    return None


def _spread(
    operations: Sequence[Operation],
    templates: Mapping[str, Tensor],
    before: Mapping[str, Tensor],
    expected: Mapping[str, Tensor],
) -> dict[str, Tensor]:
    """How far moved arguments move each element. Single numbers, which are settings, stay where there are others."""
    generator = torch.Generator().manual_seed(0)
    after = {key: as_it_lies(templates[key]) for key in before}
    changes = {key: _change(tensor, before.get(key)) for key, tensor in expected.items()}
    spread = {key: torch.zeros_like(change) for key, change in changes.items()}
    several = [key for key, tensor in before.items() if tensor.numel() > 1] or list(before)
    for _ in range(TURNS):
        for key, tensor in before.items():
            templates[key].copy_(tensor)
        moved = {key: _moved(tensor, generator) for key, tensor in before.items() if key in several}
        for key, tensor in moved.items():
            templates[key].copy_(tensor)
        for operation in operations:
            operation.call()
        for key, change in changes.items():
            begin = moved.get(key, before.get(key))
            difference = (_change(templates[key], begin) - change).abs()
            torch.maximum(spread[key], difference.nan_to_num(torch.inf, torch.inf), out=spread[key])
    for key, tensor in after.items():
        templates[key].copy_(tensor)
    return spread


def _change(tensor: Tensor, before: Tensor | None) -> Tensor:
    """How far an argument has changed; a result as it is."""
    return tensor.double() if before is None else tensor.double() - before.double()


def _moved(tensor: Tensor, generator: torch.Generator) -> Tensor:
    """Numbers a little beside these."""
    if tensor.dtype == torch.bool:
        return tensor
    step = MOVED if tensor.dtype == torch.float32 else MOVED * 2.0**-29
    moves = torch.rand(tensor.shape, generator=generator, dtype=torch.float64).mul_(2.0).sub_(1.0)
    return tensor.double().mul_(moves.mul_(step).add_(1.0)).to(tensor.dtype)


def _differs(found: Tensor, expected: Tensor, spread: Tensor, before: Tensor | None) -> bool:
    """Whether more than rounding makes ``found`` another than ``expected``.

    Where moved arguments have thrown elements about by whole steps of an optimizer, as many others may have been
    thrown by rounding that no move has met.
    """
    change, exact = _change(expected, before).abs(), expected.double()
    difference = (found.double() - exact).abs()
    reach = change.nan_to_num(0.0, 0.0, 0.0).max()
    allowed = FACTOR * spread + LEAST * change + NOTHING * reach + _LAST * exact.abs() + 1e-30
    same = (difference <= allowed) | (found.isfinite().logical_not() & exact.isfinite().logical_not())
    same |= spread.isinf()
    if before is None or same.all():
        return not bool(same.all())
    thrown = int((spread > 0.1 * reach).sum())
    close = difference <= _BEYOND * reach
    return not bool((same | close).all()) or int((~same).sum()) > thrown


def as_it_lies(tensor: Tensor) -> Tensor:
    """A copy with the same strides; no element lies upon another."""
    size = 1 + sum((n - 1) * stride for n, stride in zip(tensor.shape, tensor.stride(), strict=True))
    copy = torch.zeros(size, dtype=tensor.dtype).as_strided(tensor.shape, tensor.stride())
    return copy.copy_(tensor.detach())


def _spoilt(tensor: Tensor) -> Tensor:
    """A tensor in which every element is another."""
    other = as_it_lies(tensor)
    if tensor.dtype == torch.bool:
        return other.logical_not_()
    return other.copy_(torch.where(tensor.isfinite(), torch.nan, 0.0))
