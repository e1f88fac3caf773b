"""Save a run as files: its histories and its models at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from engine.data.files import atomic_write
from engine.export.history_files import HISTORY_FILES, HistoryFile
from engine.export.names import other_models
from engine.export.writing import Writers, write_all
from engine.training.models import delete_old_models, model_writers
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
    NotAllWritten
        With a sentence, if files cannot be written; the others are written.
    """
    lanes, task = trainer.lane_snapshots(), trainer.lanes.data.task

    def write_history(path: Path, file: HistoryFile) -> None:
        atomic_write(path, file.text(lanes, task))

    histories: Writers = {
        folder / name: partial(write_history, folder / name, file) for name, file in HISTORY_FILES.items()
    }
    models = model_writers(trainer, folder)
    delete_old_models(trainer, folder, models)
    write_all(histories | models)
    return SavedRun([*histories, *models], other_models(folder, models))
