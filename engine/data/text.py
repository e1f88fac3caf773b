"""Points as text for the clipboard, written like a CSV file."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np

from engine.catalogue.texts import counted
from engine.data.tables.files import read_csv, write_csv
from engine.data.tables.reader import CsvError
from engine.experiment.points import Points


def points_to_text(points: Points, task: str, names: Sequence[str] = ()) -> str:
    """Write points as text: a header and one line for each point.

    Parameters
    ----------
    points
        With splits.
    task
        Decides the columns; see ``engine.data.tables.COLUMNS``.
    names
        Class names by class number, written instead of the numbers; empty to write numbers.

    Returns
    -------
    str
        ``points_from_text`` returns the same points, bit for bit.

    Examples
    --------
    >>> print(points_to_text(Points([[0.5, -1.0]], [1.0]), "classification", ("red", "blue")), end="")
    x1,x2,class,split
    0.5,-1.0,blue,training
    """
    text = io.StringIO(newline="")
    write_csv(points, task, text, names)
    return text.getvalue()


def points_from_text(text: str, task: str, names: Sequence[str] = (), classes: int | None = None) -> Points:
    """Read points from text, such as that of the clipboard.

    Parameters
    ----------
    text : str
        A table in any dialect that ``read_csv`` reads.
    task : str
        What the points are.
    names : sequence of str
        The class names of the data. If they contain all labels of the text, labels mean these classes.
    classes : int, optional
        How many classes are allowed.

    Returns
    -------
    Points
        In the order of the lines; without a column ``split`` all are training points.

    Raises
    ------
    CsvError
        With a sentence, if something cannot be read or there are too many classes.
    """
    data = read_csv(text, task, names)
    found = int(data.target.max(initial=0)) + 1
    if task == "classification" and classes is not None and found > classes:
        raise CsvError(f"the text has {counted(found, 'class')} and the data {classes}; add classes first")
    split = np.zeros(len(data.target), dtype=np.uint8) if data.split is None else data.split
    return Points(data.xy, data.target, split)
