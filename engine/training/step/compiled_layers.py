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
from engine.observation.probes import BackpropResult
from engine.tape.compiler.program import Program
from engine.tape.compiler.programs import remembered
from engine.training.step.clipping import clip, clips


class CompiledLayers:
    """Goes forward and back through lanes once, over all training points, many of them in pieces.

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
        self._pieces = pieces = TrainingPieces(data, size)
        batch = {"inputs": pieces.inputs, "encoded": pieces.encoded, "shares": pieces.shares[None]}
        key = ("layers", network.program, data.program, tuple(terms), size)
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

    def compute(self, piece: int) -> BackpropResult:
        """Return what there is now of a piece of the points.

        Parameters
        ----------
        piece
            Its number, as ``LayerMeasuring.run`` counts them.

        Returns
        -------
        BackpropResult
            Over the points of the piece or more; valid until the next call.
        """
        self._pieces.load(piece)
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
