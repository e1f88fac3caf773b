"""What is in the folder of a sweep, whole or on the way: as a table, with the settings and pictures of its lanes."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.texts import counted
from engine.data import atomic_write
from engine.data.bounded_reading import read_bounded
from engine.data.file_system import FAILURES
from engine.experiment.settings import Experiment
from engine.experiment.validation import ExperimentError
from engine.observation.sweep_measures import SWEEP_MEASURES, Threshold
from engine.observation.sweep_table import SweepTable, TableAxis, column, to_csv
from engine.sweep.batch_file import STATUSES, KeptBatch, read_batch
from engine.sweep.folder import FAILURES_FILE, SPEC, Manifest, batch_files, read_manifest, require_own_spec
from engine.sweep.plan import SweepPlan
from engine.sweep.spec import SweepSpec, read_spec

CSV, PARQUET = "results.csv", "results.parquet"


@dataclass(frozen=True, slots=True, eq=False)
class SweepResults:
    """What a folder holds.

    Attributes
    ----------
    path
        The folder.
    spec, plan
        What was asked for.
    manifest
        With what it was trained.
    table
        A row for each lane; see ``SweepTable`` for those that are not trained yet.
    pictures
        By row, where they were kept and read.
    failures
        Batches that could not be trained, as ``failures.json`` has them.
    damaged
        How many files of batches cannot be read; their lanes count as not trained.
    """

    path: Path
    spec: SweepSpec
    plan: SweepPlan
    manifest: Manifest
    table: SweepTable
    pictures: dict[int, NDArray[Any]] = field(default_factory=dict)
    failures: tuple[dict[str, Any], ...] = ()
    damaged: int = 0

    @property
    def done(self) -> int:
        """How many lanes are trained."""
        return int((~np.isin(self.table.status, ("waiting", "failed"))).sum())

    @property
    def failed(self) -> int:
        """How many lanes could not be trained."""
        return int((self.table.status == "failed").sum())

    @property
    def why_failed(self) -> str:
        """Why the first of these could not be trained; "" where nothing says so."""
        for failure in self.failures:
            attempts = failure.get("attempts")
            for attempt in reversed(attempts if isinstance(attempts, list) else []):
                if isinstance(attempt, dict) and isinstance(attempt.get("why"), str):
                    return str(attempt["why"])
        return ""

    @property
    def complete(self) -> bool:
        """Whether all lanes are trained."""
        return self.done == len(self.table.seed)

    def experiment_of(self, row: int) -> Experiment:
        """Return the experiment that trains one lane alone.

        Parameters
        ----------
        row
            From 0.

        Returns
        -------
        Experiment
            As ``SweepPlan.experiment_of`` returns it.
        """
        return self.plan.experiment_of(row)


class LaneNames(Sequence[str]):
    """ "lane 0" and so on, for as many lanes as there are, without making them all.

    Parameters
    ----------
    count
        How many.
    """

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        numbers = range(self._count)[index]
        return f"lane {numbers}" if isinstance(numbers, int) else [f"lane {number}" for number in numbers]


def read_results(folder: str | Path, pictures: int = 0, most: int | None = None) -> SweepResults:
    """Read the folder of a sweep, also while it is being trained.

    Parameters
    ----------
    folder
        As ``--out`` named it.
    pictures
        Of how many lanes at most a sweep may be for its pictures to be read, too.
    most
        Of how many lanes it may be at most; None for any number.

    Returns
    -------
    SweepResults
        What is damaged counts as not trained yet.

    Raises
    ------
    ExperimentError
        With a sentence, if there is no sweep, if it has too many lanes, or if its spec is not what the lanes were
        trained with.
    """
    path = Path(folder)
    manifest = read_manifest(path)
    try:
        plan = SweepPlan(read_spec(read_bounded(path / SPEC)))
    except FAILURES as error:
        if isinstance(error, ExperimentError):
            raise ExperimentError("", f"{path / SPEC}: {error}") from None
        raise ExperimentError(
            "", f"{path} holds no sweep; name the folder that one was computed in"
        ) from None
    if manifest is None:
        raise ExperimentError("", f"{path} has no manifest; run the same sweep command again, which mends it")
    require_own_spec(plan.spec, manifest, path)
    if most is not None and plan.rows > most:
        raise ExperimentError(
            "",
            f"{path} has {counted(plan.rows, 'lane')}, of which {most:,} at most can be shown; {CSV} has all of them",
        )
    files = batch_files(path)
    kept = [batch for file in files if (batch := read_batch(file, plan.rows <= pictures)) is not None]
    damaged = len(files) - len(kept)
    kept = [batch for batch in kept if batch.key == manifest.key and (batch.rows < plan.rows).all()]
    failures = _failures(path)
    table = make_table(plan, kept, failures)
    return SweepResults(path, plan.spec, plan, manifest, table, _pictures(plan, kept), failures, damaged)


def _pictures(plan: SweepPlan, kept: Sequence[KeptBatch]) -> dict[int, NDArray[Any]]:
    """The pictures that have the shape that a lane of the sweep answers in, by row."""
    side, data = plan.spec.keep.pictures, plan.base.data
    shapes = {
        "classification": (side, side, data.classes),
        "surface": (side, side),
        "curve": (side,),
    }
    return {
        row: picture
        for batch in kept
        if batch.pictures is not None
        and batch.pictures.dtype.kind == "f"
        and batch.pictures.shape[1:] == shapes[data.task]
        for row, picture in zip(batch.rows.tolist(), batch.pictures, strict=True)
    }


def make_table(
    plan: SweepPlan, kept: Sequence[KeptBatch], failures: Sequence[dict[str, Any]] = ()
) -> SweepTable:
    """Arrange the batches of a sweep as a table.

    Parameters
    ----------
    plan
        Of the sweep.
    kept
        Its batches, in any order.
    failures
        As ``failures.json`` has them.

    Returns
    -------
    SweepTable
        A row for each lane of the plan, in its order.
    """
    status = np.zeros(plan.rows, np.uint8)
    for failure in failures:
        rows = [row for row in failure["rows"] if type(row) is int and 0 <= row < plan.rows]
        status[rows] = STATUSES.index("failed")
    results = {key: np.full(plan.rows, np.nan) for key in SWEEP_MEASURES}
    for batch in kept:
        status[batch.rows] = batch.status
        for key, numbers in batch.columns.items():
            if key in results:
                results[key][batch.rows] = numbers
    cells, seeds = np.arange(plan.cells), plan.seeds
    settings = {
        axis.key: np.repeat(column(plan.column(index)), seeds) for index, axis in enumerate(plan.axes)
    }
    offsets = np.tile(np.arange(seeds), plan.cells)
    wanted = plan.spec.threshold
    seed = settings["seed"].astype(np.int64) if "seed" in settings else plan.base.lanes[0].seed + offsets
    return SweepTable(
        axes=tuple(_axis(plan, index) for index in range(len(plan.axes))),
        places=np.repeat(plan.places(cells), seeds, axis=0),
        settings=settings,
        seed=seed,
        status=np.array(STATUSES)[status],
        results=results,
        names=LaneNames(plan.rows),
        threshold=None if wanted is None else Threshold(wanted.measure, wanted.value),
    )


def _axis(plan: SweepPlan, index: int) -> TableAxis:
    axis = plan.axes[index]
    values = axis.values if axis.values is not None else (axis.spec.low, axis.spec.high)
    return TableAxis(axis.key, axis.setting.label, tuple(values), axis.setting.kind, axis.log)


def write_table(results: SweepResults) -> list[Path]:
    """Write the table of a sweep as CSV, and as Parquet where pyarrow is installed.

    Parameters
    ----------
    results
        As ``read_results`` returns them.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    OSError
        With a sentence; then the former files are unchanged.
    """
    text = io.StringIO()
    to_csv(results.table, text)
    atomic_write(results.path / CSV, text.getvalue())
    written = [results.path / CSV]
    data = _parquet(results.table)
    if data is not None:
        atomic_write(results.path / PARQUET, data)
        written.append(results.path / PARQUET)
    return written


def _parquet(table: SweepTable) -> bytes | None:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        return None
    columns: dict[str, Any] = {"lane": np.arange(len(table.seed))}
    columns |= {axis.key: table.settings[axis.key] for axis in table.axes if axis.key != "seed"}
    columns |= {"seed": table.seed, "status": table.status}
    columns |= {SWEEP_MEASURES[key].column(table.threshold): one for key, one in table.results.items()}
    made = pyarrow.table({key: pyarrow.array(values, from_pandas=True) for key, values in columns.items()})
    sink = pyarrow.BufferOutputStream()
    parquet.write_table(made, sink)
    return bytes(sink.getvalue())


def _failures(path: Path) -> tuple[dict[str, Any], ...]:
    try:
        found = json.loads(read_bounded(path / FAILURES_FILE))["failures"]
        return tuple(one for one in found if isinstance(one, dict) and isinstance(one.get("rows"), list))
    except (KeyError, TypeError, *FAILURES):
        return ()
