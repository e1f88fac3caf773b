"""The pictures of a learner's own run, kept for the handout as long as the window is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from engine.lessons import Lesson, Step
from gui_app.exporting.handout.content import Picture
from gui_app.exporting.pictures import PICTURE_FORMATS, Exportable
from gui_app.theme.tokens import LIGHT, Theme

SCALE = 2.0
"""Pixels of a picture per pixel of a standard screen: it is sharp on paper."""


class Shown(Exportable, Protocol):
    """A view that can be drawn into a file in another theme."""

    theme: Theme

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours."""


class Album:
    """For each step of each lesson the newest pictures of what it watches.

    A run that has trained is never replaced by one that has not: who pages back sees the step again, and keeps what
    came of it.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[Path, str], tuple[int, tuple[Picture, ...]]] = {}

    def keep(self, lesson: Lesson, step: Step, views: Sequence[Shown], epoch: int) -> None:
        """Take pictures of views in an epoch, the most important view first."""
        place = lesson.folder, step.key
        before, _ = self._kept.get(place, (0, ()))
        if views and (epoch or not before):
            self._kept[place] = epoch, tuple(take(view, epoch) for view in views)

    def pictures(self, lesson: Lesson, step: Step) -> tuple[Picture, ...]:
        """Return the pictures of a step; none if it was never left."""
        return self._kept.get((lesson.folder, step.key), (0, ()))[1]


def take(view: Shown, epoch: int) -> Picture:
    """Return a picture of a view on white, as paper needs it."""
    with _on_white(view):
        size, png = view.export_size(), PICTURE_FORMATS[".png"].render(view, SCALE)
    caption = f"{view.export_title}, epoch {epoch:,}" if epoch else f"{view.export_title}, before training"
    return Picture(caption, png, size.width(), size.height())


@contextmanager
def _on_white(view: Shown) -> Iterator[None]:
    theme = view.theme
    if not theme.is_dark:
        yield
        return
    view.apply_theme(replace(LIGHT, text_scale=theme.text_scale, line_scale=theme.line_scale))
    try:
        yield
    finally:
        view.apply_theme(theme)
