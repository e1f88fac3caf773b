"""Write a lane as a script, with the files that it reads; find the lines that belong to a setting."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from engine.data import write_csv
from engine.data.files import atomic_write
from engine.experiment import Experiment, ExperimentError, file_labels
from engine.export.code.data_section import DATA_FILE
from engine.export.code.plan import Plan
from engine.export.code.script import Script
from engine.export.code.script_files import require_room
from engine.export.code.targets import TARGETS

EPOCHS = 100


def code(
    experiment: Experiment,
    target: str,
    lane: str | None = None,
    epochs: int = EPOCHS,
    with_weights: bool = False,
) -> str:
    """Return a lane as a script for another library.

    Parameters
    ----------
    experiment
        Valid, with at least one training point.
    target
        A key of ``TARGETS``.
    lane
        A lane's name; None for the first.
    epochs
        How many the script trains.
    with_weights
        Whether it begins with the lane's own first weights, and takes its batches in the same order. Then it reads them
        from a file.

    Returns
    -------
    str
        Python. It reads the files that ``files_beside`` returns, in the current folder, and prints the losses. What the
        library cannot express is a comment where it belongs.

    Raises
    ------
    ExperimentError
        If there is no such lane, or no training point.
    """
    plan = _plan(experiment, lane, epochs, with_weights)
    if not plan.training_points:
        raise ExperimentError("data", "there are no training points; add points")
    return _written(plan, target).text(_title(plan, target))


def files_beside(
    experiment: Experiment, lane: str | None = None, with_weights: bool = False
) -> dict[str, bytes]:
    """Return the files that a script reads.

    Parameters
    ----------
    experiment, lane, with_weights
        As for ``code``.

    Returns
    -------
    dict of bytes
        By name.

    Raises
    ------
    ExperimentError
        If there is no such lane.
    """
    plan = _plan(experiment, lane, EPOCHS, with_weights)
    table = io.StringIO()
    write_csv(plan.points, plan.data.task, table, file_labels(plan.data))
    files = {DATA_FILE: table.getvalue().encode()}
    if with_weights:
        # Torch is loaded only where weights are wanted.
        from engine.export.code.first_weights import first_weights

        files[plan.weights_file] = first_weights(plan)
    return files


def write_script(
    path: Path,
    experiment: Experiment,
    target: str,
    lane: str | None = None,
    epochs: int = EPOCHS,
    with_weights: bool = False,
) -> list[Path]:
    """Write a script, and beside it the files that it reads.

    Parameters
    ----------
    path
        Of the script.
    experiment, target, lane, epochs, with_weights
        As for ``code``.

    Returns
    -------
    list of Path
        What was written, the script first.

    Raises
    ------
    ExperimentError
        As ``code`` raises it.
    OSError
        With a sentence, if a file cannot be written, if the script has the name of a file that it reads, or if another
        file is where one of these would be. In the last two cases nothing is written.
    """
    text = code(experiment, target, lane, epochs, with_weights)
    beside = {
        path.with_name(name): content
        for name, content in files_beside(experiment, lane, with_weights).items()
    }
    require_room(path, beside)
    for file, content in beside.items():
        atomic_write(file, content)
    atomic_write(path, text)
    return [path, *beside]


def line_of(experiment: Experiment, target: str, path: str) -> str:
    """Return the lines of a script that belong to a setting.

    Parameters
    ----------
    experiment
        Valid.
    target
        A key of ``TARGETS``.
    path
        Of a setting, such as ``lanes.0.regularization.dropout``, or of a part of the settings.

    Returns
    -------
    str
        Without indentation; empty where nothing is written for it, as for what is switched off, or for a lane
        that is not there.
    """
    index = _lane_of(path)
    if index >= len(experiment.lanes):
        return ""
    return _written(Plan(experiment, index), target).from_setting(path)


def lines_to_read(experiment: Experiment, target: str, paths: Sequence[str]) -> list[str]:
    """Return the few lines of scripts that show how settings are written.

    Parameters
    ----------
    experiment
        Valid.
    target
        A key of ``TARGETS``.
    paths
        Of settings of one lane or of several, as for ``line_of``.

    Returns
    -------
    list of str
        Whole calls, a line each and each once; none where nothing is written for any of the settings.
    """
    by_lane: dict[int, list[str]] = {}
    for path in paths:
        by_lane.setdefault(_lane_of(path), []).append(path)
    scripts = (
        _written(Plan(experiment, index), target, whole_calls=True).to_read(own)
        for index, own in by_lane.items()
        if index < len(experiment.lanes)
    )
    return list(dict.fromkeys(line for lines in scripts for line in lines))


def _lane_of(path: str) -> int:
    parts = path.split(".")
    return int(parts[1]) if parts[0] == "lanes" and len(parts) > 1 else 0


def _plan(experiment: Experiment, lane: str | None, epochs: int, with_weights: bool) -> Plan:
    names = [one.name for one in experiment.lanes]
    if lane is not None and lane not in names:
        raise ExperimentError("lanes", f"there is no lane {lane!r:.60}; choose one of {', '.join(names)}")
    return Plan(experiment, 0 if lane is None else names.index(lane), epochs, with_weights)


def _written(plan: Plan, target: str, whole_calls: bool = False) -> Script:
    script = Script(whole_calls)
    TARGETS[target].write(script, plan)
    return script


def _title(plan: Plan, target: str) -> str:
    files = f"{DATA_FILE} and {plan.weights_file}" if plan.with_weights else DATA_FILE
    packages = " and ".join(TARGETS[target].packages)
    return (
        f"Lane {plan.lane_name} of a Neural Sketchbook experiment, in {TARGETS[target].label}.\n\n"
        f"It reads {files} in the current folder, and needs {packages}."
    )
