"""QPainterPaths from arrays, without a Python loop."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QDataStream
from PySide6.QtGui import QPainterPath

_ELEMENT = np.dtype([("kind", ">i4"), ("x", ">f8"), ("y", ">f8")])
_MOVE, _LINE = 0, 1


def segments_path(segments: NDArray[np.float64]) -> QPainterPath:
    """Return a path of separate line segments [m, 2, 2] in pixels.

    Qt strokes separate segments with square caps some ten times faster than a polyline.
    """
    return _path(segments.reshape(-1, 2), np.tile([_MOVE, _LINE], len(segments)))


def polyline_path(positions: NDArray[np.float64]) -> QPainterPath:
    """Return a path through the positions [n, 2] in pixels, interrupted where a row is NaN."""
    drawn = np.isfinite(positions[:, 0]) & np.isfinite(positions[:, 1])
    kinds = np.full(len(positions), _MOVE)
    kinds[1:][drawn[:-1]] = _LINE
    return _path(positions[drawn], kinds[drawn])


def _path(positions: NDArray[np.float64], kinds: NDArray[np.int_]) -> QPainterPath:
    path = QPainterPath()
    if not len(positions):
        return path
    elements = np.empty(len(positions), dtype=_ELEMENT)
    elements["kind"], elements["x"], elements["y"] = kinds, positions[:, 0], positions[:, 1]
    # Qt's binary format of a path: count, elements, start of the last subpath, fill rule.
    last_start = int(np.flatnonzero(kinds == _MOVE)[-1])
    head, tail = np.array([len(positions)], dtype=">i4"), np.array([last_start, 0], dtype=">i4")
    stream = QDataStream(QByteArray(head.tobytes() + elements.tobytes() + tail.tobytes()))
    stream >> path
    return path
