"""The points of a data set: an immutable value of parallel arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Sized
from functools import cached_property
from hashlib import sha256
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.catalogue.texts import setting_text, short_repr
from engine.experiment.bounded_json import MOST_POINTS, too_many_points

SPLITS = ("training", "validation", "test")
"""Split names; a point's split is its index here."""
TRAINING, VALIDATION, TEST = range(3)
LARGEST = 1e100
"""What is read from a document, table or clipboard lies within ± this, so that squares of it are numbers, too."""
TOO_FAR = "lies beyond ±1e100; scale the data"


class Points:
    """Points as parallel arrays, which cannot be changed. Equal points have equal bits.

    Parameters
    ----------
    xy : float64 [n, 2]
        Positions in the data's units; the canvas shows −6 to 6 by default.
    target : float64 [n]
        The class number (0, 1, …) in classification, the value in a surface, and ``xy[:, 1]`` in a curve.
    split : uint8 [n], optional
        Indices of ``SPLITS``; by default all are training points.

    Raises
    ------
    ValueError
        For arrays of other shapes or different lengths, a number that is not finite, or an unknown split.

    Examples
    --------
    >>> points = Points([[0.0, 1.0], [2.0, 3.0]], [0.0, 1.0], [TRAINING, TEST])
    >>> points.counts(), points.of_split(TEST).xy.tolist()
    ((1, 0, 1), [[2.0, 3.0]])
    """

    __slots__ = ("__dict__", "split", "target", "xy")

    xy: NDArray[np.float64]
    target: NDArray[np.float64]
    split: NDArray[np.uint8]

    def __init__(self, xy: ArrayLike, target: ArrayLike, split: ArrayLike | None = None) -> None:
        # Adding zero turns −0 into 0, so that equal numbers have equal bits.
        positions = np.asarray(xy, dtype=np.float64) + 0.0
        targets = np.asarray(target, dtype=np.float64) + 0.0
        splits = _splits(np.zeros(len(targets), dtype=np.uint8) if split is None else split)
        if positions.size == 0:
            positions = positions.reshape(0, 2)
        if positions.ndim != 2 or positions.shape[1] != 2 or targets.ndim != 1:
            raise ValueError(
                f"expected positions [n, 2] and targets [n], not {positions.shape}, {targets.shape}"
            )
        if not len(positions) == len(targets) == len(splits):
            raise ValueError(
                f"positions, targets and splits differ in number: {len(positions)}, {len(targets)}, {len(splits)}"
            )
        if not (np.isfinite(positions).all() and np.isfinite(targets).all()):
            raise ValueError("a point holds a number that is not finite")
        for name, array in (("xy", positions), ("target", targets), ("split", splits)):
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("points cannot be changed; make new ones")

    @classmethod
    def empty(cls) -> Points:
        return cls(np.empty((0, 2)), np.empty(0))

    @classmethod
    def concatenate(cls, parts: Sequence[Points]) -> Points:
        """Return all points of several sets, in order.

        Parameters
        ----------
        parts
            Any number of sets; the result of none is empty.

        Returns
        -------
        Points [sum of lengths]
        """
        if not parts:
            return cls.empty()
        return cls(
            np.concatenate([part.xy for part in parts]),
            np.concatenate([part.target for part in parts]),
            np.concatenate([part.split for part in parts]),
        )

    @classmethod
    def from_rows(cls, rows: object) -> Points:
        """Read points from the rows of a document.

        Parameters
        ----------
        rows
            Each ``[x1, x2, target, split name]``.

        Returns
        -------
        Points [rows]

        Raises
        ------
        ValueError
            With the index of the first row that has another form, an unknown split, or a number beyond ±1e100.

        Examples
        --------
        >>> Points.from_rows([[0.5, -1.0, 1.0, "test"]]).split
        array([2], dtype=uint8)
        """
        # Without an entry, texts and objects would be taken for no points.
        if not isinstance(rows, Iterable) or isinstance(rows, str | bytes | Mapping):
            raise ValueError("points must be a list of [x1, x2, target, split]")
        if isinstance(rows, Sized) and len(rows) > MOST_POINTS:
            raise ValueError(too_many_points(len(rows)))
        numbers: list[list[float]] = []
        splits: list[int] = []
        for index, row in enumerate(rows):
            if not isinstance(row, list | tuple) or len(row) != 4:
                raise ValueError(f"point {index} must be [x1, x2, target, split], not {short_repr(row)}")
            if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in row[:3]):
                raise ValueError(f"point {index} must begin with three numbers, not {short_repr(row)}")
            if not isinstance(row[3], str) or row[3] not in SPLITS:
                raise ValueError(
                    f"point {index}: split must be one of {', '.join(SPLITS)}, not {short_repr(row[3])}"
                )
            try:
                numbers.append([float(value) for value in row[:3]])
            except OverflowError:
                raise ValueError(f"point {index} holds a number that {TOO_FAR}") from None
            splits.append(SPLITS.index(row[3]))
        table = np.array(numbers, dtype=np.float64).reshape(-1, 3)
        if (far := np.abs(table) > LARGEST).any():
            index, column = np.argwhere(far)[0].tolist()
            raise ValueError(f"point {index} holds {setting_text(numbers[index][column])}, which {TOO_FAR}")
        return cls(table[:, :2], table[:, 2], splits)

    def to_rows(self) -> list[list[Any]]:
        """The document's form, exact in every bit."""
        return [
            [x1, x2, target, SPLITS[split]]
            for (x1, x2), target, split in zip(
                self.xy.tolist(), self.target.tolist(), self.split.tolist(), strict=True
            )
        ]

    def __len__(self) -> int:
        return len(self.target)

    def __getitem__(self, index: Any) -> Points:
        """The points chosen by a slice, a boolean mask [n] or an array of indices."""
        if isinstance(index, np.ndarray) and index.ndim == 1:
            # These are copies, of numbers that have been looked at already.
            return Points._of(self.xy[index], self.target[index], self.split[index])
        return Points(self.xy[index], self.target[index], self.split[index])

    @classmethod
    def _of(cls, xy: NDArray[np.float64], target: NDArray[np.float64], split: NDArray[np.uint8]) -> Points:
        """Points of arrays that nobody else holds and that are known to be right."""
        points = cls.__new__(cls)
        for name, array in (("xy", xy), ("target", target), ("split", split)):
            array.flags.writeable = False
            object.__setattr__(points, name, array)
        return points

    def of_split(self, split: int) -> Points:
        """Return the points of one split, in order.

        Parameters
        ----------
        split
            ``TRAINING``, ``VALIDATION`` or ``TEST``.

        Returns
        -------
        Points
        """
        return self[self.split == split]

    def positions(self) -> NDArray[np.complex128]:
        """Each point's x1 + i·x2 [points], one value to compare, sort and count by."""
        positions: NDArray[np.complex128] = self.xy[:, 0] + 1j * self.xy[:, 1]
        return positions

    def counts(self) -> tuple[int, int, int]:
        """How many points are in training, validation and test."""
        training, validation, test = np.bincount(self.split, minlength=3)[:3].tolist()
        return training, validation, test

    @cached_property
    def digest(self) -> str:
        """Hex SHA-256 of all numbers: equal exactly where the points are equal to the bit."""
        whole = sha256()
        for array in (self.xy, self.target, self.split):
            whole.update(array.tobytes())
        return whole.hexdigest()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Points):
            return NotImplemented
        return self is other or (
            len(self) == len(other)
            and np.array_equal(self.xy, other.xy)
            and np.array_equal(self.target, other.target)
            and np.array_equal(self.split, other.split)
        )

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"Points({len(self)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.xy, self.target, self.split)


def _splits(split: ArrayLike) -> NDArray[np.uint8]:
    numbers = np.asarray(split).reshape(-1)
    if not np.isin(numbers, range(len(SPLITS))).all():
        raise ValueError(f"a point's split is none of {', '.join(SPLITS)}")
    return numbers.astype(np.uint8)
