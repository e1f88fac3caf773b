"""The window of the map of trainability: zooms, the dimension of the boundary, and how far it is computed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from engine.sweep.trainability import boundary, box_counting_dimension
from gui_app.sweeps.results.map.region import Region, enlarged, first_region
from gui_app.sweeps.results.map.view import NAME, MapView
from gui_app.sweeps.results.progress_row import ProgressRow
from gui_app.theme.tokens import SPACE, Theme
from gui_app.widgets.buttons import icon_button, text_button, tint
from gui_app.widgets.check_box import CheckBox
from gui_app.widgets.elided_label import ElidedLabel
from gui_app.widgets.tips import tip

Floats = NDArray[np.float64]
SIZE = QSize(820, 800)
EXPLAINED = (
    "Blue networks converge, orange ones do not; the stronger the colour, the longer it takes. Drag to zoom."
)

DIMENSION = (
    "How rough the boundary is: 1 for a smooth curve, 2 where it fills the area. It says how fast "
    "the number of boxes that meet the boundary grows as they become smaller. Of so few cells it is an estimate."
)


class MapWindow(QDialog):
    """Shows a map. ``wanted(region, float64)`` asks for another one, ``export_wanted(view)`` for a picture and
    ``table_wanted()`` for the numbers as a file.
    """

    wanted = Signal(object, bool)
    export_wanted = Signal(object)
    table_wanted = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # On Escape as on any other way.
        self.finished.connect(lambda: self.closed.emit())
        self.setWindowTitle(NAME)
        self.region, self.former = first_region(), list[tuple[Region, Floats]]()
        self.view, self.running = MapView(), ProgressRow()
        self.dimension, self.note = ElidedLabel(), ElidedLabel()
        self.note.setProperty("role", "caption")
        self.dimension.setToolTip(tip("Box-counting dimension", DIMENSION))
        self.show_problem("")
        self.back = text_button("Back", "Return to the map before this zoom (Backspace).", "compact")
        self.precise = CheckBox("float64")
        self.precise.setToolTip(
            "Compute with 64 bits. Chosen by itself where neighbours differ by less than 1e-5, "
            "which 32 bits cannot tell apart."
        )
        self.export = icon_button("export", "Export", "Save the map as a picture, or its numbers.")
        self.export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.addAction("Picture …", lambda: self.export_wanted.emit(self.view))
        menu.addAction("Table (CSV) …", self.table_wanted.emit)
        self.export.setMenu(menu)
        self._lay_out()
        self.view.zoomed.connect(self._zoom)
        self.view.back.connect(self.go_back)
        self.back.clicked.connect(self.go_back)
        self.precise.clicked.connect(lambda: self._ask(self.view.shown))
        self.apply_theme(theme)
        self.resize(SIZE.boundedTo(self.screen().availableGeometry().size() * 0.95))
        self._show_state()

    def show_map(self, values: Floats) -> None:
        """Show what is computed of the region, [rows, columns]; the dimension follows when all is."""
        self.view.show_map(values, self.region)
        words = ""
        if not np.isnan(values).any():
            found = box_counting_dimension(boundary(values)).slope
            words = (
                "No boundary here"
                if np.isnan(found)
                else f"Box-counting dimension of the boundary: {found:.2f}"
            )
        self.dimension.show_text(words)

    def show_problem(self, text: str) -> None:
        """Say what went wrong in place of how to read the map; "" takes it away."""
        self.problem = text
        self.note.show_text(text or EXPLAINED)
        self.note.setToolTip(text)

    def go_back(self) -> None:
        """Return to the map before the last zoom."""
        if self.former:
            self.region, before = self.former.pop()
            self.precise.setChecked(self.region.is_fine)
            self._ask(before)

    def apply_theme(self, theme: Theme) -> None:
        self.view.apply_theme(theme)
        tint(self, theme.text)

    def _zoom(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        self.former.append((self.region, self.view.shown))
        self.region = self.region.part(x, y)
        self.precise.setChecked(self.region.is_fine or self.precise.isChecked())
        self._ask(enlarged(self.view.shown, x, y))

    def _ask(self, meanwhile: Floats) -> None:
        """Ask for a map, and show what is known of it already."""
        self._show_state()
        self.dimension.show_text("")
        self.view.show_meanwhile(meanwhile, self.region)
        self.wanted.emit(self.region, self.precise.isChecked())

    def _show_state(self) -> None:
        self.back.setEnabled(bool(self.former))

    def _lay_out(self) -> None:
        head, foot = QHBoxLayout(), QHBoxLayout()
        for part in (self.back, self.precise):
            head.addWidget(part)
        head.addWidget(self.dimension, 1)
        head.addWidget(self.running)
        head.addWidget(self.export)
        head.setSpacing(3 * SPACE)
        foot.addWidget(self.note, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        column.addLayout(foot)
