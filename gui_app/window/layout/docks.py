"""Docks around the canvas that can be moved, floated and hidden, with a slim handle instead of a title."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDockWidget, QFrame, QScrollArea, QVBoxLayout, QWidget

from gui_app.widgets.guarded import guarded

HANDLE = 10
"""Height of a dock's handle in pixels."""


class DockHandle(QWidget):
    """Handle that drags a dock; a double click makes the dock float."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self._hovered = False
        self.setToolTip(f"{dock.windowTitle()}: drag to move, double-click to float")
        self.setAccessibleName(f"Move {dock.windowTitle()}")

    def sizeHint(self) -> QSize:
        return QSize(40, HANDLE)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @guarded
    def enterEvent(self, event: QEnterEvent) -> None:
        self._hovered = True
        self.update()

    @guarded
    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = False
        self.update()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().window())
        colour = self.palette().dark() if self._hovered else self.palette().mid()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, 3.0, c=Qt.PenCapStyle.RoundCap))
        middle = QPointF(self.rect().center()) + QPointF(0.5, 0.5)
        painter.drawLine(middle - QPointF(11, 0), middle + QPointF(11, 0))


def make_dock(title: str, content: QWidget) -> QDockWidget:
    """Return a dock with ``content``; menu and remembered layout refer to it by its title."""
    dock = QDockWidget(title)
    dock.setObjectName(f"dock {title}")
    dock.setWidget(content)
    dock.setTitleBarWidget(DockHandle(dock))
    return dock


class Column(QScrollArea):
    """A column of panels that scrolls vertically and is at least ``width`` pixels wide.

    It stays empty until all panels are built, so that the layout does not change visibly. Panels are made with
    ``inside`` as their parent: what is made without one is styled again, with all its parts, when it gets one.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inside = QFrame()
        self.inside.setProperty("kind", "panel")
        self._panels = QVBoxLayout(self.inside)
        self._panels.setContentsMargins(0, 0, 0, 0)
        self._panels.setSpacing(0)
        self.setMinimumWidth(width)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A scroll bar that appears changes the width, hence the height, and could appear and disappear endlessly.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        bar = self.verticalScrollBar()
        bar.setEnabled(False)
        bar.rangeChanged.connect(lambda low, high: bar.setEnabled(high > low))
        self.setFrameShape(QFrame.Shape.NoFrame)
        # Tab scrolls to what it reaches; the column itself has nothing to do with the keyboard.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # It is here from the start, hidden: what is styled already would be styled again when it gets a parent.
        self.setWidget(self.inside)
        self.inside.hide()

    def add(self, panel: QWidget) -> None:
        """Add a panel below the others."""
        self._panels.addWidget(panel)
        # Style it now, in a short step, instead of when all panels are shown; its size also depends on the style.
        for part in panel.findChildren(QWidget):
            part.ensurePolished()

    def reveal(self) -> None:
        """Show the panels, once all are built."""
        self._panels.addStretch(1)
        self.inside.show()
