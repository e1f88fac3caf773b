"""A lesson in the list of the start page: number, title, and what it is about in one line."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFont, QFontMetrics, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from gui_app.theme import text_size
from gui_app.theme.text import small_font
from gui_app.theme.tokens import RADIUS, SPACE
from gui_app.widgets.guarded import guarded
from gui_app.widgets.tips import tip

NARROWEST, GAP = 240, 5
"""Pixels: width of a row at the default size of text, and its space above and below."""


class LessonRow(QAbstractButton):
    """The lesson ``key``; a check mark in place of its number says that it is ``done``."""

    def __init__(self, key: str, number: int | None, title: str, summary: str, done: bool = False) -> None:
        super().__init__()
        self.key, self._summary, self.done = key, summary, done
        self._number = "" if number is None else str(number)
        self.setText(title.replace("&", "&&"))
        self._title = title
        self.setAccessibleName(f"Lesson {self._number}: {title}" if self._number else f"Lesson: {title}")
        self.setAccessibleDescription(f"{summary}{' Done.' if done else ''}")
        self.setToolTip(tip(title, summary))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        height = QFontMetrics(self._bold).height() + QFontMetrics(small_font()).height() + 2 * GAP
        return QSize(round(NARROWEST * text_size.scale()), height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @property
    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(text_size.body())
        font.setWeight(QFont.Weight.DemiBold)
        return font

    @guarded
    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, role = QPainter(self), QPalette.ColorRole
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        around = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.palette().color(role.Midlight))
            painter.drawRoundedRect(around, RADIUS, RADIUS)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(role.Highlight), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(around, RADIUS, RADIUS)
        self._write(painter)

    def _write(self, painter: QPainter) -> None:
        bold, small, role = self._bold, small_font(), QPalette.ColorRole
        text, muted = self.palette().color(role.Text), self.palette().color(role.Dark)
        left = QFontMetrics(bold).horizontalAdvance("88") + 3 * SPACE
        top, room = GAP, self.width() - left - 2 * SPACE
        height = QFontMetrics(bold).height()
        painter.setFont(bold)
        painter.setPen(self.palette().color(role.Highlight) if self.done else muted)
        mark = QRect(0, top, left - 2 * SPACE, height)
        painter.drawText(mark, Qt.AlignmentFlag.AlignRight, "✓" if self.done else self._number)
        painter.setPen(text)
        painter.drawText(left, top + QFontMetrics(bold).ascent(), _cut(bold, self._title, room))
        painter.setFont(small)
        painter.setPen(muted)
        painter.drawText(left, top + height + QFontMetrics(small).ascent(), _cut(small, self._summary, room))


def _cut(font: QFont, text: str, room: int) -> str:
    return QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room)
