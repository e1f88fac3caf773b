"""Texts of a CSV file that a spreadsheet would execute, written so that it does not."""

from __future__ import annotations

from engine.data.numbers import is_number

_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
MARK = "'"


def guarded(text: str) -> str:
    """Write a text so that a spreadsheet shows it and does not execute it.

    Parameters
    ----------
    text
        A name, not a number.

    Returns
    -------
    str
        With an apostrophe before it, if it begins like a formula, or with apostrophes before that; numbers stay.

    Examples
    --------
    >>> guarded("=1+1"), guarded("red"), guarded("-1.5"), guarded("'=x"), guarded("'quoted'")
    ("'=1+1", 'red', '-1.5', "''=x", "'quoted'")
    """
    begins = text.lstrip(MARK).startswith(_STARTS)
    return MARK + text if begins and not is_number(text) else text
