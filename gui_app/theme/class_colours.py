"""A theme with the class colours of an experiment."""

from __future__ import annotations

from dataclasses import replace

from engine.experiment import DataSettings
from gui_app.theme.tokens import Theme


def with_class_colours(theme: Theme, data: DataSettings) -> Theme:
    """The theme in which classes wear their own colours where they have some."""
    if data.class_colours is None:
        return theme
    own = data.class_colours + (None,) * len(theme.classes)
    colours = (given or usual for given, usual in zip(own, theme.classes, strict=False))
    return replace(theme, classes=tuple(colours))
