"""Save a run as files: its histories and its models at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.data.files import atomic_write
from engine.export.history_files import history_texts
from engine.export.names import other_models
from engine.training.models import save_models
from engine.training.trainer import Trainer


@dataclass(frozen=True, slots=True)
class SavedRun:
    """The files of a saved run.

    Attributes
    ----------
    paths
        The files that were written.
    left
        Model files of other runs in the same folder.
    """

    paths: list[Path]
    left: list[Path]


def save_run(trainer: Trainer, folder: Path) -> SavedRun:
    """Write the histories of all lanes and their models, all of the same step.

    Parameters
    ----------
    trainer
        Lanes whose loss is not finite end first.
    folder
        It must exist.

    Returns
    -------
    SavedRun

    Raises
    ------
    OSError
        With a sentence, if a file cannot be written; files written before it stay.
    """
    texts = history_texts(trainer.lane_snapshots(), trainer.lanes.data.task)
    for name, text in texts.items():
        atomic_write(folder / name, text)
    models = save_models(trainer, folder)
    return SavedRun([*(folder / name for name in texts), *models], other_models(folder, models))
