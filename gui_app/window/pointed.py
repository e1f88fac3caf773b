"""The controls that a step of a lesson names: brought into view, and outlined once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu, QWidget

from gui_app.widgets.outline import outline_once

if TYPE_CHECKING:
    from gui_app.window.main_window import MainWindow
    from gui_app.window.stage import Stage

_LANE = re.compile(r"^lanes\.\d+\.")


class Pointed:
    """Points at controls of ``window``, which ``stage`` brings into view."""

    def __init__(self, window: MainWindow, stage: Stage) -> None:
        self._window, self._stage = window, stage

    def point_at(self, control: str) -> bool:
        """Outline a control once; return False if there is no such control, or none at present.

        ``control`` is a setting's path below the experiment or a lane, or the name of a button.
        """
        if not control:
            return False
        if self._window.present.is_on:
            return self._point_in_presentation(_LANE.sub("", control))
        part = self._button(control)
        if part is not None:
            if not part.isVisible():
                return False
            outline_once(part)
            return True
        if control in ("repeats", "duplicate"):
            return self._point_at_menu(self._window.lanes.menu)
        return self._point_at_setting(_LANE.sub("", control))

    def _point_in_presentation(self, control: str) -> bool:
        """Outline a control in the bar of a presentation, which shows no panels."""
        bar = self._window.present.bar
        if bar is None:
            return False
        part = {"play": bar.play, "reset": bar.reset}.get(control) or bar.controls.control_of(control)
        if part is not None:
            outline_once(part)
        return part is not None

    def _button(self, name: str) -> QWidget | None:
        bar, lanes = self._window.transport, self._window.lanes
        buttons: dict[str, QWidget] = {
            "play": bar.play,
            "reset": bar.reset,
            "step": bar.step,
            "restore_best": bar.best,
            "seed": bar.seed,
            "task": bar.task,
            "data.task": bar.task,
        }
        if name == "duplicate" and lanes.strip.isVisible():
            return lanes.strip.add
        return buttons.get(name)

    def _point_at_menu(self, menu: QMenu) -> bool:
        """Outline the title of a menu in the menu bar."""
        bar = self._window.menuBar()
        outline_once(bar, bar.actionGeometry(menu.menuAction()))
        return True

    def _point_at_setting(self, path: str) -> bool:
        title = "Data" if path.startswith("data.") else "Model"
        panels = self._window.dock_layout.panels
        self._stage.show_dock(title)
        for panel in panels:
            self._stage.keep_folds(panel)
            if panel.reveal(path):
                return True
        return False
