"""The trainer's networks as model files."""

from __future__ import annotations

from collections.abc import Callable, Container
from contextlib import suppress
from functools import partial
from pathlib import Path

from engine.data.file_system import delete
from engine.export.model import ExportedNetwork, exported_network, write_model
from engine.export.names import model_names
from engine.export.writing import Writers, write_all
from engine.training.trainer import Trainer


def export_lane(trainer: Trainer, name: str) -> ExportedNetwork:
    """Return a lane's network as it is now.

    Parameters
    ----------
    trainer
        It has the lane.
    name
        Of the lane.

    Returns
    -------
    ExportedNetwork

    Raises
    ------
    KeyError
        If no lane has this name.
    """
    run, data, row = trainer.parameters(name)
    return exported_network(run.layout, run.lane.network.activation, data.scaling, row)


def export_best(trainer: Trainer, name: str) -> ExportedNetwork | None:
    """Return a lane's network with the weights of its best epoch.

    Parameters
    ----------
    trainer
        It has the lane.
    name
        Of the lane.

    Returns
    -------
    ExportedNetwork or None
        None where the lane has no best epoch.

    Raises
    ------
    KeyError
        If no lane has this name.
    """
    run, data, _ = trainer.parameters(name)
    if run.best_row is None:
        return None
    return exported_network(run.layout, run.lane.network.activation, data.scaling, run.best_row)


def model_writers(trainer: Trainer, folder: Path) -> Writers:
    """Return what writes the models of all lanes.

    For every lane ``model-<lane>.pt``, and ``model-<lane>-best.pt`` with the weights of its best epoch if it has one.

    Parameters
    ----------
    trainer
        Its lanes are written as they are now.
    folder
        It must exist.

    Returns
    -------
    Writers
    """

    def write(export: Callable[[Trainer, str], ExportedNetwork | None], lane: str, path: Path) -> None:
        network = export(trainer, lane)
        if network is not None:
            write_model(network, path)

    names = _names(trainer)
    writers: Writers = {
        folder / last: partial(write, export_lane, lane, folder / last) for lane, (last, _) in names.items()
    }
    for run in trainer.runs:
        if run.best_row is not None:
            lane = run.lane.name
            path = folder / names[lane][1]
            writers[path] = partial(write, export_best, lane, path)
    return writers


def delete_old_models(trainer: Trainer, folder: Path, kept: Container[Path]) -> None:
    """Delete the files that an earlier run has left for best epochs that the lanes do not have, where that is possible.

    Parameters
    ----------
    trainer
        It has the lanes.
    folder
        It need not exist.
    kept
        What ``model_writers`` writes.
    """
    for _, best in _names(trainer).values():
        if folder / best not in kept:
            with suppress(OSError):
                delete(folder / best)


def save_models(trainer: Trainer, folder: Path) -> list[Path]:
    """Write the models of all lanes, as ``model_writers`` says, and delete those that ``delete_old_models`` deletes.

    Parameters
    ----------
    trainer
        Its lanes are written as they are now.
    folder
        It must exist.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    NotAllWritten
        With a sentence, if a file cannot be written; the others are written.
    """
    writers = model_writers(trainer, folder)
    delete_old_models(trainer, folder, writers)
    write_all(writers)
    return list(writers)


def _names(trainer: Trainer) -> dict[str, tuple[str, str]]:
    lanes = [run.lane.name for run in trainer.runs]
    return dict(zip(lanes, model_names(lanes), strict=True))
