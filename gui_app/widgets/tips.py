"""Tooltips: a name, an explanation and a formula; wrapped, and shown beside what they explain."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent, QTextDocument, QWindow
from PySide6.QtWidgets import QAbstractItemView, QApplication, QMenu, QTabBar, QToolTip, QWidget
from shiboken6 import isValid

from engine.catalogue import Entry, Parameter
from engine.catalogue.texts import setting_text
from gui_app.widgets.guarded import guarded

WIDEST, GAP = 360, 6
"""Width of a tip's text, and distance of a tip from what it explains, in pixels."""
_SUBJECT = "tip subject"


def tip(title: str, meaning: str, formula: str = "") -> str:
    """Return rich text that wraps, with the formula on a separate line."""
    parts = [f"<b>{escape(title)}</b>", escape(meaning)]
    if formula:
        parts.append(f"<i>{escape(formula)}</i>")
    return f"<qt>{'<br>'.join(part for part in parts if part)}</qt>"


def entry_tip(entry: Entry) -> str:
    return tip(entry.label, entry.tooltip, entry.formula if entry.formula != entry.label else "")


def parameter_tip(parameter: Parameter) -> str:
    """Return the tooltip of a parameter, with its typical range if it has one."""
    ends = [setting_text(end) for end in parameter.typical or ()]
    typical = f" Typical: {' to '.join(ends)}." if ends else ""
    return tip(parameter.label, f"{parameter.tooltip}{typical}", parameter.formula)


class Tips(QObject):
    """Shows the tooltips of all widgets of the application: wrapped, and beside what they explain.

    Qt does not wrap plain text, wraps rich text at any width, and shows a tip below the mouse, where it covers a
    control that is higher than the cursor. The filter is on the active window and on what the mouse is over: on the
    application, it would see every event of every object.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._window: QWindow | None = None
        self._hovered: list[QWidget] = []
        app.focusWindowChanged.connect(self._follow)
        self._follow(app.focusWindow())

    @staticmethod
    def serve(app: QApplication) -> None:
        """Show the tips of ``app`` from now on; a second call does nothing."""
        if app.findChild(Tips, options=Qt.FindChildOption.FindDirectChildrenOnly) is None:
            Tips(app)

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent) and watched is self._window:
            self._hover(QApplication.widgetAt(event.globalPosition().toPoint()))
        elif isinstance(event, QHelpEvent) and isinstance(watched, QWidget):
            return event.type() == QEvent.Type.ToolTip and self._show(watched, event.globalPos())
        return False

    def _follow(self, window: QWindow | None) -> None:
        if self._window is not None and isValid(self._window):
            self._window.removeEventFilter(self)
        self._window = window
        if window is not None:
            window.installEventFilter(self)

    def _hover(self, widget: QWidget | None) -> None:
        """Be asked first for the tip of a widget, or of the parent whose tip Qt would show."""
        path = [] if widget is None else list(_up_to_tip(widget))
        if path == self._hovered:
            return
        for former in self._hovered:
            if isValid(former):
                former.removeEventFilter(self)
        self._hovered = path
        for part in path:
            part.installEventFilter(self)

    def _show(self, widget: QWidget, mouse: QPoint) -> bool:
        # Views, menus and tabs show the tips of their entries themselves.
        parts = isinstance(widget, (QMenu, QTabBar)) or isinstance(widget.parent(), QAbstractItemView)
        if parts or not widget.toolTip():
            return False
        QToolTip.showText(mouse, wrapped(widget.toolTip()), widget)
        label = _label()
        if label is not None:
            label.move(beside(subject_of(widget), label.size(), mouse))
        return True


def _up_to_tip(widget: QWidget) -> Iterator[QWidget]:
    part: QWidget | None = widget
    while part is not None:
        yield part
        part = None if part.toolTip() or part.isWindow() else part.parentWidget()


def set_subject(widget: QWidget, subject: QWidget) -> None:
    """Keep the tip of a widget from covering ``subject``, which it explains, too."""
    widget.setProperty(_SUBJECT, subject)


def subject_of(widget: QWidget) -> QWidget:
    """Return what the tip of a widget must not cover."""
    subject = widget.property(_SUBJECT)
    return subject if isinstance(subject, QWidget) else widget


def wrapped(text: str) -> str:
    """Return a tip as rich text of at most ``WIDEST`` pixels; plain text is escaped and keeps its lines."""
    rich = text if text.startswith("<") else escape(text).replace("\n", "<br>")
    inside = rich.removeprefix("<qt>").removesuffix("</qt>")
    document = QTextDocument()
    document.setDefaultFont(QToolTip.font())
    document.setHtml(inside)
    if document.idealWidth() <= WIDEST:
        return f"<qt><p style='white-space: pre; margin: 0'>{inside}</p></qt>"
    return (
        f"<qt><table width='{WIDEST}' cellspacing='0' cellpadding='0'><tr><td>{inside}</td></tr></table></qt>"
    )


def _label() -> QWidget | None:
    """Return Qt's window with the tip."""
    labels = (top for top in QApplication.topLevelWidgets() if top.metaObject().className() == "QTipLabel")
    return next((label for label in labels if label.isVisible()), None)


def beside(subject: QWidget, size: QSize, mouse: QPoint) -> QPoint:
    """Return the corner of a tip of ``size`` below, above, right or left of a widget: the first that is on the screen.

    It is near the position ``mouse`` of the screen. If there is room nowhere, the tip is where Qt would show it, within
    the screen.
    """
    seen = subject.visibleRegion().boundingRect() or subject.rect()
    control = QRect(subject.mapToGlobal(seen.topLeft()), seen.size()).adjusted(-GAP, -GAP, GAP, GAP)
    screen = subject.screen().availableGeometry()
    x = min(max(mouse.x() - size.width() // 3, screen.left()), screen.right() - size.width())
    y = min(max(mouse.y() - size.height() // 2, screen.top()), screen.bottom() - size.height())
    corners = (
        QPoint(x, control.bottom()),
        QPoint(x, control.top() - size.height()),
        QPoint(control.right(), y),
        QPoint(control.left() - size.width(), y),
    )
    fitting = (corner for corner in corners if screen.contains(QRect(corner, size)))
    return next(fitting, QPoint(x, min(mouse.y() + 20, screen.bottom() - size.height())))
