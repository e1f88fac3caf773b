"""Names of the files that models are written to, and earlier files beside them. Loads no torch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path

from engine.data.file_system import names_in

BEST = "-best"
MOST_NAMED = 3
"""File names that a sentence lists."""


def model_names(lanes: Iterable[str]) -> list[tuple[str, str]]:
    """Return the names of each lane's model files.

    Parameters
    ----------
    lanes
        The lanes' names.

    Returns
    -------
    list of (str, str)
        For each lane the file of its present weights, and that of the weights of its best epoch. They are valid on any
        system, and all different even where case does not count.

    Examples
    --------
    >>> model_names(["A", "a", "B?"])
    [('model-A.pt', 'model-A-best.pt'), ('model-a-2.pt', 'model-a-2-best.pt'), ('model-B_.pt', 'model-B_-best.pt')]
    """
    return [(f"model-{part}.pt", f"model-{part}{BEST}.pt") for part in _parts(list(lanes))]


def _parts(names: Sequence[str]) -> list[str]:
    """Lanes' names as parts of file names on any system, each its own even where case does not count; none is what
    the best weights of another lane are called.
    """
    plains = [re.sub(r"[^\w.-]+", "_", name).strip(".") or "_" for name in names]
    kept = {plain.casefold() + BEST for plain in plains}
    chosen: list[str] = []
    taken: set[str] = set()
    for plain in plains:
        numbered = (plain if number == 1 else f"{plain}-{number}" for number in count(1))
        free = next(part for part in numbered if part.casefold() not in kept and not _both(part) & taken)
        chosen.append(free)
        taken |= _both(free)
    return chosen


def _both(part: str) -> set[str]:
    return {part.casefold(), part.casefold() + BEST}


def other_models(folder: Path, written: Iterable[Path]) -> list[Path]:
    """Return the model files in a folder that do not belong to a run: of removed lanes, or somebody's own.

    Parameters
    ----------
    folder
        It need not exist.
    written
        The model files of the run.

    Returns
    -------
    list of Path
        First those with the names of best weights of written models, which could not be deleted; then by name.
    """
    written = set(written)
    found = (path for path in names_in(folder, ".pt") if path.name.startswith("model-"))
    beside = {path.with_stem(path.stem + BEST) for path in written}
    return sorted(set(found) - written, key=lambda path: (path not in beside, path))


def left_files_sentence(paths: Sequence[str]) -> str:
    """Name files of earlier runs in a sentence.

    Parameters
    ----------
    paths
        What ``other_models`` found.

    Returns
    -------
    str
        At most ``MOST_NAMED`` file names and the number of the others; empty where there are none.

    Examples
    --------
    >>> left_files_sentence(["out/model-B.pt"])
    'Left from before, not of this run: model-B.pt.'
    """
    if not paths:
        return ""
    names = [Path(path).name for path in paths]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"Left from before, not of this run: {', '.join(names[:MOST_NAMED])}{more}."
