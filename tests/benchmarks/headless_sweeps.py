"""Sweeps without a window: two workers against one, and many lanes in a batch against 64."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from concurrent.futures import wait
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.experiment import FORMAT
from engine.sweep.folder import SweepFolder
from engine.sweep.job import SweepJob, run_job
from engine.sweep.local import LocalExecutor
from engine.sweep.plan import SweepPlan
from engine.sweep.running import Sweep
from engine.sweep.spec import SPEC_FORMAT, read_spec
from tests.benchmarks.figures import Sample

ROUNDS = 3


def two_workers_against_one() -> Sequence[Sample]:
    """How many times as fast two processes are as one; beside it lanes a second."""
    rounds = [(_seconds(1), _seconds(2)) for _ in range(ROUNDS)]
    return [Sample(one / two, 1024 / two) for one, two in rounds]


def many_lanes_against_64() -> Sequence[Sample]:
    """Cost of a lane in a batch of 4,096 as a share of that in one of 64; beside it µs a lane-step."""
    few, many = _jobs(64, 64)[0], _jobs(4096, 4096)[0]
    for job in (few, many):
        run_job(replace(job, epochs=1))
    rounds = [tuple(run_job(job).seconds / len(job.rows) for job in (few, many)) for _ in range(ROUNDS)]
    return [Sample(of_many / of_few, 1e6 * of_many / (25 * few.epochs)) for of_few, of_many in rounds]


def _jobs(lanes: int, together: int) -> list[SweepJob]:
    """Jobs of 8-8-8, batch 10, Adam, with ``lanes`` learning rates."""
    axis = {"setting": "training.learning_rate", "from": 1e-4, "to": 0.1, "count": lanes, "scale": "log"}
    text = json.dumps({"format": SPEC_FORMAT, "experiment": {"format": FORMAT}, "axes": [axis], "epochs": 40})
    plan = SweepPlan(read_spec(text))
    with TemporaryDirectory() as folder:
        opened = SweepFolder(Path(folder) / "out", plan, "cpu", "float32")
        executor = LocalExecutor(1)
        sweep = Sweep(plan, opened, executor, together)
        jobs = [sweep.job(batch) for batch in sweep.batches()]
        opened.close()
    return jobs


def _seconds(workers: int) -> float:
    """Of 16 batches of 64 lanes, after each worker has trained one."""
    jobs, executor = _jobs(1024, 64), LocalExecutor(workers)
    try:
        wait([executor.submit(replace(job, epochs=1)) for job in jobs[: 4 * workers]])
        start = time.perf_counter()
        wait([executor.submit(job) for job in jobs])
        return time.perf_counter() - start
    finally:
        executor.close()
