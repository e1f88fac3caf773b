"""Sizes of what holds text, in pixels. They grow with the text."""

from __future__ import annotations

from gui_app.theme import text_size


def pixels(at_default: float) -> int:
    """Return the size of something that is ``at_default`` pixels large when text has its default size."""
    return text_size.scaled(at_default, text_size.scale())


def row_height() -> int:
    """Return the height of a line of text."""
    return pixels(15)


def header_height() -> int:
    """Return the height of the line above a plot, which has room for two lines of its legend."""
    return pixels(28)


def left_axis() -> int:
    """Return the width of the tick texts, always the same: a longer text must not move the plot."""
    return pixels(46)


def bottom_axis() -> int:
    """Return the height of the tick texts."""
    return pixels(20)


def most_ticks(height: float) -> int:
    """Return how many ticks an axis of ``height`` pixels has room for."""
    return max(2, int(height // pixels(26)))
