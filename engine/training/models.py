"""The trainer's networks as model files."""

from __future__ import annotations

from pathlib import Path

from engine.export.model import ExportedNetwork, exported_network, file_names, write_model
from engine.training.trainer import Trainer


def export_lane(trainer: Trainer, name: str) -> ExportedNetwork:
    """The named lane as it is now."""
    run, data, row = trainer.parameters(name)
    return exported_network(run.layout, run.lane.network.activation, data.scaling, row)


def export_best(trainer: Trainer, name: str) -> ExportedNetwork | None:
    """The named lane with the weights of its best epoch; None where it has none."""
    run, data, _ = trainer.parameters(name)
    if run.best_row is None:
        return None
    return exported_network(run.layout, run.lane.network.activation, data.scaling, run.best_row)


def save_models(trainer: Trainer, folder: Path) -> list[Path]:
    """Write ``model-<lane>.pt`` for every lane, and ``model-<lane>-best.pt`` with the weights of its best epoch where
    it has one; returns the paths. Raises OSError.
    """
    names = [run.lane.name for run in trainer.runs]
    named = [(name, export_lane(trainer, name)) for name in names]
    best = [(f"{name}-best", network) for name in names if (network := export_best(trainer, name))]
    paths = [folder / f"model-{part}.pt" for part in file_names(name for name, _ in [*named, *best])]
    for (_, network), path in zip([*named, *best], paths, strict=True):
        write_model(network, path)
    return paths
