"""Lessons: experiments with a text, guided steps, and claims that are verified; see docs/lessons.md."""

from engine.lessons.blocks import Block, Bullets, Display, Inline, Paragraph, Span, Words, plain
from engine.lessons.lesson import (
    LESSON_FORMAT,
    Claim,
    Condition,
    Course,
    Do,
    Lesson,
    Measure,
    Step,
    WeightByHand,
)
from engine.lessons.loading import (
    built_in,
    built_in_folder,
    is_lesson,
    load_course,
    load_lesson,
    require_formulas,
)
from engine.lessons.problems import LessonError

__all__ = [
    "LESSON_FORMAT",
    "Block",
    "Bullets",
    "Claim",
    "Condition",
    "Course",
    "Display",
    "Do",
    "Inline",
    "Lesson",
    "LessonError",
    "Measure",
    "Paragraph",
    "Span",
    "Step",
    "WeightByHand",
    "Words",
    "built_in",
    "built_in_folder",
    "is_lesson",
    "load_course",
    "load_lesson",
    "plain",
    "require_formulas",
]
