"""Unicode characters in numbers: replace each by the one ASCII character that it looks like."""

from __future__ import annotations

import re

_MINUS = "\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d"
_BLANKS = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_APOSTROPHES = "\u2019\u02bc\u00b4\u0060\uff07"
_TIMES = "\u00b7\u22c5\u00d7\u2219"
_ALIKE = str.maketrans(
    {
        **dict.fromkeys(_MINUS, "-"),
        **dict.fromkeys(_BLANKS, " "),
        **dict.fromkeys(_APOSTROPHES, "'"),
        **dict.fromkeys(_TIMES, "*"),
        "\uff0b": "+",
        "\uff0c": ",",
        "\uff0e": ".",
        "\uff05": "%",
        "\ufe6a": "%",
    }
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_RAISED = re.compile("10([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)")


def normalize_signs(text: str) -> str:
    """Replace the Unicode variants of signs, blanks, apostrophes and digits by ASCII.

    Parameters
    ----------
    text
        A number as it was written.

    Returns
    -------
    str
        Not always as long: an exponent in superscripts gets a ^.

    Examples
    --------
    >>> normalize_signs("−1’284·10⁻³")
    "-1'284*10^-3"
    """
    if text.isascii():
        return text.replace("\t", " ").replace("`", "'")
    text = _RAISED.sub(lambda raised: "10^" + raised[1].translate(_SUPERSCRIPTS), text)
    text = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in text)
    return text.translate(_ALIKE)
