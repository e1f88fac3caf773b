"""The steps of the tour, with the parts of the window that they point at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPushButton, QWidget

from gui_app.help.tour import Step

if TYPE_CHECKING:
    from gui_app.window.main_window import MainWindow
    from gui_app.window.stage import Stage


def tour_steps(window: MainWindow, stage: Stage) -> list[Step]:
    """Return the steps of the tour of a window, whose rooms are all built; ``stage`` brings their parts into view."""

    def dock(title: str) -> QWidget | None:
        found = (dock for dock in window.dock_layout.docks if dock.windowTitle() == title)
        return next((dock for dock in found if not dock.visibleRegion().isEmpty()), None)

    def button(name: str) -> QWidget | None:
        found = window.transport.findChildren(QPushButton)
        return next((one for one in found if one.accessibleName() == name), None)

    def panel(name: str) -> QWidget | None:
        return next((one for one in window.dock_layout.panels if type(one).__name__ == name), None)

    def show_panel(name: str, title: str) -> None:
        found = panel(name)
        if found is not None:
            stage.show_panel(found, title)

    return [
        Step(
            "Draw",
            "Points are what the network learns from. Draw some with the left button, or pick a data set on the left.",
            lambda: window.canvas,
            stage.show_canvas,
        ),
        Step(
            "Press play",
            "Play trains the network on the points, again and again. Space plays and pauses from everywhere.",
            lambda: window.transport.play,
        ),
        Step(
            "The boundary",
            "The colour behind the points is what the network answers there; the line is where it is undecided. "
            "Watch it find its place.",
            lambda: window.canvas,
            stage.show_canvas,
        ),
        Step(
            "The loss",
            "How wrong the answers are. When the validation loss rises while the training loss still falls, "
            "the network learns its points by heart: it overfits.",
            lambda: dock("Loss"),
            lambda: stage.show_dock("Loss"),
        ),
        Step(
            "Regularizers",
            "Against overfitting: a switch puts one on, its strength stands beside it. "
            "Try L2 or dropout, and compare.",
            lambda: panel("RegularizationPanel"),
            lambda: show_panel("RegularizationPanel", "Model"),
        ),
        Step(
            "Sweeps",
            "Which strength is best, and at which learning rate? Sweep → Sweep … (Ctrl+G) trains a network for each "
            "combination of their values, up to 64 at once, and shows all answers side by side.",
            window.menuBar,
        ),
        Step(
            "The network",
            "Each thumbnail is what a neuron computes over the canvas; lines are weights. "
            "Rest on a neuron to see its function large, click a line to change the weight.",
            lambda: window.diagram,
            stage.show_network,
        ),
        Step(
            "Export",
            "Pictures, data, history and the trained model as files. "
            "And for anything you wonder about: Shift+F1, then a click.",
            lambda: button("Export"),
        ),
    ]
