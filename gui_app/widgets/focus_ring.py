"""The ring around the control that has the keyboard focus, for whoever moves by keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from gui_app.widgets.guarded import guarded
from gui_app.widgets.keyboard import reached_by_key

GAP, WIDTH, RADIUS = -1, 2, 6
"""The ring lies on the frame of a control, so that there are not two."""
_MOVES = (
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Hide,
    QEvent.Type.Show,
    QEvent.Type.ParentChange,
)


class FocusRing(QWidget):
    """A ring over ``window``, around its focused control if that was reached by keyboard; it takes no mouse events.

    Controls mark their own focus as well, each in its way, and some too faintly to be found in a full window.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._control: QWidget | None = None
        self._watched: list[QWidget] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        QApplication.instance().focusChanged.connect(self._follow)  # type: ignore[union-attr]

    def _follow(self, old: QWidget | None, new: QWidget | None) -> None:
        for watched in self._watched:
            if isValid(watched):
                watched.removeEventFilter(self)
        self._watched, self._control = [], None
        if new is not None and new.window() is self._window and reached_by_key(new):
            self._control = new
            self._watched = list(_up_to(new, self._window))
            for watched in self._watched:
                watched.installEventFilter(self)
        self._place()

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _MOVES:
            self._place()
        return False

    def _place(self) -> None:
        """Move around the part of the control that can be seen, inside the window and whatever it scrolls in."""
        seen = QRect() if self._control is None else _seen(self._control, self._window)
        if not seen.isEmpty():
            self.setGeometry(seen)
            self.raise_()
        self.setVisible(not seen.isEmpty())

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), WIDTH))
        half = WIDTH / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), RADIUS, RADIUS)


def _up_to(control: QWidget, window: QWidget) -> list[QWidget]:
    """Return the control and the widgets that it is in, without the window."""
    path: list[QWidget] = []
    part: QWidget | None = control
    while part is not window and part is not None:
        path.append(part)
        part = part.parentWidget()
    return path


def _seen(control: QWidget, window: QWidget) -> QRect:
    """Return the rectangle of the ring in the window; an empty one if the control cannot be seen."""
    if not control.isVisible():
        return QRect()
    outside = GAP + WIDTH
    rect = QRect(control.mapTo(window, QPoint(0, 0)), control.size())
    rect = rect.adjusted(-outside, -outside, outside, outside)
    for parent in _up_to(control, window)[1:]:
        rect &= QRect(parent.mapTo(window, QPoint(0, 0)), parent.size())
    return rect & window.rect()
