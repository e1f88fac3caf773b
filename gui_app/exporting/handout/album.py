"""The pictures of a learner's own run, kept for the handout as long as the window is open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from engine.lessons import Lesson, Step
from gui_app.exporting.handout.content import Picture
from gui_app.exporting.pictures import PICTURE_FORMATS, Exportable
from gui_app.exporting.unseen import Fetching
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
    came of it. A view that lacks its values, because nobody sees it, keeps the picture that it had.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[Path, str], tuple[int, dict[int, Picture]]] = {}
        """By step: the epoch of the latest pictures, and these by the identity of their view."""

    def keep(self, lesson: Lesson, step: Step, views: Sequence[Shown], epochs: Mapping[str, int]) -> None:
        """Take pictures of views, the most important view first; ``epochs`` has the epoch of each lane, by its name."""
        place = lesson.folder, step.key
        before, pictures = self._kept.get(place, (0, {}))
        epoch = max(epochs.values(), default=0)
        taken = {id(view): take(view, epochs) for view in views if not _lacks_values(view)}
        if taken and (epoch or not before):
            newest = {**pictures, **taken}
            self._kept[place] = epoch, {id(one): newest[id(one)] for one in views if id(one) in newest}

    def pictures(self, lesson: Lesson, step: Step) -> tuple[Picture, ...]:
        """Return the pictures of a step; none if it was never left."""
        return tuple(self._kept.get((lesson.folder, step.key), (0, {}))[1].values())


def _lacks_values(view: object) -> bool:
    return isinstance(view, Fetching) and view.lacks_values


def take(view: Shown, epochs: Mapping[str, int]) -> Picture:
    """Return a picture of a view on white, as paper needs it."""
    with _on_white(view):
        size, png = view.export_size(), PICTURE_FORMATS[".png"].render(view, SCALE)
    return Picture(f"{view.export_title}, {when(epochs)}", png, size.width(), size.height())


def when(epochs: Mapping[str, int]) -> str:
    """Return in words how long lanes have trained; where that differs, each says it.

    >>> when({"A": 200, "B": 200}), when({"Sigmoid": 200, "ReLU": 0})
    ('epoch 200', 'Sigmoid: epoch 200, ReLU: before training')
    """
    words = {name: f"epoch {epoch:,}" if epoch else "before training" for name, epoch in epochs.items()}
    if len(set(words.values())) > 1:
        return ", ".join(f"{name}: {word}" for name, word in words.items())
    return next(iter(words.values()), "before training")


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
