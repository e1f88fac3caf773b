"""The pieces that fill the pages of a handout; each knows its height and is drawn whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QImage,
    QPainter,
    QPalette,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QApplication

from engine.export.code.folding import folded
from engine.lessons import Block, Bullets
from gui_app.exporting.handout.content import Picture
from gui_app.theme.painting import restoring
from gui_app.theme.tokens import LIGHT
from gui_app.widgets.blocks import Look, write_blocks
from gui_app.widgets.formulas_in_text import FormulasInText

BODY, SMALL = 14, 12
"""Sizes of text, in pixels at 96 a inch: 10.5 and 9 points."""
GROUND = "#f2f5f9"
_BAR, _INDENT = 3.0, 14.0


@dataclass(frozen=True, slots=True)
class Piece:
    """What is drawn at one place of a page.

    ``draw(painter)`` draws it with its upper left corner at the origin. ``before`` is the space above it, but at the
    top of a page. One that ``leads`` stands on the page of the next one. ``bar`` is the colour of the line on its left.
    """

    height: float
    draw: Callable[[QPainter], None]
    before: float = 0.0
    leads: bool = False
    new_page: bool = False
    bar: str = ""


def heading(text: str, pixels: int, width: float, new_page: bool = False) -> Piece:
    """Return a headline, which stays with what follows."""
    made = words(text, pixels, width, weight=QFont.Weight.Bold)
    return replace(made, before=1.4 * pixels, leads=True, new_page=new_page)


def words(
    text: str,
    pixels: int,
    width: float,
    colour: str = LIGHT.text,
    weight: QFont.Weight = QFont.Weight.Normal,
) -> Piece:
    """Return a paragraph of plain text."""
    typeface = font(pixels)
    typeface.setWeight(weight)

    def write(cursor: QTextCursor) -> None:
        characters = QTextCharFormat()
        characters.setFont(typeface)
        characters.setForeground(QColor(colour))
        cursor.insertText(text, characters)

    return replace(_text(write, typeface, width), before=0.4 * pixels)


def mark(text: str, width: float, bar: str) -> Piece:
    """Return the small word above a part with a line on its left; it stays with that part."""
    colour = LIGHT.muted if bar == LIGHT.border else bar
    made = words(text, SMALL, width - _INDENT, colour, QFont.Weight.Bold)
    return replace(_indented(made, bar), before=BODY, leads=True)


def text(blocks: Sequence[Block], width: float, bar: str = "", small: bool = False) -> list[Piece]:
    """Return the paragraphs and items of a text, with a line of the colour ``bar`` on their left."""
    typeface = font(SMALL if small else BODY)
    look = Look(typeface, LIGHT.muted if small else LIGHT.text, GROUND)
    width -= _INDENT if bar else 0.0
    pieces: list[Piece] = []
    for block in _apart(blocks):
        made = _text(lambda cursor, block=block: write_blocks(cursor, (block,), look), typeface, width)  # type: ignore[misc]
        first = isinstance(block, Bullets) and pieces
        made = replace(made, before=(0.2 if first else 0.5) * typeface.pixelSize())
        pieces.append(_indented(made, bar) if bar else made)
    return pieces


def code(lines: Sequence[str], width: float) -> Piece:
    """Return lines of code on a ground of their own."""
    typeface = font(SMALL)
    typeface.setFamilies(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).families())
    columns = int((width - 20.0) / QFontMetricsF(typeface).horizontalAdvance("x"))
    shown = "\n".join(folded(line, columns) for line in lines)
    inner = _text(lambda cursor: cursor.insertText(shown), typeface, width - 20.0)

    def draw(painter: QPainter) -> None:
        painter.fillRect(QRectF(0.0, 0.0, width, inner.height + 16.0), QColor(GROUND))
        with restoring(painter):
            painter.translate(10.0, 8.0)
            inner.draw(painter)

    return Piece(inner.height + 16.0, draw, before=0.8 * BODY)


def picture(shown: Picture, width: float, highest: float) -> Piece:
    """Return a picture with its caption; it is no larger than on the screen."""
    image = QImage.fromData(shown.png)
    scale = min(1.0, width / shown.width, highest / shown.height)
    size = QRectF(0.0, 0.0, shown.width * scale, shown.height * scale)
    caption = words(shown.caption, SMALL, width, LIGHT.muted)

    def draw(painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(size, image)
        painter.setPen(QColor(LIGHT.border))
        painter.drawRect(size)
        with restoring(painter):
            painter.translate(0.0, size.height() + 4.0)
            caption.draw(painter)

    return Piece(size.height() + 4.0 + caption.height, draw, before=0.8 * BODY)


def _apart(blocks: Sequence[Block]) -> list[Block]:
    """Return blocks with a list of its own for each item, so that a list can go on overleaf."""
    apart: list[Block] = []
    for block in blocks:
        apart += [Bullets((item,)) for item in block.items] if isinstance(block, Bullets) else [block]
    return apart


def font(pixels: int) -> QFont:
    """Return the app's font in a size, with letters that are spaced as the paper, not the screen, needs it."""
    made = QFont(QApplication.font())
    made.setPixelSize(pixels)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


def _text(write: Callable[[QTextCursor], object], typeface: QFont, width: float) -> Piece:
    document = QTextDocument()
    document.setDocumentMargin(0.0)
    document.setDefaultFont(typeface)
    document.setIndentWidth(1.3 * typeface.pixelSize())
    formulas = FormulasInText(document)
    write(QTextCursor(document))
    document.setTextWidth(width)

    def draw(painter: QPainter) -> None:
        assert formulas.parent() is document
        context = QAbstractTextDocumentLayout.PaintContext()
        # What has no colour of its own has the window's, which may be made for a dark ground.
        colours = QPalette()
        colours.setColor(QPalette.ColorRole.Text, QColor(LIGHT.text))
        context.palette = colours
        document.documentLayout().draw(painter, context)

    return Piece(document.size().height(), draw)


def _indented(piece: Piece, bar: str) -> Piece:
    def draw(painter: QPainter) -> None:
        with restoring(painter):
            painter.translate(QPointF(_INDENT, 0.0))
            piece.draw(painter)

    return replace(piece, draw=draw, bar=bar)


def draw_bar(painter: QPainter, piece: Piece, above: float) -> None:
    """Draw the line on the left of a piece, which reaches through the space ``above`` to that of the piece before."""
    painter.fillRect(QRectF(0.0, -above, _BAR, piece.height + above), QColor(piece.bar))
    painter.setBrush(Qt.BrushStyle.NoBrush)
