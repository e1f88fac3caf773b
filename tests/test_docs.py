"""Paths, names and links in the documentation exist."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    str(page.relative_to(ROOT))
    for pattern in ("*.md", "docs/**/*.md", "resources/*.md", ".github/*.md") for page in ROOT.glob(pattern)
    if page.name != "CHANGELOG.md"
)  # fmt: skip
ROOMS = "engine|gui_app|tests|resources|docs|tools"
PATH = re.compile(rf"`((?:{ROOMS}|\.ci|\.github)/[\w./-]*|[\w-]+\.toml|\.pre-commit-config\.yaml)`")
DOTTED = re.compile(rf"`((?:{ROOMS})(?:\.[A-Za-z_]\w*)+)(?:\(\))?`")
NAMED = re.compile(r"`([A-Za-z_]\w*)`\s+in\s+`([\w./]+\.py)`")
"""A name and the file that has it, as in: `TOOLS` in `gui_app/canvas/tools/__init__.py`."""
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([\w-]+))?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def text_of(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def missing_paths(text: str) -> list[str]:
    return [path for path in PATH.findall(text) if not (ROOT / path).exists()]


def resolves(dotted: str) -> bool:
    """Whether a dotted name is a module, or an attribute of the longest part that is one."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        return _has(found, parts[length:])
    return False


def _has(found: object, names: list[str]) -> bool:
    for name in names:
        if not hasattr(found, name):
            return False
        found = getattr(found, name)
    return True


def missing_names(text: str) -> Iterator[str]:
    """Names that are not defined in the file that the text says they are in."""
    for name, path in NAMED.findall(text):
        defined = rf"^\s*(?:class|def)\s+{name}\b|^\s*{name}\b\s*(?::[^=\n]+)?="
        if not re.search(defined, (ROOT / path).read_text("utf-8"), re.MULTILINE):
            yield f"{name} in {path}"


def broken_links(page: str) -> Iterator[str]:
    for target, anchor in LINK.findall(text_of(page)):
        file = (ROOT / page).parent / target if target else ROOT / page
        if not file.exists():
            yield target
        elif anchor and anchor not in map(_slug, HEADING.findall(file.read_text("utf-8"))):
            yield f"{target}#{anchor}"


def _slug(heading: str) -> str:
    """The anchor that GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES)
def test_every_path_is_there(page: str):
    assert not missing_paths(text_of(page))


@pytest.mark.parametrize("page", PAGES)
def test_every_dotted_name_is_there(page: str):
    assert not [name for name in DOTTED.findall(text_of(page)) if not resolves(name)]


@pytest.mark.parametrize("page", PAGES)
def test_every_name_is_in_the_file_that_the_page_names(page: str):
    assert not list(missing_names(text_of(page)))


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str):
    assert not list(broken_links(page))


def test_a_path_and_a_name_that_are_not_there_are_found():
    assert missing_paths("see `engine/nowhere.py` and `engine/data/`") == ["engine/nowhere.py"]
    assert list(missing_names("`NOTHING` in `engine/data/edits.py`, `Append` in `engine/data/edits.py`"))
    assert not resolves("engine.data.edits.Nothing")
    assert resolves("engine.data.edits.Append.inverse")


def test_the_architecture_names_every_room():
    rooms = {
        file.parent.name for room in ("engine", "gui_app") for file in ROOT.glob(f"{room}/*/__init__.py")
    }
    assert rooms
    drawing = text_of("docs/architecture.md").split("```")[1]
    assert not [room for room in sorted(rooms) if f"{room}/" not in drawing]
