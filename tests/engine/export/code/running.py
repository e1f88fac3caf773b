"""Runs generated scripts in this process, and reads the losses that they print."""

from __future__ import annotations

import contextlib
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.experiment import Experiment
from engine.export.code import code, files_beside

LOSS = re.compile(r"(training|validation|test) loss (\S+?)(?:,|$)")


def run_script(
    experiment: Experiment, target: str, folder: Path, epochs: int = 5, with_weights: bool = True
) -> list[tuple[str, dict[str, float]]]:
    """What a script prints: the title of each line, and its losses by split."""
    text = code(experiment, target, epochs=epochs, with_weights=with_weights)
    printed, _ = _run(text, files_beside(experiment, with_weights=with_weights), folder)
    return [read_losses(line) for line in printed.splitlines()]


def run_for_names(experiment: Experiment, target: str, folder: Path, epochs: int = 1) -> dict[str, Any]:
    """What a script with weights of its own has defined in the end, by name."""
    _, names = _run(code(experiment, target, epochs=epochs), files_beside(experiment), folder)
    return names


def _run(text: str, files: dict[str, bytes], folder: Path) -> tuple[str, dict[str, Any]]:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    printed, names = io.StringIO(), {"__name__": "__main__"}
    with _inside(folder), contextlib.redirect_stdout(printed):
        exec(compile(text, "script.py", "exec"), names)
    return printed.getvalue(), names


def read_losses(line: str) -> tuple[str, dict[str, float]]:
    title, _, losses = line.partition(": ")
    return title, {split: float(loss) for split, loss in LOSS.findall(losses)}


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
