"""A class gives no private name of its base a meaning of its own: one attribute would stand for two things."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Source:
    """A class: its bases by name, and the private attributes that its constructor sets."""

    bases: tuple[str, ...]
    private: frozenset[str]


def classes_in(code: str) -> dict[str, Source]:
    return {
        node.name: Source(tuple(map(_name, node.bases)), frozenset(_set_at_first(node)))
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.ClassDef)
    }


def _name(base: ast.expr) -> str:
    return ast.unparse(base.value if isinstance(base, ast.Subscript) else base).rpartition(".")[2]


def _set_at_first(node: ast.ClassDef) -> Iterator[str]:
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and method.name == "__init__":
            for part in ast.walk(method):
                is_private = isinstance(part, ast.Attribute) and part.attr.startswith("_")
                if is_private and isinstance(part.ctx, ast.Store) and ast.unparse(part.value) == "self":
                    yield part.attr


def clashes(classes: dict[str, Source]) -> list[str]:
    return sorted(
        f"{name}.{attribute} is also {base}'s"
        for name, source in classes.items()
        for base in _bases_of(name, classes)
        for attribute in source.private & classes[base].private
    )


def _bases_of(name: str, classes: dict[str, Source]) -> Iterator[str]:
    for base in classes[name].bases:
        if base in classes:
            yield base
            yield from _bases_of(base, classes)


def test_no_constructor_takes_a_private_name_of_its_base():
    classes: dict[str, Source] = {}
    for room in ("engine", "gui_app"):
        for file in (ROOT / room).rglob("*.py"):
            classes |= classes_in(file.read_text(encoding="utf-8"))
    assert len(classes) > 300
    assert clashes(classes) == []


def test_such_a_name_is_found_also_in_a_base_of_the_base_and_among_others():
    code = """
class Frame:
    def __init__(self):
        self._content, self._size = 1, 2
class Popover(Frame): ...
class Topic(m.Popover[int]):
    def __init__(self):
        self._content: int = 3
"""
    assert clashes(classes_in(code)) == ["Topic._content is also Frame's"]
