"""Sections of a panel: one that its heading folds, and one whose heading folds only what is seldom needed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gui_app.theme import text_size
from gui_app.widgets.guarded import guarded


class Heading(QAbstractButton):
    """Heading in small spaced capitals; a chevron at the right shows whether the section is folded.

    ``words`` are shown beside the chevron: the first while it is folded, the second while it is not.
    """

    def __init__(self, title: str, words: tuple[str, str] = ("", ""), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._held = words, 0
        self.setText(title)
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        word, metrics = max(self._words, key=len), QFontMetrics(self._capitals())
        beside = 16 + self._held + (QFontMetrics(self._small()).horizontalAdvance(word) + 8 if word else 0)
        return QSize(metrics.horizontalAdvance(self.text().upper()) + beside, max(22, metrics.height() + 6))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hold(self, buttons: Sequence[QWidget]) -> None:
        """Hold small buttons at the right, before the chevron. They stay when the section is folded."""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 24, 0)
        row.setSpacing(2)
        row.addStretch(1)
        for button in buttons:
            row.addWidget(button)
            # A click on one that is disabled folds nothing.
            button.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
            self._held += button.sizeHint().width() + row.spacing()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        role = QPalette.ColorRole
        muted, strong = self.palette().color(role.Dark), self.palette().color(role.WindowText)
        painter.setPen(strong if self.underMouse() else muted)
        room = QRectF(0, 0, self.width() - 16, self.height())
        room.setRight(room.right() - self._paint_word(painter, room) - self._held)
        painter.setFont(self._capitals())
        text = painter.fontMetrics().elidedText(
            self.text().upper(), Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), text)
        if self.hasFocus() and self.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange):
            painter.setPen(QPen(self.palette().color(role.Highlight), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 2.5, -0.5, -2.5), 4, 4)
        painter.setPen(QPen(strong if self.underMouse() else muted, 1.4))
        painter.setOpacity(1.0 if self.underMouse() or not self.isChecked() else 0.5)
        self._paint_mark(painter)

    def _paint_word(self, painter: QPainter, room: QRectF) -> float:
        """Draw the word beside the chevron; return the width that it takes."""
        painter.setFont(self._small())
        word = self._words[self.isChecked()]
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), word)
        return painter.fontMetrics().horizontalAdvance(word) + 8.0 if word else 0.0

    def _small(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(text_size.small())
        return font

    def _capitals(self) -> QFont:
        font = self._small()
        font.setWeight(QFont.Weight.DemiBold)
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.8)
        return font

    def _paint_mark(self, painter: QPainter) -> None:
        x, y = self.width() - 8.0, self.height() / 2
        offsets = (
            [(-3.5, -1.8), (0, 1.8), (3.5, -1.8)]
            if self.isChecked()
            else [(-1.8, -3.5), (1.8, 0), (-1.8, 3.5)]
        )
        painter.drawPolyline(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in offsets]))


class Section(QWidget):
    """Heading, and the layout ``body`` that it folds; ``opened(is_open)`` is emitted when it folds or unfolds.

    ``name`` stays the same when the title changes.
    """

    opened = Signal(bool)

    def __init__(self, title: str, parent: QWidget | None = None, words: tuple[str, str] = ("", "")) -> None:
        super().__init__(parent)
        self.name = title
        self.heading = Heading(title, words)
        self.content = QWidget()
        self.body = QVBoxLayout(self.content)
        self.body.setContentsMargins(0, 2, 0, 0)
        self.body.setSpacing(6)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(2)
        self.column.addWidget(self.heading)
        self.column.addWidget(self.content)
        self.heading.toggled.connect(self._show)
        self.set_title(title)

    def set_title(self, title: str) -> None:
        """Change the heading."""
        self.heading.setText(title)
        self.heading.setAccessibleName(title)
        self.heading.setToolTip(self._describe(title))
        self.heading.updateGeometry()
        self.heading.update()

    def set_open(self, is_open: bool) -> None:
        """Unfold the section, or fold it."""
        self.heading.setChecked(is_open)

    @property
    def is_open(self) -> bool:
        return self.heading.isChecked()

    def _describe(self, title: str) -> str:
        return f"Fold or unfold: {title}"

    def _show(self, is_open: bool) -> None:
        self.content.setVisible(is_open)
        self.opened.emit(is_open)


class MoreSection(Section):
    """Section that always shows ``body``, and ``more``, the settings that are seldom needed, while it is open."""

    def __init__(self, title: str, hidden: str, parent: QWidget | None = None) -> None:
        """Create a folded section; ``hidden`` names what is folded away."""
        self._hidden = hidden
        super().__init__(title, parent, ("More", "Less"))
        self.content = QWidget()
        self.more = QVBoxLayout(self.content)
        self.more.setContentsMargins(0, 4, 0, 0)
        self.more.setSpacing(6)
        self.column.addWidget(self.content)
        self.set_open(False)

    def _describe(self, title: str) -> str:
        return f"Show or hide: {self._hidden}"
