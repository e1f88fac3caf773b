"""What every test is watched for besides its own assertions: what the program has logged as going wrong.

Exceptions in slots and in methods that Qt calls are found by pytest-qt, Qt's own messages by its ``qt_log_level_fail``,
exceptions in other threads and in finalizers by pytest, which turns them into warnings, and warnings are errors here.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

OURS = ("engine", "gui_app", "qt", "root")
"""The loggers that are watched, with those below them."""
RARE = (r"measuring layers is replayed, not compiled: compiled, it computes another",)
"""Normalization of layers whose outputs are nearly equal enlarges roundings more than the check of compiled code allows
for, so that layers are measured by replay. Which test meets it depends on the programs that the cache holds already."""


class LogWatch(logging.Handler):
    """Collects the records of our loggers from WARNING on that nobody has announced."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.partition(".")[0] in OURS:
            self.records.append(record)

    def unexpected(self, patterns: Iterable[str]) -> list[str]:
        """Return the records that match none of ``patterns``, one line each."""
        expected = [re.compile(pattern, re.DOTALL) for pattern in (*patterns, *RARE)]
        lines = [f"{record.levelname} {record.name}: {record.getMessage()}" for record in self.records]
        return [line for line in lines if not any(one.search(line) for one in expected)]
