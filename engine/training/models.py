"""The trainer's networks as model files."""

from __future__ import annotations

from pathlib import Path

from engine.export.model import ExportedNetwork, exported_network, file_names, write_model
from engine.training.trainer import Trainer


def export_lane(trainer: Trainer, name: str) -> ExportedNetwork:
    """The named lane as it is now."""
    run, data, row = trainer.parameters(name)
    return exported_network(run.layout, run.lane.network.activation, data.scaling, row)


def save_models(trainer: Trainer, folder: Path) -> list[Path]:
    """Write ``model-<lane>.pt`` for every lane and return the paths. Raises OSError."""
    names = [run.lane.name for run in trainer.runs]
    paths = [folder / f"model-{part}.pt" for part in file_names(names)]
    for name, path in zip(names, paths, strict=True):
        write_model(export_lane(trainer, name), path)
    return paths
