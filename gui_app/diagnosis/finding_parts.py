"""Parts of findings in all views: severity icons and cure buttons."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QPushButton

from engine.observation.diagnosis import Cure, Severity
from gui_app.diagnosis.diagnosis import Diagnosis
from gui_app.theme.icons import icon
from gui_app.theme.tokens import Theme
from gui_app.widgets.buttons import text_button
from gui_app.widgets.tips import tip

ICON = 18
ICONS: dict[Severity, str] = {"error": "error", "warning": "warning", "hint": "info"}
NAMES: dict[Severity, str] = {"error": "Serious", "warning": "Warning", "hint": "Hint"}


def severity_colour(severity: Severity, theme: Theme) -> str:
    return {"error": theme.danger, "warning": theme.warning, "hint": theme.accent}[severity]


def show_severity(label: QLabel, severity: Severity, theme: Theme) -> None:
    """Show the icon of a severity, with its accessible name."""
    drawn = icon(ICONS[severity], severity_colour(severity, theme))
    label.setPixmap(drawn.pixmap(QSize(ICON, ICON), label.devicePixelRatioF()))
    label.setAccessibleName(NAMES[severity])


def cure_buttons(cures: Iterable[Cure], diagnosis: Diagnosis) -> list[QPushButton]:
    """Return one button per cure; a click applies the cure."""
    buttons = []
    for cure in cures:
        button = text_button(cure.label, tip(cure.label, _meaning(diagnosis.restarts(cure))), "compact")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(lambda _=False, cure=cure: diagnosis.apply(cure))
        buttons.append(button)
    return buttons


def _meaning(restarts: bool) -> str:
    effect = "Training restarts from the initial weights." if restarts else "Training continues."
    return f"Changes the settings; Ctrl+Z undoes it. {effect} Training runs at once, even if it was paused."
