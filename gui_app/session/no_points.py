"""What is said where there are no points to train on."""

from __future__ import annotations


def no_points_message(empty: bool) -> str:
    """Return why training cannot run; ``empty`` says that no split has points."""
    return f"There are no training points: {remedy(empty)}."


def remedy(empty: bool) -> str:
    """Return what brings training points, in a clause."""
    return "draw some" if empty else "draw some, or lower the validation and test shares"
