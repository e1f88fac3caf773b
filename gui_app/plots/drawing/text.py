"""The plots' font, and the width of texts in it."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QApplication

from gui_app.theme import text_size


def small_font(bold: bool = False) -> QFont:
    """Return the application's font in the plots' size, with digits of equal width."""
    font = QFont(QApplication.font())
    font.setPixelSize(text_size.small())
    font.setBold(bold)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def text_width(text: str, bold: bool = False) -> float:
    """Return the width of ``text`` in the plots' font, in pixels."""
    font = QApplication.font()
    return _width(text, bold, font.family(), font.pixelSize())


@lru_cache(maxsize=1024)
def _width(text: str, bold: bool, family: str, pixels: int) -> float:
    return QFontMetricsF(small_font(bold)).horizontalAdvance(text)
