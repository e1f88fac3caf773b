"""Join the arrays of a file into one table: features with labels, and training, validation and test parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.texts import counted
from engine.data.tables.facts import MOST_COLUMNS
from engine.data.tables.reader import MAX_ROWS
from engine.data.tables.vocabulary import COLUMN_NAMES, SPLIT, SPLIT_CODES, folded
from engine.experiment.points import SPLITS

Array = NDArray[Any]
Column = tuple[str, Array]
_FEATURES = {
    "x", "xs", "data", "features", "feature", "inputs", "input", "points", "point", "xy", "samples", "coords",
}  # fmt: skip
_TARGETS = {
    "y", "ys", "target", "targets", "labels", "label", "classes", "class", "outputs", "output", "values", "value",
}  # fmt: skip
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_UNLABELLED = "has no labels of its own"


class JoinError(ValueError):
    """The message is a sentence about why the arrays cannot be joined into a table."""


@dataclass(frozen=True, slots=True)
class _Named:
    """An array and the parts of its name: ``X_train`` has the split training and the stem ``x``."""

    name: str
    array: Array
    split: int | None
    stem: str

    @classmethod
    def of(cls, name: str, array: Array) -> _Named:
        words = [word.casefold() for word in _WORD.findall(name)]
        splits = [SPLIT_CODES[word] for word in words if word in SPLIT_CODES]
        rest = "".join(word for word in words if word not in SPLIT_CODES)
        # Names without a separator, such as xtrain.
        if not splits and (
            found := re.fullmatch("(x|y)(train|valid|val|test)|(train|valid|val|test)(x|y)", rest)
        ):
            splits, rest = [SPLIT_CODES[found[2] or found[3]]], found[1] or found[4]
        return cls(name, array, splits[0] if len(splits) == 1 else None, rest or folded(name) * (not splits))


def join(arrays: Mapping[str, Array]) -> tuple[list[Column], tuple[str, ...]]:
    """Join arrays into the columns of one table.

    Parameters
    ----------
    arrays : mapping
        By name, as in a .npz file; a single array may have the name "".

    Returns
    -------
    columns : list of (name, array [points])
        Features, labels, and a split if the names of the arrays contain it.
    notes : tuple of str
        Sentences about which arrays were joined and which were left out.

    Raises
    ------
    JoinError
        If there are no points, or if it is not clear which arrays belong together.

    Examples
    --------
    >>> columns, notes = join({"X": np.zeros((3, 2)), "y": np.array([0, 1, 1])})
    >>> [name for name, _ in columns], notes
    (['x 1', 'x 2', 'y'], ('X and y belong together',))
    """
    tables = [_Named.of(name, array) for name, array in arrays.items() if array.ndim in (1, 2) and len(array)]
    if not tables:
        raise JoinError("expected an array with a row for each point but found none")
    longest = max(len(table.array) for table in tables)
    if longest > MAX_ROWS:
        raise JoinError(f"the array has {counted(longest, 'row')}, and at most {MAX_ROWS:,} can be imported")
    for table in tables:
        _require_plain(table.array)
    notes: list[str] = []
    if len(tables) == 1:
        columns, used = _columns(tables[0]), [tables[0].name]
    elif any(table.split is not None for table in tables):
        columns, used, notes = _by_split(tables)
    else:
        columns, used = _pair(tables)
        notes = [f"{' and '.join(used)} belong together"] if len(used) == 2 else []
    if len(columns) > MOST_COLUMNS:
        raise JoinError(f"expected at most {MOST_COLUMNS} columns but found {len(columns):,}")
    others = [name for name in arrays if name not in used]
    return columns, (*notes, *([f"{', '.join(others)} {_are(others)} left out"] if others else []))


def _by_split(tables: list[_Named]) -> tuple[list[Column], list[str], list[str]]:
    """Concatenate the columns of all splits, with a column of splits; return them, the arrays used, and notes."""
    found: dict[int, list[Column]] = {}
    used: list[str] = []
    notes: list[str] = []
    for split in range(len(SPLITS)):
        group = [table for table in tables if table.split == split]
        if not group:
            continue
        if len(group) == 1 and not _is_table(group[0]):
            notes.append(f"{group[0].name} {_UNLABELLED}")
            continue
        found[split], names = _pair(group)
        used += names
        notes.append(f"{' and '.join(names)} {_become(names)} {SPLITS[split]} points")
    if not found:
        raise JoinError(
            f"no features with their own labels among {', '.join(table.name for table in tables)}"
        )
    widths = {len(columns) for columns in found.values()}
    if len(widths) > 1:
        raise JoinError(
            f"the parts have different numbers of columns ({', '.join(map(str, sorted(widths)))})"
        )
    first = next(iter(found.values()))
    columns = [(name, _stacked([part[k][1] for part in found.values()])) for k, (name, _) in enumerate(first)]
    if len(found) == 1:
        unlabelled = [note for note in notes if note.endswith(_UNLABELLED)]
        return columns, used, [f"{' and '.join(used)} belong together", *unlabelled]
    splits = [np.full(len(part[0][1]), SPLITS[split]) for split, part in found.items()]
    return [*columns, (SPLIT, np.concatenate(splits))], used, notes


def _pair(tables: list[_Named]) -> tuple[list[Column], list[str]]:
    """Return the columns of features and labels, and the names of their arrays."""
    features = [table for table in tables if table.stem in _FEATURES]
    targets = [table for table in tables if table.stem in _TARGETS]
    if len(tables) == 1:
        return _columns(tables[0]), [tables[0].name]
    if _are_columns(tables):
        return [column for table in tables for column in _columns(table)], [table.name for table in tables]
    if not (features or targets):
        features, targets = _by_shape(tables)
    if len(features) == 1 and not targets and features[0].array.ndim == 2 and features[0].array.shape[1] > 2:
        return _columns(features[0]), [features[0].name]
    if len(features) != 1 or len(targets) != 1:
        names = ", ".join(table.name for table in tables)
        raise JoinError(
            f"it is not clear which arrays are features and which are labels among {names}; call them X and y"
        )
    inputs, labels = features[0], targets[0]
    if len(inputs.array) != len(labels.array):
        raise JoinError(
            f"{inputs.name} has {counted(len(inputs.array), 'row')} and {labels.name} {len(labels.array):,}; "
            "each point needs a label of its own"
        )
    return [*_columns(inputs), (labels.stem, _labels(labels))], [inputs.name, labels.name]


def _are_columns(tables: list[_Named]) -> bool:
    """Whether each array is one column with the name of a role, such as x1, x2 and class."""
    lengths = {len(table.array) for table in tables}
    if len(lengths) > 1 or any(table.array.ndim == 2 and table.array.shape[1] > 1 for table in tables):
        return False
    stems = {table.stem for table in tables}
    return (
        any(
            all(not stems.isdisjoint(names) for names in roles.values()) and len(stems) == len(tables)
            for roles in COLUMN_NAMES.values()
        )
        or {"x", "y"} < stems
    )


def _by_shape(tables: list[_Named]) -> tuple[list[_Named], list[_Named]]:
    """Of two arrays with unknown names, take the one with several columns as features, the other as labels."""
    if len(tables) != 2:
        return [], []
    wide = [table for table in tables if table.array.ndim == 2 and table.array.shape[1] > 1]
    return wide, [table for table in tables if table not in wide]


def _is_table(table: _Named) -> bool:
    """Whether the array contains labels besides features: named fields, or several columns and a name without stem."""
    return bool(table.array.dtype.names) or (
        not table.stem and table.array.ndim == 2 and table.array.shape[1] > 1
    )


def _columns(table: _Named) -> list[Column]:
    """Return the columns of an array; JoinError if there are too many."""
    if table.array.ndim == 2 and table.array.shape[1] > MOST_COLUMNS:
        raise JoinError(f"expected at most {MOST_COLUMNS} columns but found {table.array.shape[1]:,}")
    return list(_parts(table.stem if table.stem in _FEATURES | _TARGETS else table.name, table.array))


def _parts(name: str, array: Array) -> Iterator[Column]:
    """Yield the columns of an array, named by its fields or numbered."""
    if array.dtype.names:
        for field in array.dtype.names:
            yield from _parts(field, array[field])
    elif array.ndim == 1:
        yield name or "column", array
    else:
        for number in range(array.shape[1]):
            yield f"{name or 'column'} {number + 1}", array[:, number]


def _labels(table: _Named) -> Array:
    """Return one label for each point; one-hot rows become the index of their 1."""
    array = table.array
    if array.ndim == 1:
        return array
    if array.shape[1] == 1:
        return array[:, 0]
    if array.dtype.kind in "biuf" and (np.isin(array, (0, 1)).all() and (array.sum(1) == 1).all()):
        classes: Array = np.argmax(array, axis=1)
        return classes
    raise JoinError(f"{table.name} has {counted(array.shape[1], 'column')}, but each point has one label")


def _require_plain(array: Array) -> None:
    """Raise an error unless the array has numbers or text, in at most two dimensions."""
    if array.dtype.names:
        for field in array.dtype.names:
            _require_plain(array[field])
    elif array.dtype.kind == "O":
        raise ValueError("objects")
    elif array.dtype.kind not in "biufUS" or array.ndim > 2:
        kind = array.dtype if array.ndim <= 2 else f"a field of {array.ndim} dimensions"
        raise JoinError(f"expected numbers or text but found {kind}")


def _stacked(parts: list[Array]) -> Array:
    """Return the parts as one array, as text if any part is text."""
    if len({part.dtype.kind in "US" for part in parts}) > 1:
        parts = [np.asarray([str(value) for value in part.tolist()]) for part in parts]
    joined: Array = np.concatenate(parts)
    return joined


def _are(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _become(names: list[str]) -> str:
    return "becomes" if len(names) == 1 else "become"
