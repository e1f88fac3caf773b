"""``python -m engine validate FILE``: check an experiment file."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.catalogue.texts import counted
from engine.command_line.options import Commands, read_experiment
from engine.data import resolve_points


def add_parser(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("validate", help="check an experiment file")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.set_defaults(command=_validate)


def _validate(options: argparse.Namespace) -> None:
    experiment = read_experiment(options.file)
    points = resolve_points(experiment.data)
    counts = f"{counted(len(points), 'point')}, {counted(len(experiment.lanes), 'lane')}"
    print(f"{options.file}: valid ({experiment.data.task}, {counts})")
