"""Formulas within the lines of a text document."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF
from PySide6.QtGui import (
    QFontMetrics,
    QFontMetricsF,
    QPainter,
    QPyTextObject,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)

from engine.lessons.formulas import typeset
from gui_app.widgets.formula import LARGER, Ink

FORMULA = int(QTextFormat.ObjectTypes.UserObject.value) + 1
"""The type of a formula among the objects of a document."""
_TEX, _DISPLAY, _INDENT, _BEFORE, _AFTER = (
    int(QTextFormat.Property.UserProperty.value) + number for number in range(1, 6)
)
_PLACE = "\N{OBJECT REPLACEMENT CHARACTER}"
_MIDDLE = QTextCharFormat.VerticalAlignment.AlignMiddle


class FormulasInText(QPyTextObject):
    """Draws the formulas of one document upon the line of its words, and none wider than its text.

    Qt puts what is no letter upon the line, or around a quarter of a letter above it. A formula that goes little deeper
    than the words hangs below its place as they do; a deeper one stands around its middle.
    """

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._ink = Ink()
        document.documentLayout().registerHandler(FORMULA, self)

    def intrinsicSize(self, doc: QTextDocument, posInDocument: int, format: QTextFormat) -> QSizeF:
        """Return the room of a formula in its line."""
        characters = format.toCharFormat()
        place = _place(doc, characters)
        before, after = _widths(characters)
        return QSizeF(before + place.width() + after, _room(characters, place))

    def drawObject(
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        doc: QTextDocument,
        posInDocument: int,
        format: QTextFormat,
    ) -> None:
        """Draw a formula in its room, in the colour of the words around it."""
        characters = format.toCharFormat()
        place = _place(doc, characters)
        line = rect.y() - place.top()
        if characters.verticalAlignment() == _MIDDLE:
            line = QRectF(rect).bottom() - (_room(characters, place) - _half_letter(characters)) / 2.0
        before, _ = _widths(characters)
        start = QPointF(rect.x(), line)
        self._ink.draw(
            painter,
            place.translated(start.x() + before, line),
            *formula_of(characters),
            characters.foreground().color().name(),
        )
        painter.setFont(characters.font())
        painter.setPen(characters.foreground().color())
        painter.drawText(start, characters.stringProperty(_BEFORE))
        painter.drawText(start + QPointF(before + place.width(), 0.0), characters.stringProperty(_AFTER))


def insert_formula(
    cursor: QTextCursor,
    tex: str,
    characters: QTextCharFormat,
    display: bool = False,
    indent: float = 0.0,
    before: str = "",
    after: str = "",
) -> None:
    """Insert a formula at the cursor, in the font and colour of ``characters``, which must have both.

    ``indent`` is how many pixels its line is shorter than the text is wide. Qt may end a line on either side of a
    formula: what is to stay with it, such as a bracket or a comma, is given as ``before`` and ``after``.
    Raises FormulaError.
    """
    formula = typeset(tex, display)
    made = QTextCharFormat(characters)
    made.setObjectType(FORMULA)
    made.setProperty(_TEX, tex)
    made.setProperty(_DISPLAY, display)
    made.setProperty(_INDENT, indent)
    made.setProperty(_BEFORE, before)
    made.setProperty(_AFTER, after)
    words = QFontMetricsF(characters.font())
    if formula.descent * characters.font().pixelSize() * LARGER > 1.5 * words.descent():
        made.setVerticalAlignment(_MIDDLE)
    cursor.insertText(_PLACE, made)


def formula_of(characters: QTextCharFormat) -> tuple[str, bool]:
    """Return a formula in a document, and whether it stands alone."""
    return characters.stringProperty(_TEX), characters.boolProperty(_DISPLAY)


def text_between(document: QTextDocument, start: int, end: int) -> str:
    """Return what stands in a document between two positions, with formulas as text."""
    cursor, parts = QTextCursor(document), []
    for position in range(start, end):
        sign = document.characterAt(position)
        if sign == _PLACE:
            cursor.setPosition(position + 1)
            found = cursor.charFormat()
            formula = typeset(*formula_of(found)).plain
            sign = f"{found.stringProperty(_BEFORE)}{formula}{found.stringProperty(_AFTER)}"
        parts.append("\n" if sign == "\N{PARAGRAPH SEPARATOR}" else sign)
    return "".join(parts)


def _place(document: QTextDocument, characters: QTextCharFormat) -> QRectF:
    """Return where a formula is relative to the point where it begins on the line that words stand on."""
    formula = typeset(*formula_of(characters))
    pixels = characters.font().pixelSize() * LARGER
    room = (
        document.textWidth()
        - 2.0 * document.documentMargin()
        - characters.doubleProperty(_INDENT)
        - sum(_widths(characters))
    )
    if room > 0.0:
        pixels *= min(1.0, room / (formula.width * pixels))
    return QRectF(0.0, -formula.ascent * pixels, formula.width * pixels, formula.height * pixels)


def _widths(characters: QTextCharFormat) -> tuple[float, float]:
    words = QFontMetricsF(characters.font())
    before, after = (words.horizontalAdvance(characters.stringProperty(one)) for one in (_BEFORE, _AFTER))
    return before, after


def _room(characters: QTextCharFormat, place: QRectF) -> float:
    """Return the height that Qt is told of; around the middle, both halves are as high as the higher one."""
    if characters.verticalAlignment() != _MIDDLE:
        return -place.top()
    half = _half_letter(characters)
    return max(-2.0 * place.top() - half, 2.0 * place.bottom() + half)


def _half_letter(characters: QTextCharFormat) -> float:
    return QFontMetrics(characters.font()).xHeight() / 2.0
