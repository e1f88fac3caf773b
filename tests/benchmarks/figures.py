"""A benchmark is a function that returns samples of one figure; its entry says what the figure means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Benchmark:
    """``target`` None: only printed. ``at_least``: whether a high value is good."""

    name: str
    unit: str
    target: float | None
    at_least: bool
    words: str
    measure: Callable[[], Sequence[float]]


@dataclass(frozen=True)
class Figure:
    """The median of a benchmark's samples, with the lowest and highest."""

    name: str
    value: float
    unit: str
    target: float | None
    met: bool | None
    min: float
    max: float


def run(benchmark: Benchmark) -> Figure:
    samples = list(benchmark.measure())
    value = median(samples)
    met = None
    if benchmark.target is not None:
        met = value >= benchmark.target if benchmark.at_least else value <= benchmark.target
    return Figure(benchmark.name, value, benchmark.unit, benchmark.target, met, min(samples), max(samples))


def line(benchmark: Benchmark, figure: Figure) -> str:
    """One row for a person."""
    goal = ""
    if figure.target is not None:
        sign = "≥" if benchmark.at_least else "≤"
        goal = f"  target {sign} {figure.target:g} {'met' if figure.met else 'MISSED'}"
    spread = f"({figure.min:.4g} … {figure.max:.4g})"
    return f"{figure.name:28} {figure.value:10.4g} {figure.unit:8} {spread:24}{goal}  {benchmark.words}"
