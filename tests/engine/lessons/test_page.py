"""docs/lessons.md, read as somebody does who writes a first lesson."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.catalogue.probes import PROBES
from engine.lessons import load_lesson
from engine.lessons.loading import SETTINGS
from engine.lessons.quantities import QUANTITIES
from engine.lessons.text import MARKS
from engine.lessons.views import CONTROLS, VIEWS

PAGE = (Path(__file__).parents[3] / "docs" / "lessons.md").read_text("utf-8")
SENTENCES = re.sub(r"```.*?```|``.*?``", "", PAGE, flags=re.DOTALL)
NAMED = {name.strip('"') for name in re.findall(r"`([^`]+)`", SENTENCES)}
OPTIONS = [f"{view}.{option}" for view, options in VIEWS.items() for option in options]


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return found


def test_the_two_files_of_the_page_are_a_lesson(tmp_path: Path) -> None:
    folder = tmp_path / "02-overfitting"
    folder.mkdir()
    (folder / SETTINGS).write_text(block("json"), "utf-8")
    (folder / "text.en.md").write_text(block("markdown"), "utf-8")
    lesson = load_lesson(folder)
    assert [step.key for step in lesson.steps] == ["look", "train", "cure"]
    assert [step.title for step in lesson.steps] == ["Look at the data", "Train", "Cure"]


@pytest.mark.parametrize(
    "names", [QUANTITIES, PROBES, VIEWS, OPTIONS, CONTROLS, [f"### {mark}" for mark in MARKS]]
)
def test_the_page_names_all_that_a_lesson_can_use(names) -> None:
    assert set(names) - NAMED == set()


def test_the_page_names_no_quantity_that_is_not_there() -> None:
    table = PAGE[PAGE.index("| quantity |") :].split("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == set(QUANTITIES)
