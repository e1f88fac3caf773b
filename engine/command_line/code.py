"""``python -m engine code FILE``: write a lane as a script for another library."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from engine.command_line.options import Commands, epoch_count, read_experiment
from engine.export.code import TARGETS, code, files_beside, write_script
from engine.export.code.writing import EPOCHS


def add_parser(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("code", help="write a lane as a script for another library")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--target", choices=list(TARGETS), required=True, help="the library")
    parser.add_argument("--lane", metavar="NAME", help="which lane (default: the first)")
    parser.add_argument(
        "--epochs",
        type=epoch_count,
        default=EPOCHS,
        metavar="N",
        help=f"how long it trains (default: {EPOCHS})",
    )
    parser.add_argument(
        "--with-weights",
        action="store_true",
        help="begin with the lane's own first weights and take its batches, so that the losses are the same",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="write the script to a file, and beside it the files that it reads",
    )
    parser.set_defaults(command=_code)


def _code(options: argparse.Namespace) -> None:
    experiment = read_experiment(options.file)
    what = experiment, options.target, options.lane, options.epochs, options.with_weights
    if options.out is not None:
        for path in write_script(options.out, *what):
            print(f"wrote {path}")
        return
    sys.stdout.write(code(*what))
    names = " and ".join(files_beside(experiment, options.lane, options.with_weights))
    print(f"The script reads {names}, which --out writes beside it.", file=sys.stderr)
