"""Sweeps for tests of pictures, with answers that are known."""

from __future__ import annotations

import numpy as np

from engine.experiment import Points
from engine.observation.observables import Prediction
from gui_app.sweeps.drawing.plane import PlaneAxis
from gui_app.sweeps.model import CellSeen, SweepModel

EXTENT = (-6.0, 6.0, -6.0, 6.0)


def answer(value: float, task: str = "classification", size: int = 8) -> np.ndarray:
    """The same answer everywhere: the probability of the second class, or a value."""
    if task == "classification":
        values = np.empty((size, size, 2), dtype=np.float32)
        values[..., 0], values[..., 1] = 1.0 - value, value
        return values
    return np.full((size, size) if task == "surface" else size, value)


def model(
    columns: int = 3,
    rows: int = 2,
    task: str = "classification",
    seeds: int = 1,
    broken: tuple[tuple[int, int], ...] = (),
    points: Points | None = None,
    measure: str = "validation_loss",
) -> SweepModel:
    """A sweep whose cell in column c and row r has the loss 10^(c − r) and answers (c + r) / 10."""
    axes = [PlaneAxis("Learning rate", tuple(f"0.{column + 1}" for column in range(columns)))]
    if rows > 1:
        axes.append(PlaneAxis("λ₂", tuple(f"{row}" for row in range(rows))))
    median = 10.0 ** np.subtract.outer(-np.arange(rows), -np.arange(columns)).astype(np.float64)
    cells = []
    for row in range(rows):
        for column in range(columns):
            values = answer((column + row) / 10, task)
            is_broken = (column, row) in broken
            if is_broken:
                median[row, column] = np.nan
            cells.append(
                CellSeen(
                    (column, row),
                    row * columns + column,
                    f"cell {column} {row}",
                    "diverged" if is_broken else "training",
                    "diverged in epoch 7" if is_broken else "",
                    Prediction(EXTENT, values),
                    seeds,
                    seeds if is_broken else 0,
                )
            )
    spread = (median / 2, median * 2) if seeds > 1 else (np.full_like(median, np.nan),) * 2
    return SweepModel(
        task,
        tuple(axes),
        tuple(cells),
        measure,
        median,
        *spread,
        best=(0, rows - 1),
        points=points or Points(np.empty((0, 2)), np.empty(0)),
        extent=EXTENT,
        ends=(-1.0, 1.0),
        epochs=(12, 12),
    )
