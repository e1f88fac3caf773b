"""Run inside a process of its own: what a frame of the network diagram takes, as JSON.

``python -m tests.benchmarks.diagram``
"""

from __future__ import annotations

import json
import sys
import time
from statistics import median

from PySide6.QtWidgets import QApplication

from engine.experiment import default_experiment, edit_many
from engine.observation.observables import INSIDE, InsideGrid
from engine.training.lane_snapshots import lane_snapshot
from engine.training.trainer import Trainer
from gui_app.diagram.diagram import NetworkDiagram
from gui_app.diagram.model import NetworkValues
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.engine_link import EngineLink
from gui_app.session.looked_at import LookedAtNeuron
from gui_app.session.weight_edits import WeightEdits
from gui_app.startup.application import make_application
from tests.gui_app.fake_engine import FakeEngine

HIDDEN, SIZE = (8, 8, 8), (360, 460)
MOMENTS, FRAMES, REPEATS = 12, 60, 5


def main() -> None:
    app = make_application([])
    document = Document(edit_many(default_experiment(), {"lanes.0.network.hidden": HIDDEN}))
    diagram = _diagram(document)
    moments = _moments(document, diagram)
    for values in moments:
        _frame(app, diagram, values)
    frames = [moments[number % MOMENTS] for number in range(FRAMES)]
    repeats = [median(_frame(app, diagram, values) for values in frames) for _ in range(REPEATS)]
    json.dump([{"frame_ms": milliseconds} for milliseconds in repeats], sys.stdout)


def _diagram(document: Document) -> NetworkDiagram:
    current = CurrentLane(document, document)
    edits = WeightEdits(current, EngineLink(document, current, FakeEngine(), document), document)
    diagram = NetworkDiagram(document, current, LookedAtNeuron(document, current, document), edits)
    diagram.resize(*SIZE)
    diagram.show()
    QApplication.processEvents()
    return diagram


def _moments(document: Document, diagram: NetworkDiagram) -> list[NetworkValues]:
    """What a training says of its inside, again and again."""
    trainer, (request,) = Trainer(document.experiment), diagram.requests
    assert isinstance(request.options, InsideGrid)
    moments = []
    for _ in range(MOMENTS):
        for _ in range(100):
            trainer.step()
        trainer.measure()
        (run,) = trainer.runs
        lane = lane_snapshot(
            run, run.history.view(), trainer.observer.observe([request], (0,))[run.lane.name]
        )
        inside = INSIDE.of(lane)
        assert inside is not None
        moments.append(NetworkValues.of(inside, lane))
    return moments


def _frame(app: QApplication, diagram: NetworkDiagram, values: NetworkValues) -> float:
    """Milliseconds from new values to their painting."""
    start = time.perf_counter()
    diagram.draw(diagram.compose(values, diagram.options))
    diagram.area.repaint()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
