"""What is said where there is nothing to train, nothing to train on, or nothing to learn."""

from __future__ import annotations

from engine.data import SECOND_CLASS, one_class
from gui_app.session.document import Document

ALL_MUTED = "All lanes are muted; unmute one to train."
"""Why nothing is trained."""


def no_points_message(empty: bool) -> str:
    """Return why training cannot run; ``empty`` says that no split has points."""
    return f"There are no training points: {remedy(empty)}."


def remedy(empty: bool) -> str:
    """Return what brings training points, in a clause."""
    return "draw some" if empty else "draw some, or lower the validation and test shares"


def one_class_message(document: Document) -> str:
    """Return what is wrong and what helps if all points are of one class; "" otherwise."""
    wrong = one_class(document.experiment.data, document.points)
    return f"{wrong}. {SECOND_CLASS}." if wrong else ""
