"""Scripts for PyTorch of data and settings at the edge of what there is: they run, and agree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.experiment import SPLITS, Points
from tests.engine.export.code.running import run_script
from tests.engine.helpers import experiment, trained

NET, TRAIN = "lanes.0.network", "lanes.0.training"
STANDARDIZED = {f"{NET}.input_scaling": "standardize"}


def points(*rows: tuple[float, float, float, int]) -> dict[str, Any]:
    """Settings with points of x1, x2, target and split."""
    columns = np.array(rows)
    return {"data.points": Points(columns[:, :2], columns[:, 2], columns[:, 3].astype(np.uint8))}


CASES: dict[str, tuple[dict[str, Any], str]] = {
    "one training point": (
        {**points((1, 2, 0, 0), (2, 1, 1, 1)), f"{NET}.normalization": {"kind": "batch"}},
        "classification",
    ),
    "equal training points": (
        {**points((1, 2, 0, 0), (1, 2, 1, 0), (3, 4, 1, 1)), **STANDARDIZED},
        "classification",
    ),
    "equal values": ({**points((1, 2, 5, 0), (3, 4, 5, 0), (2, 2, 5, 1)), **STANDARDIZED}, "surface"),
    "values of deviation 1": (
        {**points((1, 0, 1, 0), (-1, 3, -1, 0), (2, 2, 5, 1)), **STANDARDIZED},
        "surface",
    ),
    "names that are signs of Python and CSV": (
        {"data.classes": 4, "data.class_names": ["a,b", 'c"d', None, "7\\"]},
        "classification",
    ),
    "names that are numbers": ({"data.class_names": ["2", "1"]}, "classification"),
    "Nesterov without momentum": (
        {f"{TRAIN}.optimizer": {"name": "nesterov", "momentum": 0.0}},
        "classification",
    ),
    "a batch larger than the data": ({f"{TRAIN}.batch_size": 1000}, "curve"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_script_agrees(case: str, tmp_path: Path) -> None:
    settings = experiment(*CASES[case])
    _, losses = run_script(settings, "torch", tmp_path, 3)[-1]
    expected = dict(zip(SPLITS, trained(settings, 3, "eager").runs[0].history.view().loss[-1], strict=True))
    assert losses == pytest.approx(
        {name: loss for name, loss in expected.items() if np.isfinite(loss)}, rel=1e-4
    )
