"""A benchmark is a function that returns samples of one figure; its entry says what the figure means.

What a machine does in a second says little about the product, so figures with a target are ratios against something
measured in the same run; the absolute figure stands beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple


class Sample(NamedTuple):
    """A ratio, and what it is in the unit of ``beside``."""

    value: float
    beside: float | None = None


@dataclass(frozen=True)
class Benchmark:
    """``target`` None: only printed. ``at_least``: whether a high value is good. ``beside``: unit of the absolute
    figure, where there is one.
    """

    name: str
    unit: str
    target: float | None
    at_least: bool
    words: str
    measure: Callable[[], Sequence[Sample]]
    beside: str | None = None


@dataclass(frozen=True)
class Figure:
    """The median of a benchmark's samples, with the lowest and highest, and the median absolute figure."""

    name: str
    value: float
    unit: str
    target: float | None
    met: bool | None
    min: float
    max: float
    beside: float | None
    beside_unit: str | None


def run(benchmark: Benchmark) -> Figure:
    samples = list(benchmark.measure())
    values = [sample.value for sample in samples]
    value = median(values)
    beside = [sample.beside for sample in samples if sample.beside is not None]
    met = None
    if benchmark.target is not None:
        met = value >= benchmark.target if benchmark.at_least else value <= benchmark.target
    return Figure(
        name=benchmark.name,
        value=value,
        unit=benchmark.unit,
        target=benchmark.target,
        met=met,
        min=min(values),
        max=max(values),
        beside=median(beside) if beside else None,
        beside_unit=benchmark.beside,
    )


def line(benchmark: Benchmark, figure: Figure) -> str:
    """One row for a person."""
    goal = ""
    if figure.target is not None:
        sign = "≥" if benchmark.at_least else "≤"
        goal = f"target {sign} {figure.target:g} {'met' if figure.met else 'MISSED'}"
    spread = f"({figure.min:.3g} … {figure.max:.3g})"
    beside = "" if figure.beside is None else f"{figure.beside:.4g} {figure.beside_unit}"
    return f"{figure.name:24} {figure.value:8.3g} {figure.unit:7} {spread:18} {goal:22} {beside:18} {benchmark.words}"
