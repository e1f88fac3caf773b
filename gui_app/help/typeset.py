"""Formulas of the catalogue and of the help texts as rich text: variables in italics, sub- and superscripts."""

from __future__ import annotations

import re
from html import escape

_TOKEN = re.compile(
    r"(?P<mark>[_^])(?:\{(?P<group>[^}]*)\}|(?P<one>[A-Za-z]+|⌊[^⌋]*⌋|\S))"
    r"|(?P<word>[A-Za-zΑ-Ωα-ω]+)|(?P<other>[^_^A-Za-zΑ-Ωα-ω]+|[_^])"
)
_UPRIGHT = ("Σ", "N", "U", "P")
"""Sums, distributions and probabilities stand upright; so do words of more than one letter."""


def typeset(formula: str) -> str:
    """Return a formula as rich text; ``_x``, ``_{xy}``, ``^x`` and ``^{xy}`` are written below and above the line.

    Examples
    --------
    >>> typeset("w ← w − η·∂C/∂w")
    '<i>w</i> ← <i>w</i> − <i>η</i>·∂<i>C</i>/∂<i>w</i>'
    >>> typeset("max(0, z_l)^2 < 1")
    'max(0, <i>z</i><sub><i>l</i></sub>)<sup>2</sup> &lt; 1'
    """
    return "".join(_set(found) for found in _TOKEN.finditer(formula))


def _set(found: re.Match[str]) -> str:
    if found["mark"]:
        tag = "sub" if found["mark"] == "_" else "sup"
        return f"<{tag}>{typeset(found['group'] if found['group'] is not None else found['one'])}</{tag}>"
    word = found["word"]
    if word and len(word) == 1 and word not in _UPRIGHT:
        return f"<i>{word}</i>"
    return escape(word or found["other"], quote=False)
