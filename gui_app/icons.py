"""Icons: drawings of one stroke width, in whatever colour the theme asks for."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from resources import read_text

SIDES = (16, 18, 20, 24, 32, 36, 40, 48, 64, 72)
"""Sides in device pixels; an icon button of 16 to 24 finds its own at 100 %, 150 %, 200 % and 300 % scaling."""
FADED = 0.35


def tinted(name: str, colour: str) -> str:
    """The SVG text of the icon ``name`` in ``colour``; FileNotFoundError where there is none."""
    return read_text(f"icons/{name}.svg").replace("currentColor", colour)


@cache
def icon(name: str, colour: str) -> QIcon:
    """The icon ``name`` in ``colour`` (``#rrggbb``), faded where its control is disabled."""
    renderer = QSvgRenderer(QByteArray(tinted(name, colour).encode()))
    drawn = QIcon()
    for side in SIDES:
        drawn.addPixmap(_pixmap(renderer, side, 1.0), QIcon.Mode.Normal)
        drawn.addPixmap(_pixmap(renderer, side, FADED), QIcon.Mode.Disabled)
    return drawn


@cache
def app_icon() -> QIcon:
    """The mark of the app, in colour."""
    renderer = QSvgRenderer(QByteArray(read_text("icons/neural-sketchbook.svg").encode()))
    drawn = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        drawn.addPixmap(_pixmap(renderer, side, 1.0))
    return drawn


def _pixmap(renderer: QSvgRenderer, side: int, opacity: float) -> QPixmap:
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setOpacity(opacity)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    return pixmap
