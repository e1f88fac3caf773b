"""A column of panels that scrolls."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from gui_app.theme import text_size
from gui_app.widgets.guarded import guarded


class Column(QScrollArea):
    """A column of panels that scrolls vertically and is at least ``width`` pixels wide; wider with larger text.

    It stays empty until all panels are built, so that the layout does not change visibly. Panels are made with
    ``inside`` as their parent: what is made without one is styled again, with all its parts, when it gets one.
    ``widened(factor)`` is emitted when another size of text changes its width.
    """

    widened = Signal(float)

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inside = QFrame()
        self.inside.setProperty("kind", "panel")
        self._panels = QVBoxLayout(self.inside)
        self._panels.setContentsMargins(0, 0, 0, 0)
        self._panels.setSpacing(0)
        self._width, self._asked = width, 0
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
        return bool(super().eventFilter(watched, event))

    def _fit_text(self) -> None:
        """Be as wide as the size of text asks for, and as the panels need."""
        needed = self.inside.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        before, self._asked = self._asked, text_size.scaled(self._width, text_size.scale())
        self.setMinimumWidth(max(self._asked, needed))
        if self._asked != before:
            self.widened.emit(self._asked / max(before, 1))

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
