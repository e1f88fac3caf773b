"""Histories that travel as delta are, at the other end, what they were here."""

from __future__ import annotations

import pickle
from dataclasses import fields, replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.observation import History, HistoryView
from engine.observation.history import SMALLEST, Follower
from engine.observation.report import NO_HISTORY, Reader, Report
from tests.engine.helpers import experiment, lane, trained, with_lanes
from tests.engine.observation.test_history import LOSSES, add, measurement


def same(one: HistoryView, other: HistoryView) -> bool:
    return all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name), equal_nan=True)
        for field in fields(HistoryView)
    )


@given(
    st.lists(
        st.tuples(LOSSES, st.sampled_from(["nothing", "tell", "hold back", "hold back twice"])), max_size=400
    ),
    st.sampled_from([SMALLEST, 100]),
)
def test_who_hears_all_news_has_all_rows(rows: list[tuple[float, str]], capacity: int) -> None:
    """Whether they come one by one, several in one, or merged with some that were held back, and when rows go."""
    history = History(2, capacity)
    follower = Follower(history.delta())
    held = None
    for epoch, (loss, then) in enumerate(rows):
        add(history, measurement(epoch, loss))
        if then == "nothing":
            continue
        delta = history.delta()
        held = delta if held is None else held.merged(delta)
        if then == "hold back twice":
            held = held.merged(history.delta())
            assert len(history.delta().epochs) == 0
        if then == "tell":
            follower.follow(held)
            held = None
            assert same(follower.view, history.view())
    if held is not None:
        follower.follow(held)
    follower.follow(history.delta())
    assert same(follower.view, history.view())


def test_news_hold_only_what_is_new() -> None:
    history = History(2)
    for epoch in range(500):
        add(history, measurement(epoch, 1.0))
    assert len(history.delta().epochs) == 500
    assert len(history.delta().epochs) == 0
    for epoch in range(500, 503):
        add(history, measurement(epoch, 1.0))
    delta = history.delta()
    assert delta.epochs.when[:, 0].tolist() == [500, 501, 502]
    assert len(pickle.dumps(delta)) < 2000


def test_the_view_stays_the_same_object_while_nothing_comes() -> None:
    history = History(2)
    add(history, measurement(0, 1.0))
    follower = Follower(history.delta())
    view = follower.view
    follower.follow(history.delta())
    assert follower.view is view
    add(history, measurement(1, 1.0))
    follower.follow(history.delta())
    assert len(view) == 1
    assert len(follower.view) == 2
    assert not follower.view.loss.flags.writeable


def test_a_reader_makes_snapshots_of_lanes_that_come_and_go() -> None:
    from engine.observation.snapshot import Snapshot

    settings = with_lanes(experiment(), lane("A"), lane("B"), lane("C"))
    trainer = trained(settings, 3)
    reader = Reader()
    serial = 0

    def report() -> Report:
        nonlocal serial
        serial += 1
        lanes = tuple(replace(one, history=NO_HISTORY) for one in trainer.lane_snapshots())
        snapshot = Snapshot(serial, 1, 0, "classification", 2, True, 0, 0, 0.0, 0, lanes)
        return Report(snapshot, tuple(run.history.delta() for run in trainer.runs))

    def check(read: Snapshot) -> None:
        assert read.serial == serial
        assert [one.name for one in read.lanes] == [run.lane.name for run in trainer.runs]
        for one, run in zip(read.lanes, trainer.runs, strict=True):
            assert same(one.history, run.history.view())

    check(reader.read(report()))
    trainer.train_epoch()
    missed = report()
    trainer.set_experiment(with_lanes(experiment(), lane("C"), lane("D"), lane("A")))
    trainer.train_epoch()
    check(reader.read(missed.merged(report())))
    unchanged = report()
    trainer.train_epoch()
    check(reader.read(unchanged.merged(report())))
    trainer.reset()
    check(reader.read(report()))
    trainer.train_epoch()
    check(reader.read(pickle.loads(pickle.dumps(report()))))
