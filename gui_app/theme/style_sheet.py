"""The application's style sheet and palette, made from a theme."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QMainWindow

from gui_app.theme.icons import tinted
from gui_app.theme.text_size import BODY, FORMULA, FRONT, SMALL, TITLE, scaled
from gui_app.theme.tokens import RADIUS, Theme, mix
from resources import read_text

_DRAWN = {
    "chevron-down": "muted", "chevron-up": "muted", "chevron-right": "muted", "close": "muted", "check": "on_accent",
}  # fmt: skip
"""The icons in the style sheet, with the colour token of each."""


def style_sheet(theme: Theme) -> str:
    """Return ``styles/app.qss`` with every ``@token`` replaced. Raises KeyError for an unknown token."""
    tokens = _tokens(theme)
    return re.sub(
        r"@([a-z_]+(?:-[a-z]+)*)", lambda found: tokens[found.group(1)], read_text("styles/app.qss")
    )


def palette(theme: Theme) -> QPalette:
    """Return the palette for widgets that paint themselves: Highlight is accent, Mid border, Midlight hover."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.panel, role.Base: theme.panel, role.AlternateBase: theme.backdrop,
        role.WindowText: theme.text, role.Text: theme.text, role.ButtonText: theme.text,
        role.Button: theme.raised, role.Midlight: theme.hover, role.Mid: theme.border, role.Light: theme.panel,
        role.Dark: theme.muted, role.Shadow: theme.border, role.PlaceholderText: theme.muted,
        role.Highlight: theme.accent, role.Accent: theme.accent, role.HighlightedText: theme.on_accent,
        role.Link: theme.accent, role.ToolTipBase: theme.text, role.ToolTipText: theme.panel,
    }  # fmt: skip
    filled = QPalette()
    for colour_role, colour in colours.items():
        filled.setColor(colour_role, QColor(colour))
    faded = QColor(mix(theme.panel, theme.muted, 0.55))
    for colour_role in (role.WindowText, role.Text, role.ButtonText):
        filled.setColor(QPalette.ColorGroup.Disabled, colour_role, faded)
    filled.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(mix(theme.panel, theme.muted, 0.4)))
    return filled


def apply(app: QApplication, theme: Theme) -> None:
    """Apply ``theme`` to the application; a second call with the same theme does nothing."""
    sheet = style_sheet(theme)
    if app.styleSheet() == sheet:
        return
    if app.property("style set") is None:
        app.setStyle("Fusion")
        app.setProperty("style set", True)
    font = app.font()
    font.setPixelSize(scaled(BODY, theme.text_scale))
    with _docks_at_rest(app):
        app.setFont(font)
        app.setPalette(palette(theme))
        app.setStyleSheet(sheet)


@contextmanager
def _docks_at_rest(app: QApplication) -> Iterator[None]:
    """Keep main windows from arranging their docks.

    Qt styles a list of all widgets. Meanwhile a widget that shows or hides a part makes its window arrange itself, and
    a main window deletes tab bars on that occasion: Qt would go on with one that is gone, and crash.
    """
    layouts = [one.layout() for one in app.topLevelWidgets() if isinstance(one, QMainWindow)]
    resting = [layout for layout in layouts if layout is not None and layout.isEnabled()]
    for layout in resting:
        layout.setEnabled(False)
    try:
        yield
    finally:
        for layout in resting:
            layout.setEnabled(True)
            layout.activate()


def _tokens(theme: Theme) -> dict[str, str]:
    colours = {
        f.name: str(getattr(theme, f.name))
        for f in fields(theme)
        if f.name not in ("name", "classes", "text_scale", "line_scale")
    }
    derived = {
        "pressed": mix(theme.hover, theme.text, 0.08),
        "accent_hover": mix(theme.accent, theme.text, 0.14),
        "accent_soft": mix(theme.panel, theme.accent, 0.14),
        "faded": mix(theme.panel, theme.muted, 0.55),
        "scroll": mix(theme.panel, theme.muted, 0.35),
    }
    fonts = {
        "font_small": SMALL,
        "font_body": BODY,
        "font_formula": FORMULA,
        "font_title": TITLE,
        "font_front": FRONT,
    }
    sizes = {"radius": RADIUS} | {name: scaled(size, theme.text_scale) for name, size in fonts.items()}
    icons = {f"icon-{name}": f"url({_icon_file(name, colours[token])})" for name, token in _DRAWN.items()}
    return {**colours, **derived, **{name: f"{size}px" for name, size in sizes.items()}, **icons}


ICON_FOLDER = "neural-sketchbook-icons-"
"""The first part of the name of the folder with a process's icons; the number of the process follows."""


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix=f"{ICON_FOLDER}{os.getpid()}-", ignore_cleanup_errors=True)


def is_own_icon_folder(path: str) -> bool:
    """Return whether a folder is the one with the icons of this process."""
    return Path(path) == Path(_folder().name)


@cache
def _icon_file(name: str, colour: str) -> str:
    """Write the tinted icon to a file, because Qt's style sheets load pictures from files only. Returns its path."""
    path = Path(_folder().name, f"{name}-{colour[1:]}.svg")
    path.write_text(tinted(name, colour), encoding="utf-8")
    return path.as_posix()
