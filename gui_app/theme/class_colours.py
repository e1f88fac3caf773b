"""A theme with the class colours of an experiment."""

from __future__ import annotations

from dataclasses import replace

from engine.experiment import DataSettings
from gui_app.theme.tokens import Theme


def with_class_colours(theme: Theme, data: DataSettings) -> Theme:
    """The theme with the colours that a person gave to classes; the other classes keep the theme's."""
    if data.class_colours is None:
        return theme
    own = data.class_colours + (None,) * len(theme.classes)
    colours = (given or usual for given, usual in zip(own, theme.classes, strict=False))
    return replace(theme, classes=tuple(colours))
