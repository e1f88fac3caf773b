"""What decides about compiled code, and what does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
import torch
from torch import Tensor

pytest.importorskip("llvmlite")

from engine.tape.compiler.program import Program
from engine.tape.compiler.source import Source, SourceReader, Unlowerable
from engine.tape.recorder import Recorder
from tests.engine.tape.compiler.compiling import Compiled


def source_of(function: Callable[..., Sequence[Tensor]], *arguments: Tensor) -> Source:
    recorder = Recorder()
    with recorder:
        results = function(*arguments)
    named = {f"in{number}": tensor for number, tensor in enumerate(arguments)}
    named |= {f"out{number}": tensor for number, tensor in enumerate(results)}
    return SourceReader(named).read(recorder.needed(results))


def test_a_scalar_is_an_argument() -> None:
    x = torch.rand(7)
    sources = [source_of(lambda x, f=factor: [x * f + 3.0], x) for factor in (0.3, 0.7)]
    assert sources[0].digest() == sources[1].digest()
    assert [source.scalars for source in sources] == [[0.3, 3.0], [0.7, 3.0]]


def test_programs_with_other_scalars_share_code_and_not_numbers() -> None:
    x = torch.rand(7)
    one, other = (Compiled(lambda x, f=factor: [x[0] * f], [x]) for factor in (0.3, 0.7))
    assert one.program.parts == other.program.parts
    results = [compiled([[torch.ones(7)]])[0][1] for compiled in (one, other)]
    assert [float(result[0]) for result in results] == pytest.approx([0.3, 0.7])


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (lambda x: [x * 1.0], (torch.rand(7),)),
        (lambda x: [x * 0.3], (torch.rand(8),)),
        (lambda x: [x * 0.3], (torch.rand(7).double(),)),
        (lambda x: [x * 0.3], (torch.rand(14)[::2],)),
        (lambda x: [x + 0.3], (torch.rand(7),)),
        (lambda x: [x * 0.3, x * 0.3], (torch.rand(7),)),
        (lambda x: [x[1:] * 0.3], (torch.rand(7),)),
    ],
    ids=["literal", "shape", "type", "strides", "call", "results", "offset"],
)
def test_what_is_other_code(function: Callable[..., Sequence[Tensor]], arguments: tuple[Tensor, ...]) -> None:
    assert source_of(function, *arguments).digest() != source_of(lambda x: [x * 0.3], torch.rand(7)).digest()


def test_arguments_may_lie_in_one_storage() -> None:
    """As the parameters of a stack do, and the optimizer's slots beside them; each gets memory anew."""
    memory = torch.rand(3, 1, 5)

    def step() -> dict[str, Tensor]:
        memory[2].add_(memory[0] * memory[1])
        return {}

    program = Program(step, {f"row {row}": memory[row] for row in range(3)}, "a test")
    rows = [torch.full((1, 5), value) for value in (2.0, 3.0, 4.0)]
    binding = program.bind()
    for row, tensor in enumerate(rows):
        binding.set(f"row {row}", tensor)
    binding.run(0, 1, 1)
    assert [tensor[0, 0].item() for tensor in rows] == [2.0, 3.0, 10.0]


@pytest.mark.parametrize("other", [slice(0, 3), slice(4, 9), slice(1, 2)])
def test_arguments_that_share_elements_are_refused(other: slice) -> None:
    memory = torch.rand(10)
    with pytest.raises(Unlowerable, match="the memory of two lies within that of one"):
        Program(lambda: {"out": memory * 2.0}, {"one": memory[:5], "two": memory[other]}, "a test")


def test_a_result_that_is_an_argument_is_refused() -> None:
    memory = torch.rand(10)
    with pytest.raises(Unlowerable, match="the memory of out lies within that of in"):
        Program(lambda: {"out": memory.add_(1.0)}, {"in": memory}, "a test")


def test_what_reaches_beyond_an_argument_is_not_compiled() -> None:
    """Elsewhere, an argument's neighbour in memory is not its neighbour."""
    memory = torch.rand(2, 5)

    def function() -> dict[str, Tensor]:
        return {"out": (memory * 2.0).sum(0) + memory[0]}

    program = Program(function, {"one": memory[0], "two": memory[1]}, "a test")
    assert program.is_mixed
    binding, out = program.bind(), torch.zeros(5)
    for name, value in (("one", 1.0), ("two", 2.0)):
        binding.set(name, torch.full((5,), value))
    binding.set("out", out)
    binding.run(0, 1, 1)
    assert out.tolist() == [7.0] * 5


def test_memory_that_is_no_argument_stays_what_it_is() -> None:
    captured, x = torch.tensor([1.0, 2.0]), torch.rand(2)
    compiled = Compiled(lambda arguments: [arguments[0] + captured], [x])
    captured.mul_(10.0)
    assert compiled([[torch.zeros(2)]])[0][1].tolist() == [10.0, 20.0]


def test_integers_and_empty_tensors_are_left_to_replay() -> None:
    x = torch.rand(4)
    compiled = Compiled(lambda arguments: [arguments[0] + torch.arange(4).mul(2)], [x])
    assert compiled.program.is_mixed
    assert compiled([[torch.zeros(4)]])[0][1].tolist() == [0.0, 2.0, 4.0, 6.0]
