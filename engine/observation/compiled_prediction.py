"""What networks answer, as native code: recorded for one lane and one block of points, run for all of them."""

from __future__ import annotations

import logging

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.network import EncodedData, LaneNetwork
from engine.tape.compiler.program import Program
from engine.tape.compiler.programs import remembered
from engine.tape.compiler.source import Unlowerable
from engine.tape.recording import Unrecordable

log = logging.getLogger(__name__)

BLOCK = 64
"""Points that are computed together."""


def compiled_answers(
    network: LaneNetwork, data: EncodedData, inputs: Tensor, layer: int | None = None
) -> NDArray[np.float32] | None:
    """Compute what each lane answers, or the activations of one of its hidden layers.

    Parameters
    ----------
    network, data
        The lanes, and the data whose task and loss they were trained with.
    inputs : Tensor [n, features]
        Scaled features.
    layer
        A hidden layer, from 1; None for what is answered.

    Returns
    -------
    float32 [lanes, n, classes] or [lanes, n, 1]
        What ``data.predict`` makes of the outputs, or a_l [lanes, n, neurons]; None where that is not compiled.
    """
    program = _program(network, data, layer)
    if program is None:
        return None
    points, lanes = len(inputs), network.lanes
    blocks = -(-points // BLOCK)
    padded = torch.zeros(blocks, BLOCK, inputs.shape[1])
    padded.view(-1, inputs.shape[1])[:points] = inputs
    answers = torch.empty(lanes, blocks, *program.templates["answers"].shape)
    binding = program.bind()
    binding.set("flat", network.flat, lanes=0)
    binding.set("inputs", padded, steps=0)
    binding.set("answers", answers, lanes=0, steps=1)
    binding.run(0, lanes, blocks)
    return answers.flatten(1, 2)[:, :points].numpy()


def _program(network: LaneNetwork, data: EncodedData, layer: int | None) -> Program | None:
    key = ("prediction", network.program, data.program, layer)
    try:
        program = remembered(key, lambda: _recorded(network, data, layer))
    except (Unlowerable, Unrecordable) as reason:
        log.info("predictions are computed by PyTorch: %s", reason)
        return None
    return None if program.is_mixed else program


def _recorded(network: LaneNetwork, data: EncodedData, layer: int | None) -> Program:
    flat = network.flat[:1].clone()
    lane = LaneNetwork(network.layout, network.activation, flat)
    inputs = torch.linspace(-1.0, 1.0, BLOCK * lane.layout.widths[0]).view(BLOCK, -1)

    def answered() -> Tensor:
        found = lane.forward(inputs[None], until=layer)
        return (data.predict(found) if layer is None else found)[0]

    with torch.no_grad():
        answers = torch.zeros_like(answered()).contiguous()

    def answer() -> dict[str, Tensor]:
        with torch.no_grad():
            answers.copy_(answered())
        return {}

    return Program(answer, {"flat": flat, "inputs": inputs, "answers": answers}, "the prediction")
