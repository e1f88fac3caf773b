"""Themes with the class colours of an experiment."""

from __future__ import annotations

from dataclasses import replace

from engine.experiment import DataSettings
from gui_app.theme.tokens import Theme


def with_class_colours(theme: Theme, data: DataSettings) -> Theme:
    """Return the theme with the class colours that a person chose; other classes keep the theme's colours."""
    if data.class_colours is None:
        return theme
    own = data.class_colours + (None,) * len(theme.classes)
    colours = (chosen or default for chosen, default in zip(own, theme.classes, strict=False))
    return replace(theme, classes=tuple(colours))
