"""A section of a panel that its heading folds and unfolds."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from gui_app.theme import text_size
from gui_app.widgets.guarded import guarded


class Heading(QAbstractButton):
    """Heading in small spaced capitals; a chevron at the right shows whether the section is folded."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(title)
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(120, 22)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        role = QPalette.ColorRole
        muted, strong = self.palette().color(role.Dark), self.palette().color(role.WindowText)
        painter.setFont(self._capitals())
        painter.setPen(strong if self.underMouse() else muted)
        room = QRectF(0, 0, self.width() - 16, self.height())
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

    def _capitals(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(text_size.small())
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
    """Heading, and the layout ``body`` that it folds."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = Heading(title)
        self.content = QWidget()
        self.body = QVBoxLayout(self.content)
        self.body.setContentsMargins(0, 2, 0, 0)
        self.body.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.heading)
        column.addWidget(self.content)
        self.heading.toggled.connect(self.content.setVisible)
        self.set_title(title)

    def set_title(self, title: str) -> None:
        """Change the heading."""
        self.heading.setText(title)
        self.heading.setAccessibleName(title)
        self.heading.setToolTip(f"Fold or unfold: {title}")
        self.heading.update()

    def set_open(self, is_open: bool) -> None:
        """Unfold the section, or fold it."""
        self.heading.setChecked(is_open)
