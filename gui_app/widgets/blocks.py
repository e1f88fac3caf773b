"""The words of a lesson on the screen: paragraphs, lists and formulas."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QPalette,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextListFormat,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QSizePolicy, QTextEdit, QWidget

from engine.lessons.blocks import Block, Bullets, Display, Inline, Span, Words
from engine.lessons.formulas import FormulaError, as_text
from gui_app.theme import text_size
from gui_app.theme.tokens import mix
from gui_app.widgets.formulas_in_text import FormulasInText, insert_formula, text_between
from gui_app.widgets.guarded import guarded

LINE_HEIGHT = 125.0
"""The distance of lines in percent of the font's own."""
_SPACE = 0.5
"""The space between paragraphs, in sizes of the font."""


@dataclass(frozen=True, slots=True)
class Look:
    """Font (with its size in pixels) and colours of a text; ``code`` is the ground of code."""

    font: QFont
    text: str
    code: str


def plain_text(blocks: Sequence[Block]) -> str:
    """Return a text for whoever hears it: one line for each paragraph and item, formulas as text."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Display):
            lines.append(as_text(block.tex))
        elif isinstance(block, Bullets):
            lines += [f"• {_plain_line(item)}" for item in block.items]
        else:
            lines.append(_plain_line(block.spans))
    return "\n".join(lines)


def _plain_line(spans: Sequence[Span]) -> str:
    return "".join(span.text if isinstance(span, Words) else as_text(span.tex) for span in spans)


def write_blocks(cursor: QTextCursor, blocks: Sequence[Block], look: Look) -> None:
    """Write a text at the cursor; the first block takes the place of an empty paragraph that the cursor is in.

    The document must have ``FormulasInText``. A formula that is wrong is shown as TeX.
    """
    pixels = look.font.pixelSize()
    for index, block in enumerate(blocks):
        shape = QTextBlockFormat()
        shape.setLineHeight(LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        shape.setTopMargin(0.0 if index == 0 else _SPACE * pixels)
        if isinstance(block, Bullets):
            _write_bullets(cursor, block, shape, look)
            continue
        if isinstance(block, Display):
            shape.setTopMargin(shape.topMargin() * 1.3)
            shape.setBottomMargin(_SPACE * pixels * 0.3)
            shape.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        _begin(cursor, shape)
        if isinstance(block, Display):
            _write_formula(cursor, block, look, display=True)
        else:
            _write_spans(cursor, block.spans, look)


def _write_bullets(cursor: QTextCursor, block: Bullets, shape: QTextBlockFormat, look: Look) -> None:
    listed = QTextListFormat()
    listed.setStyle(QTextListFormat.Style.ListDisc)
    for index, item in enumerate(block.items):
        _begin(cursor, shape)
        if index == 0:
            made = cursor.createList(listed)
        else:
            made.add(cursor.block())
        shape.setTopMargin(_SPACE * look.font.pixelSize() * 0.4)
        _write_spans(cursor, item, look, cursor.document().indentWidth())


def _begin(cursor: QTextCursor, shape: QTextBlockFormat) -> None:
    """Begin a paragraph, which is no item of a list that ended before it."""
    if cursor.block().length() > 1:
        cursor.insertBlock(shape, QTextCharFormat())
    else:
        cursor.setBlockFormat(shape)


def _write_spans(cursor: QTextCursor, spans: Sequence[Span], look: Look, indent: float = 0.0) -> None:
    texts, around = _bound(spans)
    for index, span in enumerate(spans):
        if isinstance(span, Words):
            cursor.insertText(texts[index], _characters(look, span.style))
        else:
            before, after = around[index]
            _write_formula(cursor, span, look, indent=indent, before=before, after=after)


def _write_formula(
    cursor: QTextCursor,
    formula: Inline | Display,
    look: Look,
    display: bool = False,
    indent: float = 0.0,
    before: str = "",
    after: str = "",
) -> None:
    try:
        insert_formula(cursor, formula.tex, _characters(look), display, indent, before, after)
    except FormulaError:
        cursor.insertText(before, _characters(look))
        cursor.insertText(formula.tex, _characters(look, "code"))
        cursor.insertText(after, _characters(look))


def _bound(spans: Sequence[Span]) -> tuple[dict[int, str], dict[int, tuple[str, str]]]:
    """Return the words without what touches a formula, such as a bracket or a comma, and that, both by index."""
    texts = {index: span.text for index, span in enumerate(spans) if isinstance(span, Words)}
    plain = {index for index, span in enumerate(spans) if isinstance(span, Words) and not span.style}
    around: dict[int, tuple[str, str]] = {}
    for index, span in enumerate(spans):
        if isinstance(span, Words):
            continue
        before = after = ""
        if index - 1 in plain:
            texts[index - 1], before = _last(texts[index - 1])
        if index + 1 in plain:
            after, texts[index + 1] = _first(texts[index + 1])
        around[index] = before, after
    return texts, around


def _last(text: str) -> tuple[str, str]:
    """Split a text before what follows its last space."""
    cut = len(text) - len(re.split(r"\s", text)[-1])
    return text[:cut], text[cut:]


def _first(text: str) -> tuple[str, str]:
    """Split a text before its first space."""
    cut = len(re.split(r"\s", text)[0])
    return text[:cut], text[cut:]


def _characters(look: Look, style: str = "") -> QTextCharFormat:
    font = QFont(look.font)
    made = QTextCharFormat()
    if style == "em":
        font.setWeight(QFont.Weight.DemiBold)
    elif style == "strong":
        font.setWeight(QFont.Weight.Bold)
    elif style == "code":
        font.setFamilies(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).families())
        font.setPixelSize(round(look.font.pixelSize() * 0.95))
        made.setBackground(QColor(look.code))
    made.setFont(font)
    made.setForeground(QColor(look.text))
    return made


class BlocksView(QTextEdit):
    """Shows a text as high as it is; it can be selected, and copied with its formulas as text.

    Theme and size of text are followed. ``small`` is for what may be skipped.
    """

    def __init__(
        self, blocks: Sequence[Block] = (), small: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._blocks, self._small = tuple(blocks), small
        self._heights: dict[int, int] = {}
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        # A document that is shown goes back to the width of what shows it.
        self._measured = QTextDocument(self)
        self._formulas = [FormulasInText(document) for document in self._documents()]
        self._write()

    @property
    def blocks(self) -> tuple[Block, ...]:
        return self._blocks

    def show_blocks(self, blocks: Sequence[Block]) -> None:
        """Show another text."""
        if tuple(blocks) != self._blocks:
            self._blocks = tuple(blocks)
            self._write()

    def sizeHint(self) -> QSize:
        width = 24 * text_size.body()
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(8 * text_size.body(), 0)

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            self._measured.setTextWidth(width)
            self._heights[width] = ceil(self._measured.size().height()) if self._blocks else 0
        return self._heights[width]

    def createMimeDataFromSelection(self) -> QMimeData:
        """Return the selected text, with formulas as text."""
        # Qt takes over what it has made itself; of what Python has made, it would be left with nothing.
        chosen, data = self.textCursor(), super().createMimeDataFromSelection()
        # What is there is made when it is asked for.
        data.text()
        data.clear()
        data.setText(text_between(self.document(), chosen.selectionStart(), chosen.selectionEnd()))
        return data

    @guarded
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange):
            self._write()

    @guarded
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what this text is in."""
        event.ignore()

    def _documents(self) -> tuple[QTextDocument, QTextDocument]:
        return self.document(), self._measured

    def _write(self) -> None:
        look = self._look()
        for document in self._documents():
            document.clear()
            document.setDocumentMargin(0.0)
            document.setDefaultFont(look.font)
            document.setIndentWidth(1.3 * look.font.pixelSize())
            write_blocks(QTextCursor(document), self._blocks, look)
        self.setAccessibleName(plain_text(self._blocks))
        self._heights.clear()
        self.updateGeometry()

    def _look(self) -> Look:
        colours = QApplication.palette()
        text = colours.color(QPalette.ColorRole.Text).name()
        muted = colours.color(QPalette.ColorRole.Dark).name()
        ground = colours.color(QPalette.ColorRole.Base).name()
        font = QFont(QApplication.font())
        font.setPixelSize(text_size.small() if self._small else text_size.body())
        return Look(font, muted if self._small else text, mix(ground, text, 0.07))
