"""Reads lessons and courses from their folders. Loads no torch: the window lists lessons before it trains."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from math import isfinite
from pathlib import Path
from typing import Any

import msgspec

from engine.catalogue.texts import setting_text
from engine.data.bounded_reading import read_bounded
from engine.data.file_system import exists, is_folder, names_in, resolved
from engine.experiment import FORMAT, Experiment, ExperimentError, edit_many, from_json
from engine.experiment.bounded_json import JsonError, parse_json
from engine.lessons.blocks import Block
from engine.lessons.checking import problems_of
from engine.lessons.lesson import Course, Lesson, LessonFile, Step
from engine.lessons.problems import LessonError, line_of, parts_of
from engine.lessons.text import LessonText, StepText, Values, read_page, read_text

SETTINGS = "lesson.json"
ENGLISH = "en"
MOST_BYTES = 1_000_000
"""The largest file of a lesson that is read."""
MOST_TEXT = 200_000
"""The largest text of a lesson, in bytes: a long book's chapter."""
MOST_LESSONS = 200
_FOLDER = re.compile(r"(?:(?P<number>[0-9]{1,4})-)?(?P<key>[a-z0-9]+(?:-[a-z0-9]+)*)")
_PLACE = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)


def built_in_folder() -> Path:
    """Return the folder of the product's own course.

    Returns
    -------
    Path
    """
    return Path(str(files("resources"))) / "lessons"


def built_in(language: str = ENGLISH) -> Course:
    """Return the product's own course.

    Parameters
    ----------
    language
        Code of a language; English where the course is not translated.

    Returns
    -------
    Course
    """
    return load_course(built_in_folder(), language)


def is_lesson(folder: Path) -> bool:
    """Return whether a folder is one lesson, and not a course.

    Parameters
    ----------
    folder
        Any; it need not exist.

    Returns
    -------
    bool
    """
    return exists(folder / SETTINGS)


def lesson_folders(folder: Path) -> list[Path]:
    """Return the folders of the lessons of a course, in their order.

    Parameters
    ----------
    folder
        Of the course.

    Returns
    -------
    list of Path
        Empty where there is none, or nobody can say.
    """
    found = [one for one in names_in(folder) if is_folder(one) and is_lesson(one)]
    return sorted(found, key=lambda one: (number_of(one) is None, number_of(one) or 0, one.name))[
        :MOST_LESSONS
    ]


def load_course(folder: Path, language: str = ENGLISH) -> Course:
    """Read all lessons of a folder.

    Parameters
    ----------
    folder
        Its folders that have a ``lesson.json`` are lessons; all others are left alone.
    language
        As for ``load_lesson``.

    Returns
    -------
    Course
        Lessons that cannot be read are left out, and said in ``problems``.

    Raises
    ------
    LessonError
        If there is no folder, or no lesson in it.
    """
    title, problems = folder.name, list[LessonError]()
    summary: tuple[Block, ...] = ()
    if not is_folder(folder):
        raise LessonError(folder, None, "this is no folder; choose a folder of lessons")
    folders = lesson_folders(folder)
    if not folders:
        raise LessonError(
            folder, None, f"there is no lesson in it; a lesson is a folder with a {SETTINGS} and a text.en.md"
        )
    lessons: list[Lesson] = []
    for one in folders:
        try:
            lessons.append(load_lesson(one, language))
        except LessonError as error:
            problems.append(error)
    page = find_page(folder, language)
    if page is not None:
        try:
            title, summary = read_page(page, _read(page, MOST_TEXT))
        except LessonError as error:
            problems.append(error)
    return Course(folder, title, summary, tuple(lessons), tuple(problems))


def load_lesson(folder: Path, language: str = ENGLISH) -> Lesson:
    """Read a lesson.

    Parameters
    ----------
    folder
        With ``lesson.json`` and ``text.LANGUAGE.md``.
    language
        Code of a language, such as "de" or "pt_BR"; where it has no text, its first part, then English.

    Returns
    -------
    Lesson

    Raises
    ------
    LessonError
        With file, line and remedy.
    """
    settings_file = folder / SETTINGS
    source = _read(settings_file)
    whole = _parse(settings_file, source)
    file = _convert(settings_file, source, whole)
    experiment = _experiment(settings_file, source, file)
    text_file = find_text(folder, language)
    if text_file is None:
        raise LessonError(
            folder / f"text.{ENGLISH}.md", None, "there is no such file; write the lesson's words in it"
        )
    values = Values({name: _number_text(value) for name, value in file.numbers.items()}, file.formulas)
    text = read_text(text_file, _read(text_file, MOST_TEXT), values)
    lesson = Lesson(
        key=key_of(folder),
        number=number_of(folder),
        folder=folder,
        language=text_file.name.split(".")[1],
        title=text.title,
        summary=text.summary,
        experiment=experiment,
        numbers=file.numbers,
        formulas=file.formulas,
        steps=tuple(_steps(settings_file, source, file, text_file, text)),
        claims=file.claims,
    )
    for path, clause in problems_of(lesson):
        raise LessonError(settings_file, line_of(source, path), clause)
    return lesson


def require_formulas(lesson: Lesson) -> None:
    """Refuse a lesson with a formula that cannot be typeset. This takes some milliseconds a formula.

    Parameters
    ----------
    lesson
        As it was loaded.

    Raises
    ------
    LessonError
        With the line of the first such formula, and what is wrong with it.
    """
    from engine.lessons.formulas import formula_problem

    for name, tex in lesson.formulas.items():
        problem = formula_problem(tex)
        if problem:
            file = lesson.folder / SETTINGS
            line = line_of(_read(file), ["formulas", name])
            raise LessonError(file, line, f"the formula {name!r} cannot be typeset: {problem}; mend its TeX")


def find_text(folder: Path, language: str = ENGLISH) -> Path | None:
    """Return the file with a lesson's words in a language, or in what comes next to it; None without one."""
    return _in_language(folder, "text", language)


def find_page(folder: Path, language: str = ENGLISH) -> Path | None:
    """Return the file with a course's title in a language, or in what comes next to it; None without one."""
    return _in_language(folder, "course", language)


def key_of(folder: Path) -> str:
    """Return the name of a lesson: that of its folder without the number."""
    found = _FOLDER.fullmatch(folder.name)
    return found["key"] if found else folder.name


def number_of(folder: Path) -> int | None:
    """Return the number that a lesson's folder begins with."""
    found = _FOLDER.fullmatch(folder.name)
    return int(found["number"]) if found and found["number"] else None


def _in_language(folder: Path, name: str, language: str) -> Path | None:
    """Return the file of a language, or of what comes next to it."""
    plain = language.replace("-", "_")
    for code in dict.fromkeys((plain, plain.split("_")[0], ENGLISH)):
        file = folder / f"{name}.{code}.md"
        if code.replace("_", "").isalnum() and exists(file):
            return file
    return None


def leads_out(file: Path) -> bool:
    """Return whether a file is a link to what lies elsewhere.

    Lessons come from strangers, and are handed on: none brings along what is not in its folder.
    """
    return not resolved(file).is_relative_to(resolved(file.parent))


def _read(file: Path, most_bytes: int = MOST_BYTES) -> str:
    if leads_out(file):
        raise LessonError(
            file, None, "this is a link that leads out of the folder; put the file itself there"
        )
    try:
        return read_bounded(file, most_bytes).decode("utf-8-sig")
    except OSError as error:
        raise LessonError(file, None, error.strerror or str(error)) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise LessonError(file, line, "this is not UTF-8; save the file as UTF-8") from None


def _parse(file: Path, source: str) -> dict[str, Any]:
    try:
        whole = parse_json(source)
    except JsonError as error:
        line = re.search(r"line (\d+)", str(error))
        raise LessonError(file, int(line[1]) if line else None, f"{error}; mend it there") from None
    if not isinstance(whole, dict):
        raise LessonError(file, 1, "a lesson is an object in braces, with steps and claims")
    for path, value in _not_finite(whole):
        raise LessonError(
            file, line_of(source, path), f"expected a number, not {value}; write one that is finite"
        )
    return whole


def _not_finite(
    value: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], float]]:
    if isinstance(value, float) and not isfinite(value):
        yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _not_finite(inner, (*path, key))


def _convert(file: Path, source: str, whole: dict[str, Any]) -> LessonFile:
    try:
        return msgspec.convert(whole, LessonFile)
    except msgspec.ValidationError as error:
        found = _PLACE.match(str(error))
        what, path = (found["what"], found["path"] or "") if found else (str(error), "")
        unknown = re.search(r"unknown field `([^`]*)`", what)
        parts = parts_of(path)
        if unknown is not None:
            parts = [*parts, unknown[1]]
            what = f"{unknown[1]!r} is no field here; see docs/lessons.md for those that there are"
        where = f"{path.removeprefix('$').removeprefix('.')}: " if path and unknown is None else ""
        raise LessonError(file, line_of(source, parts), f"{where}{what[:1].lower()}{what[1:]}") from None


def _experiment(file: Path, source: str, settings: LessonFile) -> Experiment:
    try:
        return from_json({"format": FORMAT, **settings.experiment})
    except ExperimentError as error:
        parts = ["experiment", *parts_of(error.path)]
        raise LessonError(file, line_of(source, parts), str(error)) from None


def _steps(
    settings_file: Path, source: str, settings: LessonFile, text_file: Path, text: LessonText
) -> Iterator[Step]:
    keys = [step.key for step in settings.steps]
    for index, key in enumerate(keys):
        if key in keys[:index]:
            raise LessonError(
                settings_file,
                line_of(source, ["steps", index, "key"]),
                f"there are two steps {key!r}; rename one",
            )
    for key, words in text.steps.items():
        if key not in keys:
            raise LessonError(
                text_file, words.line, f"{SETTINGS} has no step {key!r}; there are {', '.join(keys)}"
            )
    for step in settings.steps:
        if step.key not in text.steps:
            raise LessonError(
                text_file,
                None,
                f"the step {step.key!r} has no words; add “## Title {{#{step.key}}}” and a paragraph",
            )
        words = text.steps[step.key]
        _require_pair(text_file, words)
        parts = {mark: tuple(blocks) for mark, blocks in words.parts.items()}
        yield Step(
            key=step.key,
            title=words.title,
            body=parts.get("body", ()),
            do_text=parts.get("do", ()),
            watch_text=parts.get("watch", ()),
            question=parts.get("question", ()),
            answer=parts.get("answer", ()),
            note=parts.get("note", ()),
            set=step.set,
            watch=step.watch,
            view=step.view,
            control=step.control,
            do=step.do,
            wait=step.wait,
            code=step.code,
        )
    _require_allowed(settings_file, source, settings)


def _require_pair(file: Path, words: StepText) -> None:
    if ("question" in words.parts) != ("answer" in words.parts):
        has, lacks = ("question", "answer") if "question" in words.parts else ("answer", "question")
        raise LessonError(file, words.lines[has], f"this {has} has no {lacks}; add the part “### {lacks}”")


def _require_allowed(file: Path, source: str, settings: LessonFile) -> None:
    """Refuse edits that lead to an experiment which is not allowed."""
    experiment = from_json({"format": FORMAT, **settings.experiment})
    for index, step in enumerate(settings.steps):
        for place, changes in (("set",), step.set), (("do", "set"), step.do.set if step.do else {}):
            try:
                experiment = edit_many(experiment, changes) if changes else experiment
            except ExperimentError as error:
                parts = ["steps", index, *place, error.path]
                raise LessonError(file, line_of(source, parts), str(error)) from None


def _number_text(value: float) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return setting_text(value)
