"""A column of panels that scrolls."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from gui_app.theme import text_size
from gui_app.widgets.guarded import guarded

_FITS = (QEvent.Type.ShowToParent, QEvent.Type.HideToParent, QEvent.Type.FontChange, QEvent.Type.StyleChange)


class Column(QScrollArea):
    """A column of panels that scrolls vertically and is at least ``width`` pixels wide; wider with larger text.

    It stays empty until all panels are built, so that the layout does not change visibly. Panels are made with
    ``inside`` as their parent: what is made without one is styled again, with all its parts, when it gets one.
    ``widened(factor)`` is emitted when another size of text changes its width, ``least_changed`` when its smallest
    width changes.
    """

    widened = Signal(float)
    least_changed = Signal()

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inside = QFrame()
        self.inside.setProperty("kind", "panel")
        self._panels = QVBoxLayout(self.inside)
        self._panels.setContentsMargins(0, 0, 0, 0)
        self._panels.setSpacing(0)
        self._width, self._asked = width, 0
        self._header: QWidget | None = None
        self._fit_text()
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

    @guarded
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._fit_text()

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.inside and event.type() == QEvent.Type.LayoutRequest:
            self._fit_text()
        if watched is self._header and event.type() in _FITS:
            self._fit_header()
        return bool(super().eventFilter(watched, event))

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_header()

    def _fit_text(self) -> None:
        """Be as wide as the size of text asks for, and as the panels need."""
        needed = self.inside.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        before, self._asked = self._asked, text_size.scaled(self._width, text_size.scale())
        least = max(self._asked, needed)
        if least != self.minimumWidth():
            self.setMinimumWidth(least)
            self.least_changed.emit()
        if self._asked != before:
            self.widened.emit(self._asked / max(before, 1))

    def set_header(self, header: QWidget) -> None:
        """Show a child above the panels that does not scroll with them; while it is hidden, it takes no room."""
        self._header = header
        header.installEventFilter(self)
        self._fit_header()

    def _fit_header(self) -> None:
        header = self._header
        if header is not None:
            height = 0 if header.isHidden() else header.sizeHint().height()
            self.setViewportMargins(0, height, 0, 0)
            header.setGeometry(0, 0, self.width(), height)

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
