"""The forms of an ATen operation that write into given memory.

PyTorch publishes no table from an ATen operation to its Python binding: ``torch.add`` and ``Tensor.add_`` are found by
the name that they share with ``aten::add`` and ``aten::add_``. Bindings are used because a call of one is several times
as fast as a call of the operation itself. An equal name does not prove an equal result, so the recorder tries each form
and keeps it only if it gives the same bits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

_NAMESPACES = (torch, torch._C._nn, torch.special, torch.linalg)
"""Namespaces of Python bindings with an ``out`` argument, the likeliest first."""


def out_forms(operation: Any) -> Iterator[tuple[Any, str]]:
    """Find callables that write the result of an operation into a given tensor.

    Parameters
    ----------
    operation
        An ``OpOverload``, as a ``TorchDispatchMode`` sees it.

    Yields
    ------
    tuple
        The callable and the name of the argument that takes the tensor; the fastest first.
    """
    for namespace in _NAMESPACES:
        binding = _binding(namespace, operation)
        if binding is not None:
            yield binding, "out"
    packet = operation.overloadpacket
    inputs = [argument.name for argument in operation._schema.arguments]
    for overload in packet.overloads():
        form = getattr(packet, overload)
        outs = [argument.name for argument in form._schema.arguments if argument.is_out]
        if len(outs) == 1 and [a.name for a in form._schema.arguments if not a.is_out] == inputs:
            yield form._op, outs[0]


def in_place_form(operation: Any) -> Any:
    """Return the fastest equivalent of an in-place operation: the method of ``Tensor``, if there is one."""
    method = _binding(Tensor, operation)
    return method if method is not None and _name(operation).endswith("_") else operation._op


def _binding(namespace: Any, operation: Any) -> Any:
    """Return the Python function or method with the operation's name in a namespace of torch, or None."""
    return getattr(namespace, _name(operation), None) if operation.namespace == "aten" else None


def _name(operation: Any) -> str:
    name: str = operation._schema.name.split("::")[1]
    return name
