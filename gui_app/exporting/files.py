"""Functions that write pictures, settings, data and history to files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from engine.data import atomic_write
from engine.data.file_system import exists
from engine.experiment import dumps
from engine.export import data_files
from engine.export.data_files import data_paths
from engine.export.history_files import HISTORY_FILES, HistoryFile
from engine.export.names import model_names
from engine.observation.snapshot import Snapshot
from gui_app.exporting.pictures import PICTURE_FORMATS, Exportable, export_picture
from gui_app.session.document import SUFFIX, Document

Writers = dict[Path, Callable[[], None]]
"""For each file, the function that writes it, or raises OSError and leaves the old file unchanged."""


def write_settings(document: Document, path: Path) -> None:
    atomic_write(path, dumps(document.experiment))


def write_data(document: Document, path: Path) -> None:
    """Write the points in the format that the path's suffix names."""
    data_files.write_data(document.points, document.experiment.data, path)


def history(snapshot: Snapshot, path: Path) -> Writers:
    """Return the writers of the tables of all lanes over time: one at ``path``, the others next to it."""
    writers: Writers = {}
    for name, file in HISTORY_FILES.items():
        if file.appended is not None:
            beside = path.with_name(f"{path.stem}{file.appended}{Path(name).suffix}")
            target = beside if file.appended else path
            writers[target] = partial(_write_table, snapshot, file, target)
    return writers


def _write_table(snapshot: Snapshot, file: HistoryFile, path: Path) -> None:
    atomic_write(path, file.text(snapshot.lanes, snapshot.task))


def everything(document: Document, views: Sequence[Exportable], folder: Path, scale: float = 2.0) -> Writers:
    """Return the writers of all files in ``folder`` except histories and models.

    The engine writes those at one moment, so that they match even during training.
    """
    settings = folder / f"experiment{SUFFIX}"
    writers: Writers = {settings: partial(write_settings, document, settings)}
    for path in data_paths(folder):
        writers[path] = partial(write_data, document, path)
    for view in views:
        for suffix in PICTURE_FORMATS:
            path = folder / f"{view.export_name}{suffix}"
            writers[path] = partial(export_picture, view, path, scale)
    return writers


def existing_engine_files(document: Document, folder: Path) -> list[Path]:
    """Return the existing files in ``folder`` that the engine would replace."""
    both = engine_files(document, folder), engine_files(document, folder, best=True)
    return [path for path in dict.fromkeys((*both[0], *both[1])) if exists(path)]


def best_files(snapshot: Snapshot | None, folder: Path) -> list[Path]:
    """Return the files of best epochs that the engine writes as long as its lanes are as in a snapshot."""
    lanes = () if snapshot is None else snapshot.lanes
    names = model_names(lane.name for lane in lanes)
    return [folder / best for (_, best), lane in zip(names, lanes, strict=True) if lane.best is not None]


def engine_files(document: Document, folder: Path, best: bool = False) -> list[Path]:
    """Return the files in ``folder`` that the engine writes: histories and models, or those of best epochs."""
    lanes = (lane.name for lane in document.experiment.lanes)
    models = [names[best] for names in model_names(lanes)]
    return [folder / name for name in (*HISTORY_FILES, *models)]
