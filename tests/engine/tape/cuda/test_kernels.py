"""Kernels compute what PyTorch does. Without a device, a block's threads are threads of the processor (``shim``)."""

from __future__ import annotations

import numpy as np
import pytest
import torch

pytest.importorskip("llvmlite")

from engine.catalogue.optimizers import OPTIMIZERS
from engine.tape.cuda.arithmetic import literal
from engine.tape.cuda.program import CudaProgram
from tests.engine.tape.cuda.shim import ShimFunction, needs_compiler
from tests.engine.training.step.test_compiled_combinations import GRADIENTS, TRAIN, UPDATES, OneBatch
from tests.engine.training.step.test_replay import small

CASES = {
    **GRADIENTS,
    **{f"optimizer {key}": ({f"{TRAIN}.optimizer": key}, "moons") for key in OPTIMIZERS},
    **{f"update {key}": (changes, "moons") for key, changes in UPDATES.items()},
}


def program_of(one: OneBatch) -> CudaProgram:
    """The whole training step of a lane, as a kernel on the processor; making it compares it with PyTorch."""
    step = one.runner().train
    return CudaProgram(
        lambda: {"look": step()[0]},
        {**one.lane.templates, "batch": one.batch.memory},
        "a step",
        moving=("batch",),
        flags=("look",),
        look="look",
        device="cpu",
        compiler=ShimFunction.of,
    )


USUAL = tuple(
    name
    for name in CASES
    if name.startswith(("activation", "optimizer", "all", "many", "no hidden", "update running"))
)
"""What is tried by default: compiling each takes a second."""


@needs_compiler
@pytest.mark.parametrize(
    "name", [name if name in USUAL else pytest.param(name, marks=pytest.mark.long) for name in CASES]
)
def test_a_step_is_pytorchs(name: str) -> None:
    """``CudaProgram`` refuses a kernel that computes something else than the recorded calls."""
    changes, generator = CASES[name]
    one = OneBatch(small(changes, generator))
    one.train(1)
    program_of(one)


@needs_compiler
def test_a_lane_has_the_same_bits_alone_and_among_others_for_many_steps() -> None:
    """And ends after the step whose look is not finite, while the others go on."""
    one = OneBatch(small({}, "moons"))
    program, lanes, steps = program_of(one), 3, 4
    names = {**one.lane.templates}
    memory = {name: tensor.repeat(lanes, *[1] * (tensor.dim() - 1)) for name, tensor in names.items()}
    memory["memory 0"] *= torch.tensor([[1.0], [float("nan")], [0.5]])
    batches = one.batch.memory.repeat(steps, 1) * torch.linspace(0.5, 1.0, steps)[:, None]

    def trained(first: int, end: int) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
        mine = {name: tensor.clone() for name, tensor in memory.items()}
        binding, done = program.bind(), torch.zeros(end - first, dtype=torch.int32)
        for name, tensor in {**mine, "look": torch.zeros(lanes)}.items():
            binding.set(name, tensor, lanes=0)
        binding.set("batch", batches, steps=0)
        binding.end_lanes()
        binding.run(first, end, steps, done=done)
        return mine, done

    together, done = trained(0, lanes)
    assert done.tolist() == [steps, 0, steps]
    for lane in (0, 2):
        alone, _ = trained(lane, lane + 1)
        for name, tensor in alone.items():
            assert torch.equal(tensor[lane], together[name][lane]), name
        assert not torch.equal(together["memory 0"][lane], memory["memory 0"][lane])


def test_literals_are_exact() -> None:
    for value in (0.1, -1.5, 1e-45, 3.4e38):
        text = literal(value, "f32").strip("()")
        assert np.float32(float.fromhex(text.rstrip("f"))) == np.float32(value)
    assert literal(float("nan"), "f64") == "__longlong_as_double(0x7fffffffffffffffLL)"
