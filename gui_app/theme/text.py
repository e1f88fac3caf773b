"""The font of what plots and diagrams write, and the sizes of texts in it."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QApplication

from gui_app.theme import text_size


def small_font(bold: bool = False) -> QFont:
    """Return the application's font in the size of captions, with digits of equal width."""
    font = QFont(QApplication.font())
    font.setPixelSize(text_size.small())
    font.setBold(bold)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def text_width(text: str, bold: bool = False) -> float:
    """Return the width of ``text`` in this font, in pixels."""
    return _width(text, bold, *_application_font())


def line_height() -> float:
    """Return the distance of two lines of text, in pixels."""
    return _metrics(False, *_application_font()).height()


def _application_font() -> tuple[str, int]:
    font = QApplication.font()
    return font.family(), font.pixelSize()


@lru_cache(maxsize=1024)
def _width(text: str, bold: bool, family: str, pixels: int) -> float:
    return _metrics(bold, family, pixels).horizontalAdvance(text)


@lru_cache(maxsize=16)
def _metrics(bold: bool, family: str, pixels: int) -> QFontMetricsF:
    return QFontMetricsF(small_font(bold))
