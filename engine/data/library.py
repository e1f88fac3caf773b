"""The library of saved data sets: a folder with one file for each."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from engine.catalogue.tasks import TASKS
from engine.data.axes import HOME, Axes
from engine.data.bounded_reading import read_bounded
from engine.data.file_system import delete, make_folder, names_in
from engine.data.files import atomic_write
from engine.data.names import tidy_name
from engine.data.operations import moved
from engine.data.training_points import keep_trained
from engine.experiment import (
    FORMAT,
    DataSettings,
    Experiment,
    ExperimentError,
    Points,
    default_experiment,
    from_json,
    switch_classes,
    switch_generator,
    to_json,
)
from engine.experiment.bounded_json import JsonError, parse_json
from engine.experiment.settings import LONGEST_NAME

SET_FORMAT = "neural-sketchbook-data-set/2"
OLDER_FORMATS = ("neural-sketchbook-data-set/1",)
"""Formats that lack settings which have a default, and are read as they are."""
SUFFIX = ".data.json"
NOISE_REACH = 2.0
"""Standard deviation, in canvas units, of the noise that a share of 1 adds."""


@dataclass(frozen=True, slots=True)
class SavedSet:
    """A saved data set, or a file of the library that cannot be read.

    Attributes
    ----------
    path
        Its file.
    name
        Its name on screen, which differs from the file name.
    data
        Settings with points; None if there is a problem.
    problem
        Why the file cannot be read, in a sentence; empty if it can.
    """

    path: Path
    name: str
    data: DataSettings | None = None
    problem: str = ""

    @property
    def points(self) -> Points:
        """The points; none for a file with a problem."""
        return Points.empty() if self.data is None or self.data.points is None else self.data.points

    def varied(self, size: int, noise: float, seed: int) -> Points:
        """Return a random variation of the points.

        Parameters
        ----------
        size, noise, seed
            As for ``varied``.

        Returns
        -------
        Points
            Without any for a file with a problem.
        """
        if self.data is None:
            return Points.empty()
        axes = Axes.of_extent(self.data.extent, self.data.aspect)
        return varied(self.points, self.data.task, size, noise, seed, axes)


class Library:
    """The saved data sets of a folder.

    Parameters
    ----------
    folder
        Created when the first set is saved.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sets(self) -> Iterator[SavedSet]:
        """Yield all saved sets, damaged ones too, in the order of their file names."""
        for path in names_in(self.folder, SUFFIX):
            yield _read(path)

    def save(self, name: str, data: DataSettings, points: Points) -> SavedSet:
        """Save a data set in a new file.

        Parameters
        ----------
        name
            Its name on screen; see ``free_name``.
        data
            Task, classes, names and colours; their points are replaced.
        points
            What to save.

        Returns
        -------
        SavedSet
            As written.

        Raises
        ------
        OSError
            With a sentence, if the file cannot be written.
        """
        make_folder(self.folder)
        path = self.folder / f"{secrets.token_hex(8)}{SUFFIX}"
        return _write(path, name, msgspec.structs.replace(data, points=points))

    def rename(self, saved: SavedSet, name: str) -> SavedSet:
        """Give a saved set another name; its file stays.

        Parameters
        ----------
        saved
            A set without a problem.
        name
            The new name.

        Returns
        -------
        SavedSet
            As written.

        Raises
        ------
        OSError
            With a sentence, if the file cannot be written.
        """
        assert saved.data is not None
        return _write(saved.path, name, saved.data)

    def delete(self, saved: SavedSet) -> None:
        """Delete the file of a saved set, if it still exists.

        Parameters
        ----------
        saved
            A set with or without a problem.

        Raises
        ------
        OSError
            With a sentence, if the file cannot be deleted.
        """
        delete(saved.path)


def varied(points: Points, task: str, size: int, noise: float, seed: int, axes: Axes = HOME) -> Points:
    """Return a random variation of the points.

    Parameters
    ----------
    points : Points
        A saved set.
    task : str
        Its task; the targets of a curve follow its points.
    size : int
        How many points to keep; all if there are fewer.
    noise : float
        From 0 to 1, in units of ``NOISE_REACH`` on the sheet.
    seed : int
        With an equal seed, a larger size adds points to those of a smaller one, and a larger noise moves each point
        further in the same direction.
    axes
        Those of the set's extent.

    Returns
    -------
    Points
        In the order of ``points``; each class keeps a training point (see ``keep_trained``).

    Examples
    --------
    >>> points = Points([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]], [0.0, 0.0, 0.0])
    >>> len(varied(points, "surface", size=2, noise=0.1, seed=0))
    2
    """
    rng = np.random.default_rng(seed)
    chosen = np.sort(rng.permutation(len(points))[:size])
    kept = points if len(chosen) == len(points) else points[chosen]
    if (trained := keep_trained(points, kept, task)) is not None:
        kept = trained.apply(kept)
    if noise == 0:
        return kept
    steps = rng.standard_normal(points.xy.shape)[chosen]
    return moved(kept, kept.xy + NOISE_REACH * noise * steps * axes.units, task)


def with_saved(experiment: Experiment, saved: SavedSet, seed: int) -> Experiment:
    """Return the experiment with a saved set.

    Parameters
    ----------
    experiment
        Lanes keep the settings that fit the task and the classes of the set.
    saved
        A set without a problem.
    seed
        The new seed of the generator's settings.

    Returns
    -------
    Experiment
        With the points, task, classes, names, colours and frame of the set. The generator's settings are the number
        of points of the set, no noise, and ``seed``.
    """
    assert saved.data is not None
    data = saved.data
    if data.task != experiment.data.task:
        experiment = switch_generator(experiment, TASKS[data.task].generator)
    empty = msgspec.structs.replace(
        experiment.data, points=Points.empty(), class_names=None, class_colours=None
    )
    experiment = msgspec.structs.replace(experiment, data=empty)
    if data.task == "classification":
        experiment = switch_classes(experiment, data.classes)
    generator = msgspec.structs.replace(
        experiment.data.generator, points=max(len(saved.points), 2), noise=0.0, seed=seed
    )
    settings = msgspec.structs.replace(
        experiment.data,
        points=saved.points,
        class_names=data.class_names if data.task == "classification" else None,
        class_colours=data.class_colours if data.task == "classification" else None,
        extent=data.extent,
        axes=data.axes,
        aspect=data.aspect,
        generator=generator,
    )
    return msgspec.structs.replace(experiment, data=settings)


def free_name(name: str, taken: set[str]) -> str:
    """Return a name that no other set has.

    Parameters
    ----------
    name
        As typed by a person.
    taken
        The names of all other sets.

    Returns
    -------
    str
        The name without surplus blanks, at most 40 characters, followed by a number if it is taken; "Data set" for an
        empty one.

    Examples
    --------
    >>> free_name("Rings", {"Rings", "Rings 2"})
    'Rings 3'
    """
    tidy = tidy_name(name) or "Data set"
    numbered = (f"{tidy[: LONGEST_NAME - 5]} {number}" for number in range(2, len(taken) + 3))
    return next(candidate for candidate in (tidy, *numbered) if candidate not in taken)


def _write(path: Path, name: str, data: DataSettings) -> SavedSet:
    whole = msgspec.structs.replace(default_experiment(), data=data)
    document = {"format": SET_FORMAT, "name": name, "data": to_json(whole)["data"]}
    atomic_write(path, json.dumps(document))
    return SavedSet(path, name, data)


def _read(path: Path) -> SavedSet:
    """Read a file; if it is not a valid data set, ``problem`` says why in a sentence."""
    try:
        document = parse_json(read_bounded(path))
        return SavedSet(path, _name_of(document), _data_of(document))
    except OSError as error:
        problem = error.strerror or str(error)
    except (ExperimentError, JsonError, _NoSet) as error:
        problem = str(error)
    except ValueError:
        problem = "this is not a data set"
    return SavedSet(path, path.name.removesuffix(SUFFIX), problem=problem)


class _NoSet(ValueError):
    """What a file is instead of a data set, in a clause."""


def _name_of(document: object) -> str:
    if not isinstance(document, dict) or document.get("format") not in (SET_FORMAT, *OLDER_FORMATS):
        raise _NoSet("this is not a data set of this version")
    name = document.get("name")
    if not isinstance(name, str):
        raise _NoSet("this is a data set without a name")
    return free_name(name, set())


def _data_of(document: dict[str, object]) -> DataSettings:
    data = from_json({"format": FORMAT, "data": document.get("data")}).data
    if data.points is None:
        raise _NoSet("this is a data set without points")
    return data
