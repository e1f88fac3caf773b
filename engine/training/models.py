"""The trainer's networks as model files."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from engine.export.model import ExportedNetwork, exported_network, write_model
from engine.export.names import model_names
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
    it has one; returns the paths. Where it has none, that file of an earlier run goes, if it can be taken away.
    Raises OSError where one cannot be written.
    """
    lanes = [run.lane.name for run in trainer.runs]
    names = dict(zip(lanes, model_names(lanes), strict=True))
    networks = {names[lane][0]: export_lane(trainer, lane) for lane in lanes}
    bests = {names[lane][1]: export_best(trainer, lane) for lane in lanes}
    networks |= {name: network for name, network in bests.items() if network is not None}
    for name, network in networks.items():
        write_model(network, folder / name)
    for name in bests.keys() - networks.keys():
        with suppress(OSError):
            (folder / name).unlink()
    return [folder / name for name in networks]
