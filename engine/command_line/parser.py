"""The parser of the whole command line; each command adds its own part."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

from engine.catalogue.texts import LONGEST_SENTENCE, as_sentence, shortened
from engine.command_line import code, lessons, new, run, schema, sweep, validate

COMMANDS = (run, sweep, new, code, schema, validate, lessons)
"""In the order of the help. Each module has ``add_parser(commands)``."""


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line.

    Returns
    -------
    argparse.ArgumentParser
        Its result has the function to call as ``command``.
    """
    parser = _Parser(prog="python -m engine", description="Neural Sketchbook without a window.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    for command in COMMANDS:
        command.add_parser(commands)
    return parser


def complain(sentence: str) -> int:
    """Print a sentence in one line on standard error.

    Parameters
    ----------
    sentence
        Line breaks in it become blanks; what is beyond ``LONGEST_SENTENCE`` is cut from its middle.

    Returns
    -------
    int
        2, the exit status for bad input.
    """
    # Cut before the split: a sentence may quote a whole file.
    line = " ".join(shortened(sentence, 10 * LONGEST_SENTENCE).split())
    # What a file holds must not command the terminal.
    plain = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in line)
    print(shortened(f"neural-sketchbook: {as_sentence(plain)}"), file=sys.stderr)
    return 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Exit with one line, without the usage, as for every other bad input."""
        self.exit(complain(f"{message}; see --help"))
