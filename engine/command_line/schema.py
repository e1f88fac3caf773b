"""``python -m engine schema``: print the JSON Schema of experiments."""

from __future__ import annotations

import argparse
import json

from engine.command_line.options import Commands
from engine.experiment import schema


def add_parser(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("schema", help="print the JSON Schema of experiments")
    parser.set_defaults(command=_print_schema)


def _print_schema(options: argparse.Namespace) -> None:
    print(json.dumps(schema(), indent=2, ensure_ascii=False))
