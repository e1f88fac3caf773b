"""Ready-made data sets: functions that draw points from a formula.

``circle``, ``xor``, ``gaussians``, ``spiral``, ``plane`` and ``bumps`` follow TensorFlow Playground
(its noise 50 is 0.5 here; its class +1 is our class 0, its class −1 our class 1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.canvas import CANVAS
from engine.catalogue.entry import Entry, Family

Array = NDArray[np.float64]
Made = tuple[Array, Array]
Function = Callable[[int, float, np.random.Generator], Made]

RADIUS = 5.0
"""Classification data lies within this distance of the origin, or of the axes, before noise."""
CURVE_REACH = 5.5
"""Curves are drawn for x from -CURVE_REACH to CURVE_REACH."""
BUMPS = np.array(
    [(-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)], dtype=np.float64
)
"""Centre x1, centre x2 and sign of every bump."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator(Entry):
    """``function(points, noise, rng)`` returns positions float64 [points, 2] and targets float64 [points].

    ``points`` is at least 2 and ``noise`` a fraction from 0 to 1. Targets are class numbers, the value of a
    surface, or equal to the second column of the positions for a curve. ``classes`` is 0 for regression.
    The points come ordered by class where a formula makes one class after another.
    """

    task: str
    classes: int
    function: Function


def _sizes(points: int, classes: int) -> list[int]:
    """``points`` shared out as evenly as possible, larger shares first."""
    return [(points + classes - 1 - k) // classes for k in range(classes)]


def _class_numbers(sizes: list[int]) -> Array:
    return np.repeat(np.arange(len(sizes), dtype=np.float64), sizes)


def _polar(radius: Array, angle: Array) -> Array:
    """Positions [n, 2] at angles counted clockwise from the vertical axis."""
    return np.column_stack((radius * np.sin(angle), radius * np.cos(angle)))


def _circle(points: int, noise: float, rng: np.random.Generator) -> Made:
    inner, outer = _sizes(points, 2)
    radius = np.concatenate((rng.uniform(0, RADIUS / 2, inner), rng.uniform(0.7 * RADIUS, RADIUS, outer)))
    xy = _polar(radius, rng.uniform(0, 2 * np.pi, points))
    moved = xy + rng.uniform(-RADIUS, RADIUS, (points, 2)) * noise
    return xy, (np.hypot(moved[:, 0], moved[:, 1]) >= RADIUS / 2).astype(np.float64)


def _xor(points: int, noise: float, rng: np.random.Generator) -> Made:
    xy = rng.uniform(-RADIUS, RADIUS, (points, 2))
    xy += np.where(xy > 0, 0.3, -0.3)
    moved = xy + rng.uniform(-RADIUS, RADIUS, (points, 2)) * noise
    return xy, (moved[:, 0] * moved[:, 1] < 0).astype(np.float64)


def _gaussians(points: int, noise: float, rng: np.random.Generator) -> Made:
    target = _class_numbers(_sizes(points, 2))
    variance = 0.5 + 7.0 * noise
    centre = np.where(target == 0, 2.0, -2.0)[:, None]
    return centre + np.sqrt(variance) * rng.standard_normal((points, 2)), target


def _arms(points: int, classes: int, turns: float, noise: float, rng: np.random.Generator) -> Made:
    sizes = _sizes(points, classes)
    target = _class_numbers(sizes)
    share = np.concatenate([np.arange(size) for size in sizes]) / (points / classes)
    angle = turns * share * 2 * np.pi + target * (2 * np.pi / classes)
    return _polar(RADIUS * share, angle) + rng.uniform(-1, 1, (points, 2)) * noise, target


def _spiral(points: int, noise: float, rng: np.random.Generator) -> Made:
    return _arms(points, 2, 1.75, noise, rng)


def _three_spirals(points: int, noise: float, rng: np.random.Generator) -> Made:
    return _arms(points, 3, 1.25, noise, rng)


def _moons(points: int, noise: float, rng: np.random.Generator) -> Made:
    target = _class_numbers(_sizes(points, 2))
    angle = rng.uniform(0, np.pi, points)
    xy = 3.3 * np.column_stack((np.cos(angle) - 0.5, np.sin(angle) - 0.25))
    xy[target == 1] *= -1
    return xy + 2 * noise * rng.standard_normal((points, 2)), target


def _checkerboard(points: int, noise: float, rng: np.random.Generator) -> Made:
    target = _class_numbers(_sizes(points, 2))
    row = rng.integers(0, 4, points)
    column = 2 * rng.integers(0, 2, points) + (row + target) % 2
    corner = np.column_stack((column, row)).astype(np.float64) - 2
    xy = 2.5 * (corner + rng.random((points, 2)))
    return xy + rng.uniform(-2.5, 2.5, (points, 2)) * noise, target


def _curve(shape: Callable[[Array], Array], span: float) -> Function:
    """Points around y = shape(x); their standard deviation is 0.3 · noise · ``span`` of y."""

    def function(points: int, noise: float, rng: np.random.Generator) -> Made:
        x = rng.uniform(-CURVE_REACH, CURVE_REACH, points)
        y = shape(x) + 0.3 * span * noise * rng.standard_normal(points)
        return np.column_stack((x, y)), y

    return function


def _plane(points: int, noise: float, rng: np.random.Generator) -> Made:
    xy = rng.uniform(-CANVAS, CANVAS, (points, 2))
    moved = xy + rng.uniform(-CANVAS, CANVAS, (points, 2)) * noise
    return xy, moved.sum(axis=1) / 10


def _bumps(points: int, noise: float, rng: np.random.Generator) -> Made:
    xy = rng.uniform(-CANVAS, CANVAS, (points, 2))
    moved = xy + rng.uniform(-CANVAS, CANVAS, (points, 2)) * noise
    offset = moved[:, None, :] - BUMPS[:, :2]
    height = np.maximum(0.0, 1.0 - np.hypot(offset[..., 0], offset[..., 1]) / 2)
    highest = height.argmax(axis=1)
    value: Array = BUMPS[highest, 2] * height[np.arange(points), highest]
    return xy, value + 0.0  # turns -0 into 0


def _entry(
    key: str, label: str, task: str, classes: int, function: Function, formula: str, tooltip: str
) -> Generator:
    return Generator(
        key=key, label=label, formula=formula, tooltip=tooltip, task=task, classes=classes, function=function
    )


GENERATORS: Family[Generator] = Family(
    "generator",
    [
        _entry(
            "circle", "Circle", "classification", 2, _circle,
            "x₁² + x₂² < 2.5² → class 1; noise flips classes",
            "A disc inside a ring: no straight line separates them, one hidden layer does.",
        ),
        _entry(
            "xor", "XOR", "classification", 2, _xor,
            "x₁·x₂ ≥ 0 → class 1; noise flips classes",
            "Opposite quadrants share a class: the classic problem that needs a hidden layer.",
        ),
        _entry(
            "gaussians", "Gaussians", "classification", 2, _gaussians,
            "centres (2, 2) and (−2, −2), variance 0.5 + 7·noise",
            "Two clouds: a straight line is the best answer, and any more curved boundary is overfitting.",
        ),
        _entry(
            "spiral", "Spiral", "classification", 2, _spiral,
            "r = 5s, angle = 3.5π·s (+ π for class 2), s = 0…1; noise moves points",
            "Two interleaved arms: needs depth or many neurons, and shows how hard training can be.",
        ),
        _entry(
            "moons", "Moons", "classification", 2, _moons,
            "half circles of radius 3.3 that reach into each other; noise moves points",
            "Two interlocking half moons: a smooth boundary fits them, a wiggly one overfits the noise.",
        ),
        _entry(
            "three_spirals", "Three spirals", "classification", 3, _three_spirals,
            "r = 5s, angle = 2.5π·s + (k − 1)·2π/3 for class k, s = 0…1; noise moves points",
            "Three interleaved arms: a hard boundary between more than two classes.",
        ),
        _entry(
            "checkerboard", "Checkerboard", "classification", 2, _checkerboard,
            "⌊x₁/2.5⌋ + ⌊x₂/2.5⌋ even → class 1; noise moves points",
            "Sixteen squares: the network needs enough neurons to bend its boundary around each of them.",
        ),
        _entry(
            "sine", "Sine", "curve", 0, _curve(lambda x: 4 * np.sin(x), 8.0),
            "y = 4·sin x",
            "A smooth wave: shows how neurons add up to a curve, and what few of them cannot bend to.",
        ),
        _entry(
            "step", "Step", "curve", 0, _curve(lambda x: np.where(x < 0, -3.0, 3.0), 6.0),
            "y = −3 for x < 0, else 3",
            "A jump: only large weights make a steep slope, so a strong penalty rounds it off.",
        ),
        _entry(
            "x_sin_x", "x·sin x", "curve", 0, _curve(lambda x: x * np.sin(x), 6.6),
            "y = x·sin x",
            "A wave that grows outwards: large errors at the edges rule the squared loss.",
        ),
        _entry(
            "quartic", "Quartic", "curve", 0, _curve(lambda x: (x * x - 14) ** 2 / 40 + x / 5 - 3, 8.2),
            "y = (x² − 14)²/40 + x/5 − 3",
            "A valley with two floors: a polynomial of degree 4 that a small network can match.",
        ),
        _entry(
            "noisy_line", "Noisy line", "curve", 0, _curve(lambda x: 0.6 * x, 13.2),
            "y = 0.6·x, with twice the scatter of the other curves",
            "Nothing but a line in noise: every wiggle the network learns is overfitting.",
        ),
        _entry(
            "plane", "Plane", "surface", 0, _plane,
            "value = (x₁ + x₂ + noise)/10",
            "A tilted plane: even a network without hidden layer fits it.",
        ),
        _entry(
            "bumps", "Bumps", "surface", 0, _bumps,
            "value = ±max(0, 1 − distance/2) of the nearest of six centres",
            "Hills and hollows on flat ground: the network has to shape each one by itself.",
        ),
    ],
)  # fmt: skip
