"""How to choose between the ways to see several lanes: a menu, and the button that opens it on the canvas."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from gui_app.canvas.panes.arrangement import GAP
from gui_app.canvas.panes.lanes_shown import WAYS, LanesShown
from gui_app.session.current_lane import CurrentLane
from gui_app.theme.tokens import Theme
from gui_app.widgets.buttons import icon_button, tint
from gui_app.widgets.tips import tip

SIDE = 22


def ways_menu(parent: QWidget, shown: LanesShown, current: CurrentLane) -> QMenu:
    """Return a menu of all ways, of which those for several lanes need more than one."""
    menu = QMenu("&Lanes on the canvas", parent)
    menu.setToolTipsVisible(True)
    group = QActionGroup(menu)
    actions = {}
    for key, way in WAYS.items():
        actions[key] = action = menu.addAction(way.label)
        action.setCheckable(True)
        action.setToolTip(way.meaning)
        action.setStatusTip(way.meaning)
        action.triggered.connect(lambda _=False, key=key: shown.choose(key))
        group.addAction(action)

    def refresh() -> None:
        actions[shown.mode].setChecked(True)
        group.setEnabled(len(current.shown) > 1)

    menu.aboutToShow.connect(refresh)
    refresh()
    return menu


class WaysButton(QWidget):
    """The button in the canvas's upper right corner: how lanes are shown, or for a single one, another to compare.

    ``lane_wanted`` asks for that. Below it, ``sweep_wanted`` asks for a whole grid of them.
    """

    lane_wanted = Signal()
    sweep_wanted = Signal()

    def __init__(self, canvas: QWidget, shown: LanesShown, current: CurrentLane) -> None:
        super().__init__(canvas)
        self._canvas, self._current = canvas, current
        text = tip(
            "Lanes on the canvas", "In panes, one alone, the difference of two, or the boundaries of all."
        )
        self.button = icon_button("panes", "Lanes on the canvas", text, "toggle", SIDE)
        self.button.setParent(self)
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setMenu(ways_menu(self, shown, current))
        compare = tip(
            "Compare (Ctrl+D)", "Duplicate this lane, change a setting of the copy, and see both train."
        )
        self.compare = icon_button("plus", "Compare: duplicate this lane", compare, "compact", SIDE)
        self.compare.setParent(self)
        self.compare.clicked.connect(self.lane_wanted)
        sweep = tip(
            "Sweep (Ctrl+G)", "Train a grid of networks: every combination of the values of two settings."
        )
        self.sweep = icon_button("sweep", "Sweep", sweep, "compact", SIDE)
        self.sweep.setParent(self)
        self.sweep.clicked.connect(self.sweep_wanted)
        # Beside it would be the legend.
        self.sweep.move(0, SIDE + 2)
        self.setFixedSize(SIDE, SIDE)

    def apply_theme(self, theme: Theme) -> None:
        tint(self, theme.text)

    def arrange(self) -> None:
        """Move to the corner."""
        several, swept = len(self._current.own_looks) > 1, bool(self._current.cells)
        self.button.setVisible(several)
        for button in (self.compare, self.sweep):
            # With a sweep, the strip has them.
            button.setVisible(not (several or swept))
        self.setFixedSize(SIDE, SIDE if several or swept else 2 * SIDE + 2)
        self.move(self._canvas.width() - self.width() - GAP, 2)
