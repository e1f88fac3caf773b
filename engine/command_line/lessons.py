"""``python -m engine lessons`` lists the lessons; ``python -m engine lesson NAME --check`` verifies one."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.command_line.options import Commands
from engine.experiment import ExperimentError
from engine.lessons import (
    Course,
    Lesson,
    LessonError,
    built_in,
    is_lesson,
    load_course,
    load_lesson,
    plain,
    require_formulas,
)
from engine.lessons.loading import ENGLISH


def add_parser(commands: Commands) -> None:
    """Add both commands to the parser."""
    listing = commands.add_parser("lessons", help="list the lessons, a line each")
    listing.add_argument(
        "folder",
        type=Path,
        nargs="?",
        metavar="FOLDER",
        help="a course of your own (default: the built-in one)",
    )
    listing.set_defaults(command=_list)
    one = commands.add_parser("lesson", help="print a lesson's words, or verify what it claims")
    one.add_argument("name", metavar="NAME", help="as `lessons` lists it, or the path of a lesson's folder")
    one.add_argument(
        "--check",
        action="store_true",
        help="train and verify each claim; the exit status is 1 where one does not hold",
    )
    one.set_defaults(command=_one)
    for command in (listing, one):
        command.add_argument(
            "--language", default=ENGLISH, metavar="CODE", help="such as de or pt_BR (default: en)"
        )


def _list(options: argparse.Namespace) -> None:
    course = _course(options.folder, options.language)
    width = max((len(lesson.key) for lesson in course.lessons), default=0)
    for lesson in course.lessons:
        print(f"{lesson.key:{width}}  {lesson.title}: {lesson.summary}")
    if course.problems:
        raise _as_error(course.problems[0])


def _course(folder: Path | None, language: str) -> Course:
    try:
        return built_in(language) if folder is None else load_course(folder, language)
    except LessonError as error:
        raise _as_error(error) from None


def _one(options: argparse.Namespace) -> int:
    lesson = _find(options.name, options.language)
    if not options.check:
        print(_words(lesson), end="")
        return 0
    from engine.lessons.claims import check_all

    failed = 0
    for finding in check_all(lesson):
        print(f"{'holds' if finding.holds else 'FAILS'}  {finding.sentence}", flush=True)
        failed += not finding.holds
    return 1 if failed else 0


def _find(name: str, language: str) -> Lesson:
    try:
        if is_lesson(Path(name)):
            lesson = load_lesson(Path(name), language)
            require_formulas(lesson)
            return lesson
        course = built_in(language)
    except LessonError as error:
        raise _as_error(error) from None
    found = course.find(name)
    if found is None:
        names = ", ".join(lesson.key for lesson in course.lessons)
        raise ExperimentError(
            "", f"there is no lesson {name!r:.60}; choose one of {names}, or name a lesson's folder"
        )
    return found


def _words(lesson: Lesson) -> str:
    parts = [f"{lesson.title}\n{lesson.summary}"]
    for number, step in enumerate(lesson.steps, 1):
        blocks = (step.body, step.do_text, step.watch_text, step.question, step.answer, step.note)
        lines = [plain(one) for one in blocks if one]
        parts.append("\n".join([f"{number}. {step.title}", *lines]))
    return "\n\n".join(parts) + "\n"


def _as_error(error: LessonError) -> ExperimentError:
    return ExperimentError("", str(error))
