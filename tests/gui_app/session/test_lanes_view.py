"""Views of all lanes that are shown side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from engine.experiment import default_experiment
from engine.observation.snapshot import LaneSnapshot, Snapshot
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.snapshot_view import LaneModel, LanesView
from tests.gui_app.hands import with_lanes
from tests.gui_app.plots.runs import history_of, snapshot_of

Text = str


class StepsView(LanesView[int | None, str, Text]):
    """Writes how many rows each lane's history has."""

    def __init__(self, current: CurrentLane) -> None:
        self.drawn: list[str] = []
        self.follow_lane(current)

    @staticmethod
    def model_of(lane: LaneSnapshot | None, snapshot: Snapshot | None) -> int | None:
        return None if lane is None else len(lane.history)

    @property
    def options(self) -> str:
        return "rows"

    @staticmethod
    def compose(model: tuple[LaneModel[int | None], ...], options: str) -> Text:
        return ", ".join(f"{part.look.name}{'*' if part.is_current else ''} {part.model}" for part in model)

    def draw(self, shown: Text) -> None:
        self.drawn.append(shown)


@pytest.fixture
def document(qapp: QApplication) -> Document:
    return Document(with_lanes(default_experiment(), A={}, B={}, C={"hidden": True}))


def of_lanes(*rows: tuple[str, int]) -> Snapshot:
    snapshot = snapshot_of(history_of([0]))
    lanes = tuple(
        replace(snapshot.lanes[0], name=name, history=history_of(range(count))) for name, count in rows
    )
    return replace(snapshot, lanes=lanes)


def test_it_has_a_model_of_each_shown_lane_and_draws_what_changes(document: Document) -> None:
    current = CurrentLane(document)
    view = StepsView(current)
    view.show_snapshot(None)
    view.show_snapshot(of_lanes(("A", 2), ("B", 3), ("C", 4)))
    view.show_snapshot(of_lanes(("A", 2), ("B", 3), ("C", 5)))
    view.show_snapshot(of_lanes(("B", 3), ("C", 5)))
    current.choose(2)
    document.change({"lanes.2.name": "wide"}, "Rename")
    document.change({"lanes.1.hidden": True}, "Hide")
    assert view.drawn == [
        "A* None, B None",
        "A* 2, B 3",
        "A* None, B 3",
        "A None, B 3, C* 5",
        "A None, B 3, wide* None",
        "A None, wide* None",
    ]


def test_with_one_lane_there_is_one_part(qapp: QApplication) -> None:
    view = StepsView(CurrentLane(Document()))
    view.show_snapshot(of_lanes(("A", 7)))
    assert view.drawn == ["A* 7"]
