"""Edits of all selected lanes are made of each lane's settings, and one that is refused names its lane."""

import pytest

from engine.experiment import ExperimentError, default_experiment, edit_many
from gui_app.diagram.actions import ShapeActions
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.selected_lanes import edits_of_selected, refusal_of_lane, reshaped, with_input
from tests.gui_app.hands import with_lanes

LANES = with_lanes(default_experiment(), A={"network.hidden": (4,)}, B={"network.hidden": (6, 5)}, C={})


@pytest.fixture
def document(qapp) -> Document:
    return Document(LANES)


@pytest.fixture
def current(document) -> CurrentLane:
    lanes = CurrentLane(document)
    lanes.choose(1)
    lanes.select((0, 1))
    return lanes


def test_an_edit_is_made_of_each_lane(document, current):
    def wider(lane):
        return {"network.hidden": tuple(width + 1 for width in lane.network.hidden)}

    assert edits_of_selected(LANES, current, wider) == {
        "lanes.0.network.hidden": (5,),
        "lanes.1.network.hidden": (7, 6),
    }


def test_other_layers_come_with_what_depends_on_them(document, current):
    start = edit_many(LANES, {"lanes.1.regularization.dropout.layers": (1, 2)})
    after, paths = reshaped(start, current, lambda hidden: hidden[:1])
    assert paths == {"lanes.0.network.hidden", "lanes.1.network.hidden"}
    assert [lane.network.hidden for lane in after.lanes[:2]] == [(4,), (6,)]
    assert after.lanes[1].regularization.dropout.layers == (1,)


@pytest.mark.parametrize(("selected", "sentence"), [((0, 1), "Lane B: learning"), ((), "Learning")])
def test_only_with_several_selected_lanes_a_refusal_names_one(document, current, selected, sentence):
    current.select(())
    current.select(selected)
    error = ExperimentError("lanes.1.training.learning_rate", "learning is hard")
    assert refusal_of_lane(error, LANES, current).startswith(sentence)


def test_the_last_input_stays():
    assert with_input(("x2",), "x1", True) == ("x1", "x2")
    with pytest.raises(ValueError, match="at least one input"):
        with_input(("x2",), "x2", False)


def test_the_diagram_edits_all_selected_lanes(document, current, qtbot):
    actions = ShapeActions(document, current)
    actions.add_layer()
    assert [lane.network.hidden for lane in document.experiment.lanes[:2]] == [(4, 4), (6, 5, 5)]
    assert document.experiment.lanes[2] is LANES.lanes[2]
    actions.change_width(1, 2)
    assert [lane.network.hidden for lane in document.experiment.lanes[:2]] == [(6, 4), (8, 5, 5)]
    actions.switch_input("x1_x2")
    assert {lane.network.features for lane in document.experiment.lanes[:2]} == {("x1", "x2", "x1_x2")}
    with qtbot.waitSignal(actions.refused) as refused:
        actions.change_width(3, 1)
    assert refused.args == ["Lane A: there is no layer 3."]
    assert document.stack.count() == 2, "quick edits of layers are one step"
