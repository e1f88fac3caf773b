"""Weights set by hand in the window: commands for the current lane, one a frame and one mark while dragging."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from pytestqt.qtbot import QtBot

from engine.experiment import default_experiment
from engine.service import messages as m
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.engine_link import EngineLink
from gui_app.session.weight_edits import WeightEdits
from tests.gui_app.fake_engine import FakeEngine
from tests.gui_app.hands import with_lanes


@pytest.fixture
def current(document: Document) -> CurrentLane:
    document.replace(with_lanes(default_experiment(), A={}, B={}), "Lanes")
    return CurrentLane(document)


@pytest.fixture
def link(document: Document, current: CurrentLane, fake_engine: FakeEngine) -> Iterator[EngineLink]:
    link = EngineLink(document, current, fake_engine)
    yield link
    link.close()


@pytest.fixture
def edits(current: CurrentLane, link: EngineLink) -> WeightEdits:
    return WeightEdits(current, link)


def sent(engine: FakeEngine) -> list[m.SetParameter]:
    return [command for command in engine.commands if isinstance(command, m.SetParameter)]


def test_it_is_sent_at_once_for_the_current_lane_after_the_edits_before(
    edits: WeightEdits, current: CurrentLane, document: Document, fake_engine: FakeEngine
) -> None:
    current.choose(1)
    edits.set_parameter(2, "weight", 1, 0, 0.5)
    edits.set_parameter(2, "bias", 0, 3, -0.5)
    assert isinstance(fake_engine.commands[0], m.SetExperiment)
    assert sent(fake_engine) == [
        m.SetParameter(1, 2, "weight", 1, 0, 0.5),
        m.SetParameter(1, 2, "bias", 0, 3, -0.5),
    ]


def test_a_drag_sends_its_first_and_its_last_value_with_one_gesture(
    edits: WeightEdits, fake_engine: FakeEngine
) -> None:
    edits.begin_drag()
    for value in (0.1, 0.2, 0.3, 0.4):
        edits.set_parameter(1, "weight", 0, 0, value)
    edits.end_drag()
    first, last = sent(fake_engine)
    assert (first.value, last.value) == (0.1, 0.4)
    assert first.gesture == last.gesture is not None
    edits.begin_drag()
    edits.set_parameter(1, "weight", 0, 0, 0.5)
    edits.end_drag()
    edits.set_parameter(1, "weight", 0, 0, 0.6)
    gestures = [edit.gesture for edit in sent(fake_engine)[1:]]
    assert len(set(gestures)) == 3
    assert gestures[-1] is None


def test_during_a_drag_the_newest_value_is_sent_in_the_next_frame(
    edits: WeightEdits, fake_engine: FakeEngine, qtbot: QtBot
) -> None:
    edits.begin_drag()
    for value in (0.1, 0.2, 0.3):
        edits.set_parameter(1, "weight", 0, 0, value)
    assert [edit.value for edit in sent(fake_engine)] == [0.1]
    qtbot.waitUntil(lambda: [edit.value for edit in sent(fake_engine)] == [0.1, 0.3])


def test_a_network_that_is_gone_gets_nothing_more(
    edits: WeightEdits, link: EngineLink, fake_engine: FakeEngine
) -> None:
    edits.begin_drag()
    edits.set_parameter(1, "weight", 0, 0, 0.1)
    edits.set_parameter(1, "weight", 0, 0, 0.2)
    link.restart()
    edits.end_drag()
    assert [edit.value for edit in sent(fake_engine)] == [0.1]
    assert all(one is not other for one, other in pairwise(fake_engine.commands))
