"""Steps of many lanes as kernels on a CUDA device, beside PyTorch's calls in a CUDA graph and JAX.

``python -m tests.benchmarks.kernels`` on a machine with a device; see docs/performance.md.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from engine.experiment import default_experiment, edit
from engine.tape.cuda.program import CudaBinding, CudaProgram
from engine.tape.ways import Way
from engine.training.step.feed import FeedLayout, Loaded
from engine.training.step.one_lane import OneLane
from engine.training.step.step_runner import StepRunner
from engine.training.trainer import Trainer

LANES = (64, 1024, 4096, 16384, 65536)
EPOCHS = 4
"""Epochs in one measured stretch."""


class Job:
    """Lanes of one network that differ by their learning rates, on a device."""

    def __init__(self, hidden: Sequence[int], lanes: int) -> None:
        experiment = edit(default_experiment(), "lanes.0.network.hidden", list(hidden))
        trainer = Trainer(experiment, way="eager")
        (stack,) = trainer.lanes.stacks.running
        stepper = stack._stepper
        self.feed, first = stack._feed_at(trainer.lanes.batches, 0, EPOCHS * stack.batches)
        assert first == 0
        stepper.load(self.feed, 0)
        batch = Loaded(FeedLayout.of(stack._state, stack.data, self.feed.loaded["shares"].shape[1]))
        batch.load(self.feed.memory[0])
        one = OneLane.of(stack._state)
        runner = StepRunner(one.state, stack.data, batch, self.feed.real(0), Way.EAGER)
        changing = [f"hyper {name}" for name in stepper.changing]
        started = time.perf_counter()
        self.program = CudaProgram(
            lambda: {"look": runner.train()[0]},
            {**one.templates, "batch": batch.memory},
            "a step",
            moving=("batch", *changing),
            flags=("look",),
            look="look",
        )
        self.compile_seconds = time.perf_counter() - started
        self.stack, self.lanes, self.steps = stack, lanes, EPOCHS * stack.batches
        state = stack._state
        self.memory = state.memory[:, :1].repeat(1, lanes, 1).cuda()
        self.rates = torch.logspace(-4, -2, lanes)
        self.binding = self._bind(one.actual, stepper.changing)
        self.start = self.memory.clone()

    def _bind(self, actual: Mapping[str, Tensor], changing: Sequence[str]) -> CudaBinding:
        lanes, binding = self.lanes, self.program.bind()
        numbers = self.feed.numbers[:, :, :1].expand(-1, -1, lanes, -1).contiguous()
        for index, name in enumerate(changing):
            if name == "learning_rate":
                numbers[:, index] = self.rates[None, :, None]
        self._numbers, self._batches = numbers.cuda(), self.feed.memory.cuda()
        self._look = torch.zeros(lanes, device="cuda")
        for name, tensor in actual.items():
            if name.startswith("memory"):
                binding.set(name, self.memory[int(name.split()[1])], lanes=0)
            else:
                binding.set(name, tensor[:1].expand(lanes, *tensor.shape[1:]).contiguous().cuda(), lanes=0)
        for index, name in enumerate(changing):
            binding.set(f"hyper {name}", self._numbers[:, index], lanes=1, steps=0)
        if "learning_rate" not in changing:
            self._rate = self.rates[:, None].cuda()
            binding.set("hyper learning_rate", self._rate, lanes=0)
        binding.set("batch", self._batches, steps=0)
        binding.set("look", self._look, lanes=0)
        return binding

    def run(self) -> None:
        self.binding.run(0, self.lanes, self.steps)


def seconds(work: Callable[[], object], repeats: int = 7) -> float:
    """The median time of some work on the device, in seconds."""
    work()
    times = []
    for _ in range(repeats):
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        begin.record()
        work()
        end.record()
        torch.cuda.synchronize()
        times.append(float(begin.elapsed_time(end)) / 1000.0)
    return sorted(times)[repeats // 2]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lanes", type=int, nargs="*", default=LANES)
    parser.add_argument("--hidden", default="8,8,8")
    parser.add_argument("--text", help="a file that gets the kernel's text")
    arguments = parser.parse_args()
    print(f"{torch.cuda.get_device_name()}, PyTorch {torch.__version__}")
    hidden = [int(width) for width in arguments.hidden.split(",")]
    alone: Tensor | None = None
    for lanes in arguments.lanes:
        job = Job(hidden, lanes)
        kernel = job.program.kernel
        if arguments.text:
            with open(arguments.text, "w") as file:
                file.write(kernel.text)
        job.run()
        torch.cuda.synchronize()
        first = job.memory[:, 0].clone()
        alone = first if alone is None else alone
        print("lane 0 has the bits that it has among", arguments.lanes[0], bool(torch.equal(first, alone)))
        job.memory.copy_(job.start)
        job.binding.run(0, 1, job.steps)
        print("lane 0 has the bits that it has alone", bool(torch.equal(job.memory[:, 0], first)))
        time_ = seconds(job.run)
        rate = lanes * job.steps / time_ / 1e6
        cost = f"{time_ / job.steps * 1e6:.1f} µs a step, {rate:.1f} million lane-steps a second"
        needs = f"{kernel.threads} threads, {kernel.shared:,} bytes a lane"
        print(
            f"{arguments.hidden}, {lanes} lanes: {cost}; {needs}, compiled in {job.compile_seconds:.2f} s",
            flush=True,
        )
    _compare(hidden)


def _compare(hidden: Sequence[int]) -> None:
    """How far a lane is from the same steps by PyTorch on the processor."""
    job = Job(hidden, 1)
    stack = job.stack
    state, feed, stepper = stack._state, job.feed, stack._stepper
    job.run()
    torch.cuda.synchronize()
    for index in range(job.steps):
        runner = stepper.load(feed, index)
        state.hyper["learning_rate"].fill_(float(job.rates[0]))
        runner.train()
    one, other = state.network.flat[0], job.memory[0, 0].cpu()
    print(f"after {job.steps} steps: largest difference {float((one - other).abs().max()):.1e}")


if __name__ == "__main__":
    main()
