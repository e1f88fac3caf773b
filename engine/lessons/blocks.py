"""The words of a lesson, parsed: paragraphs, lists and formulas, with numbers put in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Style = Literal["", "em", "strong", "code"]


@dataclass(frozen=True, slots=True)
class Words:
    """Plain text in one style.

    Attributes
    ----------
    text
        With blanks where words end.
    style
        "" for none, else emphasis ("em"), strong emphasis or code.
    """

    text: str
    style: Style = ""


@dataclass(frozen=True, slots=True)
class Inline:
    """A formula within a sentence.

    Attributes
    ----------
    tex
        In TeX, as inside ``$…$``.
    name
        Its name in ``lesson.json``.
    """

    tex: str
    name: str


Span: TypeAlias = Words | Inline


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph.

    Attributes
    ----------
    spans
        Its words and formulas.
    """

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list.

    Attributes
    ----------
    items
        Words and formulas of each item.
    """

    items: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True)
class Display:
    """A formula on a line of its own.

    Attributes
    ----------
    tex
        In TeX, as inside ``$…$``.
    name
        Its name in ``lesson.json``.
    """

    tex: str
    name: str


Block: TypeAlias = Paragraph | Bullets | Display


def plain(blocks: Sequence[Block]) -> str:
    """Return the words alone, formulas as TeX: for search, tooltips and screen readers.

    Parameters
    ----------
    blocks
        In order.

    Returns
    -------
    str
        A line a block or item.

    Examples
    --------
    >>> plain([Paragraph((Words("Press "), Words("Play", "em"))), Display("a^2", "square")])
    'Press Play\\na^2'
    """
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Display):
            lines.append(block.tex)
        elif isinstance(block, Paragraph):
            lines.append(plain_line(block.spans))
        else:
            lines.extend(map(plain_line, block.items))
    return "\n".join(lines)


def plain_line(spans: Sequence[Span]) -> str:
    """Return the words of a paragraph or item, formulas as TeX.

    Parameters
    ----------
    spans
        In order.

    Returns
    -------
    str
    """
    return "".join(span.text if isinstance(span, Words) else span.tex for span in spans)
