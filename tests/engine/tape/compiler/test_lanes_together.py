"""Lanes that native code computes some at a time: each takes its own steps, and ends at its own."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

pytest.importorskip("llvmlite")

from engine.tape.compiler.binding import NativeBinding
from engine.tape.compiler.module import MOST_TOGETHER, NEAR
from engine.tape.compiler.program import Program

SIZE, STEPS = 5, 7


def walk(size: int) -> Program:
    """``x ← x · 1.5 + step``, with a look at the sum of x."""
    x, step = torch.ones(size), torch.ones(size)

    def function() -> dict[str, Tensor]:
        x.mul_(1.5).add_(step)
        return {"look": x.sum()}

    return Program(function, {"x": x, "step": step}, "a walk")


def bound(program: Program, x: Tensor, steps: Tensor, look: Tensor) -> NativeBinding:
    binding = program.bind()
    assert isinstance(binding, NativeBinding)
    binding.set("x", x, lanes=0)
    binding.set("step", steps, lanes=0, steps=1)
    binding.set("look", look, lanes=0)
    binding.look_at("look")
    return binding


@pytest.fixture(scope="module")
def program() -> Program:
    return walk(SIZE)


@settings(max_examples=60)
@given(
    ends=st.lists(st.none() | st.integers(0, STEPS - 1), min_size=1, max_size=2 * MOST_TOGETHER + 3),
    first=st.integers(0, STEPS - 1),
    seed=st.integers(0, 1000),
)
def test_each_lane_ends_where_it_would_alone(
    program: Program, ends: list[int | None], first: int, seed: int
) -> None:
    """``ends``: the step of each lane that makes its look infinite."""
    draw = torch.Generator().manual_seed(seed)
    steps = torch.randn(len(ends), STEPS, SIZE, generator=draw)
    for lane, end in enumerate(ends):
        if end is not None:
            steps[lane, end, 0] = math.inf
    start = torch.randn(len(ends), SIZE, generator=draw)
    together, looks = start.clone(), torch.zeros(len(ends))
    wrong = bound(program, together, steps, looks).run(0, len(ends), STEPS - first, first)
    for lane, end in enumerate(ends):
        alone, look = start[lane : lane + 1].clone(), torch.zeros(1)
        binding = bound(program, alone, steps[lane : lane + 1], look)
        (found,) = binding.run(0, 1, STEPS - first, first)
        assert wrong[lane] == found == (STEPS - first if end is None or end < first else end - first)
        assert torch.equal(together[lane], alone[0])
        assert torch.equal(looks[lane], look[0])


def test_lanes_outside_of_a_range_stay_as_they_are(program: Program) -> None:
    lanes = MOST_TOGETHER + 3
    x, looks = torch.ones(lanes, SIZE), torch.zeros(lanes)
    bound(program, x, torch.ones(lanes, STEPS, SIZE), looks).run(2, lanes - 1, STEPS)
    changed = (x != 1).any(1)
    assert changed.tolist() == [2 <= lane < lanes - 1 for lane in range(lanes)]


def test_as_many_lanes_at_once_as_a_near_cache_holds(program: Program) -> None:
    (small,) = program.parts
    (large,) = walk(NEAR).parts
    assert small.together == MOST_TOGETHER  # type: ignore[union-attr]
    assert large.together == 1  # type: ignore[union-attr]
