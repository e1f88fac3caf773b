"""Parts of findings in all views: severity icons, titles, and buttons of cures."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QPushButton

from engine.experiment.lanes import MOST_LANES
from engine.observation.diagnosis import Cure, Severity
from gui_app.diagnosis.lane_watch import LaneFinding
from gui_app.diagnosis.remedies import Remedies
from gui_app.theme.icons import icon
from gui_app.theme.tokens import Theme
from gui_app.widgets.buttons import text_button
from gui_app.widgets.tips import tip

ICON = 18
ICONS: dict[Severity, str] = {"error": "error", "warning": "warning", "hint": "info"}
NAMES: dict[Severity, str] = {"error": "Serious", "warning": "Warning", "hint": "Hint"}
LONGEST_IN_LINE = 20
"""How many letters of a lane's name the line shows; its tooltip and the popover have all of them."""
BESIDE = "Try beside"


def severity_colour(severity: Severity, theme: Theme) -> str:
    return {"error": theme.danger, "warning": theme.warning, "hint": theme.accent}[severity]


def show_severity(label: QLabel, severity: Severity, theme: Theme) -> None:
    """Show the icon of a severity, with its accessible name."""
    drawn = icon(ICONS[severity], severity_colour(severity, theme))
    label.setPixmap(drawn.pixmap(QSize(ICON, ICON), label.devicePixelRatioF()))
    label.setAccessibleName(NAMES[severity])


def subject(shown: LaneFinding, several: bool, longest: int | None = None) -> str:
    """Return what a finding is about; "" if there is only one lane. Names are cut to ``longest`` letters."""
    if not several:
        return ""
    name = shown.lane
    if longest is not None and len(name) > longest:
        name = f"{name[: longest - 1].rstrip()}…"
    return "Data" if shown.shared else f"Lane {name}"


def line_title(shown: LaneFinding, several: bool) -> str:
    """Return the title of a finding; it names the lane if there are several."""
    about = subject(shown, several, LONGEST_IN_LINE)
    return f"{about}: {shown.finding.title}." if about else f"{shown.finding.title}."


def message(shown: LaneFinding, several: bool) -> str:
    """Return all that a finding says, with the whole name of the lane if there are several."""
    about = subject(shown, several)
    return f"{about}: {shown.finding.message}" if about else shown.finding.message


def cure_button(cure: Cure, lane: str, remedies: Remedies) -> QPushButton:
    """Return a button that applies a cure to a lane."""
    button = text_button(cure.label, tip(cure.label, _meaning(remedies.restarts(cure, lane))), "compact")
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.clicked.connect(lambda: remedies.apply(cure, lane))
    return button


def beside_button(cure: Cure, lane: str, remedies: Remedies) -> QPushButton | None:
    """Return a button that tries a cure in a copy of the lane; None for a cure of the data, which lanes share."""
    if not cure.changes_of_copy:
        return None
    title = "Try it beside this one"
    meaning = (
        f"Duplicates lane {lane} with “{cure.label}”. The copy starts from the same seed, and lane {lane} stays as it "
        "is. Training runs at once. Ctrl+Z removes the copy."
        if remedies.has_room
        else f"A document has room for {MOST_LANES} lanes. Remove one first."
    )
    button = text_button(BESIDE, tip(title, meaning), "compact")
    button.setAccessibleName(f"{title}: {cure.label}")
    button.setEnabled(remedies.has_room)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.clicked.connect(lambda: remedies.try_beside(cure, lane))
    return button


def _meaning(restarts: bool) -> str:
    effect = "Training restarts from the initial weights." if restarts else "Training continues."
    return f"Changes the settings; Ctrl+Z undoes it. {effect} Training runs at once, even if it was paused."
