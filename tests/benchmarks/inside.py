"""What the inside of a network costs: its computing, its bytes on their way to the window, its share of the steps."""

from __future__ import annotations

import pickle

import torch

from engine.observation.observables import INSIDE, NEURON, PREDICTION, Grid, NeuronGrid, Request
from engine.training.trainer import Trainer
from tests.benchmarks.figures import Sample
from tests.benchmarks.settings import experiment
from tests.benchmarks.steps import REPEATS, Chunk, eager_steps_of, seconds, train, watching_cost

THUMBNAILS, CANVAS = Grid(28), 100
"""The grid of the diagram, and the cells along a side of the canvas."""
READABLE = (16,) * 10
"""The largest network of which all neurons are shown."""


def inside_against_step() -> list[Sample]:
    """The time for all thumbnails, weights, gradients and updates of 8-8-8, in eager steps; µs."""
    torch.set_num_threads(1)
    return _against_step(INSIDE.request(THUMBNAILS))


def neuron_against_step() -> list[Sample]:
    """The time for one neuron as the canvas shows it, in eager steps; µs."""
    torch.set_num_threads(1)
    return _against_step(NEURON.request(NeuronGrid(CANVAS, layer=3)))


def _against_step(request: Request) -> list[Sample]:
    look, eager = _looks(request), eager_steps_of((8, 8, 8), 10, "adam")
    taken = [(seconds(look), seconds(eager)) for _ in range(REPEATS)]
    return [Sample(own / step, own * 1e6) for own, step in taken]


def _looks(request: Request) -> Chunk:
    """Looks at a trained lane again and again; the layers are measured already, as for any snapshot."""
    trainer = _trained((8, 8, 8))

    def chunk() -> int:
        for _ in range(20):
            trainer.observer.observe([request], [0])
        return 20

    chunk()
    return chunk


def inside_bytes() -> list[Sample]:
    """Kilobytes of the inside of ten layers of 16; beside it those of 8-8-8."""
    large, usual = (
        len(pickle.dumps(_trained(hidden).observer.observe([INSIDE.request(THUMBNAILS)], [0])["A"]))
        for hidden in (READABLE, (8, 8, 8))
    )
    return [Sample(large / 1000, usual / 1000)]


def cost_of_watching_inside() -> list[Sample]:
    """The share of the steps that a diagram and a neuron on the canvas take together with predictions and snapshots;
    steps per second with them.
    """
    requests = (
        PREDICTION.request(Grid(CANVAS)),
        INSIDE.request(THUMBNAILS),
        NEURON.request(NeuronGrid(CANVAS, layer=2)),
    )
    return watching_cost(requests)


def _trained(hidden: tuple[int, ...]) -> Trainer:
    trainer = Trainer(experiment(hidden, 10))
    train(trainer, 2)
    trainer.measure()
    return trainer
