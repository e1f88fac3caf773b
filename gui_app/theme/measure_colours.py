"""The colours of a measured number on a map: from dark to light in equal steps, for all eyes alike."""

from __future__ import annotations

from functools import lru_cache
from math import isfinite

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui_app.theme.colour_maps import packed
from gui_app.theme.painting import restoring
from gui_app.theme.tokens import Theme, measure_stops, rgb

LEVELS = 256
_ROUND = 360
"""How many of the 2,048 positions on the way round a corner takes."""
HATCH = 6.0
"""Pixels between two lines of a hatched area."""
_READABLE = 0.18
"""Luminance above which black text has more contrast than white text (WCAG 2)."""

# Oklab (Ottosson 2020): cone responses from linear red, green, blue, and lightness and two hues from their roots.
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)

_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])

Floats = NDArray[np.float64]


def measure_colours(shares: NDArray[np.floating], theme: Theme) -> NDArray[np.uint32]:
    """Return packed colours [...] of shares [...] from 0, dark, to 1, light; NaN has the colour of the backdrop."""
    known = np.isfinite(shares)
    level = np.clip(np.where(known, shares, 0.0), 0.0, 1.0) * (LEVELS - 1) + 0.5
    colours: NDArray[np.uint32] = _table(theme)[level.astype(np.int64)]
    return np.where(known, colours, packed(rgb(theme.backdrop)[None])[0])


def measure_colour(share: float, theme: Theme) -> str:
    """Return the colour of one share, as ``#rrggbb``."""
    return f"#{int(measure_colours(np.array([share]), theme)[0]) & 0xFFFFFF:06x}"


def text_on(share: float, theme: Theme) -> str:
    """Return the colour in which text on the colour of a share is read best."""
    if not isfinite(share):
        return theme.text
    return _text_on_level(int(min(max(share, 0.0), 1.0) * (LEVELS - 1) + 0.5), theme)


@lru_cache(maxsize=4 * LEVELS)
def _text_on_level(level: int, theme: Theme) -> str:
    colour = measure_colour(level / (LEVELS - 1), theme)
    luminance = float(_linear(rgb(colour).astype(np.float64)) @ _LUMINANCE)
    return "#000000" if luminance > _READABLE else "#ffffff"


def hatch(painter: QPainter, rect: QRectF, colour: str, width: float = 1.0) -> None:
    """Draw slanted lines over a rectangle: there is no number here, or one that is not finite."""
    with restoring(painter):
        painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colour), width))
        # Lines of neighbours meet, wherever a rectangle begins.
        start = np.floor((rect.left() + rect.top()) / HATCH) * HATCH
        for sum_ in np.arange(start, rect.right() + rect.bottom() + HATCH, HATCH).tolist():
            painter.drawLine(
                QLineF(sum_ - rect.top(), rect.top(), sum_ - rect.bottom(), rect.bottom()),
            )


@lru_cache(maxsize=4)
def _table(theme: Theme) -> NDArray[np.uint32]:
    """The colours of all levels, at equal distances in Oklab."""
    stops = _oklab(np.array([rgb(stop) for stop in measure_stops(theme)], dtype=np.float64))
    fine = np.linspace(0.0, len(stops) - 1.0, 2048)
    path = np.stack([_smooth(np.interp(fine, np.arange(len(stops)), stops[:, k])) for k in range(3)], 1)
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    even = np.linspace(0.0, way[-1], LEVELS)
    return packed(_rgb(np.stack([np.interp(even, way, path[:, k]) for k in range(3)], 1)))


def _smooth(values: Floats) -> Floats:
    """Round the corners at the stops, which would be seen as bands; both ends stay."""
    wide = np.pad(values, _ROUND, "reflect", reflect_type="odd")
    for _ in range(2):
        wide = np.convolve(wide, np.full(_ROUND + 1, 1.0 / (_ROUND + 1)), "same")
    return wide[_ROUND:-_ROUND]


def _oklab(colours: Floats) -> Floats:
    lab: Floats = np.cbrt(_linear(colours) @ _CONES.T) @ _LAB.T
    return lab


def _linear(colours: Floats) -> Floats:
    share = colours / 255.0
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def _rgb(lab: Floats) -> Floats:
    linear = np.clip((lab @ np.linalg.inv(_LAB).T) ** 3 @ np.linalg.inv(_CONES).T, 0.0, 1.0)
    share = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return share * 255.0
