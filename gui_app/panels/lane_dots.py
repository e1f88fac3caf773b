"""Dots at the controls in which a lane differs from the first one; a click takes over the first one's value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from shiboken6 import isValid

from engine.catalogue.texts import quoted
from gui_app.theme import text_size
from gui_app.widgets.guarded import guarded
from gui_app.widgets.tips import tip

WIDTH, HEIGHT, RADIUS = 11, 16, 3.0
IN_MARGIN, BETWEEN = 7, 5
"""Pixels from the middle of a dot to the name of its control: at the panel's margin, and beside another control."""
MARGIN = 20
"""Names that begin before this pixel of the panel are at its margin."""
ROW = 26
"""A dot is in the middle of this height of a control that is higher, with text of the default size."""
_MOVES = (
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.ShowToParent,
    QEvent.Type.HideToParent,
    QEvent.Type.LayoutRequest,
)


class Dot(NamedTuple):
    """A control with a dot: the path of its setting, its name, and the first lane's value in words."""

    path: str
    control: QWidget
    name: str
    value: str


class DotButton(QAbstractButton):
    """Small button that looks like a dot."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._colour = QColor()
        self.setFixedSize(WIDTH, HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_dot(self, dot: Dot, colour: str, first: str) -> None:
        """Show the dot of a control in the colour of its lane."""
        self._colour = QColor(colour)
        name = dot.name or "this setting"
        self.setAccessibleName(f"{name}: take over the value of lane {quoted(first)}")
        self.setAccessibleDescription(f"Differs from lane {quoted(first)}: {dot.value}.")
        action = f"Click to take over the value of lane {quoted(first)}."
        self.setToolTip(tip(name, f"Differs from lane {quoted(first)}: {dot.value}. {action}"))
        self.update()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre = QPointF(self.width() / 2, self.height() / 2)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 1.5))
            painter.drawEllipse(centre, RADIUS + 1.75, RADIUS + 1.75)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colour)
        radius = RADIUS + 0.75 if self.underMouse() else RADIUS
        painter.drawEllipse(centre, radius, radius)


class LaneDots(QObject):
    """The dots of a panel. They lie over it, in front of the names, so that nothing moves when they come and go.

    ``asked(path)`` is emitted when a person presses one.
    """

    asked = Signal(str)

    def __init__(self, panel: QWidget) -> None:
        super().__init__(panel)
        self._panel = panel
        self.buttons: dict[str, DotButton] = {}
        self._controls: dict[str, QWidget] = {}
        self._watched: set[QWidget] = set()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._arrange)

    def show_dots(self, dots: Iterable[Dot], colour: str, first: str) -> None:
        """Show these dots and no others."""
        wanted = {dot.path: dot for dot in dots}
        for path in [path for path in self.buttons if path not in wanted]:
            button = self.buttons.pop(path)
            button.hide()
            button.deleteLater()
        for path, dot in wanted.items():
            if path not in self.buttons:
                button = self.buttons[path] = DotButton(self._panel)
                button.clicked.connect(lambda _=False, path=path: self.asked.emit(path))
            self.buttons[path].show_dot(dot, colour, first)
        self._controls = {path: dot.control for path, dot in wanted.items()}
        self._watch()
        self._arrange()

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _MOVES:
            self._soon.start()
        return False

    def _watch(self) -> None:
        """Follow the controls that have a dot, and all that can move them."""
        wanted = {part for control in self._controls.values() for part in self._up(control)}
        for part in self._watched - wanted:
            part.removeEventFilter(self)
        for part in wanted - self._watched:
            part.installEventFilter(self)
            part.destroyed.connect(self._forget)
        self._watched = wanted

    def _forget(self) -> None:
        self._watched = {part for part in self._watched if isValid(part)}

    def _up(self, part: QWidget) -> Iterable[QWidget]:
        yield part
        while part is not self._panel and (above := part.parentWidget()) is not None:
            part = above
            yield part

    def _arrange(self) -> None:
        names = [label for label in self._panel.findChildren(QLabel) if label.buddy() and label.text()]
        row = text_size.scaled(ROW, text_size.scale())
        for path, button in self.buttons.items():
            control = self._controls[path]
            if not isValid(control):
                button.hide()
                continue
            anchor = _name_of(control, names)
            corner = anchor.mapTo(self._panel, QPoint(0, min(anchor.height(), row) // 2))
            before = IN_MARGIN if corner.x() < MARGIN else BETWEEN
            button.move(max(corner.x() - before - WIDTH // 2, 0), corner.y() - HEIGHT // 2)
            button.setVisible(control.isVisibleTo(self._panel))
            button.raise_()


def _name_of(control: QWidget, names: list[QLabel]) -> QWidget:
    """Return the label that names a control, or else the control itself."""
    for label in names:
        buddy = label.buddy()
        if buddy is not None and (buddy is control or control.isAncestorOf(buddy)) and not label.isHidden():
            return label
    return control
