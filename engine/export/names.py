"""Names of the files that models are written to, and earlier files beside them. Loads no torch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path

BEST = "-best"
MOST_NAMED = 3
"""File names that a sentence lists."""


def model_names(lanes: Iterable[str]) -> list[tuple[str, str]]:
    """The names of each lane's model files: of its present weights, and of those of its best epoch.

    Names are valid on any system, and no two files have the same one, however lanes are called.

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
    """The model files in ``folder`` that are not among those ``written``: of removed lanes, or somebody's own.

    First come those named like the best weights of a written model, which could not be deleted.
    """
    written = set(written)
    beside = {path.with_stem(path.stem + BEST) for path in written}
    return sorted(set(folder.glob("model-*.pt")) - written, key=lambda path: (path not in beside, path))


def left_files_sentence(paths: Sequence[str]) -> str:
    """A sentence that names files of earlier runs; empty where there are none.

    >>> left_files_sentence(["out/model-B.pt"])
    'Left from before, not of this run: model-B.pt.'
    """
    if not paths:
        return ""
    names = [Path(path).name for path in paths]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"Left from before, not of this run: {', '.join(names[:MOST_NAMED])}{more}."
