"""A bar that shows the split into training, validation and test; a person drags its borders."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui_app.theme import text_size
from gui_app.theme.tokens import mix
from gui_app.widgets.class_palette import readable_on
from gui_app.widgets.guarded import guarded

GRAB = 9.0
"""Pixels from a border within which a click grabs it."""
MIN_TRAINING = 0.05
MAX_SHARE = 0.9
_LONG, _SHORT = ("train", "validation", "test"), ("train", "val", "test")


class SplitBar(QWidget):
    """Bar with two borders for the validation and test shares; ``edited(validation, test)`` follows a drag or key.

    Left and right move the marked border by one percent, page keys by ten; up and down mark the other border.
    """

    edited = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._validation, self._test = 0.25, 0.25
        self._counts = (0, 0, 0)
        self._marked = 0
        self._pressed_at: float | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(24)

    @property
    def borders(self) -> tuple[float, float]:
        """The positions, from 0 to 1, where training and validation end."""
        return 1 - self._validation - self._test, 1 - self._test

    def show_split(self, validation: float, test: float, counts: tuple[int, int, int]) -> None:
        """Show shares and numbers of points without a signal."""
        self._validation, self._test, self._counts = validation, test, counts
        names = [f"{name} {count}" for name, count in zip(_LONG, counts, strict=True)]
        self.setAccessibleName("Split: " + ", ".join(names))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, 24)

    def _x(self, share: float) -> float:
        return 2 + share * (self.width() - 4)

    def _move(self, border: int, share: float) -> None:
        """Move a border as close to ``share`` as the limits allow, in whole percent."""
        first, second = self.borders
        if border == 0:
            share = min(max(share, MIN_TRAINING, second - MAX_SHARE), second)
            validation, test = round(second - share, 2), self._test
        else:
            share = min(max(share, first, 1 - MAX_SHARE), 1.0)
            test = round(1 - share, 2)
            validation = round(1 - first - test, 2)
        validation = min(max(validation, 0.0), MAX_SHARE)
        if (validation, test) != (self._validation, self._test):
            self.show_split(validation, test, self._counts)
            self.edited.emit(validation, test)

    def _near(self, x: float) -> list[int]:
        return [index for index, share in enumerate(self.borders) if abs(self._x(share) - x) <= GRAB]

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        x = event.position().x()
        near = self._near(x)
        if near:
            self._pressed_at = x
            self._marked = near[0] if len(near) == 1 else -1
        self.update()

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._pressed_at is None:
            self.setCursor(Qt.CursorShape.SplitHCursor if self._near(x) else Qt.CursorShape.ArrowCursor)
            return
        if self._marked < 0:
            # Both borders are here: the direction of the drag decides which one moves.
            self._marked = 0 if x < self._pressed_at else 1
        self._move(self._marked, (x - 2) / max(self.width() - 4, 1))

    @guarded
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = None
        self._marked = max(self._marked, 0)
        self.update()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, keys = Qt.Key(event.key()), Qt.Key
        steps = {keys.Key_Left: -1, keys.Key_Right: 1, keys.Key_PageDown: -10, keys.Key_PageUp: 10}
        if key in steps:
            self._move(self._marked, self.borders[self._marked] + steps[key] / 100)
        elif key in (keys.Key_Up, keys.Key_Down):
            self._marked = 1 - self._marked
            self.update()
        else:
            event.ignore()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(2, 3, self.width() - 4, self.height() - 6)
        outline = QPainterPath()
        outline.addRoundedRect(bar, 6, 6)
        painter.setClipPath(outline)
        ends = (0.0, *self.borders, 1.0)
        for index, colour in enumerate(self._colours()):
            left, right = self._x(ends[index]), self._x(ends[index + 1])
            part = QRectF(left, bar.top(), right - left, bar.height())
            painter.fillRect(part, colour)
            self._write(painter, part, index, readable_on(colour))
        painter.setClipping(False)
        self._paint_borders(painter, bar)

    def _colours(self) -> list[QColor]:
        role = QPalette.ColorRole
        muted, panel = self.palette().color(role.Dark), self.palette().color(role.Base)
        text = self.palette().color(role.WindowText)
        parts = [_blend(muted, text, 0.25) if panel.lightness() > 127 else _blend(panel, muted, 0.55)]
        parts += [_blend(panel, muted, 0.62 if panel.lightness() > 127 else 0.78), _blend(panel, muted, 0.3)]
        return parts

    def _write(self, painter: QPainter, part: QRectF, index: int, colour: QColor) -> None:
        font = painter.font()
        font.setPixelSize(text_size.small() - 1)
        painter.setFont(font)
        painter.setPen(colour)
        count = f"{self._counts[index]:,}"
        for text in (f"{_LONG[index]} {count}", f"{_SHORT[index]} {count}", _SHORT[index], count):
            if painter.fontMetrics().horizontalAdvance(text) + 8 <= part.width():
                painter.drawText(part, int(Qt.AlignmentFlag.AlignCenter), text)
                return

    def _paint_borders(self, painter: QPainter, bar: QRectF) -> None:
        role = QPalette.ColorRole
        for index, share in enumerate(self.borders):
            x = min(max(self._x(share), bar.left()), bar.right())
            marked = self.hasFocus() and index == max(self._marked, 0)
            painter.setPen(
                QPen(self.palette().color(role.Highlight if marked else role.Base), 3 if marked else 1.5)
            )
            reach = 2 if marked else 0
            painter.drawLine(QPointF(x, bar.top() - reach), QPointF(x, bar.bottom() + reach))


def _blend(first: QColor, second: QColor, share: float) -> QColor:
    return QColor(mix(first.name(), second.name(), share))
