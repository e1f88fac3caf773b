"""Painting pictures: painters that always end, and states that always come back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtGui import QPaintDevice, QPainter


@contextmanager
def painting(device: QPaintDevice) -> Iterator[QPainter]:
    """Yield a painter on a picture, and end it whatever happens.

    An exception's traceback keeps an unended painter alive; Qt kills the process when its picture goes first.
    """
    painter = QPainter(device)
    try:
        yield painter
    finally:
        painter.end()


@contextmanager
def restoring(painter: QPainter) -> Iterator[None]:
    """Save the state of a painter, and bring it back whatever happens: Qt warns of one that ends without."""
    painter.save()
    try:
        yield
    finally:
        painter.restore()
