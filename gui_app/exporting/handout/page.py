"""A handout as one HTML page that needs no other file."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape

from engine.lessons import Block, Bullets, Display, Span, Words
from engine.lessons.formulas import FormulaError, typeset
from gui_app.exporting.handout.content import NOT_RUN, Chapter, Handout, Part, Picture
from resources import read_text

LARGER = 1.1
"""How much larger formulas are set than the words around them."""
_TAGS = {"em": "b", "strong": "strong", "code": "code"}


def html_page(handout: Handout) -> str:
    """Return the page. Answers are folded on the screen, and stand at the end on paper."""
    chapters = "".join(_chapter(chapter, index, handout) for index, chapter in enumerate(handout.chapters))
    several = len(handout.chapters) > 1
    head = f"<header><h1>{escape(handout.title)}</h1>{_blocks(handout.words)}</header>" if several else ""
    contents = _contents(handout.chapters) if several else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(handout.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="generator" content="Neural Sketchbook">\n'
        f"<title>{escape(handout.title)}</title>\n<style>\n{read_text('styles/handout.css')}</style>\n</head>\n"
        f"<body>\n<main>\n{head}{contents}{chapters}{_answers(handout.answers)}</main>\n</body>\n</html>\n"
    )


def _contents(chapters: Sequence[Chapter]) -> str:
    lines = "".join(
        f'<li><a href="#lesson-{index}">{escape(chapter.title)}</a> <span>{escape(chapter.summary)}</span></li>\n'
        for index, chapter in enumerate(chapters)
    )
    return f'<nav aria-label="Lessons"><ul>\n{lines}</ul></nav>\n'


def _chapter(chapter: Chapter, index: int, handout: Handout) -> str:
    rank = 2 if len(handout.chapters) > 1 else 1
    parts = "".join(_part(part, rank + 1) for part in chapter.parts)
    return (
        f'<article id="lesson-{index}">\n<h{rank}>{escape(chapter.title)}</h{rank}>\n'
        f'<p class="summary">{escape(chapter.summary)}</p>\n{parts}</article>\n'
    )


def _part(part: Part, rank: int) -> str:
    step = part.step
    boxes = "".join(
        f'<div class="{kind}"><p class="mark">{mark}</p>\n{_blocks(blocks)}</div>\n'
        for kind, mark, blocks in (("do", "Do", step.do_text), ("watch", "Watch", step.watch_text))
        if blocks
    )
    code = f"<pre><code>{escape(chr(10).join(part.code))}</code></pre>\n" if part.code else ""
    note = f'<aside class="note">\n{_blocks(step.note)}</aside>\n' if step.note else ""
    return (
        f"<section>\n<h{rank}>{escape(step.title)}</h{rank}>\n{_blocks(step.body)}{boxes}{_pictures(part)}"
        f"{code}{_question(part)}{note}</section>\n"
    )


def _pictures(part: Part) -> str:
    if not part.step.watch:
        return ""
    if not part.pictures:
        return f'<p class="missing">{NOT_RUN}</p>\n'
    return f'<div class="pictures">\n{"".join(map(_figure, part.pictures))}</div>\n'


def _figure(picture: Picture) -> str:
    caption, data = escape(picture.caption), b64encode(picture.png).decode("ascii")
    return (
        f'<figure><img alt="{caption}" width="{picture.width}" height="{picture.height}" '
        f'src="data:image/png;base64,{data}"><figcaption>{caption}</figcaption></figure>\n'
    )


def _question(part: Part) -> str:
    if part.question is None:
        return ""
    return (
        f'<div class="question" id="question-{part.question}"><p class="mark">Question {part.question}</p>\n'
        f"{_blocks(part.step.question)}<details><summary>Answer</summary>\n{_blocks(part.step.answer)}</details></div>\n"
    )


def _answers(parts: Sequence[Part]) -> str:
    if not parts:
        return ""
    each = "".join(
        f'<div><p class="mark">Question {part.question}</p>\n<div class="note">{_blocks(part.step.question)}</div>\n'
        f"{_blocks(part.step.answer)}</div>\n"
        for part in parts
    )
    return f'<section class="answers"><h2>Answers</h2>\n{each}</section>\n'


def _blocks(blocks: Iterable[Block]) -> str:
    return "".join(map(_block, blocks))


def _block(block: Block) -> str:
    if isinstance(block, Display):
        return f'<p class="formula">{_formula(block.tex, display=True)}</p>\n'
    if isinstance(block, Bullets):
        return f"<ul>\n{''.join(f'<li>{_line(item)}</li>{chr(10)}' for item in block.items)}</ul>\n"
    return f"<p>{_line(block.spans)}</p>\n"


def _line(spans: Iterable[Span]) -> str:
    return "".join(_words(span) if isinstance(span, Words) else _formula(span.tex) for span in spans)


def _words(words: Words) -> str:
    tag, text = _TAGS.get(words.style), escape(words.text)
    return f"<{tag}>{text}</{tag}>" if tag else text


def _formula(tex: str, display: bool = False) -> str:
    try:
        formula = typeset(tex, display)
    except FormulaError:
        return f"<code>{escape(tex)}</code>"
    size = f"width:{formula.width * LARGER:.3f}em;height:{formula.height * LARGER:.3f}em"
    style = f"{size};vertical-align:{-formula.descent * LARGER:.3f}em"
    return formula.svg(16.0, attributes=f'role="img" aria-label="{escape(formula.plain)}" style="{style}"')
