"""The three tasks, with the defaults of a new experiment in each."""

from __future__ import annotations

from dataclasses import dataclass

from engine.catalogue.canvas import CANVAS
from engine.catalogue.entry import Entry, Family


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Entry):
    """A kind of data to learn from.

    Attributes
    ----------
    generator, loss, features
        Keys of the defaults; the loss can train any number of classes.
    target_bound
        The largest |target| on the canvas, by which the input scaling "unit" divides targets. Class indices are never
        scaled.
    regression
        Whether targets are values.
    """

    generator: str
    loss: str
    features: tuple[str, ...] = ("x1", "x2")
    target_bound: float = 1.0
    regression: bool = True


TASKS: Family[Task] = Family(
    "task",
    [
        Task(
            key="classification",
            label="Classification",
            formula="x₁, x₂ → class",
            tooltip="Tell points of different classes apart.",
            generator="spiral",
            loss="cross_entropy",
            regression=False,
        ),
        Task(
            key="curve",
            label="Regression: curve",
            formula="x → y",
            tooltip="Fit a curve through points.",
            generator="sine",
            loss="squared",
            features=("x1",),
            target_bound=CANVAS,
        ),
        Task(
            key="surface",
            label="Regression: surface",
            formula="x₁, x₂ → value",
            tooltip="Fit values over the plane, shown as colours.",
            generator="plane",
            loss="squared",
        ),
    ],
)

CLASSIFICATION = "classification"
"""The task with classes, and the default task of an experiment."""
REGRESSION = tuple(key for key, task in TASKS.items() if task.regression)
