"""The line above a plot: its title on the left, the legend on the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui_app.plots.drawing.legend import GAP, LegendEntry, Placed, paint_entry, paint_legend, placed, rows_of
from gui_app.plots.drawing.legend_button import LegendButton
from gui_app.plots.drawing.metrics import header_height
from gui_app.theme.text import small_font, text_width
from gui_app.theme.tokens import Theme
from gui_app.widgets.guarded import guarded
from gui_app.widgets.tips import set_subject

MARGIN = 12


def paint_header(
    painter: QPainter, rect: QRectF, title: str, entries: Sequence[LegendEntry], theme: Theme
) -> None:
    """Paint title and legend into ``rect``, for an export."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    room = _legend_room(rect, title, MARGIN)
    _paint_title(painter, rect.adjusted(0.0, 0.0, 0.0, header_height() - rect.height()), title, theme)
    paint_legend(painter, room, entries, theme, max(rows_of(entries, room.width()), 2))


def export_header_height(width: float, title: str, entries: Sequence[LegendEntry]) -> int:
    """Return the height of the header of an export: more than on the screen where its legend needs more lines."""
    room = _legend_room(QRectF(0.0, 0.0, width, 1.0), title, MARGIN)
    return max(header_height(), rows_of(entries, room.width()) * (header_height() // 2))


def _paint_title(painter: QPainter, rect: QRectF, title: str, theme: Theme) -> None:
    painter.setFont(small_font(bold=True))
    painter.setPen(QColor(theme.text))
    painter.drawText(rect.adjusted(MARGIN, 0.0, 0.0, 0.0), Qt.AlignmentFlag.AlignVCenter, title)


def _legend_room(rect: QRectF, title: str, right: float) -> QRectF:
    left = MARGIN + text_width(title, bold=True) + GAP if title else GAP
    return rect.adjusted(left, 0.0, -right, 0.0)


class Header(QWidget):
    """Title and legend in one line, the legend in two where it has to be. ``toggled(key)``: an entry was clicked."""

    toggled = Signal(str)

    def __init__(self, title: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self._theme = title, theme
        self.entries: tuple[LegendEntry, ...] = ()
        self._meaning = ""
        self.right_margin = MARGIN
        self._buttons: list[LegendButton] = []
        self._notes: list[Placed] = []
        self._has_legend_below = False
        """Whether the second line of the legend reaches below the title."""
        # Mouse moves go on to the plot, so that it notices when the mouse leaves its area.
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, header_height())

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours and text size."""
        self._theme = theme
        self.setFixedHeight(header_height())
        self._arrange()
        self.update()

    def show_title(self, title: str) -> None:
        """Show another title."""
        if title != self.title:
            self.title = title
            self._arrange()
            self.update()

    def describe(self, meaning: str) -> None:
        """Set what the tooltip says; the current values follow it."""
        self._meaning = meaning
        self.setToolTip(meaning)

    def show_entries(self, entries: Sequence[LegendEntry]) -> None:
        """Show these legend entries."""
        if tuple(entries) != self.entries:
            self.entries = tuple(entries)
            self._arrange()

    @property
    def buttons(self) -> list[LegendButton]:
        """The buttons of the entries that can be hidden, from left to right."""
        return [button for button in self._buttons if not button.isHidden()]

    def _arrange(self) -> None:
        """Put the entries where there is room; those that can be hidden are buttons, the others are painted."""
        room = _legend_room(QRectF(self.rect()), self.title, self.right_margin)
        shown = placed(self.entries, room, below=room.left() - MARGIN if self.title else 0.0)
        has_legend_below = any(one.rect.left() < room.left() for one in shown)
        if has_legend_below != self._has_legend_below:
            self._has_legend_below = has_legend_below
            self.update()
        active = [one for one in shown if one.entry.key]
        notes = [one for one in shown if not one.entry.key]
        while len(self._buttons) < len(active):
            self._buttons.append(self._make_button())
        for button, one in zip(self._buttons, active, strict=False):
            button.show_entry(one.entry, one.rect, self._theme)
            button.show()
        for button in self._buttons[len(active) :]:
            button.hide()
        if notes != self._notes:
            self._notes = notes
            self.update()

    def _make_button(self) -> LegendButton:
        button = LegendButton(self)
        # One of them is reached by Tab, the others from there by arrow keys.
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus if self._buttons else Qt.FocusPolicy.TabFocus)
        set_subject(button, self.parentWidget() or self)
        button.clicked.connect(self._toggle)
        button.stepped.connect(self._step)
        return button

    def _toggle(self) -> None:
        button = self.sender()
        if isinstance(button, LegendButton):
            self.toggled.emit(button.entry.key)

    def _step(self, by: int) -> None:
        button, shown = self.sender(), self.buttons
        if isinstance(button, LegendButton) and button in shown:
            shown[(shown.index(button) + by) % len(shown)].setFocus(Qt.FocusReason.TabFocusReason)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    @guarded
    def enterEvent(self, event: QEnterEvent) -> None:
        now = ", ".join(entry.sentence for entry in self.entries if entry.value)
        self.setToolTip("\n\n".join(filter(None, (self._meaning, now))))

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(self._theme.panel))
        whole = QRectF(self.rect())
        beside = whole.adjusted(0.0, 0.0, 0.0, -whole.height() / 2) if self._has_legend_below else whole
        _paint_title(painter, beside, self.title, self._theme)
        for one in self._notes:
            paint_entry(painter, one.rect, one.entry, self._theme)
        painter.end()
