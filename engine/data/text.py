"""Points as text for the clipboard: the same lines as in a CSV file."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np

from engine.data.tables.files import read_csv, write_csv
from engine.data.tables.reader import CsvError
from engine.experiment.points import Points


def points_to_text(points: Points, task: str, names: Sequence[str] = ()) -> str:
    """A header and one line a point; ``points_from_text`` gives the same points to the bit.

    ``names``, where given, stand for the class numbers.
    """
    text = io.StringIO(newline="")
    write_csv(points, task, text, names)
    return text.getvalue()


def points_from_text(text: str, task: str, names: Sequence[str] = (), classes: int | None = None) -> Points:
    """The points of a text; those that say no split are for training.

    Labels that are all among ``names`` are these classes. CsvError says in a sentence what cannot be read, or that
    there are more than ``classes`` classes.
    """
    data = read_csv(text, task, names)
    found = int(data.target.max(initial=0)) + 1
    if task == "classification" and classes is not None and found > classes:
        raise CsvError(f"the text has {found} classes and the data {classes}; add classes first")
    split = np.zeros(len(data.target), dtype=np.uint8) if data.split is None else data.split
    return Points(data.xy, data.target, split)
