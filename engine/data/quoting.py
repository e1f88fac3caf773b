"""Quote what a person wrote, for sentences."""

from __future__ import annotations

LONGEST = 60
"""How many characters of a text are quoted."""


def one_line(text: str) -> str:
    """Return a text in one line of printable characters.

    Parameters
    ----------
    text
        What a person wrote.

    Returns
    -------
    str
        With escapes, as Python has them, for what cannot be seen.

    Examples
    --------
    >>> one_line("two\\nlines")
    'two\\\\nlines'
    """
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def quoted(text: str) -> str:
    """Quote a text for a sentence.

    Parameters
    ----------
    text
        What a person wrote, of any length.

    Returns
    -------
    str
        Between “ and ”, in one line of printable characters, at most ``LONGEST`` long.

    Examples
    --------
    >>> quoted("two\\nlines")
    '“two\\\\nlines”'
    """
    shown = one_line(text)
    return f"“{shown if len(shown) <= LONGEST else f'{shown[: LONGEST - 1]}…'}”"
