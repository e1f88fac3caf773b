"""Which device trains the lanes of a document: what somebody asks for, or what a measured rule says."""

from __future__ import annotations

from typing import NamedTuple

from engine.experiment.errors import ExperimentError
from engine.experiment.products import products_of_step
from engine.experiment.settings import Experiment

WORTH_A_DEVICE = 5_000_000
"""Products of a step of all networks, from which on a CUDA device was faster than 16 processor cores (see
docs/performance.md)."""
NO_DEVICE = "PyTorch sees no CUDA device"


class Where(NamedTuple):
    """Where networks are trained.

    Attributes
    ----------
    device
        "cpu" or "cuda".
    why
        Why there, as the end of a sentence; "" where somebody has asked for it.
    """

    device: str
    why: str = ""


def chosen(asked: str, experiment: Experiment) -> Where:
    """Choose where to train.

    Parameters
    ----------
    asked
        "auto", "cpu" or "cuda".
    experiment
        What is trained.

    Returns
    -------
    Where

    Raises
    ------
    ExperimentError
        If a CUDA device is asked for that is not there.

    Examples
    --------
    >>> from engine.experiment import default_experiment
    >>> chosen("auto", default_experiment())
    Where(device='cpu', why='because a processor is faster for networks as small as these')
    """
    if asked == "cpu":
        return Where("cpu")
    if asked == "auto" and products_of_step(experiment) < WORTH_A_DEVICE:
        return Where("cpu", "because a processor is faster for networks as small as these")
    import torch

    if torch.cuda.is_available():
        return Where("cuda", "" if asked == "cuda" else "because PyTorch sees a CUDA device")
    if asked == "cuda":
        raise ExperimentError("--device", f"{NO_DEVICE} here; use cpu")
    return Where("cpu", f"because {NO_DEVICE}")
