"""What a handout holds, in the order in which it is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.lessons import Block, Course, Lesson, Step

NOT_RUN = "Not run yet."


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as PNG, with its caption and its size in pixels of a standard screen."""

    caption: str
    png: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Part:
    """A step with what is added to its words: pictures of the learner's run, and lines of Keras.

    ``question`` is its number in the handout, None if it asks nothing.
    """

    step: Step
    pictures: tuple[Picture, ...]
    code: tuple[str, ...]
    question: int | None


@dataclass(frozen=True, slots=True)
class Chapter:
    """A lesson; its title has its number in the course."""

    title: str
    summary: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Handout:
    """A title page and chapters. The handout of one lesson has its title, and no words of its own."""

    title: str
    words: tuple[Block, ...]
    language: str
    chapters: tuple[Chapter, ...]

    @property
    def answers(self) -> list[Part]:
        """The steps that ask something, in order."""
        return [part for chapter in self.chapters for part in chapter.parts if part.question is not None]


Pictures = Callable[[Lesson, Step], Sequence[Picture]]
CodeLines = Callable[[Lesson, int], Sequence[str]]


def lesson_handout(lesson: Lesson, pictures: Pictures, code: CodeLines) -> Handout:
    """Return the handout of one lesson."""
    return Handout(lesson.title, (), lesson.language, tuple(_chapters([lesson], pictures, code)))


def course_handout(course: Course, pictures: Pictures, code: CodeLines) -> Handout:
    """Return the handout of all lessons of a course that could be read."""
    language = next((lesson.language for lesson in course.lessons), "en")
    return Handout(course.title, course.summary, language, tuple(_chapters(course.lessons, pictures, code)))


def _chapters(lessons: Sequence[Lesson], pictures: Pictures, code: CodeLines) -> list[Chapter]:
    asked = 0
    chapters: list[Chapter] = []
    for lesson in lessons:
        parts: list[Part] = []
        for index, step in enumerate(lesson.steps):
            asked += bool(step.question)
            question = asked if step.question else None
            parts.append(Part(step, tuple(pictures(lesson, step)), tuple(code(lesson, index)), question))
        number = f"{lesson.number}. " if lesson.number is not None and len(lessons) > 1 else ""
        chapters.append(Chapter(f"{number}{lesson.title}", lesson.summary, tuple(parts)))
    return chapters
