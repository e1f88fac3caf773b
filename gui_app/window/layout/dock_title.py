"""The title of a dock: a slim handle in the window, a title bar with buttons while the dock floats."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QMainWindow, QMenu, QWidget

from gui_app.widgets.buttons import icon_button, tint
from gui_app.widgets.guarded import guarded
from gui_app.widgets.tips import tip
from gui_app.window.layout.handle_buttons import CLOSE, FLOAT, HandleButtons
from gui_app.window.layout.screen_fit import keep_on_screen

HANDLE = 10
"""Height of a docked dock's handle in pixels."""
MARGIN = 5
BACK = "Put back"


class DockTitle(QWidget):
    """Drags a dock. A double click makes it float or puts it back; so do buttons beside a handle that the mouse is on,
    and the menu of the right mouse button, of the menu key and of Enter.

    A dock that was put back gets the width that it had.
    """

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self._dock, self._hovered = dock, False
        self._docked = QSize()
        self._parts: list[QWidget] = []
        self._buttons: HandleButtons | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(f"{dock.windowTitle()}: drag to move, double-click to float; Enter opens its menu")
        self.setAccessibleName(f"Move {dock.windowTitle()}")
        dock.topLevelChanged.connect(self._follow)
        dock.installEventFilter(self)

    def sizeHint(self) -> QSize:
        if not self._dock.isFloating():
            return QSize(40, HANDLE)
        return QSize(120, max(self.fontMetrics().height(), 20) + 2 * MARGIN)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def menu(self) -> QMenu:
        """Return the menu with what the buttons of a floating dock do."""
        menu, dock = QMenu(self), self._dock
        menu.addAction(BACK if dock.isFloating() else FLOAT, lambda: dock.setFloating(not dock.isFloating()))
        menu.addAction(CLOSE, dock.close)
        return menu

    def _follow(self, floating: bool) -> None:
        """Become a title bar, or a handle again."""
        self._hide_buttons()
        if floating and not self._parts:
            self._add_parts()
        for part in self._parts:
            part.setVisible(floating)
        self.updateGeometry()
        if not floating:
            QTimer.singleShot(0, self, self._restore_width)

    def _add_parts(self) -> None:
        dock, title, edge = self._dock, QLabel(self._dock.windowTitle()), Edge(self._dock)
        title.setProperty("role", "title")
        back = icon_button("dock", BACK, tip(BACK, "Where it was in the window."), side=24)
        close = icon_button("close", CLOSE, tip(CLOSE, "The View menu shows it again."), side=24)
        back.clicked.connect(lambda: dock.setFloating(False))
        close.clicked.connect(dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * MARGIN, 0, MARGIN, 0)
        row.setSpacing(2)
        row.addWidget(title, 1)
        self._parts = [title, back, close, edge]
        for button in (back, close):
            row.addWidget(button)
        self._tint()

    def _tint(self) -> None:
        tint(self, self.palette().color(QPalette.ColorRole.WindowText).name())

    @guarded
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _restore_width(self) -> None:
        window = self._dock.parentWidget()
        if isinstance(window, QMainWindow) and self._docked.isValid() and not self._dock.isFloating():
            window.resizeDocks([self._dock], [self._docked.width()], Qt.Orientation.Horizontal)

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and self._dock.isFloating():
            # The screen on which it was last may be gone.
            keep_on_screen(self._dock)
        if event.type() == QEvent.Type.Resize and not self._dock.isFloating() and self._dock.isVisible():
            self._docked = self._dock.size()
        return False

    @guarded
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._open_menu(event.globalPos())

    def _open_menu(self, point: QPoint) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(point)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open_menu(self.mapToGlobal(self.rect().center()))
        else:
            super().keyPressEvent(event)

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._hide_buttons()
        # The dock drags itself by what its title ignores.
        super().mousePressEvent(event)

    @guarded
    def enterEvent(self, event: QEnterEvent) -> None:
        self._hovered = True
        self._show_buttons()
        self.update()

    @guarded
    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = False
        if self._buttons is not None:
            self._buttons.leave()
        self.update()

    def _show_buttons(self) -> None:
        if self._dock.isFloating():
            return
        if self._buttons is None:
            self._buttons = HandleButtons(self._dock, self)
        self._buttons.appear()

    def _hide_buttons(self) -> None:
        if self._buttons is not None:
            self._buttons.hide()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().window())
        if self._dock.isFloating():
            return
        colour = self.palette().dark() if self._hovered else self.palette().mid()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, 3.0, c=Qt.PenCapStyle.RoundCap))
        middle = QPointF(self.rect().center()) + QPointF(0.5, 0.5)
        painter.drawLine(middle - QPointF(11, 0), middle + QPointF(11, 0))


class Edge(QWidget):
    """A thin line around a floating dock, which no window manager draws; it takes no mouse."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setGeometry(dock.rect())
        dock.installEventFilter(self)

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QWidget) and event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self.setGeometry(watched.rect())
            self.raise_()
        return False

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class FloatingInFront(QObject):
    """Keeps floating docks of ``window`` in front of it, also where no window manager does."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate:
            docks = self._window.findChildren(QDockWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
            for dock in docks:
                if dock.isFloating() and dock.isVisible():
                    dock.raise_()
        return False
