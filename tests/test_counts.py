"""One point and two points: what counts things in a sentence does so with ``engine.catalogue.texts.counted``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from engine.catalogue.texts import UNITS

ROOT = Path(__file__).parent.parent
COUNTED = re.compile(rf" (?:\w+ )?(?:{'|'.join(UNITS.values())})\b")
NO_COUNTS = {
    "a text": r"SPLITS\[split\]|name|TABLES\[-1\]|times\(.*|percent\(.*|describe_size\(.*",
    "a limit": r"(int\()?_?[A-Z_]+(\.\w+)?\)?|count_text\([A-Z]+\)",
}
"""What stands before a plural without being a count that may be one."""

ALWAYS_SEVERAL = {("engine/experiment/memory.py", "f'the {number} smallest lanes'")}
"""Sentences, with their files, in which the count is never one."""


def _plurals(source: str, file: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr) and (file, ast.unparse(node)) not in ALWAYS_SEVERAL:
            yield from _unfit(node, f"{file}:{node.lineno}")


def _unfit(sentence: ast.JoinedStr, place: str) -> Iterator[str]:
    for value, after in pairwise([*sentence.values, ast.Constant("")]):
        if not isinstance(value, ast.FormattedValue):
            continue
        source = ast.unparse(value.value)
        if re.search(r"'e?s' (\*|if )", source):
            yield f"{place}: {source}"
        text = after.value if isinstance(after, ast.Constant) else ""
        known = source.startswith("counted(") or any(
            re.fullmatch(rule, source) for rule in NO_COUNTS.values()
        )
        if COUNTED.match(str(text)) and not known:
            yield f"{place}: {{{source}}}{text}"


def test_every_count_agrees_with_its_noun() -> None:
    files = [path for room in ("engine", "gui_app") for path in sorted((ROOT / room).rglob("*.py"))]
    sources = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in files}
    assert [found for file, source in sources.items() for found in _plurals(source, file)] == []


def test_what_is_always_several_is_so_in_its_sentence_alone() -> None:
    source = "f'the {number} smallest lanes', f'{number} lanes'"
    assert list(_plurals(source, "engine/experiment/memory.py")) == [
        "engine/experiment/memory.py:1: {number} lanes"
    ]
    assert len(list(_plurals(source, "engine/other.py"))) == 2
