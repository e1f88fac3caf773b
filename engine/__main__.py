"""The headless command line: ``python -m engine run|sweep|new|code|schema|validate|lessons|lesson``."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

from engine.command_line.parser import complain, make_parser
from engine.data import CsvError
from engine.experiment import ExperimentError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after ``python -m engine``; those of the process by default.

    Returns
    -------
    int
        The exit status: 0; 1 where a claim of a lesson does not hold, or lanes of a sweep failed; 2 after one line
        about bad input; 130 after Ctrl+C.

    Raises
    ------
    SystemExit
        By argparse, after ``--help`` (status 0) or unknown options (status 2).
    """
    _use_utf8()
    options = make_parser().parse_args(arguments)
    try:
        status = options.command(options) or 0
        sys.stdout.flush()
    except (ExperimentError, CsvError) as error:
        return complain(str(error))
    except BrokenPipeError:
        # The reader has closed the pipe. What Python flushes at exit must not raise a second time.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        # An error without a file name comes from writing the output.
        file = error.filename or "the output"
        return complain(f"{file}: {error.strerror}" if error.strerror else str(error))
    except KeyboardInterrupt:
        return 130
    return int(status)


def _use_utf8() -> None:
    """Write UTF-8 on every system; characters that cannot be written become escapes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
