"""The extent of the canvas, which data, scaling and drawing share."""

CANVAS = 6.0
"""The canvas shows [-CANVAS, CANVAS] on both axes."""


def symmetric_range(bound: float) -> str:
    """Return the range from −bound to bound as text.

    Parameters
    ----------
    bound
        The largest number of the range.

    Returns
    -------
    str

    Examples
    --------
    >>> symmetric_range(6.0)
    '−6 to 6'
    """
    return f"−{bound:g} to {bound:g}"
