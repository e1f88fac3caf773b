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
        With a sentence, if files cannot be written; the others are written.
    """
    texts = history_texts(trainer.lane_snapshots(), trainer.lanes.data.task)
    failures: list[OSError] = []
    for name, text in texts.items():
        try:
            atomic_write(folder / name, text)
        except OSError as error:
            failures.append(error)
    try:
        models = save_models(trainer, folder)
    except OSError as error:
        failures.append(error)
    if failures:
        raise _joined(failures)
    return SavedRun([*(folder / name for name in texts), *models], other_models(folder, models))


def _joined(failures: list[OSError]) -> OSError:
    """Return the first of several errors, with how many there are."""
    more = len(failures) - 1
    return OSError(f"{failures[0]} (and {more} more)") if more else failures[0]
