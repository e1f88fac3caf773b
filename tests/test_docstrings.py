"""What one room of the engine offers to others says what it takes and what it gives, in NumPy style.

Looks at the engine's source, not at its modules, so that it loads nothing.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
HANDED_OUT = {
    "engine.training": {"Observer", "Lanes"},
    "engine.observation": {"Follower", "HistoryDelta"},
}
"""By room, classes that no other room imports, although it uses objects of them."""
SILENT = {"None", "NoReturn"}
"""Types whose functions return nothing to explain."""

Trees = dict[str, ast.Module]
"""The parsed modules of the engine and the window, by path."""


@dataclass(frozen=True)
class Lack:
    """What the docstring of something public leaves out."""

    where: str
    missing: tuple[str, ...]


@cache
def _trees() -> Trees:
    files = [file for top in ("engine", "gui_app") for file in sorted((ROOT / top).rglob("*.py"))]
    return {file.relative_to(ROOT).as_posix(): ast.parse(file.read_text("utf-8")) for file in files}


def _room_of(path: str) -> str:
    return _room(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))


def _room(module: str) -> str:
    """``engine.data`` for ``engine.data.tables.reader``; the whole window counts as one room."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "engine" else parts[0]


# -- what is public


def _offered(trees: Trees) -> dict[str, set[str]]:
    """By room of the engine, the names that it exports, hands out, or that another room imports from it."""
    offered: dict[str, set[str]] = defaultdict(set)
    for path, tree in trees.items():
        exports = path.endswith("/__init__.py")
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("engine."):
                room = _room(node.module or "")
                if exports or room != _room_of(path):
                    offered[room] |= {alias.name for alias in node.names}
    for room, names in HANDED_OUT.items():
        offered[room] |= names
    return offered


def _promised(trees: Trees) -> dict[str, set[str]]:
    """By room, the methods of its protocols: an implementation without a docstring keeps to the protocol's."""
    promised: dict[str, set[str]] = defaultdict(set)
    for path, tree in trees.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and "Protocol" in map(ast.unparse, node.bases):
                promised[_room_of(path)] |= {method.name for method in _methods(node)}
    return promised


def _methods(node: ast.ClassDef) -> list[ast.FunctionDef]:
    return [each for each in node.body if isinstance(each, ast.FunctionDef)]


# -- what a docstring explains


def _docstring(node: ast.FunctionDef | ast.ClassDef) -> str:
    return ast.get_docstring(node) or ""


def _section(docstring: str, title: str) -> str | None:
    """The text beneath a section's title, up to the next title; None without such a section."""
    found = re.search(rf"^{title}\n-+\n(.*?)(?=^\w[\w ]*\n-+$|\Z)", docstring, re.M | re.S)
    return found and found[1]


def _explained(docstring: str, *titles: str) -> set[str]:
    """The names at the start of the lines of these sections, as in ``x, y : float``."""
    sections = "".join(_section(docstring, title) or "" for title in titles)
    heads = re.findall(r"^(\w[\w, ]*?)(?: : .*)?$", sections, re.M)
    return {name.strip() for head in heads for name in head.split(",")}


# -- what it leaves out


def _parameters(function: ast.FunctionDef) -> list[str]:
    spec = function.args
    rest = [arg for arg in (spec.vararg, spec.kwarg) if arg]
    every = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, *rest]
    return [arg.arg for arg in every if arg.arg not in ("self", "cls")]


def _missing(names: list[str], explained: set[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in explained)


def _lacks_of_function(function: ast.FunctionDef, where: str) -> Lack:
    docstring = _docstring(function)
    missing = _missing(_parameters(function), _explained(docstring, "Parameters"))
    returned = ast.unparse(function.returns) if function.returns else "None"
    answered = any(_section(docstring, title) is not None for title in ("Returns", "Yields"))
    return Lack(where, missing if answered or returned in SILENT else (*missing, "Returns"))


def _lacks_of_record(node: ast.ClassDef, where: str) -> Lack:
    """Fields that no section, no ``name`` in the docstring and no string after the field explains."""
    fields, followed = list[str](), set[str]()
    for each, after in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            fields.append(each.target.id)
            if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
                followed.add(each.target.id)
    docstring = _docstring(node)
    mentioned = set(re.findall(r"``(\w+)``", docstring))
    public = [name for name in fields if not name.startswith("_")]
    return Lack(
        where, _missing(public, _explained(docstring, "Parameters", "Attributes") | mentioned | followed)
    )


def _lacks_of_class(node: ast.ClassDef, where: str, promised: set[str]) -> Iterator[Lack]:
    if any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list):
        yield _lacks_of_record(node, where)
    for method in _methods(node):
        if method.name == "__init__":
            both = f"{_docstring(node)}\n\n{_docstring(method)}"
            yield Lack(where, _missing(_parameters(method), _explained(both, "Parameters")))
        elif method.name in promised and not _docstring(method):
            continue
        elif not method.name.startswith("_") and _parameters(method):
            yield _lacks_of_function(method, f"{where}.{method.name}")


def _lacks(trees: Trees) -> list[str]:
    """What docstrings of the engine's public functions, classes and methods leave out, one line each."""
    offered, promised = _offered(trees), _promised(trees)
    lacks: list[Lack] = []
    for path, tree in trees.items():
        room = _room_of(path)
        for node in tree.body if path.startswith("engine/") else ():
            if isinstance(node, ast.FunctionDef) and node.name in offered[room]:
                lacks.append(_lacks_of_function(node, f"{path}: {node.name}"))
            elif isinstance(node, ast.ClassDef) and node.name in offered[room]:
                lacks += _lacks_of_class(node, f"{path}: {node.name}", promised[room])
    return [f"{lack.where}: {', '.join(lack.missing)}" for lack in lacks if lack.missing]


def test_what_rooms_offer_to_others_is_documented() -> None:
    lacks = _lacks(_trees())
    assert not lacks, "docstrings leave out:\n" + "\n".join(lacks)


def test_classes_that_are_handed_out_exist() -> None:
    classes: dict[str, set[str]] = defaultdict(set)
    for path, tree in _trees().items():
        classes[_room_of(path)] |= {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    assert all(names <= classes[room] for room, names in HANDED_OUT.items())


USER = "from engine.made_up.shapes import Circle, Sized, area, grow, name, nothing, Stretched\n"
SHAPES = '''
def area(radius: float, *, unit: str = "cm") -> float:
    """The area.

    Parameters
    ----------
    radius
        In ``unit``.
    """

def grow(radius: float, by: float) -> None:
    """Grow.

    Parameters
    ----------
    radius, by : float
        Above 0.
    """

def name() -> str:
    """The name."""

def nothing() -> None: ...

def _hidden(radius: float) -> float: ...

def unused(radius: float) -> float: ...

class Sized(Protocol):
    def fits(self, size: int) -> bool:
        """Whether it fits.

        Parameters
        ----------
        size
            Above 0.

        Returns
        -------
        bool
        """

class Stretched:
    def __init__(self, factor: float, steps: int) -> None:
        """Stretch.

        Parameters
        ----------
        factor
            Above 0.
        """

    def fits(self, size: int) -> bool:
        return True

@dataclass(frozen=True)
class Circle:
    """A circle around ``centre``.

    Attributes
    ----------
    radius
        Above 0.
    """

    centre: float
    radius: float
    colour: str
    """As "#rrggbb"."""
    width: float
    _cached: float = 0.0

    def scaled(self, by: float) -> Circle: ...

    @property
    def middle(self) -> float: ...
'''


def test_the_check_finds_what_a_docstring_leaves_out() -> None:
    trees = {"engine/made_up/shapes.py": ast.parse(SHAPES), "gui_app/user.py": ast.parse(USER)}
    assert _lacks(trees) == [
        "engine/made_up/shapes.py: area: unit, Returns",
        "engine/made_up/shapes.py: name: Returns",
        "engine/made_up/shapes.py: Stretched: steps",
        "engine/made_up/shapes.py: Circle: width",
        "engine/made_up/shapes.py: Circle.scaled: by, Returns",
    ]


def test_what_a_room_uses_alone_needs_no_section() -> None:
    trees = {"engine/made_up/shapes.py": ast.parse(SHAPES), "engine/made_up/user.py": ast.parse(USER)}
    assert _lacks(trees) == []
    trees = {"engine/made_up/shapes.py": ast.parse(SHAPES), "engine/made_up/__init__.py": ast.parse(USER)}
    assert len(_lacks(trees)) == 5
