"""Options that several commands share, and the types of arguments."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TypeAlias

from engine.catalogue.presets import PRESETS
from engine.catalogue.texts import shortened
from engine.data.bounded_reading import read_bounded
from engine.data.conventions import Decimal
from engine.data.numbers import NumberError, read_typed
from engine.data.tables.choice import parse_columns
from engine.experiment import Experiment, ExperimentError, loads

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""What a command adds its parser to. argparse has no public name for it."""
DECIMAL_SIGNS: dict[str, Decimal] = {"point": ".", "comma": ",", ".": ".", ",": ","}


def read_experiment(path: Path) -> Experiment:
    """Read an experiment file. Raises ExperimentError, which names the file, if it is not valid."""
    try:
        return loads(read_bounded(path))
    except ExperimentError as error:
        raise ExperimentError("", f"{shortened(str(path), 120)}: {error}") from None


def add_set_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--set PATH=VALUE``, which may be given several times."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        help="as in lanes.0.training.learning_rate=0.01",
    )


def add_place_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--device`` and ``--precision``."""
    parser.add_argument(
        "--device",
        choices=("auto", "cpu", "cuda"),
        default="cpu",
        help="cpu: processors (default); cuda: a CUDA device; auto: the device for many networks, if there is one",
    )
    parser.add_argument(
        "--precision",
        choices=("float32", "float64"),
        default="float32",
        help="of steps and losses: float32 (default), or float64, several times as slow",
    )


def with_hyphens(key: str) -> str:
    """Return a catalogue key as it is written on the command line."""
    return key.replace("_", "-")


def preset(text: str) -> str:
    """Argument type: the key of a demonstration, with hyphens or underscores."""
    key = text.replace("-", "_")
    if key not in PRESETS:
        raise argparse.ArgumentTypeError(
            f"there is no {text!r:.40}; choose one of {', '.join(map(with_hyphens, PRESETS))}"
        )
    return key


def columns(text: str) -> dict[str, str]:
    """Argument type: roles of columns, such as ``x1=width,x2=height``."""
    try:
        return parse_columns(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def decimal_sign(text: str) -> Decimal:
    """Argument type: a decimal sign, by name or as the character itself."""
    if text not in DECIMAL_SIGNS:
        raise argparse.ArgumentTypeError(f"expected point or comma, not {text!r:.40}")
    return DECIMAL_SIGNS[text]


def epoch_count(text: str) -> int:
    """Argument type: a whole number of epochs from 0 on."""
    try:
        epochs = read_typed(text, whole=True).value
    except NumberError as error:
        raise argparse.ArgumentTypeError(f"{error!s:.200}") from None
    if not (epochs.is_integer() and 0 <= epochs < 1e15):
        raise argparse.ArgumentTypeError(f"expected a whole number of epochs, not {text!r:.40}")
    return int(epochs)
