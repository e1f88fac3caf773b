"""Recorded ATen operations as calls without arguments, which write into the same memory again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from engine.tape.out_forms import in_place_form, out_forms

Call = Callable[[], object]

_COPIES = ("aten::clone", "aten::_to_copy")
"""Operations for which ``Tensor.copy_`` is several times as fast as their ``out=`` forms."""


def call_into(func: Any, args: Any, kwargs: Any, result: Any) -> Call | None:
    """Make a call that writes the result of an operation into given memory.

    Parameters
    ----------
    func
        The ``OpOverload``.
    args, kwargs
        Its arguments.
    result
        What it returned; the call writes into this tensor.

    Returns
    -------
    callable or None
        None where no form of the operation gives the same bits.
    """
    if not isinstance(result, Tensor):
        return None
    if func._schema.name in _COPIES and _bits(torch.empty_like(result).copy_(args[0])).equal(_bits(result)):
        return partial(result.detach().copy_, args[0].detach())
    for candidate, name in out_forms(func):
        call = _bind(candidate, args, {**kwargs, name: result})
        if is_random(func) or _same_bits(
            candidate, args, {**kwargs, name: torch.empty_like(result)}, name, result
        ):
            return call
    return None


def call_in_place(func: Any, args: Any, kwargs: Any) -> Call:
    """Make a call of an operation that writes into its arguments."""
    return _bind(in_place_form(func), args, kwargs)


def is_random(func: Any) -> bool:
    """Whether the operation draws random numbers. Later draws depend on it, so it must be replayed in any case."""
    return torch.Tag.nondeterministic_seeded in func.tags


def _same_bits(candidate: Any, args: Any, kwargs: Any, name: str, expected: Tensor) -> bool:
    try:
        candidate(*args, **kwargs)
    except (TypeError, RuntimeError):
        return False
    return _bits(kwargs[name]).equal(_bits(expected))


def _bits(tensor: Tensor) -> Tensor:
    """The numbers as integers, so that NaN equals NaN and −0 differs from 0."""
    integers = {4: torch.int32, 8: torch.int64, 2: torch.int16, 1: torch.uint8}
    return tensor.contiguous().view(integers[tensor.element_size()])


def _bind(function: Any, args: Any, kwargs: Any) -> Call:
    return partial(function, *_detached(args), **{key: _detached(value) for key, value in kwargs.items()})


def _detached(value: Any) -> Any:
    """Return the same memory without autograd, so that a replay need not switch autograd off."""
    if isinstance(value, Tensor):
        return value.detach()
    if isinstance(value, tuple | list):
        return type(value)(_detached(item) for item in value)
    return value
