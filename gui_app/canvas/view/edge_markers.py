"""Buttons at the edges of the sheet that count the points beyond; a click shows all points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPoint, QRectF, Qt, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from engine.catalogue.texts import counted
from engine.observation.snapshot import Extent

SIDES = ("left", "right", "bottom", "top")
_ARROWS = {"left": "◂ {}", "right": "{} ▸", "bottom": "▾ {}", "top": "▴ {}"}
_INSET = 6
_HEIGHT = 22


def count_beyond(
    xy: NDArray[np.float64], extent: Extent, x_unit: float = 1.0, y_unit: float = 1.0
) -> dict[str, int]:
    """Return the number of positions [n, 2] beyond each side.

    A point beyond two sides counts for the side that is farther away on the screen, where ``x_unit`` and ``y_unit``
    have the same length.
    """
    left, right, bottom, top = extent
    x, y = xy.T
    beyond = np.array([(left - x) / x_unit, (x - right) / x_unit, (bottom - y) / y_unit, (y - top) / y_unit])
    out = beyond.max(axis=0, initial=-np.inf) > 0
    counts = np.bincount(beyond[:, out].argmax(axis=0), minlength=len(SIDES)).tolist()
    return dict(zip(SIDES, counts, strict=True))


class EdgeMarkers(QObject):
    """The four buttons; ``clicked`` requests a view of all points."""

    clicked = Signal()

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self.buttons = {side: self._button(side, canvas) for side in SIDES}

    def show_counts(self, counts: dict[str, int], square: QRectF) -> None:
        """Show a button at the middle of each side of ``square`` (in pixels) that has points beyond it."""
        for side, button in self.buttons.items():
            count = counts[side]
            button.setVisible(count > 0)
            if count:
                points = counted(count, "point")
                button.setText(_ARROWS[side].format(f"{count:,}"))
                button.setAccessibleName(f"{points} beyond the {side} edge: show all")
                button.setToolTip(f"{points} beyond the {side} edge. Click to show all points.")
                self._arrange(button, side, square)

    def _button(self, side: str, canvas: QWidget) -> QToolButton:
        button = QToolButton(canvas)
        button.setProperty("kind", "edge")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setVisible(False)
        button.clicked.connect(self.clicked)
        return button

    def _arrange(self, button: QToolButton, side: str, square: QRectF) -> None:
        width = button.fontMetrics().horizontalAdvance(button.text()) + 16
        button.setFixedSize(width, _HEIGHT)
        middle = square.center().toPoint() - QPoint(width // 2, _HEIGHT // 2)
        positions = {
            "left": QPoint(int(square.left()) + _INSET, middle.y()),
            "right": QPoint(int(square.right()) - width - _INSET, middle.y()),
            "top": QPoint(middle.x(), int(square.top()) + _INSET),
            "bottom": QPoint(middle.x(), int(square.bottom()) - _HEIGHT - _INSET),
        }
        button.move(positions[side])
