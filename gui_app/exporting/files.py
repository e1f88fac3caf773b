"""Pictures of the views, settings, data and history as files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from engine.data import atomic_write, write_csv
from engine.experiment import dumps, file_labels
from engine.export.metrics import HISTORY_FILES, gradients_csv, metrics_csv, with_newest_layers
from engine.export.names import model_names
from engine.observation.snapshot import Snapshot
from gui_app.exporting.pictures import PICTURE_FORMATS, Exportable, export_picture
from gui_app.session.document import SUFFIX, Document

Writers = dict[Path, Callable[[], None]]
"""A function for each file that writes it, or raises OSError and leaves the old file as it is."""


def write_settings(document: Document, path: Path) -> None:
    atomic_write(path, dumps(document.experiment))


def write_data(document: Document, path: Path) -> None:
    data = document.experiment.data
    write_csv(document.points, data.task, path, file_labels(data))


def write_history(snapshot: Snapshot, path: Path) -> None:
    """Losses, penalty and scores of every lane over time."""
    atomic_write(path, metrics_csv([(lane.name, lane.history) for lane in snapshot.lanes], snapshot.task))


def write_gradients(snapshot: Snapshot, path: Path) -> None:
    """Gradient norms of every lane and layer over time."""
    atomic_write(path, gradients_csv([(lane.name, with_newest_layers(lane)) for lane in snapshot.lanes]))


def everything(document: Document, views: Sequence[Exportable], folder: Path, scale: float = 2.0) -> Writers:
    """The writers of all files in ``folder`` except histories and models: the engine writes those, all of one moment,
    so that they match even while it trains.
    """
    settings, data = folder / f"experiment{SUFFIX}", folder / "data.csv"
    writers: Writers = {
        settings: partial(write_settings, document, settings),
        data: partial(write_data, document, data),
    }
    for view in views:
        for suffix in PICTURE_FORMATS:
            path = folder / f"{view.export_name}{suffix}"
            writers[path] = partial(export_picture, view, path, scale)
    return writers


def of_engine(document: Document, folder: Path) -> list[Path]:
    """The files in ``folder`` that the engine would replace."""
    lanes = (lane.name for lane in document.experiment.lanes)
    models = (name for both in model_names(lanes) for name in both)
    return [path for name in (*HISTORY_FILES, *models) if (path := folder / name).exists()]
