"""Names of classes and data sets as they may be given."""

from __future__ import annotations

from engine.experiment.settings import LONGEST_NAME


def tidy_name(name: str) -> str:
    """The name with single blanks and without what cannot be printed, shortened; "" where nothing is left."""
    return " ".join("".join(filter(str.isprintable, name)).split())[:LONGEST_NAME].strip()
