"""``python -m tests.chaos [--windows N] [--engines N] [--seed N] [--jobs N]``: kill -9 at random moments."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median

from tests.chaos.journal import Line, digest_of, read
from tests.chaos.judge import edits_lost, epoch_of, look, lost_with_engines, training_lost

PATIENCE = 60.0
"""Seconds after which an app that does not start has failed."""
EARLY = 0.15
"""The share of windows that are killed while they start, or while they restore what the one before has left."""
START, LIFE = (0.3, 2.5), (0.2, 4.0)
"""Seconds from the start, or from the first snapshot, to the end: at least and at most."""
RESTORING = 2.0
"""Seconds in which a window has offered and restored what the one before has left."""
SECONDS = 2.0
"""The target of what may be lost."""


@dataclass(slots=True)
class Tally:
    """What the kills have cost."""

    edits: list[float] = field(default_factory=list)
    training: list[float] = field(default_factory=list)
    with_engines: list[float] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    unrestored: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        for name in self.__slots__:
            getattr(self, name).extend(getattr(other, name))


class App:
    """A driven app in a home of its own."""

    def __init__(self, home: Path, number: int, seed: int, engines: int = 0) -> None:
        self.home, self.path = home, home.with_name(f"{home.name}-{number}.journal")
        self._said = home.with_name(f"{home.name}-{number}.said")
        environment = {key: value for key, value in os.environ.items() if not key.startswith("XDG_")}
        environment |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "QT_QPA_PLATFORM": "offscreen"}
        command = [sys.executable, "-m", "tests.chaos.driven_app", str(self.path)]
        command += ["--seed", str(seed), "--engines", str(engines)]
        with self._said.open("wb") as said:
            self.process = subprocess.Popen(command, env=environment, stdout=said, stderr=said)

    @property
    def lines(self) -> list[Line]:
        return read(self.path)

    @property
    def said(self) -> str:
        return self._said.read_text(errors="replace")[-2000:]

    def wait_for(self, what: str, count: int = 1) -> bool:
        """Wait until something is in the journal so often; returns False if the app has ended or it comes no more."""
        number, since = 0, time.monotonic()
        while number < count:
            now = seen(self, what)
            number, since = (now, time.monotonic()) if now != number else (number, since)
            if self.process.poll() is not None or time.monotonic() - since > PATIENCE:
                return False
            time.sleep(0.05)
        return True

    def kill(self) -> tuple[float, list[str]]:
        """Kill the window. Returns when, and which of its children outlive it."""
        children = children_of(self.process.pid)
        when = time.monotonic()
        self.process.kill()
        self.process.wait()
        end = time.monotonic() + 5.0
        while any(map(alive, children)) and time.monotonic() < end:
            time.sleep(0.02)
        orphans = [pid for pid in children if alive(pid)]
        for pid in orphans:
            os.kill(pid, signal.SIGKILL)
        return when, [f"process {pid}" for pid in orphans]


def children_of(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += map(int, task.read_text().split())
    return found


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def kill_windows(home: Path, count: int, random: Random) -> Tally:
    """Start one window after another in one home, and kill each at a random moment."""
    tally, expected = Tally(), ""
    for number in range(count):
        app = App(home, number, random.randrange(1 << 30))
        early = random.random() < EARLY
        if not app.wait_for("start" if early else "ready"):
            tally.failures.append(f"window {number} does not start: {app.said}")
            app.kill()
            continue
        time.sleep(random.uniform(*(START if early else LIFE)))
        if app.process.poll() is not None:
            tally.failures.append(f"window {number} ended by itself: {app.said}")
        when, orphans = app.kill()
        lines, left = app.lines, look(home)
        tally.orphans += orphans
        tally.damaged += left.damaged
        tally.edits.append(edits_lost(lines, left, when))
        tally.training.append(training_lost(lines, epoch_of(left, app.process.pid)))
        lived = when - next((line.time for line in lines if line.what == "ready"), when)
        if expected and lived > RESTORING and expected not in {line.digest for line in lines}:
            tally.unrestored.append(f"window {number}")
        newest = max(left.copies, key=lambda copy: copy.when, default=None)
        expected = digest_of(newest.experiment) if newest is not None and newest.modified else ""
        app.path.unlink()
    return tally


def kill_engines(home: Path, count: int, random: Random) -> Tally:
    """Start one window whose engine is killed again and again."""
    tally = Tally()
    app = App(home, 0, random.randrange(1 << 30), engines=count)
    if not (app.wait_for("kill engine", count) and app.wait_for("epoch", seen(app) + 5)):
        tally.failures.append(f"no engine comes after the {seen(app, 'kill engine')}. death: {app.said}")
    app.kill()
    tally.with_engines = lost_with_engines(app.lines)
    tally.damaged = look(home).damaged
    return tally


def seen(app: App, what: str = "epoch") -> int:
    return sum(line.what == what for line in app.lines)


def table(tally: Tally) -> str:
    rows = [
        ("edits lost with the window", tally.edits),
        ("training lost with the window", tally.training),
        ("training lost with the engine", tally.with_engines),
    ]
    lines = [f"{'':32}{'kills':>7}{'p50':>10}{'max':>10}{'target':>10}"]
    for name, losses in rows:
        if losses:
            numbers = f"{median(losses):>8.2f} s{max(losses):>8.2f} s{'≤ 2 s':>10}"
            lines.append(f"{name:32}{len(losses):>7}{numbers}")
    for name, found in {
        "damaged files": tally.damaged,
        "drawings not restored": tally.unrestored,
        "engines that outlive the window": tally.orphans,
        "apps that fail": tally.failures,
    }.items():
        lines.append(f"{name:32}{len(found):>7}{'':20}{'0':>10}")
        lines += [f"    {one}" for one in found[:10]]
    return "\n".join(lines)


def missed(tally: Tally) -> bool:
    lost = [*tally.edits, *tally.training, *tally.with_engines]
    wrong = [*tally.damaged, *tally.unrestored, *tally.orphans, *tally.failures]
    return bool(wrong) or max(lost, default=0.0) > SECONDS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--windows", type=int, default=200, help="how many windows to kill")
    parser.add_argument("--engines", type=int, default=100, help="how many engines to kill")
    parser.add_argument("--seed", type=int, default=0, help="of the moments and of what is done")
    parser.add_argument("--jobs", type=int, default=2, help="apps at a time")
    options = parser.parse_args()
    total = Tally()
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder, ThreadPoolExecutor(options.jobs) as pool:
        work = []
        for kind, count in ((kill_windows, options.windows), (kill_engines, options.engines)):
            for job in range(options.jobs):
                share = (count + job) // options.jobs
                home = Path(folder, f"{kind.__name__}-{job}")
                home.mkdir()
                if share:
                    work.append(pool.submit(kind, home, share, Random(f"{options.seed} {home.name}")))
        for each in work:
            total.add(each.result())
    print(table(total))
    return int(missed(total))


if __name__ == "__main__":
    sys.exit(main())
