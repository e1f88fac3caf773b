"""An experiment becomes a lesson's folder that opens at once."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest

from engine.experiment import Experiment, Points, default_experiment, edit_many, from_json
from engine.lessons import LessonError, Paragraph, Words, load_lesson
from engine.lessons.claims import check_all
from engine.lessons.loading import MOST_TEXT
from engine.lessons.making import Reached, folder_name, make_lesson, title_problem
from engine.lessons.titles import headings
from tests.engine.lessons.sample import TEXT, write

SMALL = edit_many(
    default_experiment(),
    {"data.generator.name": "gaussians", "data.generator.points": 40, "lanes.0.network.hidden": [3]},
)


def curve() -> Experiment:
    drawn = from_json({"format": "neural-sketchbook/4", "data": {"task": "curve"}})
    points = Points(np.array([[0.5, 1.0], [1.0, 2.0]]), [1.0, 2.0], [0, 1])
    data = msgspec.structs.replace(drawn.data, points=points)
    return msgspec.structs.replace(drawn, data=data, drawings=(SMALL.data,))


def test_what_is_made_opens_and_its_claim_holds(tmp_path: Path) -> None:
    folder = make_lesson(tmp_path, "What λ does", SMALL, 40, Reached("A", 30, 0.4))
    lesson = load_lesson(folder)
    assert (folder.name, lesson.title) == ("what-does", "What λ does")
    assert lesson.experiment == SMALL
    assert [step.key for step in lesson.steps] == ["look", "train", "try"]
    assert lesson.numbers == {"points": 40, "epochs": 30}
    train = lesson.steps[1].do
    assert train is not None
    assert train.train == 30
    (claim,) = lesson.claims
    assert (claim.quantity, claim.split, claim.at_most, claim.statistic) == (
        "loss",
        "training",
        0.8,
        "median",
    )
    assert all(finding.holds for finding in check_all(lesson))


@pytest.mark.parametrize("reached", [None, Reached("A", 10**6, 0.1), Reached("A", 5, float("nan"))])
def test_without_a_result_it_claims_that_training_does_not_diverge(
    tmp_path: Path, reached: Reached | None
) -> None:
    (claim,) = load_lesson(make_lesson(tmp_path, "Mine", SMALL, 40, reached)).claims
    assert (claim.quantity, claim.at_most, claim.share) == ("diverged", 0, 0.9)


def test_only_what_is_no_default_is_written(tmp_path: Path) -> None:
    folder = make_lesson(tmp_path, "Mine", SMALL, 40)
    written = json.loads((folder / "lesson.json").read_text("utf-8"))["experiment"]
    assert written == {
        "data": {"generator": written["data"]["generator"]},
        "lanes": [{"name": "A", "network": {"hidden": [3]}}],
    }


def test_drawn_points_go_with_it_and_drawings_of_other_tasks_stay(tmp_path: Path) -> None:
    lesson = load_lesson(make_lesson(tmp_path, "Mine", curve(), 2))
    assert lesson.experiment.data == curve().data
    assert lesson.experiment.lanes == curve().lanes
    assert lesson.experiment.drawings == ()


def test_a_folder_is_never_written_over(tmp_path: Path) -> None:
    names = [make_lesson(tmp_path, "Mine", SMALL, 40).name for _ in range(3)]
    assert names == ["mine", "mine-2", "mine-3"]
    assert [folder_name(title) for title in ("…", "Ä B", "x" * 90)] == ["lesson", "b", "x" * 40]


def test_too_many_points_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    count = 60_000
    points = Points(np.random.default_rng(0).normal(size=(count, 2)), np.zeros(count), np.zeros(count, int))
    large = msgspec.structs.replace(SMALL, data=msgspec.structs.replace(SMALL.data, points=points))
    with pytest.raises(LessonError, match="more room than a lesson may have; draw or import fewer"):
        make_lesson(tmp_path, "Mine", large, count)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("title", "problem"),
    [
        ("Dropout", ""),
        (" # ", "A lesson needs a title."),
        ("x" * 121, "At most 120 characters."),
        ("a\nb", "A title is one line of plain text."),
    ],
)
def test_titles_that_cannot_be_are_said(title: str, problem: str) -> None:
    assert title_problem(title) == problem


def test_titles_are_read_without_the_lessons(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, "no heading", name="03-odd")
    (write(tmp_path, name="01-gone") / "text.en.md").unlink()
    found = [(one.number, one.key, one.title, one.summary) for one in headings(tmp_path)]
    assert found == [
        (1, "gone", "gone", ""),
        (2, "overfitting", "Overfitting", "It learns the noise by heart."),
        (3, "odd", "odd", ""),
    ]


def test_what_a_list_says_is_what_the_lesson_says() -> None:
    for one in headings():
        lesson = load_lesson(one.folder)
        assert (one.key, one.number, one.title, one.summary) == (
            lesson.key,
            lesson.number,
            lesson.title,
            lesson.summary,
        )


# -- lessons of strangers


def test_a_lesson_brings_nothing_along_that_lies_elsewhere(tmp_path: Path) -> None:
    folder = write(tmp_path)
    secret = tmp_path / "secret.md"
    secret.write_text(TEXT)
    for name in ("text.en.md", "lesson.json"):
        kept = (folder / name).read_text()
        (folder / name).unlink()
        (folder / name).symlink_to(secret)
        with pytest.raises(
            LessonError, match="a link that leads out of the folder; put the file itself there"
        ):
            load_lesson(folder)
        (folder / name).unlink()
        (folder / name).write_text(kept)
    (folder / "words.md").write_text(TEXT)
    (folder / "text.en.md").unlink()
    (folder / "text.en.md").symlink_to("words.md")
    assert load_lesson(folder).title == "Overfitting"


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (TEXT + "x" * MOST_TEXT, None, "more than"),
        (TEXT.replace("# Overfitting", "# " + "x" * 121, 1), 1, "121 characters; 120 are the most here"),
        (TEXT.replace("by heart.", "by heart." * 50), 3, "300 are the most here"),
        (TEXT.replace("## Look", "## " + "y" * 121), 6, "120 are the most here"),
        (TEXT + "\n<script>alert(1)</script>\n", None, ""),
    ],
)
def test_texts_are_bounded_and_have_no_html(
    tmp_path: Path, text: str, line: int | None, problem: str
) -> None:
    folder = write(tmp_path, text)
    if not problem:
        words = load_lesson(folder).steps[-1].do_text[-1]
        assert words == Paragraph((Words("<script>alert(1)</script>"),))
        return
    with pytest.raises(LessonError, match=problem) as raised:
        load_lesson(folder)
    assert raised.value.line == line
