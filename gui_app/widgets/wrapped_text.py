"""Words in as many lines as fit, before the last of them ends in … ."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QTextLayout, QTextOption

from gui_app.theme.tokens import FONT_SMALL


def wrapped(words: str, metrics: QFontMetricsF, width: float, height: float) -> list[str]:
    """The lines that words take in so many pixels, at least one; the last ends in … where not all have room."""
    most = max(int((height + metrics.leading() + 0.5) // metrics.lineSpacing()), 1)
    layout = QTextLayout(words)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    lines: list[str] = []
    layout.beginLayout()
    while len(lines) < most and (line := layout.createLine()).isValid():
        line.setLineWidth(max(width, 1.0))
        start = line.textStart()
        rest = words[start:]
        lines.append(rest[: line.textLength()].rstrip())
    layout.endLayout()
    if lines and len(rest.rstrip()) > len(lines[-1]):
        lines[-1] = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width)
    return lines


def set_in(words: str, font: QFont, width: float, height: float) -> tuple[QFont, list[str]]:
    """The words in one line of the font, or else in as many of a smaller one as have room."""
    if QFontMetricsF(font).horizontalAdvance(words) <= width:
        return font, [words]
    small = QFont(font)
    small.setPixelSize(FONT_SMALL)
    return small, wrapped(words, QFontMetricsF(small), width, height)


def fits(words: str, font: QFont, width: float, height: float) -> bool:
    """Whether all words have room."""
    return not set_in(words, font, width, height)[1][-1].endswith("…")


def paint_set(painter: QPainter, rect: QRectF, words: str, font: QFont) -> None:
    """Draw the words in a rectangle, in the middle of its height, with the painter's pen."""
    font, lines = set_in(words, font, rect.width(), rect.height())
    metrics = QFontMetricsF(font)
    top = rect.center().y() - len(lines) * metrics.lineSpacing() / 2.0 + metrics.ascent()
    painter.setFont(font)
    for number, line in enumerate(lines):
        painter.drawText(QPointF(rect.left(), top + number * metrics.lineSpacing()), line)
