"""A person's own data sets: one file each in a folder, written whole or not at all."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from engine.data.files import atomic_write, require_size
from engine.data.names import tidy_name
from engine.data.operations import moved
from engine.data.split import keep_trained
from engine.experiment import (
    FORMAT,
    DataSettings,
    Experiment,
    ExperimentError,
    Points,
    default_experiment,
    from_json,
    switch_classes,
    switch_task,
    to_json,
)
from engine.experiment.settings import LONGEST_NAME

SET_FORMAT = "neural-sketchbook-data-set/1"
SUFFIX = ".data.json"
NOISE_REACH = 2.0
"""Standard deviation, in canvas units, of the noise that a share of 1 adds."""


@dataclass(frozen=True, slots=True)
class SavedSet:
    """A file of the library: its name and data, whose points are not None, or the ``problem`` why it has none."""

    path: Path
    name: str
    data: DataSettings | None = None
    problem: str = ""

    @property
    def points(self) -> Points:
        return Points.empty() if self.data is None or self.data.points is None else self.data.points


class Library:
    """The data sets in ``folder``, which is made when the first one is saved."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sets(self) -> Iterator[SavedSet]:
        """All there are, damaged ones too, in the order of their files' names."""
        for path in sorted(self.folder.glob(f"*{SUFFIX}")):
            yield _read(path)

    def save(self, name: str, data: DataSettings, points: Points) -> SavedSet:
        """Keep ``points``, which are of the kind that ``data`` says, under a name. OSError says why it failed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{secrets.token_hex(8)}{SUFFIX}"
        return _write(path, name, msgspec.structs.replace(data, points=points))

    def rename(self, saved: SavedSet, name: str) -> SavedSet:
        """The same data set under another name. OSError says why it failed."""
        assert saved.data is not None
        return _write(saved.path, name, saved.data)

    def delete(self, saved: SavedSet) -> None:
        """Delete its file; one that is gone already is fine. OSError says why it failed."""
        saved.path.unlink(missing_ok=True)


def varied(points: Points, task: str, size: int, noise: float, seed: int) -> Points:
    """``size`` of the points (all where there are fewer), moved by noise of a share from 0 to 1.

    More points, or more noise, of one seed are the same ones and some more, or the same moves and longer.
    """
    rng = np.random.default_rng(seed)
    chosen = np.sort(rng.permutation(len(points))[:size])
    kept = points if len(chosen) == len(points) else points[chosen]
    if (trained := keep_trained(points, kept, task)) is not None:
        kept = trained.apply(kept)
    if noise == 0:
        return kept
    steps = rng.standard_normal(points.xy.shape)[chosen]
    return moved(kept, kept.xy + NOISE_REACH * noise * steps, task)


def with_saved(experiment: Experiment, saved: SavedSet, seed: int) -> Experiment:
    """The experiment with all points of a saved set, its classes and their looks; the sliders' numbers follow."""
    assert saved.data is not None
    data = saved.data
    if data.task != experiment.data.task:
        experiment = switch_task(experiment, data.task)
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
        generator=generator,
    )
    return msgspec.structs.replace(experiment, data=settings)


def free_name(name: str, taken: set[str]) -> str:
    """The name, tidied and shortened, with a number behind it where it is taken."""
    tidy = tidy_name(name) or "Data set"
    numbered = (f"{tidy[: LONGEST_NAME - 5]} {number}" for number in range(2, len(taken) + 3))
    return next(candidate for candidate in (tidy, *numbered) if candidate not in taken)


def _write(path: Path, name: str, data: DataSettings) -> SavedSet:
    whole = msgspec.structs.replace(default_experiment(), data=data)
    document = {"format": SET_FORMAT, "name": name, "data": to_json(whole)["data"]}
    atomic_write(path, json.dumps(document))
    return SavedSet(path, name, data)


def _read(path: Path) -> SavedSet:
    """The file's data set; what is wrong with it, in a sentence, where there is none."""
    try:
        require_size(path.stat().st_size)
        document = json.loads(path.read_bytes())
        return SavedSet(path, _name_of(document), _data_of(document))
    except OSError as error:
        problem = error.strerror or str(error)
    except ExperimentError as error:
        problem = str(error)
    except (ValueError, RecursionError) as error:
        problem = (
            str(error) if str(error).startswith(("the file has", "this is")) else "this is not a data set"
        )
    return SavedSet(path, path.name.removesuffix(SUFFIX), problem=problem)


def _name_of(document: object) -> str:
    if not isinstance(document, dict) or document.get("format") != SET_FORMAT:
        raise ValueError("this is not a data set of this version")
    name = document.get("name")
    if not isinstance(name, str):
        raise ValueError("this is a data set without a name")
    return free_name(name, set())


def _data_of(document: dict[str, object]) -> DataSettings:
    data = from_json({"format": FORMAT, "data": document.get("data")}).data
    if data.points is None:
        raise ValueError("this is a data set without points")
    return data
