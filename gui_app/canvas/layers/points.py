"""The layer of points: one transparent image, repainted only where points were added or removed."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from engine.data.point_changes import added_and_removed, is_prefix
from engine.experiment import Points
from gui_app.canvas.layers.markers import paint_marker
from gui_app.canvas.layers.point_styles import marker_radius, style, style_numbers
from gui_app.canvas.layers.scene import Scene, View
from gui_app.canvas.view.viewport import inside
from gui_app.theme.painting import painting

Floats = NDArray[np.float64]
_FAR = 1e9
"""Pixels beyond which a point is outside of each screen."""


class PointsLayer:
    """Image of a view's points in device pixels; later points lie over earlier ones."""

    def __init__(self, view: View) -> None:
        self._scene, self._ratio = view.scene, view.ratio
        self._image = view.blank(
            QImage.Format.Format_ARGB32_Premultiplied, QColor(Qt.GlobalColor.transparent)
        )
        self._points = Points.empty()
        self._stamps: dict[int, QImage] = {}
        # Half a stamp: the marker's longest corner and its edge.
        self._reach = ceil((marker_radius(view.scene) * 1.5 + 2) * view.ratio)

    @property
    def image(self) -> QImage:
        """A copy-on-write copy of the layer's image, with the view's device pixel ratio."""
        image = QImage(self._image)
        image.setDevicePixelRatio(self._ratio)
        return image

    def paint(self, painter: QPainter) -> None:
        """Paint at the widget's origin."""
        self._image.setDevicePixelRatio(self._ratio)
        painter.drawImage(0, 0, self._image)
        # Stamps are drawn at whole device pixels.
        self._image.setDevicePixelRatio(1.0)

    def update(self, points: Points) -> QRect:
        """Update the image; return the part of the widget that changed."""
        before, self._points = self._points, points
        if points is before:
            return QRect()
        if is_prefix(before, points):
            new = points[len(before) :]
            self._stamp(new)
            return self._rect_around(new.xy)
        return self._repaint(before)

    def _repaint(self, before: Points) -> QRect:
        """Repaint the rectangle around all points that were added or removed."""
        added, removed = added_and_removed(before, self._points)
        changed = np.concatenate((self._points.xy[added], before.xy[removed]))
        rect = self._rect_around(changed)
        if not rect.isEmpty():
            self._stamp(self._points, rect)
        return rect

    def _stamp(self, points: Points, clip: QRect | None = None) -> None:
        shown = inside(points.xy, self._scene.viewport.extent)
        corners = self._corners(points.xy)
        numbers = style_numbers(points, self._scene)
        with painting(self._image) as painter:
            if clip is not None:
                device = self._to_device(clip)
                painter.setClipRect(device)
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
                painter.fillRect(device, Qt.GlobalColor.transparent)
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
                shown &= self._intersecting(corners, device)
            for (x, y), number in zip(corners[shown].tolist(), numbers[shown].tolist(), strict=True):
                painter.drawImage(x, y, self._stamps.get(number) or self._make_stamp(number))

    def _make_stamp(self, number: int) -> QImage:
        side, ratio = 2 * self._reach + 1, self._ratio
        stamp = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
        stamp.fill(Qt.GlobalColor.transparent)
        with painting(stamp) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(side / 2, side / 2)
            painter.scale(ratio, ratio)
            paint_marker(painter, *style(number, self._scene))
        self._stamps[number] = stamp
        return stamp

    def _corners(self, xy: Floats) -> NDArray[np.int64]:
        """Return the top left device pixel of each point's stamp: [n, 2]."""
        pixels = self._scene.viewport.to_pixels(xy) * self._ratio
        # Points far outside have no whole number; they are not painted.
        pixels = pixels.clip(-_FAR, _FAR)
        return np.floor(pixels).astype(np.int64) - self._reach

    def _intersecting(self, corners: NDArray[np.int64], device: QRect) -> NDArray[np.bool_]:
        side = 2 * self._reach + 1
        low = np.array((device.left(), device.top())) - side
        high = np.array((device.right(), device.bottom()))
        left, top = corners.T
        touching: NDArray[np.bool_] = (left > low[0]) & (top > low[1]) & (left <= high[0]) & (top <= high[1])
        return touching

    def _rect_around(self, xy: Floats) -> QRect:
        """Return the part of the widget that markers at these positions can touch."""
        xy = xy[inside(xy, self._scene.viewport.extent)]
        if not len(xy):
            return QRect()
        corners, ratio = self._corners(xy), self._ratio
        left, top = np.floor(corners.min(axis=0) / ratio).astype(int).tolist()
        right, bottom = np.ceil((corners.max(axis=0) + 2 * self._reach + 1) / ratio).astype(int).tolist()
        return QRect(left, top, right - left, bottom - top)

    def _to_device(self, rect: QRect) -> QRect:
        ratio = self._ratio
        left, top = int(rect.left() * ratio), int(rect.top() * ratio)
        right, bottom = ceil((rect.right() + 1) * ratio), ceil((rect.bottom() + 1) * ratio)
        return QRect(left, top, right - left, bottom - top)


def paint_points(painter: QPainter, points: Points, scene: Scene) -> None:
    """Paint all points as vector shapes, for exports that can be enlarged."""
    shown = points[inside(points.xy, scene.viewport.extent)]
    positions, numbers = scene.viewport.to_pixels(shown.xy), style_numbers(shown, scene)
    styles = {number: style(number, scene) for number in np.unique(numbers).tolist()}
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for (x, y), number in zip(positions.tolist(), numbers.tolist(), strict=True):
        path, look = styles[number]
        paint_marker(painter, path.translated(x, y), look)
