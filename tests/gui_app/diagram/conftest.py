"""Diagrams with values of made-up networks, shown at the size that they have in the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.experiment import Experiment
from gui_app.diagram.diagram import NetworkDiagram
from gui_app.diagram.model import NetworkValues
from gui_app.diagram.overlay import anchor_of
from gui_app.diagram.picture import DiagramPicture
from gui_app.diagram.things import Thing
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.engine_link import EngineLink
from gui_app.session.looked_at import LookedAtNeuron
from gui_app.session.weight_edits import WeightEdits
from gui_app.theme import text_size
from tests.gui_app.diagram.networks import sketch, snapshot_of, values_of
from tests.gui_app.fake_engine import FakeEngine

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@dataclass
class Shown:
    """A diagram on the screen, with a hand that points at its parts."""

    diagram: NetworkDiagram
    document: Document
    looked_at: LookedAtNeuron
    engine: FakeEngine

    @property
    def picture(self) -> DiagramPicture:
        assert self.diagram.area.picture is not None
        return self.diagram.area.picture

    @property
    def hidden(self) -> tuple[int, ...]:
        return self.document.experiment.lanes[0].network.hidden

    def show(self, network: NetworkValues) -> None:
        """A snapshot of the network comes."""
        self.diagram.show_snapshot(snapshot_of(self.document.experiment, network))
        QApplication.processEvents()

    def show_nothing(self) -> None:
        """A snapshot comes without what is inside the network."""
        self.diagram.show_snapshot(snapshot_of(self.document.experiment, None))

    @property
    def said(self) -> str:
        """What the readout says."""
        readout = self.diagram.area.pointing.readout
        return "" if readout is None else readout.spoken

    def pixel(self, thing: Thing | QPointF) -> QPoint:
        position = thing if isinstance(thing, QPointF) else anchor_of(self.picture, thing)
        assert position is not None
        return position.toPoint()

    def hover(self, thing: Thing | QPointF) -> None:
        self._send_move(QPointF(self.pixel(thing)), Qt.MouseButton.NoButton)

    def click(self, thing: Thing | QPointF) -> None:
        QTest.mouseClick(self.diagram.area, LEFT, NONE, self.pixel(thing))

    def drag(self, thing: Thing, by: QPointF, release: bool = True) -> None:
        start = QPointF(self.pixel(thing))
        QTest.mousePress(self.diagram.area, LEFT, NONE, start.toPoint())
        for step in range(1, 5):
            self._send_move(start + by * step / 4, LEFT)
        if release:
            QTest.mouseRelease(self.diagram.area, LEFT, NONE, (start + by).toPoint())

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.diagram.area, key)

    def focus(self) -> None:
        self.diagram.activateWindow()
        self.diagram.area.setFocus()
        QTest.qWaitForWindowActive(self.diagram)

    def _send_move(self, at: QPointF, buttons: Qt.MouseButton) -> None:
        area, kind = self.diagram.area, QEvent.Type.MouseMove
        event = QMouseEvent(kind, at, area.mapToGlobal(at), Qt.MouseButton.NoButton, buttons, NONE)
        QApplication.sendEvent(area, event)


Show = Callable[..., Shown]


@pytest.fixture
def larger_text(qapp: QApplication) -> Iterator[None]:
    """Text of twice the default size."""
    before, large = qapp.font(), qapp.font()
    large.setPixelSize(2 * text_size.BODY)
    qapp.setFont(large)
    yield
    qapp.setFont(before)


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Show]:
    """Shows a diagram of an experiment, with values of a made-up network unless it gets others."""
    documents: list[Document] = []

    def make(
        experiment: Experiment | None = None,
        size: tuple[int, int] = (480, 460),
        values: NetworkValues | None = None,
    ) -> Shown:
        experiment = experiment or sketch()
        document = Document(experiment)
        documents.append(document)
        current = CurrentLane(document, document)
        looked_at = LookedAtNeuron(document, current, document)
        engine = FakeEngine()
        edits = WeightEdits(current, EngineLink(document, current, engine, document), document)
        diagram = NetworkDiagram(document, current, looked_at, edits)
        qtbot.addWidget(diagram)
        diagram.resize(*size)
        diagram.show()
        qtbot.waitExposed(diagram)
        diagram.show_snapshot(snapshot_of(experiment, values or values_of(experiment)))
        QApplication.processEvents()
        return Shown(diagram, document, looked_at, engine)

    yield make
    for document in documents:
        document.stack.setClean()
