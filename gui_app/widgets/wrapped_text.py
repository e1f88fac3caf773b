"""Text wrapped into a rectangle; its last line ends in … if the text is too long."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QTextLayout, QTextOption

from gui_app.theme import text_size


def wrapped(text: str, metrics: QFontMetricsF, width: float, height: float) -> list[str]:
    """Return the lines of a text in a rectangle (in pixels), at least one; the last ends in … if text is left."""
    most = max(int((height + metrics.leading() + 0.5) // metrics.lineSpacing()), 1)
    layout = QTextLayout(text)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    lines: list[str] = []
    layout.beginLayout()
    while len(lines) < most and (line := layout.createLine()).isValid():
        line.setLineWidth(max(width, 1.0))
        start = line.textStart()
        rest = text[start:]
        lines.append(rest[: line.textLength()].rstrip())
    layout.endLayout()
    if lines and len(rest.rstrip()) > len(lines[-1]):
        lines[-1] = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width)
    return lines


def fit_text(text: str, font: QFont, width: float, height: float) -> tuple[QFont, list[str]]:
    """Return font and lines: one line of ``font`` if the text fits, or else lines of a smaller font."""
    if QFontMetricsF(font).horizontalAdvance(text) <= width:
        return font, [text]
    small = QFont(font)
    small.setPixelSize(text_size.small())
    return small, wrapped(text, QFontMetricsF(small), width, height)


def fits(text: str, font: QFont, width: float, height: float) -> bool:
    """Whether the whole text fits into a rectangle, in one of the two fonts."""
    return not fit_text(text, font, width, height)[1][-1].endswith("…")


def paint_wrapped(painter: QPainter, rect: QRectF, text: str, font: QFont) -> None:
    """Draw the text in a rectangle, vertically centred, with the painter's pen."""
    font, lines = fit_text(text, font, rect.width(), rect.height())
    metrics = QFontMetricsF(font)
    top = rect.center().y() - len(lines) * metrics.lineSpacing() / 2.0 + metrics.ascent()
    painter.setFont(font)
    for number, line in enumerate(lines):
        painter.drawText(QPointF(rect.left(), top + number * metrics.lineSpacing()), line)
