"""The points of the data, faint, drawn once and laid over the pictures of all cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage

from engine.data.axes import to_share
from engine.experiment import TEST, Points
from gui_app.theme.colour_maps import value_colour
from gui_app.theme.painting import painting
from gui_app.theme.tokens import Theme

MOST = 600
"""Of more points, as many are shown."""
_ROOM = 10.0
"""Square pixels of a picture for each point that is shown."""
STRENGTH = 0.75
_LEVELS = 16


@dataclass(frozen=True, slots=True, eq=False)
class PointsMask:
    """Pixels that points cover: their positions in a picture, how much they cover, and their colours [3, pixels]."""

    index: NDArray[np.int64]
    cover: NDArray[np.float32]
    colours: NDArray[np.float32]

    def blend(self, pictures: NDArray[np.float32]) -> None:
        """Lay the points over pictures [3, cells, side, side]."""
        flat = pictures.reshape(*pictures.shape[:2], -1)
        below = flat[:, :, self.index]
        flat[:, :, self.index] = below + self.cover * (self.colours[:, None, :] - below)


def points_mask(
    points: Points,
    theme: Theme,
    task: str,
    side: int,
    extent: tuple[float, float, float, float],
    ends: tuple[float, float] = (-1.0, 1.0),
) -> PointsMask | None:
    """Return the points of training and validation as a picture of ``side`` pixels shows them; None without any."""
    shown = np.flatnonzero(points.split != TEST)
    if not shown.size or side < 4:
        return None
    most = min(MOST, max(round(side * side / _ROOM), 16))
    shown = shown[:: max(1, -(-shown.size // most))]
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    left, right, bottom, top = extent
    x = (points.xy[shown, 0] - left) / (right - left) * side
    y = (top - points.xy[shown, 1]) / (top - bottom) * side
    colours = _colours_of(points.target[shown], theme, task, ends)
    radius = min(max(side / 64.0, 0.8), 3.0)
    with painting(image) as painter:
        painter.setRenderHint(painter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for one, other, colour in zip(x.tolist(), y.tolist(), colours, strict=True):
            painter.setBrush(QColor(colour))
            painter.drawEllipse(QPointF(one, other), radius, radius)
    return _mask_of(image)


def _colours_of(
    targets: NDArray[np.float64], theme: Theme, task: str, ends: tuple[float, float]
) -> list[str]:
    if task == "classification":
        last = len(theme.classes) - 1
        return [theme.classes[min(int(target), last)] for target in targets.tolist()]
    if task == "surface":
        shares = np.rint(np.clip(to_share(targets, ends), -1.0, 1.0) * _LEVELS) / _LEVELS
        return [value_colour(share, theme) for share in shares.tolist()]
    return [theme.muted] * len(targets)


def _mask_of(image: QImage) -> PointsMask:
    side = image.width()
    pixels = np.frombuffer(image.constBits(), dtype=np.uint32).reshape(side * side).copy()
    index = np.flatnonzero(pixels >> 24)
    found = pixels[index]
    alpha = (found >> 24).astype(np.float32)
    colours = np.stack([(found >> shift) & 255 for shift in (16, 8, 0)]).astype(np.float32) * 255.0 / alpha
    return PointsMask(index, alpha / np.float32(255.0) * np.float32(STRENGTH), colours)
