"""Named tokens for all colours, spaces, radii and font sizes, in a light and a dark theme."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

SPACE = 4
"""Spaces are multiples of this number of pixels."""
RADIUS = 6

CLASS_MARKERS = ("o", "s", "t1", "d", "p", "t", "h", "star", "+", "x")
"""pyqtgraph's symbol for each class, so that classes differ in more than colour."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours as ``#rrggbb``. ``classes`` holds ten colours that all people can tell apart.

    Text has a contrast of at least 4.5 to its ground (WCAG 2, AA), and any two classes a CIEDE2000 difference of at
    least 10, also with protanopia, deuteranopia and tritanopia (tests/gui_app/theme/test_colours.py).

    ``lanes`` holds eight, which can be read as text, and of which the first four differ most, also from two classes.
    ``selection`` is told from all of them; it is drawn on a dark line, which shows it on any ground.
    ``text_scale`` is how large text is, relative to the default size (see ``gui_app.theme.text_size``), and
    ``line_scale`` how thick curves, boundaries and connections are.
    """

    name: str
    window: str
    panel: str
    raised: str
    hover: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    grid: str
    backdrop: str
    boundary: str
    training: str
    validation: str
    test: str
    penalty: str
    l1_penalty: str
    l2_penalty: str
    good: str
    warning: str
    danger: str
    selection: str
    classes: tuple[str, ...]
    lanes: tuple[str, ...]
    low: str
    middle: str
    high: str
    text_scale: float = 1.0
    line_scale: float = 1.0

    @property
    def is_dark(self) -> bool:
        return self.name == "dark"


LIGHT = Theme(
    name="light",
    window="#ffffff",
    panel="#ffffff",
    raised="#eef1f5",
    hover="#e3e8ef",
    border="#dde2e9",
    text="#1b2430",
    muted="#5b6675",
    accent="#2d6be0",
    on_accent="#ffffff",
    grid="#e6eaef",
    backdrop="#f4f6f9",
    boundary="#1b2430",
    training="#2d6be0",
    validation="#b85300",
    test="#66707d",
    penalty="#7d4ec6",
    l1_penalty="#b02a7c",
    l2_penalty="#0b7570",
    good="#167a4e",
    warning="#b85300",
    danger="#c8323c",
    selection="#99ffdd",
    classes=(
        "#2d6be0",
        "#e8710a",
        "#1b9860",
        "#9c6da4",
        "#debe00",
        "#a9477b",
        "#41b2d3",
        "#cc8e89",
        "#505358",
        "#ce0330",
    ),
    lanes=("#7c3cdd", "#2a6f6f", "#042195", "#51471f", "#bd0598", "#bd4e05", "#8d3558", "#511f3d"),
    low="#e8710a",
    middle="#f2f4f7",
    high="#2d6be0",
)

DARK = Theme(
    name="dark",
    window="#1c2027",
    panel="#1c2027",
    raised="#272c35",
    hover="#323945",
    border="#2f3640",
    text="#e8ebef",
    muted="#9aa4b1",
    accent="#6aa0ff",
    on_accent="#0f1720",
    grid="#2c323b",
    backdrop="#14171b",
    boundary="#f4f6f9",
    training="#6aa0ff",
    validation="#ff9a3d",
    test="#9aa4b1",
    penalty="#b794f4",
    l1_penalty="#ff7ac0",
    l2_penalty="#4fd1c5",
    good="#4cc38a",
    warning="#ff9a3d",
    danger="#ff6b6b",
    selection="#c6ffb2",
    classes=(
        "#4f8cff",
        "#ff8a24",
        "#29c097",
        "#d15ebc",
        "#ffd84c",
        "#a67c93",
        "#53e0ff",
        "#a46d26",
        "#a6afbb",
        "#ff4f5c",
    ),
    lanes=("#b693ec", "#1da58a", "#c8dcea", "#f9f91f", "#e467b2", "#e55f06", "#f9a21f", "#1ff9a2"),
    low="#e8710a",
    middle="#20242b",
    high="#3f7fff",
)

THEMES = {"light": LIGHT, "dark": DARK}


def system_theme() -> Theme:
    """Return the theme of the system's colour scheme; light if the system has none."""
    return DARK if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT


def rgb(colour: str) -> NDArray[np.float32]:
    """Return ``#rrggbb`` as float32 [3] from 0 to 255."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float32)


@lru_cache(maxsize=1024)
def mix(first: str, second: str, share: float) -> str:
    """Return the colour between ``first`` (share 0) and ``second`` (share 1)."""
    red, green, blue = np.rint(rgb(first) + (rgb(second) - rgb(first)) * share).astype(int).tolist()
    return f"#{red:02x}{green:02x}{blue:02x}"


_LAYER_STOPS = {
    "light": ("#5b2a9d", "#2d6be0", "#1b9e77", "#c9a400"),
    "dark": ("#a07bf5", "#4f8cff", "#2fc49a", "#e3c23a"),
}


def layer_colours(theme: Theme, layers: int) -> list[str]:
    """Return one colour per layer, from the input to the output."""
    stops = _LAYER_STOPS[theme.name]
    if layers == 1:
        return [stops[-1]]
    colours = []
    for layer in range(layers):
        position = layer * (len(stops) - 1) / (layers - 1)
        low = min(int(position), len(stops) - 2)
        colours.append(mix(stops[low], stops[low + 1], position - low))
    return colours


_MEASURE_STOPS = {
    "light": ("#2b1763", "#3b4cae", "#16809f", "#2fae83", "#a3d25c", "#fbe97a"),
    "dark": ("#3d2a86", "#4459c4", "#1b8bb0", "#35b58c", "#a9d65f", "#fdee8a"),
}


def measure_stops(theme: Theme) -> tuple[str, ...]:
    """Return the colours through which a map of a measured number goes, from dark to light."""
    return _MEASURE_STOPS[theme.name]
