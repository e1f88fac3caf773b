"""Points as files, in each format that there is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.data import write_csv
from engine.data.quoting import quoted
from engine.experiment import DataSettings, Points, file_labels


@dataclass(frozen=True, slots=True)
class DataFormat:
    """One entry of ``DATA_FORMATS``.

    Attributes
    ----------
    label : str
        In menus and file dialogs.
    write : callable
        Writes points, of the task and with the class names of the settings, to a path: whole, or not at all.
    """

    label: str
    write: Callable[[Points, DataSettings, Path], None]


def _write_csv(points: Points, data: DataSettings, path: Path) -> None:
    write_csv(points, data.task, path, file_labels(data))


DATA_FORMATS = {".csv": DataFormat("CSV", _write_csv)}
"""By the suffix of their files. Menus, file dialogs, the export of everything and ``--out`` read it."""


def data_paths(folder: Path) -> list[Path]:
    """Return the files that hold the data of a run, one of each format.

    Parameters
    ----------
    folder
        The folder of the run.

    Returns
    -------
    list of Path
        In the order of ``DATA_FORMATS``.
    """
    return [folder / f"data{suffix}" for suffix in DATA_FORMATS]


def write_data(points: Points, data: DataSettings, path: Path) -> None:
    """Write points in the format that the suffix of a path names.

    Parameters
    ----------
    points
        What to write, with splits.
    data
        Task and names of the classes.
    path
        Its suffix is one of ``DATA_FORMATS``, in any case.

    Raises
    ------
    ValueError
        With a sentence, for another suffix.
    OSError
        With a sentence, if the file cannot be written.
    """
    chosen = DATA_FORMATS.get(path.suffix.lower())
    if chosen is None:
        known = ", ".join(DATA_FORMATS)
        raise ValueError(f"Data are saved as one of {known}; {quoted(path.name)} ends in none of them.")
    chosen.write(points, data, path)
