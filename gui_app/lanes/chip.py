"""One chip of the strip: a lane's colour, name, what sets it apart, and status."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QMoveEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from engine.experiment.settings import LONGEST_NAME
from gui_app.lanes.chip_picture import ICON, MARK, SPACE, ChipLook, paint_chip, wanted_width
from gui_app.theme import text_size
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.guarded import guarded
from gui_app.widgets.keyboard import keep_keys
from gui_app.widgets.tips import tip

HEIGHT, TWO_LINES = 30, 46
"""Of a chip whose words are in one line and in two, in pixels at the default size of text."""
LEAST, NARROWEST, WIDEST = 48, 76, 320
"""Widths of a chip: where there are many, where there is room, and with a long name."""
FIELD = 140
"""Smallest width of the field for a name, in pixels at the default size of text."""
_CHOOSING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


_SIGNS = {
    "muted": (tip("Mute", "This lane waits while others train."), tip("Unmute", "Let this lane train on.")),
    "hidden": (tip("Hide", "It trains on, but no view shows it."), tip("Show", "Show this lane again.")),
}
"""Tooltips of the signs while off and on."""


MEANING = "Click to choose it, double click to see it alone; drag to move it. Right click for more."
SWEEP_MEANING = (
    "Click to choose the cell that was chosen last: panels then edit all cells at once. Right click for more."
)


def _begun(words: str) -> str:
    """Return words as the beginning of a sentence; symbols stay as they are."""
    return words[:1].upper() + words[1:] if words[:1].isascii() else words


class LaneChip(QAbstractButton):
    """A chip; ``strip`` decides what its signals do.

    ``chosen(number, modifiers)``, ``opened(number)`` by a double click, ``dragged(number, x)`` and
    ``dropped(number, x)`` with a position in the strip, ``drag_cancelled()``, ``toggled_look(number, what)`` for the
    eye and the mute sign, ``renamed(lane, name)`` with the former name, ``menu_wanted(number, point)`` and
    ``key_pressed(number, key, control)``.
    """

    chosen = Signal(int, object)
    opened = Signal(int)
    dragged = Signal(int, int)
    dropped = Signal(int, int)
    drag_cancelled = Signal()
    toggled_look = Signal(int, str)
    renamed = Signal(str, str)
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
        self.field: QLineEdit | None = None
        """The field in which the name is being typed."""
        self._renames = ""
        """The lane whose name is being typed; another one may have come here meanwhile."""
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        # That of the window would rename the current lane, which may be another one.
        keep_keys(self, (Qt.Key.Key_F2,))

    @property
    def number(self) -> int:
        return self.shown.look.number if self.shown is not None else 0

    def show_lane(self, shown: ChipLook, theme: Theme) -> None:
        if (shown, theme) == (self.shown, self.theme):
            return
        self.shown, self.theme = shown, theme
        self.setChecked(shown.is_current)
        self.setAccessibleName(shown.title)
        self.setAccessibleDescription(". ".join(filter(None, (shown.said, shown.unseen))))
        more = SWEEP_MEANING if shown.sweep else MEANING
        meaning = ". ".join(filter(None, (_begun(shown.said), shown.unseen, more)))
        self._tip = tip(shown.title, meaning)
        self.setToolTip(self._tip)
        self.update()

    def sizeHint(self) -> QSize:
        if self.shown is None:
            return QSize(NARROWEST, HEIGHT)
        most = text_size.scaled(WIDEST, text_size.scale())
        wanted = wanted_width(self.shown, self.font(), self.has_two_lines)
        return QSize(min(max(wanted, LEAST if self.has_two_lines else NARROWEST), most), HEIGHT)

    @property
    def has_two_lines(self) -> bool:
        """Whether it is high enough for two lines of words."""
        return self.height() >= text_size.scaled(TWO_LINES, max(text_size.scale(), 1.0)) - 4

    # -- renaming

    def edit_name(self) -> None:
        """Let the name be typed in its place; Enter takes it, Escape leaves it."""
        if self.shown is None or self.field is not None or self.shown.sweep:
            return
        self._renames = self.shown.look.name
        # Not in the chip, which may be narrower.
        field = self.field = QLineEdit(self._renames, self.parentWidget())
        field.setMaxLength(LONGEST_NAME)
        field.setAccessibleName(f"Name of lane {self.shown.look.name}")
        self._place_field()
        field.selectAll()
        field.installEventFilter(self)
        field.editingFinished.connect(self._take_name)
        field.show()
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _place_field(self) -> None:
        """Put the field over the name, and over neighbours where the chip is too narrow to type in."""
        field, row = self.field, self.parentWidget()
        if field is None or row is None:
            return
        place = self.geometry().adjusted(MARK + SPACE, 2, -2, -2)
        place.setWidth(max(place.width(), text_size.scaled(FIELD, max(text_size.scale(), 1.0))))
        place.moveLeft(max(min(place.left(), row.width() - place.width()), 0))
        field.setGeometry(place)
        field.raise_()

    @guarded
    def moveEvent(self, event: QMoveEvent) -> None:
        self._place_field()

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_field()

    @guarded
    def hideEvent(self, event: QHideEvent) -> None:
        if self.field is not None:
            self.field.hide()

    def _take_name(self) -> None:
        field, self.field = self.field, None
        if field is None:
            return
        typed = field.text().strip()
        field.deleteLater()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if typed and typed != self._renames:
            said = partial(self.renamed.emit, self._renames, typed)
            if self.isVisible():
                said()
            else:
                # It lost the focus because it went, in the middle of an edit of the lanes.
                QTimer.singleShot(0, self, said)

    @guarded
    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.KeyPress and self.field is not None:
                field, self.field = self.field, None
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
        flags = (("muted", shown.muted), *((("hidden", shown.hidden),) if not shown.sweep else ()))
        wanted = [key for key, on in flags if active or on]
        line = self.height() / 2 + 2.5 if self.has_two_lines else self.height()
        top, right = (line - ICON) / 2, self.width() - SPACE
        return {key: QRectF(right - (k + 1) * ICON - k * 4, top, ICON, ICON) for k, key in enumerate(wanted)}

    def _sign_at(self, position: QPointF) -> str | None:
        active = self.width() >= 2 * NARROWEST
        found = (
            key for key, place in self._signs().items() if place.adjusted(-2, -5, 2, 5).contains(position)
        )
        return next(found, None) if active else None

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if self.shown is None:
            return
        painter = QPainter(self)
        place = QRectF(self.rect())
        signs = self._signs()
        paint_chip(
            painter, place, self.shown, self.theme, self.font(), signs, self._hovered, self.has_two_lines
        )
        painter.end()
