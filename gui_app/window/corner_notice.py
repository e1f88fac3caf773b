"""A small card over a lower corner of the window, which takes no focus and waits for nothing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QLabel, QMainWindow

from gui_app.widgets.guarded import guarded
from gui_app.widgets.topics import set_topic

WIDEST, NARROWEST, MARGIN = 392, 190, 12
"""Pixels: widths of a notice, and its distance from the edges."""

_PLACES = QEvent.Type.Resize, QEvent.Type.Show


class CornerNotice(QFrame):
    """A ``headline`` and a ``detail`` above the status bar, in the lower left or lower right corner of ``window``.

    A subclass lays them out with its buttons. It is as wide as the column of panels in its corner, so that it covers
    neither canvas nor plots.
    """

    def __init__(self, window: QMainWindow, name: str, corner: Qt.Corner) -> None:
        super().__init__(window)
        set_topic(self, "engine")
        self._window, self._is_right = window, corner == Qt.Corner.BottomRightCorner
        self.setProperty("kind", "notice")
        self.setAccessibleName(name)
        self.headline, self.detail = _label("title"), _label("caption")
        self.hide()
        window.installEventFilter(self)
        # It grows with text and with the line of a finding, whose buttons must not be covered.
        window.statusBar().installEventFilter(self)

    def say(self, headline: str, detail: str, aloud: bool = True) -> None:
        """Show two sentences, on top of the window; screen readers read them if they are said ``aloud``."""
        self.headline.setText(headline)
        self.detail.setText(detail)
        self.setAccessibleDescription(f"{headline.rstrip('.')}. {detail}")
        centre = self._window.centralWidget()
        if centre is not None:
            centre.installEventFilter(self)
        self._arrange()
        if aloud:
            self.show()
            self.raise_()
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _PLACES and not self.isHidden():
            self._arrange()
        return False

    def _arrange(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.setFixedWidth(self._room())
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))
        bar = self._window.statusBar()
        bottom = self._window.height() - (0 if bar.isHidden() else bar.height())
        left = self._window.width() - self.width() - MARGIN if self._is_right else MARGIN
        self.move(left, bottom - self.height() - MARGIN)

    def _room(self) -> int:
        """Return the width beside the centre of the window, or the widest if there is no column."""
        centre, window = self._window.centralWidget(), self._window
        if centre is None:
            return WIDEST
        column = window.width() - centre.geometry().right() if self._is_right else centre.x()
        return min(column - 2 * MARGIN, WIDEST) if column >= NARROWEST + 2 * MARGIN else WIDEST


def _label(role: str) -> QLabel:
    label = QLabel()
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
