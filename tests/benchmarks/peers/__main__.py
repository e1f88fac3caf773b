"""``python -m tests.benchmarks.peers PYTHON``: a table of our step beside JAX's, which PYTHON runs."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from tests.benchmarks.peers.serving import Case, request
from tests.benchmarks.settings import POINTS

ROUNDS, SECONDS = 5, 0.5
JAX = ("tree", "flat")


@dataclass(frozen=True)
class Row:
    """A case; ``target`` is how many times as fast as the faster of ``against`` we want to be."""

    words: str
    case: Case
    target: float | None
    against: tuple[str, ...] = JAX


ROWS = (
    Row("one lane, 8-8-8, batch 10", Case((8, 8, 8), 10, 1, 40), 2.0),
    Row("batch 250", Case((8, 8, 8), 250, 1, 400), None),
    Row("10 layers of 32, batch 10", Case((32,) * 10, 10, 1, 10), 1.5, (*JAX, "eager")),
    Row("64 lanes, 8-8-8, batch 10", Case((8, 8, 8), 10, 64, 4), 1.5),
    Row("1,024 lanes, 8-8-8, batch 10", Case((8, 8, 8), 10, 1024, 1), None),
)


class Program:
    """A process that measures when it is asked to."""

    def __init__(self, python: str, module: str) -> None:
        command = [python, "-m", f"tests.benchmarks.peers.{module}"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def microseconds(self, program: str, case: Case) -> float:
        """Of one step."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(request(program, case, SECONDS), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            raise SystemExit(f"{program} ended on {case}")
        return float(answer) * 1e6

    def close(self) -> None:
        self._process.communicate()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.peers")
    parser.add_argument("python", metavar="PYTHON", help="of the environment with JAX")
    parser.add_argument(
        "--cores",
        type=lambda text: [int(count) for count in text.split(",")],
        default=_numbers_of_cores(),
        metavar="N,…",
        help="how many cores to use",
    )
    options = parser.parse_args()
    version = "import jax; print(jax.__version__)"
    found = subprocess.run([options.python, "-c", version], stdout=subprocess.PIPE, text=True, check=True)
    print(
        f"Microseconds of a step, Adam, tanh; JAX {found.stdout.strip()}, jit and scan over epochs, vmap over lanes"
    )
    print(
        "ours with losses and scores after every epoch; the ratio is that of one round, median (lowest … highest)"
    )
    for count in options.cores:
        with _cores(count):
            _table(options.python, count)


def _numbers_of_cores() -> Sequence[int]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    return (1, 2) if cores > 1 else (1,)


@contextmanager
def _cores(count: int) -> Iterator[None]:
    """Let programs started now use so many cores, where the operating system can be told so."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:count])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _table(python: str, count: int) -> None:
    ours, jax = Program(sys.executable, "our_training"), Program(python, "jax_training")
    cores = "one core" if count == 1 else f"{count} cores"
    print(f"\n{cores:30} {'JAX':>8} {'eager':>8} {'ours':>8} {'alone':>8}  ratio")
    for row in ROWS:
        rounds = [_round(row.case, ours, jax) for _ in range(ROUNDS)]
        print(_line(row, rounds), flush=True)
    for program in (ours, jax):
        program.close()


def _round(case: Case, ours: Program, jax: Program) -> dict[str, float]:
    """Microseconds of each program, one after another."""
    theirs = {name: jax.microseconds(name, case) for name in JAX}
    eager = ours.microseconds("eager", case) * case.lanes
    one, many = (ours.microseconds(name, case) for name in ("few", "many"))
    batches = max(POINTS, 4 * case.batch) // case.batch - 1
    alone = (many * batches - one) / (batches - 1)
    return {**theirs, "eager": eager, "ours": ours.microseconds("ours", case), "alone": alone}


def _line(row: Row, rounds: Sequence[dict[str, float]]) -> str:
    figures = {name: median(taken[name] for taken in rounds) for name in rounds[0]}
    best = min(row.against, key=figures.__getitem__)
    ratios = sorted(taken[best] / taken["ours"] for taken in rounds)
    alone = median(taken[best] / taken["alone"] for taken in rounds)
    columns = [min(figures[name] for name in JAX), *(figures[name] for name in ("eager", "ours", "alone"))]
    goal = ""
    if row.target is not None:
        goal = f"  target ≥ {row.target:g} {'met' if median(ratios) >= row.target else 'MISSED'}"
    return (
        f"{row.words:30} {' '.join(f'{figure:8.4g}' for figure in columns)}  {median(ratios):.2f} × "
        f"({ratios[0]:.2f} … {ratios[-1]:.2f}), steps alone {alone:.2f} ×{goal}"
    )


if __name__ == "__main__":
    main()
