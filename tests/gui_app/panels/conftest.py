"""Panels on a document, as the window shows them, and hands that use their controls."""

from __future__ import annotations

from typing import Protocol

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from engine.experiment import Experiment, to_json
from gui_app.canvas.tools import TOOLS
from gui_app.classes.actions import ClassActions
from gui_app.panels.data.data_panel import DataPanel
from gui_app.panels.network.network_panel import NetworkPanel
from gui_app.panels.regularization.regularization_panel import RegularizationPanel
from gui_app.panels.training.training_panel import TrainingPanel
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.tool_settings import ToolSettings


class Show(Protocol):
    """Shows panels one below the other in an area of a width in pixels."""

    def __call__(self, width: int, *panels: QWidget, height: int = 720) -> QScrollArea: ...


def differences(before: object, after: object, path: str = "") -> set[str]:
    """The paths at which two JSON values differ; where a kind changes, the path of the whole."""
    if isinstance(before, dict) and isinstance(after, dict) and before.keys() == after.keys():
        return set().union(*(differences(before[key], after[key], f"{path}.{key}") for key in before))
    if (
        isinstance(before, list)
        and isinstance(after, list)
        and len(before) == len(after)
        and "lanes" in path[-6:]
    ):
        return set().union(
            *(differences(*pair, f"{path}.{n}") for n, pair in enumerate(zip(before, after, strict=True)))
        )
    return set() if before == after else {path.lstrip(".")}


def moved(before: Experiment, after: Experiment) -> set[str]:
    """The paths at which two experiments differ."""
    return differences(to_json(before), to_json(after))


@pytest.fixture
def current(document: Document) -> CurrentLane:
    return CurrentLane(document)


@pytest.fixture
def settings(qapp: QApplication) -> ToolSettings:
    return ToolSettings()


@pytest.fixture
def show(qtbot: QtBot) -> Show:
    """Shows panels one below the other in an area of the width that they have in the window."""

    areas: list[QScrollArea] = []

    def build(width: int, *panels: QWidget, height: int = 720) -> QScrollArea:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        for panel in panels:
            column.addWidget(panel)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        qtbot.addWidget(area)
        area.resize(width, height)
        area.show()
        areas.append(area)
        return area

    return build


@pytest.fixture
def data(document: Document, settings: ToolSettings, show: Show) -> DataPanel:
    panel = DataPanel(document, settings, TOOLS)
    show(210, panel)
    return panel


@pytest.fixture
def classes(document: Document, data: DataPanel) -> ClassActions:
    """What the window lets the data panel do to classes."""
    actions = ClassActions(document, data.attempt, data)
    data.class_edit_requested.connect(actions.edit)
    data.class_removal_requested.connect(actions.remove)
    return actions


@pytest.fixture
def network(document: Document, current: CurrentLane, show: Show) -> NetworkPanel:
    panel = NetworkPanel(document, current)
    panel.section.set_open(True)
    show(290, panel)
    return panel


@pytest.fixture
def training(document: Document, current: CurrentLane, show: Show) -> TrainingPanel:
    panel = TrainingPanel(document, current)
    show(290, panel)
    return panel


@pytest.fixture
def regularization(document: Document, current: CurrentLane, show: Show) -> RegularizationPanel:
    panel = RegularizationPanel(document, current)
    show(290, panel)
    return panel
