"""What the probes of layers are computed from, as native code: recorded for one lane, run for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import partial

import torch
from torch import Tensor

from engine.experiment.memory import BLOCK
from engine.network import EncodedData, LaneNetwork
from engine.observation.measure import TrainingPieces, backprop_of, blocks, piece_rows
from engine.observation.point_sums import SUMS, has_point_sums, layer_sums, point_sums
from engine.observation.probes import BackpropResult, Summed
from engine.tape.compiler.program import Program
from engine.tape.compiler.programs import remembered
from engine.training.step.clipping import clip, clips


class CompiledLayers:
    """Goes forward and back through lanes once, over all training points, many of them in pieces.

    Where the probes need no more than sums over points, those are all that it keeps of them: what single points have is
    many times as much memory as there are lanes.

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
        size = piece_rows(data.training, network.layout)
        if size == blocks(data.training):
            size = padded_rows(data.training)
        else:
            # Penalty and clipping come after the last piece.
            terms = {}
        self._layout, self._sums = network.layout, has_point_sums(network.layout)
        self._pieces = pieces = TrainingPieces(data, size)
        batch = {"inputs": pieces.inputs, "encoded": pieces.encoded, "shares": pieces.shares[None]}
        key = ("layers", network.program, data.program, tuple(terms), size, self._sums)
        self._program = remembered(key, lambda: _program(network, data, terms, batch, self._sums))
        self._lanes, self._binding = network.lanes, self._program.bind()
        self._binding.set("flat", network.flat, lanes=0)
        for name, term in terms.items():
            self._binding.set(f"term {name}", term, lanes=0)
        for name, part in batch.items():
            self._binding.set(name, part)
        self._points = torch.ones(1, dtype=torch.float64)
        self._binding.set("points", self._points)
        self._results = {}
        for name in (*_RESULTS, *_SUMS):
            template = self._program.templates.get(name)
            if template is not None:
                self._results[name] = torch.zeros(self._lanes, *template.shape[1:], dtype=template.dtype)
                self._binding.set(name, self._results[name], lanes=0)

    def compute(self, piece: int) -> BackpropResult | Summed:
        """Return what there is now of a piece of the points.

        Parameters
        ----------
        piece
            Its number, as ``LayerMeasuring.run`` counts them.

        Returns
        -------
        BackpropResult or Summed
            Over the points of the piece; or, if it is not summed, more. Valid until the next call.
        """
        rows = self._pieces.load(piece)
        points = rows.stop - rows.start
        self._points.fill_(points)
        self._binding.run(0, self._lanes, 1)
        found = self._results
        gradient = found["gradient"]
        clipped = found.get("clipped", gradient)
        if self._sums:
            sums = {name: found[sum_] for name, sum_ in zip(SUMS, _SUMS, strict=True) if sum_ in found}
            return Summed(layer_sums(self._layout, sums, points), gradient, clipped)
        points_of: dict[str, Tensor | None] = {**dict.fromkeys(_RESULTS), **found}
        return BackpropResult(**{**points_of, "clipped": clipped})  # type: ignore[arg-type]


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


_RESULTS = [field.name for field in fields(BackpropResult)]
_GRADIENTS = ["gradient", "clipped"]
_SUMS = [f"sum {name}" for name in SUMS]


def _program(
    network: LaneNetwork,
    data: EncodedData,
    terms: Mapping[str, Tensor],
    batch: Mapping[str, Tensor],
    sums: bool,
) -> Program:
    flat = network.flat[:1].clone()
    lane = LaneNetwork(network.layout, network.activation, flat)
    copies = {name: term[:1].clone() for name, term in terms.items()}
    inputs, encoded, shares = (rows.clone() for rows in batch.values())
    clipping = partial(clip, terms=copies) if clips(copies) else None
    points = torch.full((1,), float((shares > 0.0).sum()), dtype=torch.float64)

    def backprop() -> dict[str, Tensor]:
        found = backprop_of(lane, data, copies, clipping, inputs[None], encoded, shares)
        results = {name: getattr(found, name) for name in (_GRADIENTS if sums else _RESULTS)}
        if found.clipped is found.gradient:
            del results["clipped"]
        if sums:
            with torch.no_grad():
                results |= {
                    f"sum {name}": rows for name, rows in point_sums(lane, found, shares[0], points).items()
                }
        return {name: tensor for name, tensor in results.items() if tensor is not None}

    arguments = {"flat": flat, "inputs": inputs, "encoded": encoded, "shares": shares, "points": points}
    arguments |= {f"term {name}": copy for name, copy in copies.items()}
    return Program(backprop, arguments, "measuring layers", flags=("sum flat",))
