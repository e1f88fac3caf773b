"""Reads ``text.LANGUAGE.md``: the words of a lesson, a part for each step.

Numbers and formulas are named in braces; they come from ``lesson.json``, so that a translation holds words alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from engine.lessons.blocks import Block, Bullets, Display, Inline, Paragraph, Span, Style, Words, plain_line
from engine.lessons.problems import LessonError

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MARKS = ("do", "watch", "question", "answer", "note")
"""Parts of a step's text, beside what stands before the first mark."""
LONGEST_TITLE, LONGEST_SUMMARY = 120, 300
"""Characters."""
_STEP = re.compile(r"(?P<title>.*\S)\s*\{#(?P<key>[a-z0-9-]+)\}")
_NAME = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_STYLES: dict[str, Style] = {"em_open": "em", "strong_open": "strong"}


@dataclass(slots=True)
class StepText:
    """The words of one step; ``parts`` by mark, what stands before the first one as "body"."""

    title: str
    line: int
    parts: dict[str, list[Block]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class LessonText:
    """All words of a lesson."""

    title: str
    summary: str
    steps: dict[str, StepText]


@dataclass(frozen=True, slots=True)
class Values:
    """What names in braces stand for: texts of numbers, and formulas in TeX."""

    numbers: Mapping[str, str]
    formulas: Mapping[str, str]


def read_text(file: Path, source: str, values: Values) -> LessonText:
    """Parse the words of a lesson.

    Parameters
    ----------
    file
        Named in errors.
    source
        Its content.
    values
        What names in braces stand for.

    Returns
    -------
    LessonText

    Raises
    ------
    LessonError
        With the line, for what a lesson cannot show, an unknown name, or a heading without a key.
    """
    return _Reader(file, source, values).read()


def read_page(file: Path, source: str) -> tuple[str, tuple[Block, ...]]:
    """Parse a title and what stands below it, as of a course.

    Raises
    ------
    LessonError
        With the line.
    """
    reader = _Reader(file, source, Values({}, {}))
    title, blocks = "", []
    for line, level, heading, block in reader.parts():
        if level == 1 and not title:
            title = reader.heading(line, heading)
        elif block is not None:
            blocks.append(block)
    return title or file.parent.name, tuple(blocks)


class _Reader:
    def __init__(self, file: Path, source: str, values: Values) -> None:
        self._file, self._source, self._values = file, source, values
        self._in_steps = False

    def read(self) -> LessonText:
        title, summary, steps = "", "", {}
        step: StepText | None = None
        part = "body"
        for line, level, heading, block in self.parts():
            if level == 1:
                if title:
                    raise self._error(line, "there are two titles; begin a step with ## and its {#key}")
                title = self._short(line, self.heading(line, heading))
            elif level == 2:
                self._in_steps = True
                key, step, part = *self._step(line, heading), "body"
                if key in steps:
                    raise self._error(line, f"the step {key!r} is there twice; give each a key of its own")
                steps[key] = step
            elif level:
                part = self._mark(line, heading, step)
                if step is not None:
                    step.lines[part] = line
            elif block is None:
                continue
            elif step is not None:
                step.parts.setdefault(part, []).append(block)
            elif isinstance(block, Paragraph) and title and not summary:
                summary = self._short(line, plain_line(block.spans), LONGEST_SUMMARY)
            else:
                raise self._error(
                    line,
                    "only the title, with #, and one paragraph stand before the first step; move this below a step",
                )
        if not title:
            raise self._error(1, "there is no title; begin the file with a line such as “# Dropout”")
        if not summary:
            raise self._error(1, "there is no summary; write one paragraph below the title")
        return LessonText(title, summary, steps)

    def _step(self, line: int, heading: str) -> tuple[str, StepText]:
        found = _STEP.fullmatch(heading)
        if found is None:
            raise self._error(
                line,
                f"the step {heading!r:.60} has no key; end the heading with the key of a step, as in {{#look}}",
            )
        return found["key"], StepText(self._short(line, self.heading(line, found["title"])), line)

    def heading(self, line: int, source: str) -> str:
        """Return the words of a heading, with numbers put in and without marks of emphasis."""
        spans: list[Span] = []
        for token in _markdown().parseInline(source):
            spans += self._spans(token, line)
        if any(isinstance(span, Inline) for span in spans):
            raise self._error(line, "a heading is words and numbers; put the formula into the text below it")
        return plain_line(spans)

    def _short(self, line: int, text: str, longest: int = LONGEST_TITLE) -> str:
        if len(text) > longest:
            raise self._error(line, f"this has {len(text):,} characters; {longest} are the most here")
        return text

    def _mark(self, line: int, heading: str, step: StepText | None) -> str:
        mark = heading.strip()
        if mark not in MARKS:
            raise self._error(line, f"{mark!r:.40} is no part of a step; choose one of {', '.join(MARKS)}")
        if step is None:
            raise self._error(line, f"the part {mark!r} belongs to no step; put a heading with ## before it")
        if mark in step.parts:
            raise self._error(line, f"the part {mark!r} is there twice in this step; join the two")
        return mark

    def parts(self) -> Iterator[tuple[int, int, str, Block | None]]:
        """Yield line, level of a heading (0: none), its text, and the block."""
        tokens = _markdown().parse(self._source)
        at = 0
        while at < len(tokens):
            token = tokens[at]
            line = (token.map or [0])[0] + 1
            if token.type == "heading_open":
                yield line, int(token.tag[1:]), tokens[at + 1].content, None
                at += 3
            elif token.type == "paragraph_open":
                yield line, 0, "", self._paragraph(tokens[at + 1], line)
                at += 3
            elif token.type == "bullet_list_open":
                end = _end(tokens, at)
                yield line, 0, "", self._bullets(tokens[at + 1 : end])
                at = end + 1
            else:
                kind = token.type.removesuffix("_open").replace("_", " ")
                raise self._error(
                    line, f"a lesson cannot show this ({kind}); use paragraphs and lists with -"
                )

    def _bullets(self, tokens: Sequence[Token]) -> Bullets:
        items: list[tuple[Span, ...]] = []
        before = ""
        for token in tokens:
            line = (token.map or [0])[0] + 1
            if token.type == "paragraph_open" and before == "list_item_open":
                before = token.type
            elif token.type == "inline":
                items.append(tuple(self._spans(token, line)))
            elif token.type in ("list_item_open", "list_item_close", "paragraph_close"):
                before = token.type
            else:
                raise self._error(
                    line, "an item of a list is one paragraph; take other things out of the list"
                )
        return Bullets(tuple(items))

    def _paragraph(self, token: Token, line: int) -> Block:
        spans = tuple(self._spans(token, line))
        if len(spans) == 1 and isinstance(spans[0], Inline):
            return Display(spans[0].tex, spans[0].name)
        return Paragraph(spans)

    def _spans(self, token: Token, line: int) -> Iterator[Span]:
        styles: list[Style] = []
        for child in token.children or ():
            if child.type in _STYLES:
                styles.append(_STYLES[child.type])
            elif child.type in ("em_close", "strong_close"):
                styles.pop()
            elif child.type == "code_inline":
                yield Words(child.content, "code")
            elif child.type in ("softbreak", "hardbreak"):
                line += 1
                yield Words(" ", styles[-1] if styles else "")
            elif child.type == "text":
                yield from self._named(child.content, styles[-1] if styles else "", line)
            else:
                kind = child.type.removesuffix("_open")
                raise self._error(
                    line, f"a lesson cannot show this ({kind}); use plain words, *names* and formulas"
                )

    def _named(self, text: str, style: Style, line: int) -> Iterator[Span]:
        """Put in what the names in braces stand for."""
        words, at = "", 0
        for found in _NAME.finditer(text):
            words += text[at : found.start()]
            at = found.end()
            if found[0] in ("{{", "}}"):
                words += found[0][0]
            elif found[1] is None:
                raise self._error(
                    line, f"a single {found[0]} stands for nothing; write {found[0] * 2} for a brace"
                )
            elif not self._in_steps and (
                found[1] in self._values.numbers or found[1] in self._values.formulas
            ):
                raise self._error(
                    line,
                    f"title and summary are words alone, because lists show them before anything else of the lesson is "
                    f"read; write out what {{{found[1]}}} stands for",
                )
            elif found[1] in self._values.numbers:
                words += self._values.numbers[found[1]]
            elif found[1] in self._values.formulas:
                if words:
                    yield Words(words, style)
                words = ""
                yield Inline(self._values.formulas[found[1]], found[1])
            else:
                raise self._error(
                    line,
                    f"{{{found[1]:.40}}} is neither a number nor a formula of lesson.json; add it under “numbers” or "
                    "“formulas” there, or mend the name",
                )
        words += text[at:]
        if words:
            yield Words(words, style)

    def _error(self, line: int, clause: str) -> LessonError:
        return LessonError(self._file, line, clause)


def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False})


def _end(tokens: Sequence[Token], start: int) -> int:
    """Return the index of the token that closes the one at ``start``."""
    depth = 0
    for index in range(start, len(tokens)):
        depth += tokens[index].nesting
        if depth == 0:
            return index
    return len(tokens) - 1
