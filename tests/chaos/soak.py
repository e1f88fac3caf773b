"""``python -m tests.chaos.soak [MINUTES]``: the app at full speed with all views open, and what grows meanwhile."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import numpy as np

EVERY = 5.0
"""Seconds between two looks."""
SETTLING = 600.0
"""Seconds at the beginning that do not count, or a sixth of the time, where that is less."""
GROWTH = 5.0
"""The target of resident memory, in MB an hour."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at both processes."""

    time: float
    window_mb: float
    engine_mb: float
    window_files: int
    engine_files: int
    window_threads: int
    engine_threads: int
    timers: int
    shared_segments: int
    epoch: int


COUNTS = ("window_files", "engine_files", "window_threads", "engine_threads", "timers", "shared_segments")


def rss_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def files_of(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def threads_of(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/task"))


def shared_segments(*pids: int) -> int:
    """Count the segments of shared memory that processes have mapped, by name."""
    lines = [line for pid in pids for line in Path(f"/proc/{pid}/maps").read_text().splitlines()]
    return len({line.split(maxsplit=5)[-1] for line in lines if "/dev/shm/" in line or "memfd:" in line})


def run_window(minutes: float) -> None:
    """Train in a window with all views shown, and print a sample as a line of JSON now and then."""
    from PySide6.QtCore import QTimer
    from shiboken6 import Shiboken

    from gui_app import __main__ as app_main

    app, window = app_main.start("process")
    window.show()
    window.complete()
    for dock in window.dock_layout.docks:
        dock.show()
    window.canvas.switches.turn("uncertainty", True)
    window.canvas.switches.turn("augmented", True)
    window.speed.start_slowly(False)
    window.link.set_playing(True)
    start = time.monotonic()

    def look() -> None:
        window_pid, engine_pid = os.getpid(), getattr(window.link._engine, "pid", None)
        if engine_pid is None or window.link.latest is None:
            return
        if not Path(f"/proc/{engine_pid}").exists():
            # The app is about to end.
            return
        timers = sum(isinstance(one, QTimer) and one.isActive() for one in Shiboken.getAllValidWrappers())
        sample = Sample(
            time.monotonic() - start,
            rss_mb(window_pid),
            rss_mb(engine_pid),
            files_of(window_pid),
            files_of(engine_pid),
            threads_of(window_pid),
            threads_of(engine_pid),
            timers,
            shared_segments(window_pid, engine_pid),
            window.link.latest.epoch,
        )
        print(json.dumps(asdict(sample)), flush=True)

    looks = QTimer(interval=round(1000 * EVERY))
    looks.timeout.connect(look)
    looks.start()
    QTimer.singleShot(round(60_000 * minutes), app.quit)
    app.exec()
    looks.stop()
    window.document.stack.setClean()
    window.close()


def slope_per_hour(samples: list[Sample], name: str) -> float:
    """Return the slope of a line through a number over time, in its unit an hour."""
    times = np.array([sample.time for sample in samples]) / 3600.0
    return float(np.polyfit(times, [getattr(sample, name) for sample in samples], 1)[0])


def table(samples: list[Sample]) -> str:
    first, last = samples[0], samples[-1]
    minutes = (last.time - first.time) / 60
    lines = [
        f"{minutes:.0f} minutes, {last.epoch:,} epochs",
        f"{'':32}{'start':>10}{'end':>10}{'an hour':>12}{'target':>12}",
    ]
    for name, label in (("window_mb", "resident memory of the window"), ("engine_mb", "of the engine")):
        slope = slope_per_hour(samples, name)
        lines.append(
            f"{label:32}{getattr(first, name):>7.1f} MB{getattr(last, name):>7.1f} MB{slope:>9.2f} MB{'≤ 5 MB':>12}"
        )
    for name in COUNTS:
        start, end = ends(samples, name)
        lines.append(f"{name.replace('_', ' '):32}{start:>10g}{end:>10g}{'':12}{'the same':>12}")
    return "\n".join(lines)


def ends(samples: list[Sample], name: str) -> tuple[float, float]:
    """Return the median of a number over the first third and over the last one: timers come and go."""
    numbers, third = [getattr(sample, name) for sample in samples], max(1, len(samples) // 3)
    return median(numbers[:third]), median(numbers[-third:])


def missed(samples: list[Sample]) -> bool:
    counts = [ends(samples, name) for name in COUNTS]
    return any(last > first for first, last in counts) or any(
        slope_per_hour(samples, name) > GROWTH for name in ("window_mb", "engine_mb")
    )


def measure(minutes: float) -> list[Sample]:
    """Run a window in a process and a home of its own. Returns its samples without those of the beginning."""
    with tempfile.TemporaryDirectory(prefix="soak-") as home:
        environment = os.environ | {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home}
        command = [sys.executable, "-m", "tests.chaos.soak", "--window", str(minutes)]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            # Whatever happens, the window ends.
            end = threading.Timer(60 * minutes + 120, process.kill)
            end.start()
            assert process.stdout is not None
            samples = [Sample(**json.loads(line)) for line in process.stdout]
            end.cancel()
    settled = min(SETTLING, 10 * minutes)
    return [sample for sample in samples if sample.time >= settled]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.soak")
    parser.add_argument("minutes", type=float, nargs="?", default=60.0)
    parser.add_argument("--window", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.window:
        run_window(options.minutes)
        return 0
    samples = measure(options.minutes)
    if len(samples) < 3:
        print("The window did not train long enough to be measured.", file=sys.stderr)
        return 2
    print(table(samples))
    return int(missed(samples))


if __name__ == "__main__":
    sys.exit(main())
