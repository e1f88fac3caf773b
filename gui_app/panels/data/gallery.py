"""The gallery of data sets as thumbnails."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPalette, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from engine.catalogue.canvas import CANVAS
from engine.catalogue.generators import GENERATORS
from engine.data import generate
from gui_app.theme.painting import painting
from gui_app.theme.tokens import LIGHT, Theme, mix
from gui_app.widgets.guarded import guarded
from gui_app.widgets.tips import entry_tip

PER_ROW, GAP = 4, 6
POINTS = 150
DOT = 1.25
"""Radius of a point in pixels."""


Generate = Callable[[float, int], tuple[np.ndarray, np.ndarray]]
"""Function of noise and seed that returns positions [n, 2] and targets [n]."""


class Thumbnail(QAbstractButton):
    """Button that shows a data set with the current noise and seed; a frame marks the document's data set.

    A gallery is sorted by ``rank``.
    """

    def __init__(
        self, label: str, task: str, generate_points: Generate, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.task, self.rank = task, ""
        self._generate = generate_points
        self._settings = (0.0, 0)
        self.theme = LIGHT
        self._picture: QPixmap | None = None
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(label)

    def show_settings(self, noise: float, seed: int) -> None:
        """Draw the data set with another noise and seed."""
        if (noise, seed) != self._settings:
            self._settings = (noise, seed)
            self._invalidate()

    def apply_theme(self, theme: Theme) -> None:
        """Draw the points in the colours of ``theme``."""
        if theme != self.theme:
            self.theme = theme
            self._invalidate()

    @guarded
    def nextCheckState(self) -> None:
        """Do nothing: the gallery marks the document's data set."""

    def sizeHint(self) -> QSize:
        return QSize(56, 56)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        device = (self.size() * self.devicePixelRatioF()).toTuple()
        if self._picture is None or self._picture.size().toTuple() != device:
            self._picture = self._draw()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        clip = QPainterPath()
        clip.addRoundedRect(frame, 5, 5)
        painter.setClipPath(clip)
        painter.drawPixmap(0, 0, self._picture)
        painter.setClipping(False)
        painter.setPen(self._frame())
        painter.drawRoundedRect(frame, 5, 5)

    def _frame(self) -> QPen:
        role = QPalette.ColorRole
        if self.isChecked():
            return QPen(self.palette().color(role.Highlight), 2)
        if self.hasFocus() or self.underMouse():
            return QPen(self.palette().color(role.Dark), 1.5)
        return QPen(self.palette().color(role.Mid), 1)

    def _invalidate(self) -> None:
        self._picture = None
        self.update()

    def _draw(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(self.theme.backdrop))
        xy, target = self._generate(*self._settings)
        shown = (np.abs(xy) <= 1.1 * CANVAS).all(axis=1)
        xy, target = xy[shown], target[shown]
        side = self.width()
        pixels = (xy * (1, -1) / CANVAS + 1) / 2 * (side - 8) + 4
        with painting(picture) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            for (x, y), colour in zip(pixels.tolist(), self._colours(target), strict=True):
                painter.setBrush(QColor(colour))
                painter.drawEllipse(QPointF(x, y), DOT, DOT)
        return picture

    def _colours(self, target: np.ndarray) -> list[str]:
        theme = self.theme
        if self.task == "classification":
            return [theme.classes[int(number)] for number in target]
        if self.task == "curve":
            return [theme.training] * len(target)
        return [
            mix(theme.middle, theme.high if value > 0 else theme.low, min(abs(value), 1.0))
            for value in target
        ]


class Gallery(QWidget):
    """The data sets of one task, three in a row; ``chosen(key)`` is emitted when a person chooses one."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task, self.theme = "", LIGHT
        self.thumbnails: dict[str, Thumbnail] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def add(self, key: str, thumbnail: Thumbnail) -> None:
        """Add a thumbnail, or replace the one with the same key."""
        self.remove(key)
        thumbnail.setParent(self)
        thumbnail.apply_theme(self.theme)
        thumbnail.setVisible(thumbnail.task == self._task)
        thumbnail.clicked.connect(lambda: self.chosen.emit(key))
        self.thumbnails[key] = thumbnail
        self._arrange()

    def remove(self, key: str) -> None:
        """Remove a thumbnail, if it exists."""
        thumbnail = self.thumbnails.pop(key, None)
        if thumbnail is not None:
            thumbnail.hide()
            thumbnail.deleteLater()
            self._arrange()

    def show_task(self, task: str, noise: float, seed: int, current: str, others: bool = True) -> None:
        """Show the data sets of ``task``, and mark ``current`` unless it is empty.

        Thumbnails are drawn with this noise and seed; without ``others``, only the marked one is.
        """
        for key, thumbnail in self.thumbnails.items():
            thumbnail.setVisible(thumbnail.task == task)
            thumbnail.setChecked(key == current)
            if thumbnail.task == task:
                thumbnail.show_settings(*((noise, seed) if others or key == current else (0.0, 0)))
        if task != self._task:
            self._task = task
            self._arrange()

    def apply_theme(self, theme: Theme) -> None:
        """Draw all pictures in the colours of ``theme``."""
        self.theme = theme
        for thumbnail in self.thumbnails.values():
            thumbnail.apply_theme(theme)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def _arrange(self) -> None:
        shown = [thumbnail for thumbnail in self.thumbnails.values() if thumbnail.task == self._task]
        shown.sort(key=lambda thumbnail: thumbnail.rank)
        side = (self.width() - (PER_ROW - 1) * GAP) // PER_ROW
        for index, thumbnail in enumerate(shown):
            row, column = divmod(index, PER_ROW)
            thumbnail.setGeometry(column * (side + GAP), row * (side + GAP), side, side)
        rows = -(-len(shown) // PER_ROW)
        self.setFixedHeight(max(rows * (side + GAP) - GAP, 0))


def generators_gallery() -> Gallery:
    """Return a gallery of all generators."""
    gallery = Gallery()
    for key, entry in GENERATORS.items():
        thumbnail = Thumbnail(entry.label, entry.task, partial(generate, key, POINTS))
        thumbnail.setAccessibleDescription(entry.tooltip)
        thumbnail.setToolTip(entry_tip(entry))
        gallery.add(key, thumbnail)
    return gallery
