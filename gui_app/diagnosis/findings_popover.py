"""The popover with all findings and all their cures."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.observation.diagnosis import Finding
from gui_app.diagnosis.diagnosis import Diagnosis
from gui_app.diagnosis.finding_parts import cure_buttons, show_severity
from gui_app.theme.tokens import Theme
from gui_app.widgets.flow import FlowLayout
from gui_app.widgets.popover import Popover

WIDTH = 460


class FindingsPopover(Popover):
    """Popover with one row per finding; it also closes when a person chooses a cure."""

    def __init__(self, diagnosis: Diagnosis, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("All findings", WIDTH, padding=16, parent=parent)
        self._diagnosis, self._theme = diagnosis, theme
        self.column.setSpacing(16)
        for finding in diagnosis.findings:
            self.column.addWidget(self._row(finding))

    def _row(self, finding: Finding) -> QWidget:
        row = QWidget()
        row.setAccessibleName(finding.message)
        sign, title, numbers = (
            QLabel(),
            QLabel(finding.title),
            QLabel(finding.numbers.replace(" %", "\u00a0%")),
        )
        show_severity(sign, finding.severity, self._theme)
        title.setProperty("role", "title")
        numbers.setProperty("role", "name")
        numbers.setWordWrap(True)
        heading = QHBoxLayout()
        heading.setSpacing(8)
        heading.addWidget(sign)
        heading.addWidget(title, 1)
        buttons = FlowLayout(spacing=8)
        for button in cure_buttons(finding.cures, self._diagnosis):
            button.clicked.connect(self.close)
            buttons.addWidget(button)
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(heading)
        column.addWidget(numbers)
        column.addLayout(buttons)
        return row
