"""The popover with all findings and all their cures."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.observation.diagnosis import Cure, Finding
from gui_app.diagnosis.diagnosis import Diagnosis
from gui_app.diagnosis.finding_parts import beside_button, cure_button, show_severity, subject
from gui_app.diagnosis.lane_watch import LaneFinding
from gui_app.theme.tokens import Theme
from gui_app.widgets.flow import FlowLayout
from gui_app.widgets.popover import Popover

WIDTH = 460


class FindingsPopover(Popover):
    """Popover with one row per finding, by lane; it also closes when a person chooses a cure."""

    def __init__(self, diagnosis: Diagnosis, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("All findings", WIDTH, padding=16, parent=parent)
        self._remedies, self._theme = diagnosis.remedies, theme
        self.column.setSpacing(16)
        groups: dict[str, list[LaneFinding]] = {}
        for shown in diagnosis.findings:
            groups.setdefault(subject(shown, self._remedies.several), []).append(shown)
        # The lane with the most pressing finding comes first.
        for about, findings in groups.items():
            if about:
                self.column.addWidget(_heading(about))
            for shown in findings:
                self.column.addWidget(self._row(shown))

    def _row(self, shown: LaneFinding) -> QWidget:
        finding, row = shown.finding, QWidget()
        row.setAccessibleName(finding.message)
        numbers = QLabel(finding.numbers.replace(" %", "\u00a0%"))
        numbers.setProperty("role", "name")
        numbers.setWordWrap(True)
        buttons = FlowLayout(spacing=8)
        for cure in finding.cures:
            buttons.addWidget(self._offer(cure, shown.lane))
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._title(finding))
        column.addWidget(numbers)
        column.addLayout(buttons)
        return row

    def _title(self, finding: Finding) -> QHBoxLayout:
        sign, title = QLabel(), QLabel(finding.title)
        show_severity(sign, finding.severity, self._theme)
        title.setProperty("role", "title")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(sign)
        row.addWidget(title, 1)
        return row

    def _offer(self, cure: Cure, lane: str) -> QWidget:
        """The two buttons of a cure, which stay together."""
        pair = QWidget()
        row = QHBoxLayout(pair)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for button in (cure_button(cure, lane, self._remedies), beside_button(cure, lane, self._remedies)):
            if button is not None:
                button.clicked.connect(self.close)
                row.addWidget(button)
        return pair


def _heading(about: str) -> QLabel:
    label = QLabel(about)
    label.setProperty("role", "headline")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
