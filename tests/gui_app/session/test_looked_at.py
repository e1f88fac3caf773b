"""Which neuron is looked at."""

import pytest
from pytestqt.qtbot import QtBot

from engine.experiment import edit_many
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.looked_at import LookedAtNeuron, Unit
from tests.gui_app.hands import with_lanes

FIRST, SECOND = Unit(1, 0), Unit(2, 3)


@pytest.fixture
def looked_at(document: Document) -> LookedAtNeuron:
    return LookedAtNeuron(document, CurrentLane(document, document), document)


def test_the_hovered_neuron_is_shown_and_then_the_pinned_one_again(looked_at: LookedAtNeuron):
    looked_at.pin(FIRST)
    looked_at.hover(SECOND)
    assert (looked_at.unit, looked_at.pinned) == (SECOND, FIRST)
    looked_at.hover(None)
    assert looked_at.unit == FIRST
    looked_at.pin(None)
    assert looked_at.unit is None


def test_only_changes_are_announced(looked_at: LookedAtNeuron, qtbot: QtBot):
    with qtbot.waitSignal(looked_at.changed):
        looked_at.hover(FIRST)
    with qtbot.assertNotEmitted(looked_at.changed):
        looked_at.hover(FIRST)
        looked_at.pin(None)


def test_another_shape_forgets_it_and_other_settings_do_not(looked_at: LookedAtNeuron, document: Document):
    looked_at.pin(SECOND)
    document.change({"lanes.0.training.learning_rate": 0.5}, "rate")
    assert looked_at.pinned == SECOND
    document.change({"lanes.0.network.hidden": (4,)}, "shape")
    assert looked_at.unit is None


def test_a_lane_of_the_same_shape_is_another_network(document: Document):
    document.replace(with_lanes(document.experiment, A={}, B={}), "lanes")
    current = CurrentLane(document, document)
    looked_at = LookedAtNeuron(document, current, document)
    looked_at.pin(FIRST)
    current.choose(1)
    assert looked_at.unit is None


def test_another_document_forgets_it(looked_at: LookedAtNeuron, document: Document):
    looked_at.pin(FIRST)
    document.reset(edit_many(document.experiment, {"lanes.0.network.hidden": [2]}))
    assert looked_at.unit is None
