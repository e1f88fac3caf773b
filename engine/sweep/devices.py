"""Where a sweep is trained: by processors, or on a CUDA device."""

from __future__ import annotations

from engine.experiment.validation import ExperimentError
from engine.sweep.plan import SweepPlan
from engine.tape.threads import processors
from engine.training.device_choice import NO_DEVICE, Where

WORTH_A_DEVICE = 2.0e10
"""Work for each processor from which on a device is faster: ten seconds of it, which a device takes to start (see
docs/performance.md)."""


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
        If a CUDA device is asked for that is not there.
    """
    if asked == "cpu":
        return Where("cpu")
    slow = _no_kernel(plan, precision)
    if asked == "auto" and slow:
        return Where("cpu", f"because a CUDA device is not worth its start: {slow}")
    if asked == "auto" and sum(group.work for group in plan.groups) < WORTH_A_DEVICE * processors():
        return Where("cpu", "because it is done before a CUDA device would be")
    import torch

    if torch.cuda.is_available():
        return (
            Where("cuda", slow and f"by PyTorch's calls, because {slow}")
            if asked == "cuda"
            else Where("cuda", "because PyTorch sees a CUDA device")
        )
    if asked == "cuda":
        raise ExperimentError("--device", f"{NO_DEVICE} here; use cpu")
    return Where("cpu", f"because {NO_DEVICE}")


def _no_kernel(plan: SweepPlan, precision: str) -> str:
    """Why PyTorch's calls, and no kernels, would train a sweep on a device, in a clause; "" where kernels may."""
    if precision != "float32":
        return "it has kernels for single precision alone"
    if plan.spec.keep.pictures:
        return "it has no kernels for sweeps with pictures"
    if any(group.watches for group in plan.groups):
        return "it has no kernels for lanes that look at their own losses (early stopping, some schedules)"
    return ""
