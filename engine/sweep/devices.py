"""Where a sweep is trained: by processors, or on a CUDA device."""

from __future__ import annotations

from typing import NamedTuple

from engine.experiment.validation import ExperimentError
from engine.sweep.plan import SweepPlan

WORTH_A_DEVICE = 256
"""Lanes from which on a device trains faster than some processors (see docs/performance.md)."""


class Where(NamedTuple):
    """Where a sweep is trained.

    Attributes
    ----------
    device
        "cpu" or "cuda".
    why
        Why there, in a clause; "" where somebody has asked for it.
    """

    device: str
    why: str = ""


def where(asked: str, plan: SweepPlan, precision: str) -> Where:
    """Choose where to train. It follows from the machine and the whole sweep, so that going on changes nothing.

    Parameters
    ----------
    asked
        "auto", "cpu" or "cuda".
    plan
        What to train.
    precision
        "float32" or "float64".

    Returns
    -------
    Where

    Raises
    ------
    ExperimentError
        If a CUDA device is asked for that is not there, or that could not train this sweep.
    """
    if asked == "cpu":
        return Where("cpu")
    obstacle = _obstacle(plan, precision)
    if obstacle and asked == "cuda":
        raise ExperimentError("--device", f"{obstacle}; use cpu")
    if obstacle:
        return Where("cpu", obstacle)
    if asked == "auto" and plan.rows < WORTH_A_DEVICE:
        return Where("cpu", f"a CUDA device is worth its start from {WORTH_A_DEVICE} lanes on")
    import torch

    if torch.cuda.is_available():
        return Where("cuda", "" if asked == "cuda" else "PyTorch sees a CUDA device")
    if asked == "cuda":
        raise ExperimentError("--device", "PyTorch sees no CUDA device here; use cpu")
    return Where("cpu", "PyTorch sees no CUDA device")


def _obstacle(plan: SweepPlan, precision: str) -> str:
    """Why processors have to train a sweep, in a clause; "" if nothing speaks against a device."""
    if precision != "float32":
        return "on a CUDA device sweeps are trained in single precision alone"
    if plan.spec.keep.pictures:
        return "pictures are made by processors alone"
    if any(group.watches for group in plan.groups):
        return "lanes that look at their own losses (early stopping, some schedules) are trained by processors alone"
    return ""
