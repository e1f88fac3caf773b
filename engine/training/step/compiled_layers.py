"""What the probes of layers are computed from, as native code: recorded for one lane, run for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import partial

import torch
from torch import Tensor

from engine.network import EncodedData, LaneNetwork
from engine.observation.measure import BLOCK, backprop_of
from engine.observation.probes import BackpropResult
from engine.tape.compiler.program import Program
from engine.tape.compiler.programs import remembered
from engine.training.step.clipping import clip, clips


class CompiledLayers:
    """Goes forward and back through lanes once, over all training points.

    Parameters
    ----------
    network
        The lanes; it reads their present weights each time.
    data
        The points, one to train on at least.
    terms : mapping of Tensor [lanes, 1]
        The strengths of the regularizers that any lane uses, by name.

    Raises
    ------
    Unlowerable
        If that cannot be compiled.
    """

    def __init__(self, network: LaneNetwork, data: EncodedData, terms: Mapping[str, Tensor]) -> None:
        rows = padded_rows(data.training)
        inputs, encoded = (_padded(part[: data.training], rows) for part in (data.inputs, data.encoded))
        shares = torch.zeros(1, len(inputs))
        shares[:, : data.training] = 1.0 / data.training
        batch = {"inputs": inputs, "encoded": encoded, "shares": shares}
        key = ("layers", network.program, data.program, tuple(terms), len(inputs))
        self._program = remembered(key, lambda: _program(network, data, terms, batch))
        self._lanes, self._binding = network.lanes, self._program.bind()
        self._binding.set("flat", network.flat, lanes=0)
        for name, term in terms.items():
            self._binding.set(f"term {name}", term, lanes=0)
        for name, part in batch.items():
            self._binding.set(name, part)
        self._results = {}
        for name in _RESULTS:
            template = self._program.templates.get(name)
            if template is not None:
                self._results[name] = torch.zeros(self._lanes, *template.shape[1:])
                self._binding.set(name, self._results[name], lanes=0)

    def compute(self) -> BackpropResult:
        """Return what there is now, over whole blocks of points; valid until the next call."""
        self._binding.run(0, self._lanes, 1)
        everything: dict[str, Tensor | None] = {**dict.fromkeys(_RESULTS), **self._results}
        everything["clipped"] = (
            everything["clipped"] if "clipped" in self._results else everything["gradient"]
        )
        return BackpropResult(**everything)  # type: ignore[arg-type]


def padded_rows(points: int) -> int:
    """Return the rows of a program for so many points: few different numbers, so that drawing compiles seldom.

    Parameters
    ----------
    points
        1 or more.

    Returns
    -------
    int
        The next multiple of ``BLOCK``, or of an eighth to a quarter of the points where that is more.

    Examples
    --------
    >>> [padded_rows(points) for points in (1, 65, 300, 513, 1100)]
    [64, 128, 320, 640, 1280]
    """
    multiple = max(BLOCK, 1 << max(0, points.bit_length() - 3))
    return -(-points // multiple) * multiple


def _padded(rows: Tensor, count: int) -> Tensor:
    missing = count - len(rows)
    return torch.cat([rows, rows[:1].expand(missing, *rows.shape[1:])]) if missing else rows


_RESULTS = [field.name for field in fields(BackpropResult)]


def _program(
    network: LaneNetwork, data: EncodedData, terms: Mapping[str, Tensor], batch: Mapping[str, Tensor]
) -> Program:
    flat = network.flat[:1].clone()
    lane = LaneNetwork(network.layout, network.activation, flat)
    copies = {name: term[:1].clone() for name, term in terms.items()}
    inputs, encoded, shares = (rows.clone() for rows in batch.values())
    clipping = partial(clip, terms=copies) if clips(copies) else None

    def backprop() -> dict[str, Tensor]:
        found = backprop_of(lane, data, copies, clipping, inputs[None], encoded, shares)
        results = {name: getattr(found, name) for name in _RESULTS}
        if found.clipped is found.gradient:
            del results["clipped"]
        return {name: tensor for name, tensor in results.items() if tensor is not None}

    arguments = {"flat": flat, "inputs": inputs, "encoded": encoded, "shares": shares}
    arguments |= {f"term {name}": copy for name, copy in copies.items()}
    return Program(backprop, arguments, "measuring layers")
