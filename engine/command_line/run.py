"""``python -m engine run FILE``: train every lane of an experiment, print the outcome, write the results."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.catalogue.texts import counted, noun
from engine.command_line.assignments import read_assignments
from engine.command_line.options import (
    Commands,
    add_place_options,
    add_set_option,
    epoch_count,
    read_experiment,
)
from engine.data import atomic_write
from engine.data.file_system import exists, is_folder, make_folder
from engine.experiment import Experiment, ExperimentError, dumps, edit_many
from engine.experiment.lane_looks import trained_part
from engine.tape.out_of_memory import NOT_ENOUGH_MEMORY, is_out_of_memory
from engine.tape.ways import Way

if TYPE_CHECKING:
    from engine.training.device_choice import Where
    from engine.training.trainer import Trainer

REFRESH = 0.1
"""Seconds from one update of the progress bar to the next."""


def add_parser(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("run", help="train every lane of an experiment file")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument(
        "--epochs", type=epoch_count, default=100, metavar="N", help="how long (default: 100)"
    )
    add_set_option(parser)
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="write metrics, gradients, settings, data and models"
    )
    parser.add_argument(
        "--best",
        action="store_true",
        help="end with the weights of the best epoch, the lowest validation loss",
    )
    parser.add_argument(
        "--step",
        choices=[way.value for way in Way],
        default=Way.AUTO.value,
        help="how a training step is computed: eager, replay, compiled, or auto, the fastest one (default)",
    )
    add_place_options(parser)
    parser.add_argument(
        "--table",
        action="store_true",
        help="print the lanes side by side after it, in Markdown: the settings in which they differ, and the results",
    )
    parser.add_argument("--json", action="store_true", help="print the outcome as one JSON object")
    parser.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> None:
    experiment = edit_many(read_experiment(options.file), read_assignments(options.set))
    trained = trained_part(experiment)
    if options.out is not None:
        # Before the training, so that an unusable folder costs no time.
        _make_folder(options.out)
    where = _where(trained, options)
    with _warnings_of("engine") as warnings:
        try:
            trainer = _train(trained, options, where.device)
        except (MemoryError, RuntimeError) as error:
            if is_out_of_memory(error):
                raise ExperimentError("", NOT_ENOUGH_MEMORY) from None
            raise
    if options.out is not None:
        _write_results(trainer, experiment, options.out, quiet=options.json)
    outcome = _outcome(trainer, trained) | {
        "step": _step(trainer, Way(options.step), warnings),
        "device": {"asked": options.device, "used": where.device, "why": where.why},
        "precision": options.precision,
    }
    _print_outcome(outcome, options.json)
    if options.table and not options.json:
        print(f"\n{_table(trainer, experiment)}", end="")
    if options.best:
        _say_where_none_is_best(outcome["lanes"])


def _make_folder(folder: Path) -> None:
    if exists(folder) and not is_folder(folder):
        raise ExperimentError("--out", f"{folder} is a file; name a folder")
    make_folder(folder)
    if not os.access(folder, os.W_OK):
        raise ExperimentError("--out", f"{folder} cannot be written to; name another folder")


def _where(experiment: Experiment, options: argparse.Namespace) -> Where:
    from engine.training.device_choice import chosen

    where = chosen(options.device, experiment)
    if where.why and not options.json:
        by = "on a CUDA device" if where.device == "cuda" else "by the processor"
        print(f"Training {by}, {where.why}.", file=sys.stderr)
    return where


def _train(experiment: Experiment, options: argparse.Namespace, device: str) -> Trainer:
    # Imported here, so that the other commands answer without loading torch.
    from tqdm import tqdm

    from engine.training.trainer import Trainer

    epochs, quiet = options.epochs, options.json
    trainer = Trainer(experiment, way=Way(options.step), device=device, precision=options.precision)
    if not trainer.training_points:
        remedy = " or lower the validation and test shares" if len(trainer.points) else ""
        raise ExperimentError("data", f"there are no training points; add points{remedy}")
    muted = [run.lane.name for run in trainer.lanes.runs if run.lane.muted]
    if trainer.lanes.all_muted:
        raise ExperimentError("lanes", "all lanes are muted; unmute one to train")
    if muted:
        are = "is" if len(muted) == 1 else "are"
        names = ", ".join(muted)
        print(
            f"{noun(len(muted), 'lane').capitalize()} {names} {are} muted and not trained.", file=sys.stderr
        )
    bar = tqdm(total=epochs, unit="epoch", file=sys.stderr, disable=quiet or not sys.stderr.isatty())
    with bar:
        while trainer.can_train and epochs:
            trained = trainer.train(epochs, seconds=REFRESH).epochs
            epochs -= trained
            bar.update(trained)
    # Lanes that ask for their best weights end with them, whatever ended the training.
    trainer.restore_best(wished=not options.best)
    return trainer


def _write_results(trainer: Trainer, experiment: Experiment, folder: Path, quiet: bool) -> None:
    from engine.export.data_files import data_paths, write_data
    from engine.export.names import left_files_sentence
    from engine.training.saving import save_run

    settings, data = folder / "experiment.sketch.json", data_paths(folder)
    atomic_write(settings, dumps(experiment))
    for path in data:
        write_data(trainer.points, experiment.data, path)
    saved = save_run(trainer, folder)
    if not quiet:
        for path in [settings, *data, *saved.paths]:
            print(f"wrote {path}")
    if saved.left:
        print(left_files_sentence(list(map(str, saved.left))), file=sys.stderr)


@contextmanager
def _warnings_of(logger: str) -> Iterator[list[str]]:
    """Collect the warnings that are logged meanwhile; they are printed as without this."""
    messages: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            messages.append(record.getMessage())
            if logging.lastResort is not None and not logging.root.handlers:
                logging.lastResort.handle(record)

    collector = Collector(logging.WARNING)
    logging.getLogger(logger).addHandler(collector)
    try:
        yield messages
    finally:
        logging.getLogger(logger).removeHandler(collector)


def _step(trainer: Trainer, asked: Way, warnings: list[str]) -> dict[str, Any]:
    """How steps were computed: as asked for, and as they really were; if not all lanes' alike, the slowest way."""
    used = {run.way for run in trainer.runs if run.way is not None}
    return {"asked": asked, "used": next((way for way in Way if way in used), None), "warnings": warnings}


def _outcome(trainer: Trainer, experiment: Experiment) -> dict[str, Any]:
    from engine.export.summary import summary

    epochs = [run.epoch for run in trainer.runs]
    return summary(trainer.lane_snapshots(), epochs, experiment, trainer.points)


def _table(trainer: Trainer, experiment: Experiment) -> str:
    """The lanes of a document side by side; those that are repeated have medians and quartiles."""
    from engine.experiment.repeats import members
    from engine.observation.difference_table import Column, difference_table, to_markdown
    from engine.observation.results import results_of_networks

    seen = {lane.name: lane for lane in trainer.lane_snapshots()}
    columns = [
        Column(
            lane.name,
            None,
            lane,
            results_of_networks([seen[one.name] for one in group], lane, experiment.data),
        )
        for lane, group in zip(experiment.lanes, members(experiment), strict=True)
    ]
    return to_markdown(difference_table(columns))


def _print_outcome(outcome: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(outcome, allow_nan=False))
        return
    for lane in outcome["lanes"]:
        print(_describe_lane(lane))
        for finding in lane["diagnosis"]:
            print(f"  {finding['message']}")


def _say_where_none_is_best(lanes: list[dict[str, Any]]) -> None:
    none = [lane["name"] for lane in lanes if lane["best"] is None]
    if none:
        whose = f"{noun(len(none), 'lane')} {', '.join(none)}" if len(none) < len(lanes) else "any lane"
        print(
            f"There is no best epoch of {whose}, because no validation loss was measured; --best changed nothing.",
            file=sys.stderr,
        )


_HELD = {
    "newest": "",
    "best": "with the weights of the best epoch, {epoch}: ",
    "last": "with the last weights that have a finite loss: ",
    "first": "with the weights that it began with: ",
}
"""Whose numbers follow."""


def _describe_lane(lane: dict[str, Any]) -> str:
    """Describe a lane of ``engine.export.summary`` in one line."""
    score, name = (lane["accuracy"], "accuracy") if lane["accuracy"] else (lane["r2"], "R²")
    parts = [f"lane {lane['name']}: {counted(lane['epochs'], 'epoch')}, {counted(lane['steps'], 'step')}"]
    weights, whose = lane["weights"], _HELD[lane["weights"]["which"]].format(**lane["weights"])
    for split, loss in lane["loss"].items():
        if loss is not None:
            value = f", {name} {score[split]:.3f}" if score[split] is not None else ""
            parts.append(f"{whose}{split} loss {loss:.6g}{value}")
            whose = ""
    if lane["penalty"]:
        parts.append(f"penalty {lane['penalty']:.6g}, cost {lane['cost']:.6g}")
    if lane["stopped"] and not _is_diagnosed(lane):
        parts.append(f"stopped in epoch {lane['stopped']['epoch']}: {lane['stopped']['reason']}")
    if lane["best"] and weights != {"which": "best", "epoch": lane["best"]["epoch"]}:
        losses = [
            f"{split} loss {loss:.6g}" for split, loss in lane["best"]["loss"].items() if loss is not None
        ]
        parts.append(f"best epoch {lane['best']['epoch']}: {', '.join(losses)}")
        if _is_worse(lane):
            parts.append("--best ends with its weights")
    return "; ".join(parts)


def _is_diagnosed(lane: dict[str, Any]) -> bool:
    """Whether a finding, which follows, says that a lane has diverged, and why."""
    codes = {finding["code"] for finding in lane["diagnosis"]}
    return lane["stopped"]["kind"] == "divergence" and not codes.isdisjoint(
        {"divergence", "exploding_gradient"}
    )


def _is_worse(lane: dict[str, Any]) -> bool:
    """Whether a lane ends with a higher validation loss than its best epoch had, or with none that is finite."""
    now, best = lane["loss"]["validation"], lane["best"]["loss"]["validation"]
    return now is None or now > best
