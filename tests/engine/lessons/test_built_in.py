"""The product's own lessons: each can be read, says what it shows, and its claims hold."""

from __future__ import annotations

import re

import pytest

from engine.lessons import (
    Bullets,
    Display,
    Inline,
    Lesson,
    Paragraph,
    Step,
    Words,
    built_in,
    built_in_folder,
    plain,
)
from engine.lessons.claims import check_all
from engine.lessons.loading import lesson_folders

FOLDERS = [folder.name for folder in lesson_folders(built_in_folder())]
COURSE = built_in()
LESSONS = {lesson.folder.name: lesson for lesson in COURSE.lessons}


def test_the_course_has_the_lessons_of_the_lecture_in_its_order() -> None:
    assert [lesson.key for lesson in COURSE.lessons] == [
        "underfitting",
        "overfitting",
        "curve-fitting",
        "cost",
        "l1-and-l2",
        "dropout",
        "augmentation",
        "early-stopping",
        "vanishing-gradient",
        "chain",
        "relu",
        "initializers",
        "exploding-gradient",
        "batch-normalization",
        "clipping",
    ]
    assert [lesson.number for lesson in COURSE.lessons] == list(range(1, 16))


def test_all_lessons_can_be_read() -> None:
    assert [str(problem) for problem in COURSE.problems] == []
    assert list(LESSONS) == FOLDERS


# Where a library sums in another order than compiled code, which depends on where memory lies, replay takes over.
@pytest.mark.expects_log("the training step on .* is replayed, not compiled")
@pytest.mark.parametrize("name", FOLDERS)
def test_all_claims_hold(name: str) -> None:
    findings = list(check_all(LESSONS[name]))
    assert [finding.sentence for finding in findings if not finding.holds] == []
    assert all(finding.claim.seeds >= 10 for finding in findings)


@pytest.mark.parametrize("name", FOLDERS)
def test_words_numbers_and_formulas_are_complete(name: str) -> None:
    lesson = LESSONS[name]
    assert 3 <= len(lesson.steps) <= 9
    assert len(lesson.summary) <= 120
    for step in lesson.steps:
        assert step.body or step.do_text, step.key
        # What is done for a person is said, and what is noticed is asked for.
        assert step.do is None or step.do_text, step.key
        assert not step.wait or step.do_text, step.key
        assert not step.watch_text or step.watch, step.key
        for words in _words(step):
            assert not re.search(r"  |\?\?|TODO|\.\.\.", words), words
    source = (lesson.folder / "text.en.md").read_text(encoding="utf-8")
    unused = [name for name in (*lesson.numbers, *lesson.formulas) if f"{{{name}}}" not in source]
    assert unused == []


@pytest.mark.parametrize("name", FOLDERS)
def test_what_is_done_for_a_person_is_what_the_step_waits_for(name: str) -> None:
    """Conditions on settings hold after *Do it for me*, and not before it."""
    from engine.lessons.conditions import Situation, met

    lesson = LESSONS[name]
    for index, step in enumerate(lesson.steps):
        if step.do is None:
            continue
        before, after = (
            Situation(lesson.state(index)),
            Situation(lesson.state(index, done=True), epochs=step.do.train),
        )
        settings = [one for one in step.wait if one.setting is not None]
        assert all(met(one, after) for one in settings), step.key
        assert not settings or not all(met(one, before) for one in settings), step.key
        assert all(met(one, after) for one in step.wait if one.epochs is not None), step.key


def _words(step: Step) -> list[str]:
    parts = (step.body, step.do_text, step.watch_text, step.question, step.answer, step.note)
    return [step.title, *(plain(part) for part in parts if part)]


def spans(lesson: Lesson) -> list[Words | Inline]:
    """All words and formulas of a lesson."""
    found: list[Words | Inline] = []
    for step in lesson.steps:
        for part in (step.body, step.do_text, step.watch_text, step.question, step.answer, step.note):
            for block in part:
                if isinstance(block, Display):
                    found.append(Inline(block.tex, block.name))
                elif isinstance(block, Paragraph):
                    found.extend(block.spans)
                elif isinstance(block, Bullets):
                    found.extend(span for item in block.items for span in item)
    return found
