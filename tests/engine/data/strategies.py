"""Hypothesis strategies for points and shares."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from engine.experiment.points import LARGEST, Points

NUMBERS = st.floats(-LARGEST, LARGEST)


def arrays_of(task: str) -> st.SearchStrategy[Points]:
    """Up to 30 points of a task, with any numbers that a document may hold."""
    value = st.integers(0, 9).map(float) if task == "classification" else NUMBERS
    row = st.tuples(NUMBERS, NUMBERS, value, st.integers(0, 2))

    def build(rows: list[tuple[float, float, float, int]]) -> Points:
        table = np.array([row[:3] for row in rows]).reshape(-1, 3)
        target = table[:, 1] if task == "curve" else table[:, 2]
        return Points(table[:, :2], target, [row[3] for row in rows])

    return st.lists(row, max_size=30).map(build)


@st.composite
def shares(draw: st.DrawFn) -> tuple[float, float]:
    """Validation and test shares that leave something to train on."""
    validation = draw(st.floats(0, 0.9))
    test = draw(st.floats(0, 0.9).filter(lambda test: validation + test < 0.999_999))
    return validation, test


def bits(points: Points) -> tuple[bytes, bytes, bytes]:
    return points.xy.tobytes(), points.target.tobytes(), points.split.tobytes()
