"""The trainer's networks as model files."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from engine.data.file_system import delete
from engine.export.model import ExportedNetwork, exported_network, write_model
from engine.export.names import model_names
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


def save_models(trainer: Trainer, folder: Path) -> list[Path]:
    """Write the models of all lanes.

    For every lane ``model-<lane>.pt``, and with the weights of its best epoch ``model-<lane>-best.pt``. Where a lane
    has no best epoch, that file of an earlier run is deleted, if it can be.

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
    OSError
        With a sentence, if a file cannot be written; the others are written.
    """
    lanes = [run.lane.name for run in trainer.runs]
    names = dict(zip(lanes, model_names(lanes), strict=True))
    networks = {names[lane][0]: export_lane(trainer, lane) for lane in lanes}
    bests = {names[lane][1]: export_best(trainer, lane) for lane in lanes}
    networks |= {name: network for name, network in bests.items() if network is not None}
    failures: list[OSError] = []
    for name, network in networks.items():
        try:
            write_model(network, folder / name)
        except OSError as error:
            failures.append(error)
    for name in bests.keys() - networks.keys():
        with suppress(OSError):
            delete(folder / name)
    if failures:
        raise failures[0]
    return [folder / name for name in networks]
