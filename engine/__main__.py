"""The headless command line: ``python -m engine run|new|schema|validate``."""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from engine.catalogue.presets import PRESETS
from engine.data import COLUMNS, CsvError, atomic_write, resolve_points, with_fitting_inputs, write_csv
from engine.data.conventions import Decimal
from engine.data.numbers import NumberError, is_number, meanings, read_in, read_typed, readings, two_meanings
from engine.data.opening import open_data
from engine.data.tables.choice import parse_columns
from engine.experiment import (
    FORMAT,
    Experiment,
    ExperimentError,
    dumps,
    edit_many,
    file_labels,
    from_json,
    loads,
    preset_experiment,
    schema,
)

if TYPE_CHECKING:
    from engine.training.trainer import Trainer

_NAMED = re.compile(r"(^|\.)(name|class_names\.\d+)$")
"""Paths of settings that are texts, though they may look like numbers."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0, or 2 after one line about bad input."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        options.command(options)
        sys.stdout.flush()
    except (ExperimentError, CsvError) as error:
        return _complain(str(error))
    except BrokenPipeError:
        # Whoever read the output has read enough; what Python would still flush at its end must go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        # Without the name of a file, it is the output that could not be written.
        place = error.filename or "the output"
        return _complain(f"{place}: {error.strerror}" if error.strerror else str(error))
    except KeyboardInterrupt:
        return 130
    return 0


def _new(options: argparse.Namespace) -> None:
    settings = _settings(options.set)
    opened = None
    if options.data is not None:
        task = options.task or settings.get("data.task")
        if task is not None:
            # Refuses what is no task, before a table is read as one.
            from_json({"format": FORMAT, "data": {"task": task}})
        opened = open_data(options.data, task, options.columns, options.decimal)
    elif options.columns is not None or options.decimal is not None:
        alone = "--decimal" if options.columns is None else "--columns"
        raise ExperimentError(alone, "there is no table; name one with --data")
    elif options.preset is not None and options.task is not None:
        raise ExperimentError("--task", "a demonstration has a task of its own; leave one of the two out")
    task = options.task if opened is None else opened.reading.task
    if options.preset is None:
        start: dict[str, Any] = (
            {"format": FORMAT} if task is None else {"format": FORMAT, "data": {"task": task}}
        )
        experiment = from_json(_set_in(start, options.set))
    else:
        experiment = edit_many(preset_experiment(options.preset), settings)
    if opened is not None:
        experiment = opened.document(experiment)
        # A scaling that somebody has asked for stays.
        if not any("input_scaling" in path or _names_scaling(value) for path, value in settings.items()):
            experiment = with_fitting_inputs(experiment)
        print(opened.account(as_json=options.json), file=sys.stderr)
    sys.stdout.write(dumps(experiment))


def _names_scaling(value: Any) -> bool:
    """Whether a setting says the scaling of inputs, however deep within it."""
    if isinstance(value, dict):
        return "input_scaling" in value or any(map(_names_scaling, value.values()))
    return isinstance(value, list) and any(map(_names_scaling, value))


def _schema(options: argparse.Namespace) -> None:
    print(json.dumps(schema(), indent=2, ensure_ascii=False))


def _validate(options: argparse.Namespace) -> None:
    experiment = _read(options.file)
    points = resolve_points(experiment.data)
    print(
        f"{options.file}: valid ({experiment.data.task}, {len(points)} points, {_count(experiment, 'lane')})"
    )


def _run(options: argparse.Namespace) -> None:
    experiment = edit_many(_read(options.file), _settings(options.set))
    if options.out is not None:
        _make_folder(options.out)
    trainer = _train(experiment, options.epochs, options.json)
    if options.out is not None:
        _write_results(trainer, experiment, options.out, quiet=options.json)
    _report(trainer, experiment, options.json)


def _make_folder(folder: Path) -> None:
    """Before the training, so that a folder that cannot be costs no time."""
    if folder.exists() and not folder.is_dir():
        raise ExperimentError("--out", f"{folder} is a file; name a folder")
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise ExperimentError("--out", f"{folder} cannot be written to; name another folder")


def _train(experiment: Experiment, epochs: int, quiet: bool) -> Trainer:
    # Imported here so that `new`, `schema` and `validate` answer without loading torch.
    from tqdm import tqdm

    from engine.training.trainer import Trainer

    trainer = Trainer(experiment)
    if not trainer.training_points:
        lower = " or lower the validation and test shares" if len(trainer.points) else ""
        raise ExperimentError("data", f"there are no training points; add points{lower}")
    bar = tqdm(total=epochs, unit="epoch", file=sys.stderr, disable=quiet or not sys.stderr.isatty())
    with bar:
        for _ in range(epochs):
            if not trainer.can_train:
                break
            trainer.train_epoch()
            bar.update()
    # Whatever ended it: where the best weights are wished for, it ends with them.
    trainer.restore_best(wished=True)
    return trainer


def _write_results(trainer: Trainer, experiment: Experiment, folder: Path, quiet: bool) -> None:
    from engine.export.names import left_files_sentence
    from engine.training.saving import save_run

    settings, data = folder / "experiment.sketch.json", folder / "data.csv"
    atomic_write(settings, dumps(experiment))
    write_csv(trainer.points, experiment.data.task, data, file_labels(experiment.data))
    saved = save_run(trainer, folder)
    written = [settings, data, *saved.paths]
    if not quiet:
        for path in written:
            print(f"wrote {path}")
    if saved.left:
        print(left_files_sentence(list(map(str, saved.left))), file=sys.stderr)


def _report(trainer: Trainer, experiment: Experiment, as_json: bool) -> None:
    from engine.export.summary import summary

    epochs = [run.epoch for run in trainer.runs]
    outcome = summary(trainer.lane_snapshots(None), epochs, experiment, trainer.points)
    if as_json:
        print(json.dumps(outcome, allow_nan=False))
        return
    for lane in outcome["lanes"]:
        print(_in_words(lane))
        for finding in lane["diagnosis"]:
            print(f"  {finding['message']}")


def _in_words(lane: dict[str, Any]) -> str:
    score, name = (lane["accuracy"], "accuracy") if lane["accuracy"] else (lane["r2"], "R²")
    parts = [f"lane {lane['name']}: {lane['epochs']} epochs, {lane['steps']} steps"]
    for split, loss in lane["loss"].items():
        if loss is not None:
            value = f", {name} {score[split]:.3f}" if score[split] is not None else ""
            parts.append(f"{split} loss {loss:.6g}{value}")
    if lane["penalty"]:
        parts.append(f"penalty {lane['penalty']:.6g}, cost {lane['cost']:.6g}")
    if lane["stopped"]:
        parts.append(f"stopped in epoch {lane['stopped']['epoch']}: {lane['stopped']['reason']}")
    return "; ".join([*parts, *_best_in_words(lane["best"])])


def _best_in_words(best: dict[str, Any] | None) -> list[str]:
    if best is None:
        return []
    losses = ", ".join(f"{split} loss {loss:.6g}" for split, loss in best["loss"].items() if loss is not None)
    return [f"best epoch {best['epoch']}: {losses}"]


def _read(path: Path) -> Experiment:
    try:
        return loads(path.read_bytes())
    except ExperimentError as error:
        raise ExperimentError("", f"{path}: {error}") from None


def _settings(assignments: Sequence[str]) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for assignment in assignments:
        path, separator, text = assignment.partition("=")
        if not separator or not path:
            raise ExperimentError("--set", f"expected PATH=VALUE, not {assignment!r}")
        settings[path] = _value(path, text)
    return settings


def _value(path: str, text: str) -> Any:
    """JSON, or else a number as people write it, or else the text itself."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    if _NAMED.search(path) or not is_number(text):
        return text
    if two_meanings(readings(text)):
        raise ExperimentError(path, f"{meanings(text)}; write one of these")
    try:
        return read_in(text, "")
    except NumberError as error:
        raise ExperimentError(path, str(error)) from None


def _set_in(document: dict[str, Any], assignments: Sequence[str]) -> dict[str, Any]:
    """Put the values into JSON that leaves most keys out, so that defaults can follow the task."""
    for path, value in _settings(assignments).items():
        place: Any = document
        keys = path.split(".")
        for key, following in zip(keys, [*keys[1:], ""], strict=True):
            place = _descend(
                place, key, path, value if not following else [] if following.isdecimal() else {}
            )
    return document


def _descend(place: Any, key: str, path: str, fresh: Any) -> Any:
    if isinstance(place, list):
        if not key.isdecimal() or int(key) > len(place):
            raise ExperimentError(path, f"expected a number from 0 to {len(place)} in place of {key!r}")
        if int(key) == len(place):
            place.append(fresh)
        elif not isinstance(fresh, list | dict):
            place[int(key)] = fresh
        return place[int(key)]
    if not isinstance(place, dict):
        raise ExperimentError(path, f"nothing lies below {key!r}")
    if key not in place or not isinstance(fresh, list | dict):
        place[key] = fresh
    return place[key]


def _count(experiment: Experiment, word: str) -> str:
    number = len(experiment.lanes)
    return f"{number} {word}" + ("s" if number != 1 else "")


def _complain(sentence: str) -> int:
    print(f"neural-sketchbook: {' '.join(sentence.split())}", file=sys.stderr)
    return 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line without the usage, as for every other bad input."""
        self.exit(_complain(f"{message}; see --help"))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m engine", description="Neural Sketchbook without a window.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)

    run = commands.add_parser("run", help="train every lane of an experiment file")
    run.add_argument("file", type=Path, metavar="FILE")
    run.add_argument("--epochs", type=_epochs, default=100, metavar="N", help="how long (default: 100)")
    _add_set(run)
    run.add_argument(
        "--out", type=Path, metavar="DIR", help="write metrics, gradients, settings, data and models"
    )
    run.add_argument("--json", action="store_true", help="print the outcome as one JSON object")
    run.set_defaults(command=_run)

    new = commands.add_parser("new", help="print an experiment with its defaults")
    names = [_hyphened(key) for key in PRESETS]
    new.add_argument(
        "--preset", type=_preset, metavar="NAME", help=f"a demonstration instead: {', '.join(names)}"
    )
    new.add_argument(
        "--data",
        type=Path,
        metavar="FILE",
        help="with the points of a table (CSV, TSV, .npy, .npz); how it was read is said on standard error: one line, "
        "then every row that was refused",
    )
    new.add_argument(
        "--task", choices=COLUMNS, help="what the points are (default: what the table looks like)"
    )
    new.add_argument(
        "--columns",
        type=_columns,
        metavar="ROLE=COLUMN,…",
        help="which column is which, by name or number from 1: x1, x2 (x, y), target, split (none: dealt anew)",
    )
    new.add_argument(
        "--decimal",
        type=_decimal,
        metavar="SIGN",
        help="the decimal sign of the table: point or comma (default: what each column looks like)",
    )
    new.add_argument(
        "--json", action="store_true", help="say on standard error as one JSON object how a table was read"
    )
    _add_set(new)
    new.set_defaults(command=_new)

    commands.add_parser("schema", help="print the JSON Schema of experiments").set_defaults(command=_schema)

    validate = commands.add_parser("validate", help="check an experiment file")
    validate.add_argument("file", type=Path, metavar="FILE")
    validate.set_defaults(command=_validate)
    return parser


def _add_set(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        help="as in lanes.0.training.learning_rate=0.01",
    )


def _preset(text: str) -> str:
    key = text.replace("-", "_")
    if key not in PRESETS:
        raise argparse.ArgumentTypeError(
            f"there is no {text!r:.40}; choose one of {', '.join(map(_hyphened, PRESETS))}"
        )
    return key


def _hyphened(key: str) -> str:
    return key.replace("_", "-")


def _columns(text: str) -> dict[str, str]:
    try:
        return parse_columns(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _decimal(text: str) -> Decimal:
    signs: dict[str, Decimal] = {"point": ".", "comma": ",", ".": ".", ",": ","}
    if text not in signs:
        raise argparse.ArgumentTypeError(f"expected point or comma, not {text!r:.40}")
    return signs[text]


def _epochs(text: str) -> int:
    try:
        epochs = read_typed(text, whole=True).value
    except NumberError as error:
        raise argparse.ArgumentTypeError(f"{error!s:.200}") from None
    if not (epochs.is_integer() and 0 <= epochs < 1e15):
        raise argparse.ArgumentTypeError(f"expected a whole number of epochs, not {text!r:.40}")
    return int(epochs)


if __name__ == "__main__":
    sys.exit(main())
