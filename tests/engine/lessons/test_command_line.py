"""``python -m engine lessons`` and ``lesson``."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.__main__ import main
from engine.lessons import built_in
from tests.engine.lessons.sample import TEXT, write


def test_lessons_are_listed_a_line_each_the_name_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lessons"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [lesson.key for lesson in built_in().lessons]


def test_a_course_of_ones_own_is_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path)
    assert main(["lessons", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "overfitting  Overfitting: It learns the noise by heart.\n"


def test_a_check_says_what_was_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lesson", str(write(tmp_path)), "--check"]) == 0
    found = capsys.readouterr().out
    assert found.startswith("holds  learns: loss (training) ≤ 5, in 90% of 10 seeds: median ")
    assert found.endswith("in 10 of 10\n")


def test_a_claim_that_fails_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path, change=lambda settings: settings["claims"][0].update(at_most=0.0))
    assert main(["lesson", str(folder), "--check"]) == 1
    assert capsys.readouterr().out.startswith("FAILS  learns: loss (training) ≤ 0")


def test_words_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lesson", str(write(tmp_path))]) == 0
    assert "1. Look\nThere are 1,200 points, and {braces}.\nC = L + P\n" in capsys.readouterr().out


def test_words_are_printed_in_another_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path)
    german = TEXT.replace("# Overfitting", "# Überanpassung", 1)
    (folder / "text.de.md").write_text(german, encoding="utf-8")
    assert main(["lesson", str(folder), "--language", "de"]) == 0
    assert capsys.readouterr().out.startswith("Überanpassung\n")
    assert main(["lessons", str(tmp_path), "--language", "de"]) == 0
    assert capsys.readouterr().out.startswith("overfitting  Überanpassung: ")


def test_wrong_tex_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path, change=lambda settings: settings["formulas"].update(cost=r"\frac{a}{b"))
    assert main(["lesson", str(folder)]) == 2
    assert "the formula 'cost' cannot be typeset: a { has no }; mend its TeX" in capsys.readouterr().err


def test_bad_names_and_files_end_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lesson", "nothing-like-this"]) == 2
    assert "There is no lesson 'nothing-like-this'; choose one of" in capsys.readouterr().err
    folder = write(tmp_path, change=lambda settings: settings["steps"][0].update(watch=["x"]))
    assert main(["lesson", str(folder)]) == 2
    assert "lesson.json, line " in capsys.readouterr().err
    assert main(["lessons", str(tmp_path / "none")]) == 2
    assert "choose a folder of lessons" in capsys.readouterr().err
