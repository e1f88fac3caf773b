r"""Formulas in TeX as scalable drawings and as plain text; knows no screen.

The drawing is made by ziamath with the font STIX Two Math, from the MathML that latex2mathml makes of TeX. Both are
imported with the first formula.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any
from unicodedata import combining, normalize
from xml.etree import ElementTree

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

EM = 100.0
"""The size of the font in the units of a drawing."""
MOST_WORK = 4000
"""Parts of a formula, each counted twice as often for each group that it lies in."""
_MARGIN = 3.0
_INK = "currentColor"
_SHAPES = ("svg", "g", "path", "rect")
_MEANINGS = {
    "DenominatorNotFoundError": "a fraction has no denominator",
    "DoubleSubscriptsError": "two subscripts follow one another; put the first part into braces",
    "DoubleSuperscriptsError": "two superscripts follow one another; put the first part into braces",
    "ExtraLeftOrMissingRightError": r"\left needs its \right",
    "MissingEndError": r"\begin needs its \end",
    "MissingSuperScriptOrSubscriptError": "nothing follows _ or ^",
    "NumeratorNotFoundError": "a fraction has no numerator",
}
"""What the errors of latex2mathml mean, by their names."""
_BIG = re.compile(r"(?<=[\w})'])\s*\\(?:sum|prod)(?![a-zA-Z])")
"""A sum or product after a factor, from which TeX sets it a thin space apart."""
_AMPERSAND, _LESS = re.compile(r"&(?!#x?[0-9A-Fa-f]+;)"), re.compile(r"<(?!/?m[a-z])")
"""What stands for itself, and begins neither a number of a character nor a tag of MathML."""


@dataclass(frozen=True, slots=True)
class Typeset:
    """A formula that is ready to be drawn; lengths are in em, the size of the font around it.

    Parameters
    ----------
    tex : str
        The formula in TeX.
    width, ascent, descent : float
        The size of the drawing, to the right of where it begins, above and below the line that its letters stand on.
    plain : str
        The formula as text of one line, for whoever hears or copies it.
    left : float
        Where the drawing begins, in units of which an em has ``EM``.
    shapes : str
        The shapes as elements of SVG, in ``currentColor``.
    """

    tex: str
    width: float
    ascent: float
    descent: float
    plain: str
    left: float
    shapes: str

    @property
    def height(self) -> float:
        """The height of the drawing in em."""
        return self.ascent + self.descent

    def svg(self, pixels: float, colour: str = _INK, attributes: str = "") -> str:
        """Return the drawing as SVG.

        Parameters
        ----------
        pixels : float
            The size of the font, in pixels.
        colour : str
            The colour of the ink; ``currentColor`` takes the one of the text around it in HTML.
        attributes : str
            Further attributes of the element ``svg``, already escaped.

        Returns
        -------
        str
            One element ``svg``.
        """
        view = (self.left, -self.ascent * EM, self.width * EM, self.height * EM)
        size = f'width="{self.width * pixels:.3f}" height="{self.height * pixels:.3f}"'
        box = " ".join(f"{number:.3f}" for number in view)
        shapes = self.shapes if colour == _INK else self.shapes.replace(_INK, escape(colour))
        more = f" {attributes}" if attributes else ""
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="{box}"{more}>{shapes}</svg>'


class FormulaError(ValueError):
    """A formula cannot be typeset; the message says what is wrong with it."""


def formula_problem(tex: str) -> str:
    r"""Return what is wrong with a formula, as one sentence without a full stop; empty if it can be typeset.

    Parameters
    ----------
    tex : str
        The formula in TeX.

    Returns
    -------
    str
        The problem, such as "a { has no }".

    Examples
    --------
    >>> formula_problem(r"\lambda \sum_l W_l^2")
    ''
    >>> formula_problem(r"\frac{a}{b")
    'a { has no }'
    """
    try:
        typeset(tex)
    except FormulaError as error:
        return str(error)
    return ""


def as_text(tex: str) -> str:
    r"""Return a formula as text of one line, for whoever hears it; the TeX itself if it cannot be typeset.

    Parameters
    ----------
    tex : str
        The formula in TeX.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> as_text(r"\lambda \sum_l W_l^2")
    'λ ∑_l W_l^2'
    """
    try:
        return typeset(tex).plain
    except FormulaError:
        return tex


@lru_cache(maxsize=512)
def typeset(tex: str, display: bool = False) -> Typeset:
    """Typeset a formula.

    Parameters
    ----------
    tex : str
        The formula in TeX, without dollar signs.
    display : bool
        Whether it stands alone, with tall fractions and with limits above and below its sums, or within a line.

    Returns
    -------
    Typeset
        The drawing.

    Raises
    ------
    FormulaError
        Where TeX is wrong, or where the font has no such character.
    """
    _check_braces(tex)
    root = _mathml(tex, display)
    drawn = _attempt(lambda: _math(root))
    _check_characters(root, drawn.font)
    box = drawn.node.bbox
    drawing = drawn.svgxml()
    _check_shapes(drawing)
    starts = list(_starts(drawing))
    if not starts:
        raise FormulaError("there is nothing to be seen in it")
    # The box of an accent begins far to the left of what is seen of it.
    left = max(box.xmin, min(starts)) - _MARGIN
    return Typeset(
        tex,
        width=(box.xmax - left + _MARGIN) / EM,
        ascent=(box.ymax + _MARGIN) / EM,
        descent=(-box.ymin + _MARGIN) / EM,
        plain=normalize("NFC", _plain(root).strip()),
        left=left,
        shapes="".join(ElementTree.tostring(shape, encoding="unicode") for shape in drawing),
    )


def _mathml(tex: str, display: bool) -> Element:
    spaced = _BIG.sub(r"\\,\g<0>", tex)
    root: Element = _attempt(lambda: _converted(spaced, display))
    if _work(root) > MOST_WORK:
        raise FormulaError(
            "it is too long, or too many of its parts lie in one another, as fractions in fractions do; make several "
            "formulas of it"
        )
    return root


def _converted(tex: str, display: bool) -> Element:
    from ziamath.tex import tex2mml

    source = tex2mml(tex, inline=not display)
    return ElementTree.fromstring(_LESS.sub("&lt;", _AMPERSAND.sub("&amp;", source)))


def _work(root: Element) -> int:
    """Return about how much drawing it takes: ziamath lays out what is in a group twice, for each group around it."""
    work, waiting = 0, [(root, 1)]
    while waiting:
        element, times = waiting.pop()
        work += times
        inner = 2 * times if element.tag.rpartition("}")[2] in ("mrow", "mtd") else times
        waiting += [(child, inner) for child in element]
    return work


def _math(root: Element) -> Any:
    from ziamath.config import config
    from ziamath.zmath import Math

    # Qt draws no SVG 2.
    config.svg2 = False
    inked = ElementTree.fromstring(ElementTree.tostring(root))
    inked.set("mathcolor", _INK)
    return Math(inked, size=EM, margin=_MARGIN)


def _attempt(make: Callable[[], Any]) -> Any:
    """Return what is made; neither library has an error of its own for all that can be wrong with TeX."""
    try:
        # How these libraries find their font is deprecated.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return make()
    except Exception as error:
        meaning = _MEANINGS.get(type(error).__name__, "it cannot be typeset: a part is missing or too much")
        raise FormulaError(meaning) from error


def _check_shapes(drawing: Element) -> None:
    """Refuse frames and lines across, which a pen draws: views fill letters and bars. All have one ink."""
    for shape in drawing.iter():
        if shape.get("stroke", "none") != "none" or shape.tag not in _SHAPES:
            raise FormulaError("it has a frame or a line across, which cannot be drawn here")
        if "fill" in shape.attrib:
            shape.set("fill", _INK)


def _starts(drawing: Element) -> Iterator[float]:
    """Yield the leftmost point of each shape."""
    for shape in drawing.iter():
        if "d" in shape.attrib:
            yield min(float(number) for number in re.findall(r"-?\d[\d.]*", shape.attrib["d"])[::2])
        elif shape.tag == "rect":
            yield float(shape.attrib["x"])


def _check_braces(tex: str) -> None:
    if not tex.strip():
        raise FormulaError("there is nothing in it")
    open_ones = 0
    for brace in re.findall(r"\\.|[{}]", tex):
        open_ones += {"{": 1, "}": -1}.get(brace, 0)
        if open_ones < 0:
            raise FormulaError("a } has no {")
    if open_ones:
        raise FormulaError("a { has no }")


def _check_characters(root: Element, font: Any) -> None:
    for element in root.iter():
        text = (element.text or "").strip()
        if text.startswith("\\") and len(text) > 1:
            raise FormulaError(f"{text} is a command that is not known here")
        for character in text:
            if not character.isspace() and font.glyphindex(character) == 0:
                raise FormulaError(f"the font has no character {character}")


def _plain(element: Element) -> str:
    """Return a part of MathML as text, with TeX's marks for what is not written on the line."""
    tag = element.tag.rpartition("}")[2]
    parts = [_plain(child) for child in element]
    if tag in ("mi", "mn", "mtext"):
        return element.text or ""
    if tag == "mo":
        return _operator((element.text or "").strip())
    if tag == "mfrac":
        return f"{_grouped(parts[0])}/{_grouped(parts[1])}"
    if tag == "msqrt":
        return f"√{_grouped(' '.join(parts), always=True)}"
    if tag in _SCRIPTS:
        marks = zip(_SCRIPTS[tag], parts[1:], strict=False)
        scripts = "".join(_script(mark, part) for mark, part in marks)
        base = parts[0].rstrip()
        return f"{base}{scripts} " if base.startswith(" ") else base + scripts
    if tag == "mtr":
        return ", ".join(part.strip() for part in parts)
    return re.sub(" +", " ", ("; " if tag == "mtable" else "").join(parts))


_SCRIPTS = {"msub": "_", "msup": "^", "msubsup": "_^", "munder": "_", "mover": "^", "munderover": "_^"}
_ACCENTS = {"ˆ": "\u0302", "^": "\u0302", "¯": "\u0304", "~": "\u0303", "―": "\u0305"}
"""Signs above a letter, and the combining characters that put them there."""


def _operator(sign: str) -> str:
    return f" {sign} " if sign and sign in "=+−-<>≤≥≈≠≪≫→←×·∈∝∼∑∏" else sign


def _script(mark: str, part: str) -> str:
    inner = part.strip()
    if set(inner) <= set("′'"):
        return "′" * len(inner)
    if len(inner) == 1 and combining(inner):
        return inner
    return _ACCENTS.get(inner, "") or mark + _grouped(inner)


def _grouped(part: str, always: bool = False) -> str:
    """Return a part in brackets if it would be read as several without them."""
    inner = part.strip()
    inner = inner.replace("− ", "−", 1) if inner.startswith("− ") else inner
    several = len(re.findall(r"[A-Za-z]{2,}|∂?[^\W\d_](?:_\w+)?|−?\d+|\S", inner)) > 1
    return f"({inner})" if several or always else inner
