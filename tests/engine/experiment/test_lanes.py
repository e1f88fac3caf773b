"""Edits of which lanes an experiment has."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.experiment import Experiment, ExperimentError, Lane, default_experiment, edit
from engine.experiment.lane_looks import trained_part, without_look
from engine.experiment.lane_pairs import paired, renamed
from engine.experiment.lanes import (
    MOST_LANES,
    MOST_SHOWN,
    lane_colours,
    new_name,
    sets_apart,
    shown_lanes,
    with_duplicate,
    with_lane_name,
    with_moved,
    with_only,
    with_swapped_settings,
    without_lane,
)


def of(*lanes: Lane) -> Experiment:
    return msgspec.structs.replace(default_experiment(), lanes=lanes)


def names(experiment: Experiment) -> list[str]:
    return [lane.name for lane in experiment.lanes]


def test_a_duplicate_stands_behind_its_lane_with_the_next_letter_and_the_next_colour() -> None:
    first = edit(default_experiment(), "lanes.0.hidden", True)
    made, index = with_duplicate(first, 0, {"regularization.l2": 0.01})
    assert (index, names(made), lane_colours(made)) == (1, ["A", "B"], (0, 1))
    lane = made.lanes[1]
    assert (lane.regularization.l2, lane.hidden, lane.muted, lane.seed) == (0.01, False, False, 0)
    again, index = with_duplicate(made, 0)
    assert (index, names(again), lane_colours(again)) == (1, ["A", "C", "B"], (0, 2, 1))


def test_a_document_has_room_for_eight_lanes() -> None:
    made = default_experiment()
    for _ in range(MOST_LANES - 1):
        made, _ = with_duplicate(made, 0)
    assert len(set(lane_colours(made))) == MOST_LANES
    with pytest.raises(ExperimentError, match="room for 8 lanes and has 8 lanes; remove one first"):
        with_duplicate(made, 0)


def test_the_only_lane_stays() -> None:
    with pytest.raises(ExperimentError, match="only lane cannot be removed"):
        without_lane(default_experiment(), 0)


def test_lanes_keep_their_colours_when_others_go_or_move() -> None:
    three = of(Lane(), Lane(name="B"), Lane(name="C"))
    assert lane_colours(without_lane(three, 0)) == (1, 2)
    moved = with_moved(three, 2, 0)
    assert (names(moved), lane_colours(moved)) == (["C", "A", "B"], (2, 0, 1))
    only = with_only(edit(three, "lanes.1.muted", True), 1)
    assert (names(only), only.lanes[0].muted) == (["B"], False)


def test_swapped_lanes_keep_name_colour_and_place() -> None:
    two = edit(of(Lane(colour=3), Lane(name="B", muted=True)), "lanes.1.regularization.l1", 0.1)
    swapped = with_swapped_settings(two, 0, 1)
    assert names(swapped) == ["A", "B"]
    assert [lane.regularization.l1 for lane in swapped.lanes] == [0.1, 0.0]
    assert [lane.muted for lane in swapped.lanes] == [False, True]
    assert swapped.lanes[0].colour == 3
    assert with_swapped_settings(swapped, 1, 0) == two


def test_at_most_four_lanes_are_shown_and_the_current_one_always() -> None:
    six = of(*(Lane(name=name, hidden=name == "B") for name in "ABCDEF"))
    assert shown_lanes(six, 0) == (0, 2, 3, 4)
    assert shown_lanes(six, 1) == (0, 1, 2, 3)
    assert shown_lanes(six, 5) == (0, 2, 3, 5)


def test_what_sets_a_lane_apart_are_its_own_values() -> None:
    two = edit(of(Lane(), Lane(name="B", seed=3)), "lanes.1.regularization.dropout.rate", 0.5)
    assert sets_apart(two, 0) == ""
    assert sets_apart(two, 1) == "seed 3, dropout p 0.5"
    assert sets_apart(of(Lane(), Lane(name="B", colour=5)), 1) == ""


def test_a_renamed_lane_is_found_by_its_settings() -> None:
    before = of(Lane(), Lane(name="B", seed=1), Lane(name="C"))
    after = with_lane_name(before, 1, " Dropout ")
    assert renamed(before.lanes, after.lanes) == {"Dropout": "B"}
    assert renamed(before.lanes, edit(after, "lanes.1.seed", 2).lanes) == {}
    assert renamed(before.lanes, before.lanes) == {}
    with pytest.raises(ExperimentError, match="two lanes are named"):
        with_lane_name(before, 1, "A")


A, B = Lane(), Lane(name="B", seed=1)


def called(name: str, lane: Lane, **changes: object) -> Lane:
    return msgspec.structs.replace(lane, name=name, **changes)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ([B, A], {"B": B, "A": A}),
        ([called("A", A, seed=5), B], {"A": A, "B": B}),
        ([called("C", A), B], {"C": A, "B": B}),
        ([B, called("C", A, colour=3, muted=True)], {"B": B, "C": A}),
        # Settings that were swapped, and one lane that got those of the other.
        ([called("A", B), called("B", A)], {"A": A, "B": B}),
        ([called("A", B), B], {"A": A, "B": B}),
        # Edits at once with others that were removed and added.
        ([called("B", B, seed=7)], {"B": B}),
        ([A, called("C", A), called("B", B, seed=7)], {"A": A, "B": B}),
        # Names that were swapped or passed on.
        ([called("B", A), called("A", B)], {}),
        ([called("B", A, seed=5), called("C", B)], {}),
        ([called("B", A, seed=5), called("C", B, seed=6)], {}),
        ([called("A", B)], {}),
        # A name and more.
        ([A, called("C", B, seed=7)], {"A": A}),
    ],
)
def test_a_lane_is_taken_for_one_of_before_only_where_that_is_certain(
    after: list[Lane], expected: dict[str, Lane]
) -> None:
    assert paired([A, B], after) == expected


def test_of_lanes_that_are_alike_none_is_taken_for_the_other() -> None:
    twin = called("B", A)
    assert paired([A, twin], [called("C", A), called("D", A)]) == {}
    assert paired([A, twin], [twin, A]) == {"A": A, "B": twin}
    assert paired([A, twin], [A, called("C", A)]) == {"A": A, "C": twin}


def test_the_engine_knows_neither_colours_nor_what_is_hidden() -> None:
    plain = of(Lane(), Lane(name="B"))
    looks = of(Lane(colour=4, hidden=True), Lane(name="B", colour=0))
    assert trained_part(looks) == plain
    assert trained_part(plain) == plain
    assert without_look(plain.lanes[0]) is plain.lanes[0]
    assert trained_part(edit(plain, "lanes.1.muted", True)).lanes[1].muted


@given(st.lists(st.none() | st.integers(0, 7), min_size=1, max_size=64))
def test_lanes_share_a_colour_only_where_they_say_so_or_there_are_no_more(own: list[int | None]) -> None:
    experiment = of(*(Lane(name=str(index), colour=colour) for index, colour in enumerate(own)))
    colours = lane_colours(experiment)
    assert all(0 <= colour < 8 for colour in colours)
    assert all(mine in (None, shown) for mine, shown in zip(own, colours, strict=True))
    given_freely = [shown for mine, shown in zip(own, colours, strict=True) if mine is None]
    if len(given_freely) + len({mine for mine in own if mine is not None}) <= 8:
        assert len(set(given_freely)) == len(given_freely)
        assert not set(given_freely) & {mine for mine in own if mine is not None}


@given(st.data(), st.integers(1, 8))
def test_any_series_of_edits_keeps_names_apart_and_someone_in_view(data: st.DataObject, edits: int) -> None:
    experiment = default_experiment()
    for _ in range(edits):
        index = data.draw(st.integers(0, len(experiment.lanes) - 1))
        kind = data.draw(st.sampled_from(["duplicate", "remove", "move", "hide"]))
        if kind == "duplicate" and len(experiment.lanes) < MOST_LANES:
            experiment, _ = with_duplicate(experiment, index)
        elif kind == "remove" and len(experiment.lanes) > 1:
            experiment = without_lane(experiment, index)
        elif kind == "move":
            experiment = with_moved(experiment, index, data.draw(st.integers(0, len(experiment.lanes) - 1)))
        else:
            experiment = edit(experiment, f"lanes.{index}.hidden", True)
        assert len(set(names(experiment))) == len(experiment.lanes)
        assert new_name(experiment) not in names(experiment)
        current = data.draw(st.integers(0, len(experiment.lanes) - 1))
        assert current in shown_lanes(experiment, current)
        assert len(shown_lanes(experiment, current)) <= MOST_SHOWN
