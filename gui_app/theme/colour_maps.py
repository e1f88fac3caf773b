"""The colours of probabilities and of values around 0, on the canvas and in every small picture of it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from gui_app.theme.tokens import Theme, rgb

CLASS_STRENGTH = {"light": 0.56, "dark": 0.44}
"""Share of the class's colour at certainty; below 1, so that points stand out."""
SURFACE_STRENGTH = {"light": 0.8, "dark": 0.72}
_OPAQUE = 0xFF000000
_LEVELS = 256


def class_colours(probabilities: NDArray[np.float32], theme: Theme) -> NDArray[np.uint32]:
    """Return packed colours [rows, columns] of probabilities [rows, columns, classes]: the less certain, the paler."""
    rows, columns, classes = probabilities.shape
    paper = rgb(theme.window)
    full = np.array([rgb(colour) for colour in theme.classes[:classes]])
    flat = np.nan_to_num(probabilities.reshape(-1, classes), nan=0.0, posinf=1.0, neginf=0.0)
    # 0 at the probability of a random guess, 1 at certainty
    certainty = np.clip((flat * classes - 1) / (classes - 1), 0, 1)
    colours = certainty @ ((full - paper) * CLASS_STRENGTH[theme.name]) + paper
    return packed(colours).reshape(rows, columns)


def surface_colours(values: NDArray[np.floating], theme: Theme) -> NDArray[np.uint32]:
    """Return packed colours of values [...], clipped to -1…1; NaN counts as 0."""
    level = (np.clip(np.nan_to_num(values, nan=0.0), -1, 1) + 1) * ((_LEVELS - 1) / 2)
    colours: NDArray[np.uint32] = _surface_table(theme)[(level + 0.5).astype(np.uint8)]
    return colours


def value_colours(values: NDArray[np.float64], theme: Theme, strength: float = 1.0) -> NDArray[np.float32]:
    """Return colours of the diverging colour map: float32 [n, 3] from 0 to 255 for values [n] from -1 to 1."""
    low, middle, high = rgb(theme.low), rgb(theme.middle), rgb(theme.high)
    share = np.clip(values, -1, 1).astype(np.float32)[:, None] * np.float32(strength)
    up, down = np.maximum(share, 0), np.maximum(-share, 0)
    colours: NDArray[np.float32] = middle + up * (high - middle) + down * (low - middle)
    return colours


def value_colour(value: float, theme: Theme) -> str:
    """Return the colour of one value, as ``#rrggbb``."""
    red, green, blue = np.rint(value_colours(np.array([value]), theme)[0]).astype(int).tolist()
    return f"#{red:02x}{green:02x}{blue:02x}"


def packed(colours: NDArray[np.floating]) -> NDArray[np.uint32]:
    """Return red, green, blue [n, 3] as Qt's 0xffrrggbb [n]."""
    channels = np.clip(colours + 0.5, 0, 255).astype(np.uint32)
    together: NDArray[np.uint32] = channels[:, 0] << 16 | channels[:, 1] << 8 | channels[:, 2]
    return together | np.uint32(_OPAQUE)


def image_of(pixels: NDArray[np.uint32]) -> QImage:
    """Return packed colours [rows, columns] as an image, row 0 at its bottom."""
    rows, columns = pixels.shape
    top_first = np.ascontiguousarray(pixels[::-1])
    # The copy owns its pixels; the array is freed when this function returns.
    return QImage(top_first.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()


@lru_cache(maxsize=4)
def _surface_table(theme: Theme) -> NDArray[np.uint32]:
    return packed(value_colours(np.linspace(-1, 1, _LEVELS), theme, SURFACE_STRENGTH[theme.name]))
