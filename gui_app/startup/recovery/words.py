"""What is said of a drawing that was left: its name, its time and its epochs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale

from engine.catalogue.texts import counted
from gui_app.session.document import SUFFIX
from gui_app.session.run_in_file import describe_lanes
from gui_app.startup.recovery.putting import PutAway


def name_of(path: Path | None) -> str:
    """Return the name of a drawing, by its file."""
    return "Untitled" if path is None else path.name.removesuffix(SUFFIX)


def run_in_words(epochs: int) -> str:
    return f"trained {counted(epochs, 'epoch')}" if epochs else "with a weight set by hand"


def time_in_words(when: float, now: QDateTime | None = None, seconds: bool = False) -> str:
    """Return a time such as "today 14:03"; with the date where it is not of the last days or not in the past."""
    now = QDateTime.currentDateTime() if now is None else now
    moment = QDateTime.fromMSecsSinceEpoch(round(when * 1000))
    days = moment.date().daysTo(now.date())
    english, clock = QLocale.c(), moment.toString("HH:mm:ss" if seconds else "HH:mm")
    if days in (0, 1):
        return f"{('today', 'yesterday')[days]} {clock}"
    if 1 < days < 7:
        return f"{english.toString(moment.date(), 'dddd')} {clock}"
    same_year = moment.date().year() == now.date().year()
    return f"{english.toString(moment.date(), 'd MMMM' if same_year else 'd MMMM yyyy')} {clock}"


def describe_put_away(name: str, done: PutAway, gap: str = "") -> str:
    """Return what is said of a run that is put away; ``gap`` is what of it could not be kept, in a clause, or ""."""
    lacks = f", without the history of {describe_lanes(done.without_history)}" if done.without_history else ""
    but = f" But {gap}." if gap else ""
    return f"“{name}”, {run_in_words(done.epoch)}, is kept{lacks}: File → Go on where you left off.{but}"
