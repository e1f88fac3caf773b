"""The diagram's font, and the width of texts in it."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QApplication

from gui_app.theme.tokens import FONT_SMALL


def small_font(bold: bool = False) -> QFont:
    """Return the application's font in the size of captions, with digits of equal width."""
    font = QFont(QApplication.font())
    font.setPixelSize(FONT_SMALL)
    font.setBold(bold)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def text_width(text: str, bold: bool = False) -> float:
    """Return the width of ``text`` in this font, in pixels."""
    return _width(text, bold, QApplication.font().family())


@lru_cache(maxsize=1024)
def _width(text: str, bold: bool, family: str) -> float:
    return QFontMetricsF(small_font(bold)).horizontalAdvance(text)
