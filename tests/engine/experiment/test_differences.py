"""All settings of a lane as names and texts, and what differs between two lanes."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.experiment import Lane, default_experiment, edit_many
from engine.experiment.differences import Change, lane_changes, lane_settings
from engine.experiment.document import FORMAT, from_json
from tests.engine.experiment import strategies


def lane(**changes: Any) -> Lane:
    below = {f"lanes.0.{path.replace('__', '.')}": value for path, value in changes.items()}
    return edit_many(default_experiment(), below).lanes[0]


def lanes() -> st.SearchStrategy[tuple[Lane, ...]]:
    written = st.tuples(*(strategies.lane(name, "classification", 3) for name in "AB"))
    return written.map(
        lambda some: from_json({"format": FORMAT, "data": {"classes": 3}, "lanes": list(some)}).lanes
    )


def test_settings_are_listed_with_the_catalogues_labels() -> None:
    known = {one.name: one.text for one in lane_settings(lane(regularization__max_norm=2.0))}
    expected = {"hidden layers": "8-8-8", "seed": "0", "learning rate": "0.003", "optimizer": "Adam"}
    expected |= {"max-norm c": "2", "λ₂": "0", "early stopping": "off", "residual connections": "off"}
    assert {name: known[name] for name in expected} == expected
    assert "early stopping patience" not in known


def test_numbers_of_a_choice_are_compared_only_where_both_choose_the_same() -> None:
    rough, smooth = (
        lane(training__optimizer={"name": "momentum", "momentum": value}) for value in (0.5, 0.9)
    )
    other = lane(training__optimizer="rmsprop")
    assert list(lane_changes(rough, smooth)) == [Change("optimizer momentum", "0.5", "0.9")]
    assert [change.name for change in lane_changes(rough, other)] == ["optimizer"]


@given(lanes())
def test_two_lanes_differ_in_exactly_the_settings_whose_values_differ(pair: tuple[Lane, Lane]) -> None:
    one, other = ({(s.name, s.of): s for s in lane_settings(lane)} for lane in pair)
    assert [len(list(lane_settings(lane))) for lane in pair] == [len(one), len(other)]
    differing = [key[0] for key, s in one.items() if key in other and other[key].value != s.value]
    assert [change.name for change in lane_changes(*pair)] == differing
    back = [Change(change.name, change.after, change.before) for change in lane_changes(*reversed(pair))]
    assert sorted(back) == sorted(lane_changes(*pair))


@given(lanes())
def test_lanes_without_a_difference_train_with_the_same_settings(pair: tuple[Lane, Lane]) -> None:
    one, other = pair
    same = not list(lane_changes(one, other))
    assert same == (
        (one.seed, one.network, one.training, one.regularization)
        == (other.seed, other.network, other.training, other.regularization)
    )
