"""A handout as PDF: pages that cut no picture and no paragraph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from PySide6.QtCore import QBuffer, QIODevice, QLocale, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPageLayout, QPageSize, QPainter, QPdfWriter

from gui_app.exporting.handout import pieces
from gui_app.exporting.handout.content import NOT_RUN, Chapter, Handout, Part
from gui_app.exporting.handout.pieces import BODY, SMALL, Piece
from gui_app.theme.painting import painting, restoring
from gui_app.theme.tokens import LIGHT

DPI = 96
MARGIN = 18.0
"""Of a page, in millimetres."""
_FOOTER = 26.0
_PICTURE = 0.42
"""The highest picture, as a share of a page."""


def pdf(handout: Handout) -> bytes:
    """Return the handout as a PDF file, on paper of the size that is usual here."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageLayout(_layout())
    writer.setResolution(DPI)
    writer.setTitle(handout.title)
    writer.setCreator("Neural Sketchbook")
    size = QSizeF(writer.width(), writer.height() - _FOOTER)
    with painting(writer) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, page in enumerate(pages(list(_pieces(handout, size)), size.height()), start=1):
            if number > 1:
                writer.newPage()
            _draw(painter, page)
            _draw_footer(painter, handout.title, number, size)
    buffer.close()
    return bytes(buffer.data().data())


def pages(content: Sequence[Piece], height: float) -> list[list[tuple[float, float, Piece]]]:
    """Return for each page its pieces, each with its top and with the space above it.

    What leads to another piece begins a new page with it. A piece that is higher than a page has one of its own.
    """
    filled: list[list[tuple[float, float, Piece]]] = [[]]
    bottom, index = 0.0, 0
    while index < len(content):
        end = index
        while content[end].leads and end + 1 < len(content):
            end += 1
        group = content[index : end + 1]
        first = not filled[-1]
        needed = sum(piece.height + piece.before for piece in group) - (group[0].before if first else 0.0)
        if not first and (bottom + needed > height or group[0].new_page):
            filled.append([])
            bottom = 0.0
        for piece in group:
            above = piece.before if filled[-1] else 0.0
            filled[-1].append((bottom + above, above, piece))
            bottom += above + piece.height
        index = end + 1
    return filled


def _layout() -> QPageLayout:
    metric = QLocale().measurementSystem() == QLocale.MeasurementSystem.MetricSystem
    size = QPageSize(QPageSize.PageSizeId.A4 if metric else QPageSize.PageSizeId.Letter)
    margins = QMarginsF(MARGIN, MARGIN, MARGIN, MARGIN)
    return QPageLayout(size, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter)


def _pieces(handout: Handout, size: QSizeF) -> Iterator[Piece]:
    width, several = size.width(), len(handout.chapters) > 1
    if several:
        yield pieces.heading(handout.title, 34, width)
        yield from pieces.text(handout.words, width)
        for chapter in handout.chapters:
            yield replace(pieces.heading(chapter.title, BODY, width), before=0.6 * BODY)
            yield replace(pieces.words(chapter.summary, SMALL, width, LIGHT.muted), before=0.0)
    for chapter in handout.chapters:
        yield from _chapter(chapter, size, several)
    if handout.answers:
        yield pieces.heading("Answers", 22, width, new_page=True)
    for part in handout.answers:
        yield pieces.mark(f"Question {part.question}", width, LIGHT.border)
        yield from pieces.text(part.step.question, width, LIGHT.border, small=True)
        yield from pieces.text(part.step.answer, width, LIGHT.border)


def _chapter(chapter: Chapter, size: QSizeF, new_page: bool) -> Iterator[Piece]:
    yield pieces.heading(chapter.title, 26, size.width(), new_page)
    yield pieces.words(chapter.summary, 16, size.width(), LIGHT.muted)
    for part in chapter.parts:
        yield from _part(part, size)


def _part(part: Part, size: QSizeF) -> Iterator[Piece]:
    step, width = part.step, size.width()
    yield pieces.heading(step.title, 18, width)
    yield from pieces.text(step.body, width)
    for blocks, name, bar in ((step.do_text, "Do", LIGHT.accent), (step.watch_text, "Watch", LIGHT.border)):
        if blocks:
            yield pieces.mark(name, width, bar)
            yield from pieces.text(blocks, width, bar)
    for one in part.pictures:
        yield pieces.picture(one, width, _PICTURE * size.height())
    if step.watch and not part.pictures:
        yield pieces.words(NOT_RUN, SMALL, width, LIGHT.muted)
    if part.code:
        yield pieces.code(part.code, width)
    if part.question is not None:
        yield pieces.mark(f"Question {part.question}", width, LIGHT.border)
        yield from pieces.text(step.question, width, LIGHT.border)
    yield from pieces.text(step.note, width, small=True)


def _draw(painter: QPainter, page: Sequence[tuple[float, float, Piece]]) -> None:
    barred = ""
    for top, above, piece in page:
        with restoring(painter):
            painter.translate(0.0, top)
            if piece.bar:
                pieces.draw_bar(painter, piece, 0.0 if piece.leads or piece.bar != barred else above)
            piece.draw(painter)
        barred = piece.bar


def _draw_footer(painter: QPainter, title: str, number: int, size: QSizeF) -> None:
    room = QRectF(0.0, size.height() + 4.0, size.width(), _FOOTER - 4.0)
    with restoring(painter):
        painter.setPen(QColor(LIGHT.muted))
        painter.setFont(pieces.font(SMALL))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, title)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, str(number))
