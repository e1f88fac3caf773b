"""What a kill has cost: the app's own reading of what is left, against the journal of what was done."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QSettings

from engine.data.kept_run import RunError, facts, read_kept, state_file
from engine.experiment import ExperimentError, loads
from gui_app.session.document import SUFFIX
from gui_app.startup.recovery.copies import Copy, CopyError, decode
from tests.chaos.journal import Line, digest_of

OF_COPIES, OF_RUNS = ".copy", ".run"
OK = QSettings.Status.NoError


@dataclass(slots=True)
class Left:
    """What a killed window has left in the home of its user."""

    copies: list[Copy] = field(default_factory=list)
    epochs: dict[str, int] = field(default_factory=dict)
    """Of kept runs, by the name of their folder."""
    saved: list[str] = field(default_factory=list)
    """Digests of saved documents."""
    damaged: list[str] = field(default_factory=list)
    """Files that are there and cannot be read, with the reason."""


def epoch_of(left: Left, pid: int) -> int:
    """Return the epoch that the run of a window's process is kept of; 0 if it is not."""
    return max((epoch for name, epoch in left.epochs.items() if name.startswith(f"{pid}-")), default=0)


def look(home: Path) -> Left:
    """Read every file that the app writes."""
    left = Left()
    for path in sorted(path for path in home.rglob("*") if path.is_file() or path.suffix == OF_RUNS):
        try:
            _read(path, left)
        except (OSError, ValueError, ExperimentError, CopyError, RunError) as error:
            left.damaged.append(f"{path.relative_to(home)}: {error}")
    return left


def _read(path: Path, left: Left) -> None:
    if path.suffix == OF_COPIES:
        left.copies.append(decode(path.read_bytes()))
    elif path.suffix == OF_RUNS:
        copies = [decode(copy.read_bytes()) for copy in path.parent.glob(f"{path.stem}.*{OF_COPIES}")]
        turn = max(copies, key=lambda copy: copy.number).turn if copies else 0
        # A run that has only begun has no state yet.
        if state_file(path, turn).exists():
            kept = read_kept(path, turn)
            if kept is None:
                raise RunError("the kept run is damaged")
            left.epochs[path.name] = facts(kept).epoch
    elif path.name.endswith(SUFFIX):
        left.saved.append(digest_of(loads(path.read_bytes())))
    elif path.suffix == ".csv":
        rows = list(csv.reader(path.read_text().splitlines()))
        if any(len(row) != len(rows[0]) for row in rows):
            raise ValueError("rows of different lengths")
    elif path.suffix == ".conf" and QSettings(str(path), QSettings.Format.IniFormat).status() != OK:
        raise ValueError("the settings cannot be read")


def edits_lost(lines: Sequence[Line], left: Left, killed: float) -> float:
    """Return how many seconds before the end the first edit was made that nothing of what is left holds."""
    there = {digest_of(copy.experiment) for copy in left.copies} | set(left.saved)
    states = [line for line in lines if line.what in ("start", "edit", "saved")]
    kept = max((number for number, line in enumerate(states) if line.digest in there), default=0)
    later = [line.time for line in states[kept + 1 :] if line.what == "edit"]
    return killed - later[0] if later else 0.0


def training_lost(lines: Sequence[Line], epoch: int) -> float:
    """Return how many seconds of training there were from the first epoch that is not kept to the last one seen."""
    later = [line.time for line in newest_run(lines) if line.epoch > epoch]
    return later[-1] - later[0] if later else 0.0


def newest_run(lines: Sequence[Line]) -> list[Line]:
    """Return the epochs that the window has seen since training last began again, or went back."""
    seen = [line for line in lines if line.what == "epoch"]
    starts = [number for number, (one, next_) in enumerate(pairwise(seen), 1) if next_.epoch < one.epoch]
    return seen[starts[-1] if starts else 0 :]


def lost_with_engines(lines: Sequence[Line]) -> list[float]:
    """Return for each killed engine how many seconds of training the next one that came did not have."""
    losses = []
    for number, line in enumerate(lines):
        if line.what == "kill engine":
            came = (later.epoch for later in lines[number:] if later.what == "restarted")
            losses.append(training_lost(lines[:number], next(came, 0)))
    return losses
