"""The language in which lessons are read."""

from __future__ import annotations

from PySide6.QtCore import QLocale


def lesson_language() -> str:
    """Return the code of the person's language, such as "de_AT"; lessons without a text in it are read in English."""
    return QLocale().name()
