"""``python -m engine new``: print an experiment with its defaults, a demonstration, or the points of a table."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from engine.catalogue.presets import PRESETS
from engine.command_line.assignments import assign, read_assignments
from engine.command_line.options import (
    Commands,
    add_set_option,
    columns,
    decimal_sign,
    preset,
    with_hyphens,
)
from engine.data import COLUMNS, with_fitting_inputs
from engine.data.opening import Opened, open_data
from engine.experiment import (
    FORMAT,
    Experiment,
    ExperimentError,
    dumps,
    edit_many,
    from_json,
    preset_experiment,
)

_FRAME = ("data.extent", "data.axes", "data.aspect")
"""What a table proposes, unless it is set by hand."""


def add_parser(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("new", help="print an experiment with its defaults")
    names = ", ".join(map(with_hyphens, PRESETS))
    parser.add_argument("--preset", type=preset, metavar="NAME", help=f"a demonstration instead: {names}")
    _add_table_options(parser)
    add_set_option(parser)
    parser.set_defaults(command=_new)


def _add_table_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        metavar="FILE",
        help="take the points from a table (CSV, TSV, .npy, .npz); standard error says how it was read in one line, "
        "then lists every refused row",
    )
    parser.add_argument(
        "--task", choices=COLUMNS, help="what the points are (default: what the table looks like)"
    )
    parser.add_argument(
        "--columns",
        type=columns,
        metavar="ROLE=COLUMN,…",
        help="which column is which, by name or number from 1: x1, x2 (x, y), target, split (none: split at random)",
    )
    parser.add_argument(
        "--decimal",
        type=decimal_sign,
        metavar="SIGN",
        help="the decimal sign of the table: point or comma (default: what each column looks like)",
    )
    parser.add_argument(
        "--json", action="store_true", help="say on standard error as one JSON object how a table was read"
    )


def _new(options: argparse.Namespace) -> None:
    settings = read_assignments(options.set)
    opened = _open_table(options, settings)
    task = options.task if opened is None else opened.reading.task
    if options.preset is None:
        experiment = _default_experiment(task, settings)
    else:
        experiment = edit_many(preset_experiment(options.preset), settings)
    if opened is not None:
        experiment = _with_table(experiment, opened, settings)
        print(opened.report(as_json=options.json), file=sys.stderr)
    sys.stdout.write(dumps(experiment))


def _open_table(options: argparse.Namespace, settings: dict[str, Any]) -> Opened | None:
    """Read the table of ``--data``; raise ExperimentError for options that contradict each other."""
    if options.data is None:
        _require_no_table_options(options)
        return None
    task = options.task or settings.get("data.task")
    if task is not None:
        # An unknown task is refused before a table is read for it.
        from_json({"format": FORMAT, "data": {"task": task}})
    return open_data(options.data, task, options.columns, options.decimal)


def _require_no_table_options(options: argparse.Namespace) -> None:
    if options.columns is not None or options.decimal is not None:
        option = "--decimal" if options.columns is None else "--columns"
        raise ExperimentError(option, "there is no table; name one with --data")
    if options.preset is not None and options.task is not None:
        raise ExperimentError("--task", "a demonstration has a task of its own; leave one of the two out")


def _default_experiment(task: str | None, settings: dict[str, Any]) -> Experiment:
    document: dict[str, Any] = {"format": FORMAT}
    if task is not None:
        document["data"] = {"task": task}
    assign(document, settings)
    return from_json(document)


def _with_table(experiment: Experiment, opened: Opened, settings: dict[str, Any]) -> Experiment:
    """Return the experiment with the table's points; inputs are scaled to fit unless ``settings`` scale them."""
    frame = {path: value for path, value in settings.items() if path.startswith(_FRAME)}
    experiment = edit_many(opened.to_experiment(experiment), frame | _frame_in(settings.get("data")))
    if any("input_scaling" in path or _sets_scaling(value) for path, value in settings.items()):
        return experiment
    return with_fitting_inputs(experiment)


def _frame_in(data: Any) -> dict[str, Any]:
    """The parts of the frame in data settings that were given as a whole."""
    given = data if isinstance(data, dict) else {}
    return {path: given[key] for path in _FRAME if (key := path.removeprefix("data.")) in given}


def _sets_scaling(value: Any) -> bool:
    """Whether a value contains the key ``input_scaling`` at any depth."""
    if isinstance(value, dict):
        return "input_scaling" in value or any(map(_sets_scaling, value.values()))
    return isinstance(value, list) and any(map(_sets_scaling, value))
