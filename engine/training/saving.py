"""What there is of a run at one moment, as files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.data.files import atomic_write
from engine.export.metrics import history_files
from engine.export.names import other_models
from engine.training.models import save_models
from engine.training.trainer import Trainer


@dataclass(frozen=True, slots=True)
class SavedRun:
    """The files that were written, and models of other runs that stand beside them."""

    paths: list[Path]
    left: list[Path]


def save_run(trainer: Trainer, folder: Path) -> SavedRun:
    """Write the histories of all lanes and their models, all of the same step. Raises OSError."""
    texts = history_files(trainer.lane_snapshots(), trainer.lanes.data.task)
    for name, text in texts.items():
        atomic_write(folder / name, text)
    models = save_models(trainer, folder)
    return SavedRun([*(folder / name for name in texts), *models], other_models(folder, models))
