"""The note beside an example: what it shows, why, and a button for each remedy."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.catalogue.presets import SHOWN_AFTER, Preset, Remedy
from gui_app.widgets.buttons import icon_button, text_button
from gui_app.widgets.guarded import guarded
from gui_app.widgets.tips import tip

MARGIN, GAP = 8, 8
LINES = 4


class ExampleNote(QFrame):
    """The note. Its text scrolls if the window is low; the buttons of the remedies stay visible.

    ``apply`` tries a remedy. ``closed`` is emitted when a person closes the note.
    """

    closed = Signal()

    def __init__(self, preset: Preset, apply: Callable[[Remedy], object]) -> None:
        super().__init__()
        self._apply = apply
        self._rows: list[tuple[QWidget, QLabel]] = []
        self.setProperty("kind", "panel")
        self.setAccessibleName(f"Example: {preset.label}")
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 6, MARGIN, 6)
        column.setSpacing(LINES)
        column.addLayout(self._heading(preset.label))
        text = self._text = QWidget()
        lines = QVBoxLayout(text)
        lines.setContentsMargins(0, 0, 8, 0)
        lines.setSpacing(LINES)
        lines.addWidget(_label(preset.formula, "name"))
        lines.addWidget(_label(f"Press Space to train. {preset.tooltip}"))
        lines.addWidget(_label(preset.why))
        lines.addStretch(1)
        self._scrolled = _scrolled(text)
        column.addWidget(self._scrolled, 1)
        what = preset.remedies[0].promise.what
        column.addWidget(_label(f"What helps, and the {what} {SHOWN_AFTER} epochs after the start", "name"))
        for remedy in preset.remedies:
            self._add_remedy(remedy, column)

    def _heading(self, label: str) -> QHBoxLayout:
        row = QHBoxLayout()
        close = icon_button("close", "Close", tip("Close", "Hide this note."), side=24)
        close.clicked.connect(self.closed)
        self.close_button = close
        row.addWidget(_label(label, "title"), 1)
        row.addWidget(close)
        return row

    def _add_remedy(self, remedy: Remedy, column: QVBoxLayout) -> None:
        meaning = (
            f"The example with only this change, trained from the initial weights: {remedy.promise.text}. "
            "Ctrl+Z undoes it."
        )
        button = text_button(remedy.label, tip(remedy.label, meaning), "compact")
        button.setAccessibleDescription(meaning)
        button.clicked.connect(lambda: self._apply(remedy))
        bound = QLabel(remedy.promise.bound)
        bound.setProperty("role", "name")
        self._rows.append((button, bound))
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(button)
        row.addWidget(bound)
        row.addStretch(1)
        column.addLayout(row)

    def heightForWidth(self, width: int) -> int:
        """Return the height in which nothing of the text scrolls."""
        for part in self.findChildren(QWidget):
            part.ensurePolished()
        layout, text = self.layout(), self._text.layout()
        assert layout is not None
        assert text is not None
        around = layout.minimumHeightForWidth(width) - self._scrolled.minimumHeight()
        return around + text.minimumHeightForWidth(width - 2 * (MARGIN + self.frameWidth()))

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the remedies' results only if the widest fits; tooltips have them, too."""
        available = self.contentsRect().width() - 2 * MARGIN
        widths = (button.sizeHint().width() + GAP + bound.sizeHint().width() for button, bound in self._rows)
        fits = max(widths, default=0) <= available
        for _, bound in self._rows:
            bound.setVisible(fits)


def _scrolled(text: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setMinimumHeight(40)
    area.setWidget(text)
    return area


def _label(text: str, role: str = "") -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
