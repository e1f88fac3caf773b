"""``python -m engine schema``: print the JSON Schema of experiments."""

from __future__ import annotations

import argparse
import json

from engine.command_line.options import Commands
from engine.experiment import schema


def add_parser(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("schema", help="print the JSON Schema of experiments")
    parser.add_argument("--sweep", action="store_true", help="that of the specs of sweeps instead")
    parser.set_defaults(command=_print_schema)


def _print_schema(options: argparse.Namespace) -> None:
    if options.sweep:
        from engine.sweep.spec import spec_schema

        print(json.dumps(spec_schema(), indent=2, ensure_ascii=False))
        return
    print(json.dumps(schema(), indent=2, ensure_ascii=False))
