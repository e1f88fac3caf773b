"""What somebody wrote, as sentences quote it."""

from __future__ import annotations

LONGEST = 60
"""Characters of a text that a sentence repeats."""


def quoted(text: str) -> str:
    """Between “ and ”, in one line, and cut where it is long."""
    shown = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)
    return f"“{shown if len(shown) <= LONGEST else f'{shown[: LONGEST - 1]}…'}”"
