"""The line in the status bar with the most pressing finding and its cures."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from gui_app.diagnosis.diagnosis import Diagnosis
from gui_app.diagnosis.finding_parts import (
    beside_button,
    cure_button,
    line_title,
    message,
    show_severity,
    subject,
)
from gui_app.diagnosis.findings_popover import FindingsPopover
from gui_app.diagnosis.lane_watch import LaneFinding
from gui_app.theme import text_size
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.buttons import icon_button, text_button, tint
from gui_app.widgets.elided_label import LEAST, ElidedLabel
from gui_app.widgets.guarded import guarded
from gui_app.widgets.tips import tip
from gui_app.widgets.wrapped_text import fit_text, fits, paint_wrapped

HEIGHT = 32
"""Pixels, with text of the default size."""
_PART_ENDS = re.compile(r"[,;:.] ").finditer
MOST_CURES = 2
"""The button ``more`` shows further cures."""


class DiagnosisLine(QWidget):
    """Line that is empty without findings; ``appeared`` is emitted when another finding becomes the most pressing."""

    appeared = Signal()

    def __init__(self, diagnosis: Diagnosis, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.diagnosis, self.theme = diagnosis, LIGHT
        self._shown: LaneFinding | None = None
        self._offered: object = None
        self._is_quiet = False
        self.cures: list[QPushButton] = []
        self.beside: QPushButton | None = None
        self.setAccessibleName("Diagnosis")
        self.icon, self.title, self.numbers = QLabel(), QLabel(), Numbers()
        self.title.setProperty("role", "title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.more = text_button("More", "All findings and their remedies", "compact")
        self.dismiss = icon_button(
            "close", "Dismiss", tip("Dismiss", "Hide this until training restarts."), side=26
        )
        self._lay_out()
        self._fit_text()
        self.more.clicked.connect(self._open_more)
        self.dismiss.clicked.connect(self._dismiss)
        diagnosis.changed.connect(self._show)
        self._show(diagnosis.findings)

    def apply_theme(self, theme: Theme) -> None:
        self.theme = theme
        tint(self, theme.muted)
        if self._shown is not None:
            show_severity(self.icon, self._shown.finding.severity, theme)

    def set_quiet(self, quiet: bool) -> None:
        """Say nothing of what is found, as long as it would tell a learner the answer."""
        if quiet != self._is_quiet:
            self._is_quiet = quiet
            self._show(self.diagnosis.findings)

    @property
    def _findings(self) -> tuple[LaneFinding, ...]:
        return () if self._is_quiet else self.diagnosis.findings

    @guarded
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._make_room()
        elif event.type() == QEvent.Type.FontChange:
            self._fit_text()
        return super().event(event)

    def _fit_text(self) -> None:
        """Be as high as two small lines."""
        height = text_size.scaled(HEIGHT, max(text_size.scale(), 1.0))
        self.setFixedHeight(height)
        self.numbers.setFixedHeight(height - 4)

    def minimumSizeHint(self) -> QSize:
        """Return no minimum width: a long finding must not widen the window."""
        return QSize(0, self.maximumHeight())

    def _make_room(self) -> None:
        """Hide buttons that leave too little room for the numbers; ``more`` shows them.

        Numbers for which the whole line is too narrow end with a part of the sentence, and ``more`` shows all of it.
        """
        fitting = [
            count for count in range(len(self._buttons_of_cures), -1, -1) if self._left(count, cut=False) >= 0
        ]
        whole = (count for count in fitting if self.numbers.has_room(self._left(count, cut=False) + LEAST))
        count = next(whole, None)
        if count is None:
            offered = [count for count in (1, 0) if count <= len(self._buttons_of_cures)]
            count = next((count for count in offered if self._left(count, cut=True) >= 0), 0)
            self._left(count, cut=True)
        else:
            self._left(count, cut=False)

    @property
    def _buttons_of_cures(self) -> list[QPushButton]:
        """Those that give way come last."""
        return [*self.cures[:1], *([self.beside] if self.beside else []), *self.cures[1:]]

    def _left(self, count: int, cut: bool) -> int:
        """Show so many buttons; return the pixels beside all that is shown, except for the numbers."""
        buttons = self._buttons_of_cures
        for number, button in enumerate(buttons):
            button.setVisible(number < count)
        self._show_more(sum(button in self.cures for button in buttons[:count]), cut or count < len(buttons))
        self._row.activate()
        return self.width() - self._row.minimumSize().width()

    def _show_more(self, cures: int, cut: bool) -> None:
        """Show ``more`` if the line, with ``cures`` cures, leaves out findings, cures, buttons or numbers."""
        findings = self._findings
        others = len(findings) - 1
        left_out = cut or (bool(findings) and cures < len(findings[0].finding.cures))
        self.more.setVisible(bool(findings) and (others > 0 or left_out))
        self.more.setText(f"{others} more" if others > 0 else "More")
        self.more.setAccessibleName(self.more.text())

    def _lay_out(self) -> None:
        row = self._row = QHBoxLayout(self)
        row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        row.setContentsMargins(8, 2, 8, 2)
        row.setSpacing(8)
        row.addWidget(self.icon)
        row.addWidget(self.title)
        row.addWidget(self.numbers, 1)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        row.addLayout(self._buttons)
        row.addWidget(self.more)
        row.addWidget(self.dismiss)

    def _show(self, _: tuple[LaneFinding, ...]) -> None:
        findings = self._findings
        before, self._shown = self._shown, findings[0] if findings else None
        for part in (self.icon, self.title, self.numbers, self.dismiss):
            part.setVisible(bool(findings))
        self._show_cures()
        several = self.diagnosis.remedies.several
        self.setAccessibleDescription(message(self._shown, several) if self._shown else "")
        if self._shown is not None:
            show_severity(self.icon, self._shown.finding.severity, self.theme)
            self.title.setText(line_title(self._shown, several))
            self.title.setToolTip(tip(subject(self._shown, several), "") if several else "")
            self.numbers.show_text(self._shown.finding.numbers)
        self._make_room()
        if self._shown is not None and (before is None or _subject(before) != _subject(self._shown)):
            self.appeared.emit()

    def _show_cures(self) -> None:
        """Replace the buttons if the cures have changed; otherwise they stay, so that a click does not miss them."""
        shown, remedies = self._shown, self.diagnosis.remedies
        cures = shown.finding.cures if shown else ()
        offered = (shown.lane, cures, remedies.several, remedies.has_room) if shown else None
        if offered == self._offered:
            return
        self._offered = offered
        for button in self._buttons_of_cures:
            self._buttons.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.cures, self.beside = [], None
        if shown is not None and cures:
            self.cures = [cure_button(cure, shown.lane, remedies) for cure in cures[:MOST_CURES]]
            self.beside = beside_button(cures[0], shown.lane, remedies)
        for button in self._buttons_of_cures:
            self._buttons.addWidget(button)

    def _dismiss(self) -> None:
        if self._shown is not None:
            self.diagnosis.dismiss(self._shown)

    def _open_more(self) -> None:
        popover = FindingsPopover(self.diagnosis, self.theme, self)
        popover.open_above(self.mapToGlobal(QPoint(self.width() - 8, -4)), Qt.AlignmentFlag.AlignRight)


def _subject(shown: LaneFinding) -> tuple[str, str]:
    return shown.lane, shown.finding.code


class Numbers(ElidedLabel):
    """Label that wraps a long sentence into two small lines; the tooltip has the whole sentence.

    Of a sentence that is longer still, it shows as many whole parts as fit.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "name")

    def describe(self, text: str) -> None:
        self.setToolTip(tip(text, ""))
        self.setAccessibleName(text)

    def has_room(self, width: int) -> bool:
        """Whether the whole sentence fits into ``width`` pixels."""
        return fits(self.full_text, self.font(), width, self.height())

    @property
    def shown_text(self) -> str:
        """The sentence, or its first parts if the whole does not fit."""
        ends = [len(self.full_text), *(found.start() for found in reversed([*_PART_ENDS(self.full_text)]))]
        parts = (self.full_text[:end] for end in ends)
        return next((part for part in parts if fits(part, self.font(), self.width(), self.height())), "")

    def fit(self) -> None:
        lines = fit_text(self.shown_text, self.font(), self.width(), self.height())[1]
        self.setText("\n".join(lines))
        self.update()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        paint_wrapped(painter, QRectF(self.rect()), self.shown_text, self.font())
