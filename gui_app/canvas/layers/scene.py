"""Viewport, theme and facts about the data, from which all layers are painted."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QFont, QImage

from engine.data.axes import to_share
from engine.experiment.frame import DEFAULT_EXTENT
from engine.experiment.settings import AxesSettings
from gui_app.canvas.view.viewport import Viewport
from gui_app.theme import text_size
from gui_app.theme.tokens import Theme

Floats = NDArray[np.floating]
NO_NAMES = AxesSettings()


@dataclass(frozen=True, slots=True)
class Scene:
    """Viewport, theme and facts about the data; equal scenes give equal pictures.

    ``task`` and ``classes`` are those of the data, ``names`` those of the classes (empty if they have none). ``axes``
    are the names and units of the axes, ``values`` the ends of a surface's values. ``discrete`` says that predictions
    are shown in steps, and ``bare`` that there is room for the sheet alone.
    """

    viewport: Viewport
    theme: Theme
    task: str
    classes: int
    names: tuple[str, ...] = ()
    axes: AxesSettings = NO_NAMES
    values: tuple[float, float] = DEFAULT_EXTENT.value
    discrete: bool = False
    bare: bool = False

    def shares(self, values: Floats) -> Floats:
        """Return where values of a surface lie between its ends, −1 and 1."""
        return to_share(values, self.values)

    @property
    def paper(self) -> str:
        """The colour of the empty sheet and of uncertain predictions."""
        return self.theme.window


@dataclass(frozen=True, slots=True)
class View:
    """A scene on a widget of ``width`` by ``height`` pixels, each ``ratio`` device pixels wide and high."""

    scene: Scene
    width: int
    height: int
    ratio: float

    def blank(self, pixel_format: QImage.Format, colour: QColor) -> QImage:
        """Return an image of one colour as large as the widget, in device pixels."""
        image = QImage(ceil(self.width * self.ratio), ceil(self.height * self.ratio), pixel_format)
        image.fill(colour)
        return image


def small_font(font: QFont) -> QFont:
    """Return ``font`` in the size of tick labels and legends."""
    small = QFont(font)
    small.setPixelSize(text_size.small())
    return small
