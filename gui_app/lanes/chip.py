"""One chip of the strip: a lane's colour, name, what sets it apart, and status."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QEnterEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from engine.catalogue.texts import counted
from engine.experiment.settings import LONGEST_NAME
from gui_app.session.current_lane import LaneLook
from gui_app.theme import text_size
from gui_app.theme.icons import icon
from gui_app.theme.tokens import LIGHT, Theme, mix
from gui_app.widgets.guarded import guarded
from gui_app.widgets.tips import tip

HEIGHT = 30
NARROWEST, WIDEST = 76, 250
_MARK, _SPACE, _ICON = 10, 7, 16
_CORNER = 6.0
_CHOOSING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


_SIGNS = {
    "muted": (tip("Mute", "This lane waits while others train."), tip("Unmute", "Let this lane train on.")),
    "hidden": (tip("Hide", "It trains on, but no view shows it."), tip("Show", "Show this lane again.")),
}
"""Tooltips of the signs while off and on."""


class ChipLook(NamedTuple):
    """What a chip shows. ``status`` is a word or two, "" while the lane simply trains or waits."""

    look: LaneLook
    apart: str
    status: str
    alarming: bool
    seeds: int
    is_current: bool
    is_selected: bool
    hidden: bool
    muted: bool

    @property
    def name(self) -> str:
        return f"{self.look.name} ×{self.seeds}" if self.seeds > 1 else self.look.name

    @property
    def said(self) -> str:
        """Everything in words, for tooltips and screen readers."""
        parts = (
            self.apart or ("the same settings as the first lane" if self.look.number else ""),
            counted(self.seeds, "seed") if self.seeds > 1 else "",
            self.status or ("muted" if self.muted else ""),
            "hidden" if self.hidden else "",
        )
        return ", ".join(filter(None, parts))


def _begun(words: str) -> str:
    """Return words as the beginning of a sentence; symbols stay as they are."""
    return words[:1].upper() + words[1:] if words[:1].isascii() else words


class LaneChip(QAbstractButton):
    """A chip; ``strip`` decides what its signals do.

    ``chosen(number, modifiers)``, ``opened(number)`` by a double click, ``dragged(number, x)`` and
    ``dropped(number, x)`` with a position in the strip, ``drag_cancelled()``, ``toggled_look(number, what)`` for the
    eye and the mute sign, ``renamed(number, name)``, ``menu_wanted(number, point)`` and
    ``key_pressed(number, key, control)``.
    """

    chosen = Signal(int, object)
    opened = Signal(int)
    dragged = Signal(int, int)
    dropped = Signal(int, int)
    drag_cancelled = Signal()
    toggled_look = Signal(int, str)
    renamed = Signal(int, str)
    menu_wanted = Signal(int, object)
    key_pressed = Signal(int, int, bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = LIGHT
        self._tip = ""
        self.shown: ChipLook | None = None
        self._hovered = False
        self._pressed_at: QPointF | None = None
        self._dragging = False
        self._field: QLineEdit | None = None
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    @property
    def number(self) -> int:
        return self.shown.look.number if self.shown is not None else 0

    def show_lane(self, shown: ChipLook, theme: Theme) -> None:
        if (shown, theme) == (self.shown, self.theme):
            return
        self.shown, self.theme = shown, theme
        self.setChecked(shown.is_current)
        self.setAccessibleName(f"Lane {shown.look.name}")
        self.setAccessibleDescription(shown.said)
        more = "Click to choose it, double click to see it alone; drag to move it. Right click for more."
        meaning = ". ".join(filter(None, (_begun(shown.said), more)))
        self._tip = tip(f"Lane {shown.look.name}", meaning)
        self.setToolTip(self._tip)
        self.update()

    def sizeHint(self) -> QSize:
        if self.shown is None:
            return QSize(NARROWEST, HEIGHT)
        name, small = self._fonts()
        wide = QFontMetrics(name).horizontalAdvance(self.shown.name)
        words = " ".join(filter(None, (self.shown.apart, self.shown.status)))
        wide += QFontMetrics(small).horizontalAdvance(words) + _MARK + 5 * _SPACE
        return QSize(min(max(wide, NARROWEST), text_size.scaled(WIDEST, text_size.scale())), HEIGHT)

    # -- renaming

    def edit_name(self) -> None:
        """Let the name be typed in its place; Enter takes it, Escape leaves it."""
        if self.shown is None or self._field is not None:
            return
        field = self._field = QLineEdit(self.shown.look.name, self)
        field.setMaxLength(LONGEST_NAME)
        field.setAccessibleName(f"Name of lane {self.shown.look.name}")
        field.setGeometry(self.rect().adjusted(_MARK + _SPACE, 2, -2, -2))
        field.selectAll()
        field.installEventFilter(self)
        field.editingFinished.connect(self._take_name)
        field.show()
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_name(self) -> None:
        field, self._field = self._field, None
        if field is None or self.shown is None:
            return
        typed = field.text().strip()
        field.deleteLater()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if typed and typed != self.shown.look.name:
            self.renamed.emit(self.number, typed)

    @guarded
    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self._field and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.KeyPress and self._field is not None:
                field, self._field = self._field, None
                field.deleteLater()
                self.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return False

    # -- mouse and keyboard

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.position()
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        sign = self._sign_at(event.position())
        self.setToolTip(
            self._tip if sign is None or self.shown is None else _SIGNS[sign][getattr(self.shown, sign)]
        )
        if self._pressed_at is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        far = (event.position() - self._pressed_at).manhattanLength() >= QApplication.startDragDistance()
        if far or self._dragging:
            self._dragging = True
            self.dragged.emit(self.number, self._in_strip(event))

    @guarded
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._pressed_at is None:
            return
        self._pressed_at, dragging, self._dragging = None, self._dragging, False
        if dragging:
            self.dropped.emit(self.number, self._in_strip(event))
        elif (sign := self._sign_at(event.position())) is not None:
            self.toggled_look.emit(self.number, sign)
        elif self.rect().contains(event.position().toPoint()):
            self.chosen.emit(self.number, event.modifiers() & _CHOOSING)

    @guarded
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._sign_at(event.position()) is None:
            self.opened.emit(self.number)

    @guarded
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        self.menu_wanted.emit(
            self.number, event.globalPos() if by_mouse else self.mapToGlobal(self.rect().bottomLeft())
        )

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._dragging:
            self._pressed_at, self._dragging = None, False
            self.drag_cancelled.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.number, event.modifiers() & _CHOOSING)
        elif event.key() == Qt.Key.Key_F2:
            self.edit_name()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Delete, Qt.Key.Key_Menu):
            with_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self.key_pressed.emit(self.number, event.key(), with_control)
        else:
            super().keyPressEvent(event)

    @guarded
    def enterEvent(self, event: QEnterEvent) -> None:
        self._hovered = True
        self.update()

    @guarded
    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = False
        self.update()

    def _in_strip(self, event: QMouseEvent) -> int:
        return round(self.mapToParent(event.position()).x())

    def _signs(self) -> dict[str, QRectF]:
        """The places of the eye and the mute sign: both under the mouse or with the focus, else where they are on."""
        shown = self.shown
        if shown is None:
            return {}
        active = (self._hovered or self.hasFocus()) and self.width() >= 2 * NARROWEST
        wanted = [key for key, on in (("muted", shown.muted), ("hidden", shown.hidden)) if active or on]
        top, right = (self.height() - _ICON) / 2, self.width() - _SPACE
        return {
            key: QRectF(right - (k + 1) * _ICON - k * 4, top, _ICON, _ICON) for k, key in enumerate(wanted)
        }

    def _sign_at(self, position: QPointF) -> str | None:
        active = self.width() >= 2 * NARROWEST
        found = (
            key for key, place in self._signs().items() if place.adjusted(-2, -5, 2, 5).contains(position)
        )
        return next(found, None) if active else None

    # -- painting

    def _fonts(self) -> tuple[QFont, QFont]:
        name, small = QFont(self.font()), QFont(self.font())
        name.setPixelSize(text_size.body())
        name.setBold(self.shown is not None and self.shown.is_current)
        small.setPixelSize(text_size.small())
        return name, small

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        shown, theme = self.shown, self.theme
        if shown is None:
            return
        painter, colour = QPainter(self), theme.lanes[shown.look.colour]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1.5, 2.5, -1.5, -2.5)
        ground = mix(theme.panel, colour, 0.14) if shown.is_selected else theme.panel
        painter.setBrush(QColor(mix(ground, theme.text, 0.05) if self._hovered else ground))
        edge = colour if shown.is_current else theme.border
        painter.setPen(QPen(QColor(edge), 2.0 if shown.is_current else 1.0))
        painter.drawRoundedRect(frame, _CORNER, _CORNER)
        painter.setOpacity(0.55 if shown.hidden else 1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        middle = self.height() / 2
        painter.drawRoundedRect(QRectF(_SPACE, middle - _MARK / 2, _MARK, _MARK), 3, 3)
        self._paint_words(painter, shown)
        painter.setOpacity(1.0)
        for key, place in self._signs().items():
            on = shown.hidden if key == "hidden" else shown.muted
            name = {"hidden": ("eye", "eye-off"), "muted": ("mute-off", "mute")}[key][on]
            icon(name, theme.text if on else theme.muted).paint(painter, place.toRect())
        painter.end()

    def _paint_words(self, painter: QPainter, shown: ChipLook) -> None:
        """Name, what sets it apart, and status; the middle one gives way."""
        theme, (name_font, small_font) = self.theme, self._fonts()
        signs = self._signs()
        right = min((place.left() for place in signs.values()), default=self.width() - 1.0) - _SPACE
        left = 2.0 * _SPACE + _MARK
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
        metrics, small = QFontMetrics(name_font), QFontMetrics(small_font)
        status_width = small.horizontalAdvance(shown.status) if shown.status else 0
        most = max(int(right - left), 8)
        name = metrics.elidedText(shown.name, Qt.TextElideMode.ElideRight, most)
        painter.setFont(name_font)
        painter.setPen(QColor(theme.text))
        painter.drawText(QRectF(left, 0, most, self.height()), flags, name)
        left += metrics.horizontalAdvance(name) + _SPACE
        painter.setFont(small_font)
        if shown.status and right - left >= min(status_width, 34):
            status = small.elidedText(shown.status, Qt.TextElideMode.ElideRight, int(right - left))
            painter.setPen(QColor(theme.danger if shown.alarming else theme.text))
            wide = small.horizontalAdvance(status)
            painter.drawText(QRectF(right - wide, 0, wide + 2, self.height()), flags, status)
            right -= wide + _SPACE
        if shown.apart and right - left >= 24:
            painter.setPen(QColor(theme.muted))
            apart = small.elidedText(shown.apart, Qt.TextElideMode.ElideRight, int(right - left))
            painter.drawText(QRectF(left, 0, right - left + 2, self.height()), flags, apart)
