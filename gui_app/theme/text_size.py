"""The sizes of all text, in pixels. They follow the application's font, so that a whole window grows at once."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

SMALL, BODY, FORMULA, TITLE, FRONT = 11, 13, 14, 15, 24
"""Sizes at the default scale: ticks and captions, most text, formulas in panels, headlines, the start page."""
SCALES = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
"""The scales that a person can choose."""


def scale() -> float:
    """Return how large text is, relative to the default size: one of ``SCALES``."""
    pixels = QApplication.font().pixelSize()
    return nearest(pixels / BODY) if pixels > 0 else 1.0


def nearest(wanted: float) -> float:
    """Return the one of ``SCALES`` that is nearest to a scale."""
    return min(SCALES, key=lambda one: abs(one - wanted))


def small() -> int:
    """Return the size of ticks, captions and readouts."""
    return scaled(SMALL, scale())


def body() -> int:
    """Return the size of most text."""
    return scaled(BODY, scale())


def title() -> int:
    """Return the size of headlines."""
    return scaled(TITLE, scale())


def scaled(pixels: float, by: float) -> int:
    """Return ``pixels`` of the default scale at another scale, as whole pixels.

    Examples
    --------
    >>> scaled(SMALL, 1.5)
    16
    """
    return round(pixels * by)


def next_scale(now: float, step: int) -> float:
    """Return the next scale above (``step`` 1) or below (-1); the last one at the ends.

    Examples
    --------
    >>> next_scale(1.0, 1), next_scale(2.0, 1), next_scale(1.0, -1)
    (1.1, 2.0, 0.9)
    """
    beyond = [one for one in SCALES if (one - now) * step > 1e-9]
    return min(beyond, key=lambda one: abs(one - now)) if beyond else now
