"""What there is of a run at one moment, as files."""

from __future__ import annotations

from pathlib import Path

from engine.data.files import atomic_write
from engine.export.metrics import history_files
from engine.training.models import save_models
from engine.training.trainer import Trainer


def save_run(trainer: Trainer, folder: Path) -> list[Path]:
    """Write the histories of all lanes and their models, all of the same step; returns the paths. Raises OSError."""
    texts = history_files(trainer.lane_snapshots(None), trainer.data.task)
    for name, text in texts.items():
        atomic_write(folder / name, text)
    return [*(folder / name for name in texts), *save_models(trainer, folder)]
