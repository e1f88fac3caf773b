"""The small pictures of all cells, composed in NumPy: one image for a whole plane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from engine.data.axes import to_share
from gui_app.sweeps.drawing.points_mask import PointsMask
from gui_app.theme.colour_maps import class_colours, packed, surface_colours
from gui_app.theme.tokens import Theme, mix, rgb

Singles = NDArray[np.float32]
Pixels = NDArray[np.uint32]
LINE = 0.6
"""Half the width of a boundary, in pixels of a cell of ``_USUAL`` pixels."""
_USUAL = 56.0
_MOST = 6_000_000
"""Of how many numbers boundaries between several classes are computed at most."""
_SURE = 30.0
"""Natural logarithm of the largest ratio of two probabilities that counts."""
_FLAT, _STEEP = 1e-5, 2e-3
"""Change of a logarithm from pixel to pixel that is none, and one from which on a boundary has its full colour.

Where some seeds are sure of one class and the others of another, their mean is near a half over a wide area, and no
place in it is a boundary.
"""
HATCH = 6
"""Pixels between two lines over a cell whose network diverged."""
BUSY = 4
"""Cells at a time: their numbers stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class CellLook:
    """What small pictures depend on besides what the networks answer.

    ``side`` is in pixels of the screen, of which there are ``ratio`` in one of the window. ``extent`` is the part of
    the plane that they show, ``ends`` are those of a surface's values.
    """

    theme: Theme
    task: str
    side: int
    extent: tuple[float, float, float, float]
    ends: tuple[float, float] = (-1.0, 1.0)
    ratio: float = 1.0


def cell_pixels(
    answers: Sequence[NDArray[np.floating] | None],
    broken: Sequence[bool],
    look: CellLook,
    points: PointsMask | Sequence[PointsMask | None] | None,
) -> Pixels:
    """Return the pixels [cells, side, side] of small pictures, the top row first.

    ``answers`` are as in ``Prediction.values``, None where nothing is known; ``broken`` says which cells are hatched,
    and ``points`` lie over each of them, the same or each its own.
    """
    side = look.side
    laid = [points] * len(answers) if points is None or isinstance(points, PointsMask) else points
    out = np.full((len(answers), side, side), packed(rgb(look.theme.backdrop)[None])[0], dtype=np.uint32)
    shapes: dict[tuple[int, ...], list[int]] = {}
    for index, values in enumerate(answers):
        if values is not None:
            shapes.setdefault(values.shape, []).append(index)
    for indexes in shapes.values():
        for start in range(0, len(indexes), BUSY):
            some = indexes[start : start + BUSY]
            values = np.stack([answers[index] for index in some])  # type: ignore[misc]
            colours = _colours(values, look, [laid[index] for index in some])
            hatched = [number for number, index in enumerate(some) if broken[index]]
            if hatched:
                colours[:, hatched] = _hatched(colours[:, hatched], look)
            out[some] = _packed(colours)
    return out


def sheet(pixels: Pixels, columns: int, rows: int, gap: int, ground: str) -> QImage:
    """Return one image of pictures [rows · columns, side, side], row by row from the bottom, ``gap`` pixels apart."""
    side = pixels.shape[1]
    step = side + gap
    whole = np.full((rows * step, columns * step), packed(rgb(ground)[None])[0], dtype=np.uint32)
    blocks = whole.reshape(rows, step, columns, step)
    blocks[:, :side, :, :side] = pixels.reshape(rows, columns, side, side)[::-1].transpose(0, 2, 1, 3)
    cut = np.ascontiguousarray(whole[: rows * step - gap, : columns * step - gap])
    height, width = cut.shape
    # The copy owns its pixels; the array is freed when this function returns.
    return QImage(cut.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


# -- colours, float32 [3, cells, side, side] from 0 to 255


def _colours(values: NDArray[np.floating], look: CellLook, points: Sequence[PointsMask | None]) -> Singles:
    if look.task == "curve":
        # Points lie below a curve, and on everything else.
        colours = _paper(len(values), look)
        _lay_over(colours, points)
        _draw_curves(colours, values, look)
        return colours
    if look.task == "surface":
        colours = _enlarged(_channels(surface_colours(to_share(values, look.ends), look.theme)), look.side)
    else:
        cells, size, _, classes = values.shape
        flat = class_colours(values.reshape(cells * size, size, classes), look.theme)
        colours = _enlarged(_channels(flat.reshape(cells, size, size)), look.side)
        _draw_boundaries(colours, values, look)
    _lay_over(colours, points)
    return colours


def _lay_over(colours: Singles, points: Sequence[PointsMask | None]) -> None:
    """Lay the points of each cell over its picture; all at once where they are the same."""
    first = points[0]
    if all(one is first for one in points):
        if first is not None:
            first.blend(colours)
        return
    for cell, one in enumerate(points):
        if one is not None:
            one.blend(colours[:, cell : cell + 1])


def _paper(cells: int, look: CellLook) -> Singles:
    colours = np.empty((3, cells, look.side, look.side), dtype=np.float32)
    colours[:] = rgb(look.theme.window)[:, None, None, None]
    return colours


def _channels(colours: Pixels) -> Singles:
    """Red, green and blue [3, …] of packed colours."""
    return np.stack([(colours >> shift) & 255 for shift in (16, 8, 0)]).astype(np.float32)


def _packed(colours: Singles) -> Pixels:
    # They are means of numbers from 0 to 255.
    red, green, blue = (colours + np.float32(0.5)).astype(np.uint32)
    together: Pixels = np.uint32(0xFF000000) | red << 16 | green << 8 | blue
    return together


def _enlarged(values: Singles, side: int) -> Singles:
    """Enlarge the last two axes, which begin at the bottom, to ``side`` pixels, which begin at the top: bilinear."""
    size = values.shape[-1]
    by = _weights(size, side)
    enlarged: Singles = by[::-1] @ (values @ by.T)
    return enlarged


@lru_cache(maxsize=16)
def _weights(size: int, side: int, ends: bool = False) -> Singles:
    """What each of ``size`` numbers counts in each of ``side`` pixels; the numbers lie in the middles of equal cells,
    or the first and the last one at the ``ends``.
    """
    at = (np.arange(side) + 0.5) / side
    position = np.clip(at * (size - 1) if ends else at * size - 0.5, 0, size - 1)
    below = np.minimum(position.astype(np.int64), max(size - 2, 0))
    part = (position - below).astype(np.float32)
    found = np.zeros((side, size), dtype=np.float32)
    found[np.arange(side), below] = 1.0 - part
    found[np.arange(side), np.minimum(below + 1, size - 1)] += part
    return found


def _draw_boundaries(colours: Singles, values: NDArray[np.floating], look: CellLook) -> None:
    """Draw a line where two classes are equally probable: logarithms are nearly straight across a boundary."""
    classes = values.shape[-1]
    if classes > 2 and values.size // values.shape[1] ** 2 * look.side**2 > _MOST:
        return
    logs = np.log(np.clip(np.nan_to_num(values.astype(np.float32), nan=1.0 / classes), np.exp(-_SURE), 1.0))
    line = np.zeros(colours.shape[1:], dtype=np.float32)
    for one in range(1 if classes == 2 else classes):
        others = np.delete(logs, one, axis=-1).max(axis=-1)
        height = _enlarged(logs[..., one] - others, look.side)
        np.maximum(line, _near_zero(height, LINE * max(look.side / _USUAL, 1.0)), out=line)
    ink = rgb(mix(look.theme.window, look.theme.boundary, 0.85))
    for channel, full in zip(colours, ink.tolist(), strict=True):
        channel += line * (np.float32(full) - channel)


def _near_zero(height: Singles, half: float) -> Singles:
    """How much of each pixel a line along the zeros covers."""
    down = np.empty_like(height)
    across = np.empty_like(height)
    down[:, 1:-1] = (height[:, 2:] - height[:, :-2]) * 0.5
    down[:, 0], down[:, -1] = height[:, 1] - height[:, 0], height[:, -1] - height[:, -2]
    across[:, :, 1:-1] = (height[:, :, 2:] - height[:, :, :-2]) * 0.5
    across[:, :, 0] = height[:, :, 1] - height[:, :, 0]
    across[:, :, -1] = height[:, :, -1] - height[:, :, -2]
    slope = np.sqrt(down * down + across * across)
    # Where all answers are the same there is no boundary, even if two classes are equally probable.
    slope = np.where(slope > np.float32(_FLAT), slope, np.float32(1e-30))
    covered: Singles = np.clip(np.float32(half + 0.5) - np.abs(height) / slope, 0.0, 1.0)
    covered *= np.clip((slope - np.float32(_FLAT)) / np.float32(_STEEP), 0.0, 1.0)
    return covered


def _draw_curves(colours: Singles, values: NDArray[np.floating], look: CellLook) -> None:
    """Draw fitted curves, as wide everywhere."""
    side, (low, high) = look.side, look.extent[2:]
    # In doubles: values may be large and lie close together.
    heights = np.nan_to_num(
        (high - values.astype(np.float64)) / (high - low), nan=-9.0, posinf=9.0, neginf=-9.0
    )
    rows = (
        np.clip(heights, -9.0, 9.0).astype(np.float32) @ _weights(values.shape[1], side, True).T * side - 0.5
    )
    slope = np.gradient(rows, axis=1) if side > 1 else np.zeros_like(rows)
    stretch = np.float32(1.0) / np.sqrt(1.0 + slope * slope)
    away = np.abs(np.arange(side, dtype=np.float32)[None, :, None] - rows[:, None, :]) * stretch[:, None, :]
    half = np.float32(0.5 * look.theme.line_scale * max(1.3, side / 40.0))
    line = np.clip(half + np.float32(0.5) - away, 0.0, 1.0)
    for channel, full in zip(colours, rgb(look.theme.accent).tolist(), strict=True):
        channel += line * (np.float32(full) - channel)


def _hatched(colours: Singles, look: CellLook) -> Singles:
    """Pale pictures under slanted lines: what they show is not what training led to."""
    side, ratio = look.side, look.ratio
    sums = np.add.outer(np.arange(side), np.arange(side)).astype(np.float32)
    period = np.float32(HATCH * ratio * max(side / ratio / _USUAL, 1.0))
    away = np.abs((sums + period / 2) % period - period / 2) / np.float32(np.sqrt(2.0))
    line = np.clip(np.float32(0.55 * ratio + 0.5) - away, 0.0, 1.0) * np.float32(0.8)
    ground, ink = rgb(look.theme.backdrop), rgb(look.theme.danger)
    pale = ground[:, None, None, None] + np.float32(0.3) * (colours - ground[:, None, None, None])
    found: Singles = pale + line * (ink[:, None, None, None] - pale)
    return found
