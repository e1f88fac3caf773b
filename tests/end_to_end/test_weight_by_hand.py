"""A weight set by hand: from the keys that a person presses to the model that is exported."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from torch import nn, no_grad

from gui_app.diagram.connections import gaps_of
from gui_app.diagram.hits import thing_at
from gui_app.diagram.things import Connection
from gui_app.diagram.weight_popover import WeightPopover
from gui_app.window.main_window import MainWindow
from tests.engine.export.plain import Exported
from tests.gui_app.hands import LEFT

pytestmark = pytest.mark.window


def click_a_connection(window: MainWindow, layer: int) -> Connection:
    """A click in the middle of a curve into a layer, where it is the one that is meant."""
    area = window.diagram.area
    for point in gaps_of(area.picture.arrangement)[layer - 1].points[:, 4].tolist():
        at = QPointF(*point).toPoint()
        found = thing_at(area.picture, QPointF(at))
        if isinstance(found, Connection):
            QTest.mouseClick(area, LEFT, pos=at)
            return found
    raise AssertionError("no connection is drawn")


def test_a_weight_that_is_typed_is_that_of_the_exported_model(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    link, diagram = window.link, window.diagram
    QTest.keyClick(window.canvas, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: link.playing and link.latest.epoch >= 3)
    qtbot.waitUntil(lambda: diagram.area.picture is not None and diagram.area.picture.values is not None)
    click_a_connection(window, 2)
    popover = QApplication.activePopupWidget()
    assert isinstance(popover, WeightPopover)
    number = popover.parameter.number
    for typed in ("0", "0.", "0.2"):
        QTest.keyClick(number, typed[-1])
        before = link.latest.step
        qtbot.waitUntil(lambda before=before: link.latest.step > before)
        assert number.text() == typed, "training writes over what is typed"
    QTest.keyClick(number, Qt.Key.Key_Escape)
    assert popover.isVisible(), "the first Escape only discards what was typed"
    QTest.keyClick(number, Qt.Key.Key_Escape)
    QTest.keyClick(window.canvas, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: link.settled and not link.playing)

    connection = click_a_connection(window, 2)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit), "the popover's field has the keyboard"
    QTest.keyClicks(field, "0.75")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: any(mark.kind == "weight" for mark in link.latest.lanes[0].marks))
    qtbot.waitUntil(lambda: link.settled)
    (mark,) = [mark for mark in link.latest.lanes[0].marks if mark.kind == "weight"]
    assert mark.text.startswith(f"weight from neuron {connection.source + 1} of layer 1 to neuron")
    assert mark.text.endswith("→ 0.750")

    folder = tmp_path / "everything"
    folder.mkdir()
    window.exports.everything_into(folder)
    qtbot.waitUntil(lambda: (folder / "model-A.pt").exists())
    exported = Exported(folder)
    weight = exported.model().linear[1].weight[connection.target, connection.source]
    assert weight.item() == 0.75
    xy, target = exported.of("training")
    with no_grad():
        loss = nn.functional.cross_entropy(exported.model()(xy), target.long())
    assert loss.item() == pytest.approx(float(link.latest.lanes[0].now.loss[0]), rel=1e-5)
