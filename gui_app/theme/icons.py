"""SVG icons of one stroke width, in any colour of the theme."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from gui_app.theme.painting import painting
from resources import read_text

FADED = 0.35


def tinted(name: str, colour: str) -> str:
    """Return the SVG text of the icon ``name`` in ``colour``. Raises FileNotFoundError for an unknown name."""
    return read_text(f"icons/{name}.svg").replace("currentColor", colour)


@cache
def icon(name: str, colour: str) -> QIcon:
    """Return the icon ``name`` in ``colour`` (``#rrggbb``); disabled controls show it faded."""
    return QIcon(_Drawing(tinted(name, colour)))


@cache
def app_icon() -> QIcon:
    """Return the coloured icon of the app."""
    renderer = QSvgRenderer(QByteArray(read_text("icons/neural-sketchbook.svg").encode()))
    drawn = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        drawn.addPixmap(_pixmap(renderer, QSize(side, side), 1.0))
    return drawn


class _Drawing(QIconEngine):
    """Icon engine that renders an SVG on demand, once for each size, so that it is sharp on every screen."""

    def __init__(self, svg: str) -> None:
        super().__init__()
        self._svg = svg
        self._renderer: QSvgRenderer | None = None
        self._pixmaps: dict[tuple[int, int, bool], QPixmap] = {}

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the pixmap; ``size`` is in device pixels."""
        key = size.width(), size.height(), mode == QIcon.Mode.Disabled
        if key not in self._pixmaps:
            self._renderer = self._renderer or QSvgRenderer(QByteArray(self._svg.encode()))
            self._pixmaps[key] = _pixmap(self._renderer, size, FADED if key[2] else 1.0)
        return self._pixmaps[key]

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(rect, self.pixmap(rect.size() * ratio, mode, state))


def _pixmap(renderer: QSvgRenderer, size: QSize, opacity: float) -> QPixmap:
    pixmap = QPixmap(size)
    # A control in a small window may have the size 0.
    if pixmap.isNull():
        return pixmap
    pixmap.fill(Qt.GlobalColor.transparent)
    with painting(pixmap) as painter:
        painter.setOpacity(opacity)
        renderer.render(painter, QRectF(0, 0, size.width(), size.height()))
    return pixmap
