"""Small sweeps, and workers that fail in each way, for the tests of sweeps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import msgspec

from engine.experiment import FORMAT
from engine.sweep.executor import BatchFailed
from engine.sweep.job import JobFailure, JobResult, SweepJob, attempt, worker_name
from engine.sweep.plan import SweepPlan
from engine.sweep.spec import SPEC_FORMAT, SweepSpec, read_spec

ROOT = Path(__file__).parents[3]
DOCUMENT = {
    "format": FORMAT,
    "data": {"generator": {"name": "moons", "points": 60}},
    "lanes": [{"network": {"hidden": [3]}, "training": {"batch_size": 20}}],
}
AXES = (
    {"setting": "regularization.l2", "values": [0, 0.001, 0.1]},
    {"setting": "training.learning_rate", "from": 0.001, "to": 0.1, "count": 4, "scale": "log"},
)


def spec_json(**more: Any) -> dict[str, Any]:
    """A sweep of 12 lanes that takes a moment."""
    return {"format": SPEC_FORMAT, "experiment": DOCUMENT, "axes": AXES, "epochs": 4, **more}


def spec(**more: Any) -> SweepSpec:
    return read_spec(json.dumps(spec_json(**more)))


def plan(**more: Any) -> SweepPlan:
    return SweepPlan(spec(**more))


def write_spec(path: Path, **more: Any) -> Path:
    path.write_text(json.dumps(spec_json(**more)), "utf-8")
    return path


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "engine", "sweep", *map(str, words)]


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        command(*words), cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=240, check=False
    )


class InProcess:
    """An executor without processes; the batches that hold a row of ``bad`` fail."""

    workers = 1
    capacity = 1

    def __init__(self, bad: frozenset[int] = frozenset(), stops_after: int | None = None) -> None:
        self.bad = bad
        self.submitted: list[SweepJob] = []
        self._stops_after = stops_after

    def submit(self, job: SweepJob) -> Future[JobResult]:
        if len(self.submitted) == self._stops_after:
            raise KeyboardInterrupt
        self.submitted.append(job)
        future: Future[JobResult] = Future()
        outcome = attempt(job)
        if self.bad & set(job.rows.tolist()):
            outcome = JobFailure("there is not enough memory", "a traceback", "here")
        if isinstance(outcome, JobResult):
            future.set_result(outcome)
        else:
            future.set_exception(BatchFailed([outcome, outcome]))
        return future

    def close(self) -> None:
        pass


class Deadly(str):
    """A document that ends the process which unpickles it: always, or the first time alone."""

    marker = ""

    @classmethod
    def once(cls, text: str, marker: Path) -> Deadly:
        made = cls(text)
        made.marker = str(marker)
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        if not self.marker:
            return os._exit, (3,)
        code = (
            f"(lambda os: open({self.marker!r}, 'x').close() or os._exit(3))(__import__('os'))"
            f" if not __import__('os').path.exists({self.marker!r}) else {str(self)!r}"
        )
        return eval, (code,)


class OtherVersions(str):
    """Versions that other workers do not have: the first ``refusals`` attempts fail. A file lists who has tried."""

    refusals: int
    tried: Path
    __hash__ = str.__hash__

    @classmethod
    def of(cls, job: SweepJob, tried: Path, refusals: int) -> OtherVersions:
        made = cls(job.versions)
        made.refusals, made.tried = refusals, tried
        return made

    def __ne__(self, other: object) -> bool:
        with self.tried.open("a", encoding="utf-8") as file:
            file.write(worker_name() + "\n")
        return len(self.tried.read_text("utf-8").splitlines()) <= self.refusals


def with_document(job: SweepJob, document: str) -> SweepJob:
    import dataclasses

    return dataclasses.replace(job, document=document)


def settings_of(lane: Any) -> dict[str, Any]:
    return {key: value for key, value in msgspec.structs.asdict(lane).items() if key != "name"}
