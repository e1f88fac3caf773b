"""One lane equals the same torch.nn network: forward, gradients, and after 100 updates."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from torch import nn

from engine.catalogue.activations import ACTIVATIONS
from engine.experiment.choice import ActivationChoice
from engine.network import LaneNetwork, Layout
from tests.engine.helpers import flat_of, torch_network

DEEP = (2, *[4] * 64, 2)
SHAPES = [(2, 2), (2, 8, 2), (2, 8, 8, 8, 3), DEEP, (1, 1, 1), (7, 512, 1), (2, 1, 512, 1, 2), (2, 7, 5, 2)]
LANES, POINTS = 3, 11


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def lanes_of(widths: tuple[int, ...], activation: str, lanes: int = LANES, scale: float = 1.0) -> LaneNetwork:
    """Lanes with weights of variance ``scale`` / fan in and small biases."""
    layout, rng = Layout(widths), generator()
    flat = torch.randn(lanes, layout.parameters, generator=rng) * 0.1
    for place, (fan_in, _) in zip(layout.weight_slices(), layout.shapes, strict=True):
        flat[:, place] *= 10 * (scale / fan_in) ** 0.5
    return LaneNetwork(layout, ActivationChoice(activation), flat)


@pytest.mark.parametrize("widths", SHAPES, ids=str)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_each_lane_has_the_outputs_and_gradients_of_a_torch_network(
    activation: str, widths: tuple[int, ...]
) -> None:
    network = lanes_of(widths, activation)
    inputs = torch.randn(LANES, POINTS, widths[0], generator=generator(1))
    weights = torch.randn(POINTS, widths[-1], generator=generator(2))
    output = network.forward(inputs)
    gradient = network.gradients((output * weights).mean((1, 2)), torch.ones(LANES))
    for lane in range(LANES):
        parameters = ACTIVATIONS[activation].defaults()
        reference = torch_network(widths, activation, network.flat[lane], **parameters)
        expected = reference(inputs[lane])
        (expected * weights).mean().backward()
        torch.testing.assert_close(output[lane], expected, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(gradient[lane], flat_of(reference, "grad"), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("activation", ["leaky_relu", "elu"])
def test_an_activations_parameter_reaches_the_network(activation: str) -> None:
    key = ACTIVATIONS[activation].parameters[0].key
    plain = lanes_of((2, 8, 2), activation)
    network = LaneNetwork(plain.layout, ActivationChoice(activation, {key: 0.3}), plain.flat)
    inputs = torch.randn(LANES, POINTS, 2, generator=generator(1))
    expected = torch_network((2, 8, 2), activation, plain.flat[0], **{key: 0.3})(inputs[0])
    torch.testing.assert_close(network.forward(inputs)[0], expected)


@pytest.mark.parametrize(
    ("widths", "updates"),
    [((2, 2), 100), ((2, 8, 2), 100), ((2, 8, 8, 8, 2), 100), ((2, *[4] * 64, 2), 20)],
    ids=["1 layer", "2 layers", "4 layers", "65 layers"],
)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_after_many_updates_each_lane_is_where_a_torch_network_is(
    activation: str, widths: tuple[int, ...], updates: int
) -> None:
    network = lanes_of(widths, activation, scale=0.5)
    references = [
        torch_network(widths, activation, flat, **ACTIVATIONS[activation].defaults()) for flat in network.flat
    ]
    optimizers = [torch.optim.SGD(reference.parameters(), lr=0.05) for reference in references]
    before = network.flat.clone()
    for update in range(updates):
        inputs = torch.randn(POINTS, 2, generator=generator(update))
        target = inputs.sin()
        output = network.forward(inputs.expand(LANES, -1, -1))
        gradient = network.gradients((output - target).square().mean((1, 2)), torch.ones(LANES))
        network.flat.sub_(gradient * 0.05)
        for reference, optimizer in zip(references, optimizers, strict=True):
            optimizer.zero_grad()
            nn.functional.mse_loss(reference(inputs), target).backward()
            optimizer.step()
    for lane, reference in enumerate(references):
        torch.testing.assert_close(network.flat[lane], flat_of(reference), rtol=1e-3, atol=1e-4)
        assert (network.flat[lane] - before[lane]).abs().max() > 0.01


def test_masks_multiply_inputs_and_activations() -> None:
    network = lanes_of((2, 5, 4, 2), "tanh", lanes=1)
    inputs = torch.randn(1, POINTS, 2, generator=generator(1))
    masks = [torch.rand(1, POINTS, width, generator=generator(width)) for width in (2, 5, 4)]
    first, _, second, _, last = torch_network((2, 5, 4, 2), "tanh", network.flat[0])
    hidden = torch.tanh(first(inputs * masks[0])) * masks[1]
    expected = last(torch.tanh(second(hidden)) * masks[2])
    torch.testing.assert_close(network.forward(inputs, masks), expected)
    none = [None, None, None]
    assert torch.equal(network.forward(inputs, none), network.forward(inputs))


def test_parameters_are_views_of_the_flat_row_in_its_order() -> None:
    network = lanes_of((2, 3, 2), "tanh", lanes=2)
    network.flat.copy_(torch.arange(2.0 * 17).view(2, 17))
    assert network.weights[0][1].tolist() == [[17, 18, 19], [20, 21, 22]]
    assert network.weights[1][0].tolist() == [[6, 7], [8, 9], [10, 11]]
    assert network.biases[0][0].tolist() == [[12, 13, 14]]
    assert network.biases[1][0].tolist() == [[15, 16]]


@pytest.mark.parametrize("widths", SHAPES, ids=str)
def test_a_layout_counts_its_parameters(widths: tuple[int, ...]) -> None:
    layout = Layout(widths)
    linear = [nn.Linear(fan_in, fan_out) for fan_in, fan_out in pairwise(widths)]
    assert layout.layers == len(linear)
    assert layout.weights == sum(layer.weight.numel() for layer in linear)
    assert layout.parameters == layout.weights + sum(layer.bias.numel() for layer in linear)
    covered = [
        i
        for place in (*layout.weight_slices(), *layout.bias_slices())
        for i in range(layout.parameters)[place]
    ]
    assert covered == list(range(layout.parameters))


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden", [(8, 8, 8), (7, 5), (1,), ()], ids=str)
@pytest.mark.parametrize("points", [1, 5, 10, 37])
def test_a_lanes_bits_do_not_depend_on_the_other_lanes(
    activation: str, hidden: tuple[int, ...], points: int
) -> None:
    network = lanes_of((2, *hidden, 2), activation, lanes=8)
    rows = network.whole_vectors(torch.randn(points, 2, generator=generator(1)))

    def outcome(lanes: list[int]) -> torch.Tensor:
        some = LaneNetwork(network.layout, network.activation, network.flat[lanes])
        output = some.forward(rows.expand(len(lanes), -1, -1))[:, :points]
        return torch.cat(
            [output.flatten(1), some.gradients(output.square().mean((1, 2)), torch.ones(some.lanes))], 1
        )[0]

    for lane in (0, 3, 7):
        assert torch.equal(outcome([lane, *range(8)]), outcome([lane, lane]))


def test_rows_that_fill_vectors_come_back_as_they_are() -> None:
    rows = torch.arange(10.0)[:, None]
    assert lanes_of((1, 8, 1), "tanh").whole_vectors(rows) is rows
    assert lanes_of((1, 1), "sigmoid").whole_vectors(rows) is rows
    padded = lanes_of((1, 8, 1), "sigmoid").whole_vectors(rows)
    assert padded.flatten().tolist() == [*range(10), 0, 0]
    assert len(lanes_of((1, 7, 1), "sigmoid").whole_vectors(rows)) == 32
