"""Several edits at once: each lane goes on as if the engine had been told one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.experiment import Experiment, edit, edit_many
from engine.experiment.lane_pairs import names_before
from engine.experiment.lanes import with_duplicate, with_moved, without_lane
from engine.experiment.repeats import expanded, seed_groups
from engine.observation.seeds import Seeds
from engine.observation.snapshot import LaneSnapshot, Snapshot
from engine.service import messages as m
from engine.service.backlog import CommandInbox, Counted
from engine.service.interface import Inbox, Mailbox
from engine.service.worker import Worker
from engine.training.trainer import Trainer
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.engine_link import EngineLink
from gui_app.session.lane_names import LaneNames
from tests.engine.helpers import experiment, lane, row, with_lanes

BASE = experiment({"data.generator.points": 40, "lanes.0.network.hidden": [2]})
START = with_lanes(BASE, *(lane(name, {"network.hidden": [2], "seed": n}) for n, name in enumerate("ABC")))
RATES = (0.01, 0.02)

edits = st.lists(
    st.tuples(
        st.sampled_from(["rename", "rate", "widen", "add", "remove", "move"]), *[st.integers(0, 7)] * 2
    ),
    min_size=2,
    max_size=6,
)


def edited(before: Experiment, seed: int, what: str, which: int, other: int) -> Experiment:
    """An experiment after one edit, in which each lane has a seed of its own."""
    count = len(before.lanes)
    index = which % count
    match what:
        case "rename":
            name = "ABCDXYZW"[other]
            taken = {one.name for one in before.lanes}
            return before if name in taken else edit(before, f"lanes.{index}.name", name)
        case "rate":
            return edit(before, f"lanes.{index}.training.learning_rate", RATES[other % 2])
        case "widen":
            return edit(before, f"lanes.{index}.network.hidden", [2 + other % 2])
        case "add" if count < 5:
            after, new = with_duplicate(before, index)
            return edit(after, f"lanes.{new}.seed", seed)
        case "remove" if count > 1:
            return without_lane(before, index)
        case "move" if count > 1:
            return with_moved(before, index, other % count)
    return before


@settings(max_examples=60, deadline=None)
@given(edits, st.sets(st.integers(0, 5)))
def test_edits_at_once_do_what_they_do_one_by_one(steps: list[tuple[str, int, int]], pulls: set[int]) -> None:
    """``pulls``: the edits after which the engine is told."""
    together, one_by_one, names, single = Trainer(START), Trainer(START), LaneNames(), LaneNames()
    for trainer in (together, one_by_one):
        trainer.train_epoch()
    names.tell(START)
    single.tell(START)
    now = START
    for number, step in enumerate(steps):
        after = edited(now, 10 + number, *step)
        for each in (names, single):
            each.note_edit(now, after)
        now = after
        one_by_one.set_experiment(now, former=single.tell(now))
        if number in pulls or number == len(steps) - 1:
            together.set_experiment(now, former=names.tell(now))
    seeds = [one.seed for one in now.lanes]
    assert len(set(seeds)) == len(seeds)
    for one in now.lanes:
        # A lane that was widened and made narrow again between two messages has not been anything else.
        narrow_again = any(step[0] == "widen" for step in steps) and epochs(together, one.name) == 1
        if not narrow_again:
            assert row(together, one.name).equal(row(one_by_one, one.name))
        if epochs(together, one.name):
            assert one.seed in range(3), "no new lane has what another one was"


def epochs(trainer: Trainer, name: str) -> int:
    return next(run.epoch for run in trainer.runs if run.lane.name == name)


def renamed_and_tuned(before: Experiment) -> tuple[Experiment, Experiment]:
    first = edit(before, "lanes.1.name", "wide")
    return first, edit(first, "lanes.1.training.learning_rate", 0.02)


def test_commands_that_are_merged_on_their_way_keep_it() -> None:
    inbox = CommandInbox(Counted(0))
    worker = Worker(Inbox(), Mailbox(), Inbox[m.Event]())
    worker.obey(m.SetExperiment(START))
    worker.obey(m.StepEpoch(3))
    while worker.busy:
        worker.train()
    names = LaneNames()
    names.tell(START)
    now = START
    for after in renamed_and_tuned(START):
        names.note_edit(now, after)
        inbox.put(m.SetExperiment(after, former=names.tell(after)))
        now = after
    (command,) = inbox.drain()
    assert command.former == {"A": "A", "wide": "B", "C": "C"}
    worker.obey(command)
    assert worker.trainer is not None
    assert [(run.lane.name, run.epoch) for run in worker.trainer.runs] == [("A", 3), ("wide", 3), ("C", 3)]


def test_edits_that_failed_are_counted_in() -> None:
    worker = Worker(Inbox(), Mailbox(), Inbox[m.Event]())
    worker.obey(m.SetExperiment(START))
    worker.obey(m.StepEpoch(2))
    while worker.busy:
        worker.train()
    assert worker.trainer is not None
    first, second = renamed_and_tuned(START)
    with_failure = worker.trainer.set_experiment
    worker.trainer.set_experiment = exhausted  # type: ignore[method-assign]
    trainer = worker.trainer
    try:
        worker.obey(m.SetExperiment(first, former={"A": "A", "wide": "B", "C": "C"}))
    except MemoryError:
        trainer.set_experiment = with_failure  # type: ignore[method-assign]
    worker.obey(m.SetExperiment(second, former={name: name for name in ("A", "wide", "C")}))
    assert [(run.lane.name, run.epoch) for run in trainer.runs] == [("A", 2), ("wide", 2), ("C", 2)]


def exhausted(*_: Any, **__: Any) -> None:
    raise MemoryError


def test_names_of_two_edits_of_which_one_is_unknown() -> None:
    assert names_before(None, {"A": "A"}) is names_before({"A": "A"}, None) is None


# -- in the window


def snapshot(trainer: Trainer) -> Snapshot:
    lanes: tuple[LaneSnapshot, ...] = trainer.lane_snapshots()
    return Snapshot(
        serial=0, run=trainer.lanes.run_number, acknowledged=0, task="classification", classes=2, playing=False,
        epoch=trainer.epoch, step=0, steps_per_second=0.0, training_points=1, lanes=lanes, pause_at=None,
    )  # fmt: skip


def test_what_is_shown_has_the_present_names_before_the_engine_answers(fake_engine: Any, qapp: Any) -> None:
    document = Document(START)
    current = CurrentLane(document)
    link = EngineLink(document, current, fake_engine)
    link.start()
    link._timer.stop()
    trainer = Trainer(START)
    trainer.train_epoch()
    fake_engine.snapshot = snapshot(trainer)
    link.pull()
    assert current.of(link.latest) is not None
    told: list[tuple[str, ...]] = []
    link.snapshot_taken.connect(lambda shown: told.append(tuple(one.name for one in shown.lanes)))
    document.replace(edit(document.experiment, "lanes.0.name", "mine"), "Rename")
    assert current.of(link.latest) is not None
    document.replace(without_lane(document.experiment, 1), "Remove")
    document.replace(edit(document.experiment, "lanes.1.name", "B"), "Rename")
    # An engine that is busy still speaks of what was before.
    fake_engine.snapshot = snapshot(trainer)
    link.pull()
    assert told == [("mine", "B", "C"), ("mine", "C"), ("mine", "B"), ("mine", "B")]
    assert link.latest is not None
    assert np.array_equal(link.latest.lanes[1].history.loss, trainer.lane_snapshots()[2].history.loss)
    trainer.set_experiment(document.experiment, former={"mine": "A", "B": "C"})
    fake_engine.snapshot = snapshot(trainer)
    link.pull()
    assert [one.name for one in link.latest.lanes] == ["mine", "B"]
    link.close()


def test_names_that_change_twice_before_the_next_snapshot(fake_engine: Any, qapp: Any) -> None:
    document = Document(START)
    current = CurrentLane(document)
    link = EngineLink(document, current, fake_engine)
    link.start()
    link._timer.stop()
    trainer = Trainer(START)
    fake_engine.snapshot = snapshot(trainer)
    link.pull()
    document.replace(edit(document.experiment, "lanes.0.name", "X"), "Rename")
    document.replace(edit(document.experiment, "lanes.0.name", "Y"), "Rename")
    assert current.of(link.latest) is not None
    document.stack.undo()
    document.stack.undo()
    assert current.of(link.latest) is not None
    link.pull()
    assert [one.name for one in link.latest.lanes] == ["A", "B", "C"]
    link.close()


def test_fewer_seeds_leave_none_of_them_as_a_lane(fake_engine: Any, qapp: Any) -> None:
    five = edit(with_lanes(BASE, lane("A", {"network.hidden": [2]})), "lanes.0.repeats", 5)
    document = Document(five)
    link = EngineLink(document, CurrentLane(document), fake_engine)
    link.start()
    link._timer.stop()
    trainer = Trainer(expanded(five))
    fake_engine.snapshot = snapshot(trainer)
    link.pull()
    document.replace(edit(document.experiment, "lanes.0.repeats", 3), "Seeds")
    for _ in range(2):
        assert [(one.name, len(one.repeats)) for one in link.latest.lanes] == [("A", 3)]
        # An engine that is busy still speaks of five.
        fake_engine.snapshot = snapshot(trainer)
        link.pull()
    link.close()


def test_names_of_seeds_do_not_decide_which_network_is_which() -> None:
    """Another lane gets the name that a seed of a repeated lane has had."""
    both = edit(
        with_lanes(BASE, *(lane(name, {"network.hidden": [2], "seed": n}) for name, n in (("A", 0), ("B", 7)))),
        "lanes.0.repeats", 3,
    )  # fmt: skip
    trainer, names = Trainer(expanded(both)), LaneNames()
    trainer.train_epoch()
    before = {one: row(trainer, one) for one in ("A", "A (seed 1)", "A (seed 2)", "B")}
    names.tell(both)
    after = edit(both, "lanes.1.name", "A (seed 2)")
    names.note_edit(both, after)
    former = names.tell(after)
    assert former == {
        "A": "A", "A (seed 1)": "A (seed 1)", "A (seed 2, 2)": "A (seed 2)", "A (seed 2)": "B",
    }  # fmt: skip
    trainer.set_experiment(expanded(after), former=former)
    assert [run.epoch for run in trainer.runs] == [1, 1, 1, 1]
    for now, then in former.items():
        assert row(trainer, now).equal(before[then])


def test_a_name_that_is_passed_on_brings_no_curves_of_another_lane(fake_engine: Any, qapp: Any) -> None:
    """Of two repeated lanes, the first is removed and the second takes its name."""
    both = edit_many(
        with_lanes(
            BASE, *(lane(name, {"network.hidden": [2], "seed": n}) for name, n in (("A", 0), ("B", 7)))
        ),
        {"lanes.0.repeats": 3, "lanes.1.repeats": 3},
    )
    document = Document(both)
    link = EngineLink(document, CurrentLane(document), fake_engine)
    link.start()
    link._timer.stop()
    trainer = Trainer(expanded(both))
    trainer.train_epoch()
    fake_engine.snapshot = snapshot(trainer)
    link.pull()
    document.replace(without_lane(document.experiment, 0), "Remove")
    document.replace(edit(document.experiment, "lanes.0.name", "A"), "Rename")
    link.pull()
    command = next(one for one in reversed(fake_engine.commands) if isinstance(one, m.SetExperiment))
    trainer.set_experiment(
        expanded(command.experiment), former=command.former, groups=seed_groups(document.experiment)
    )
    fake_engine.snapshot = snapshot(trainer)
    link.pull()
    fresh = Seeds().grouped(snapshot(trainer), document.experiment)
    assert link.latest is not None
    assert np.array_equal(link.latest.lanes[0].history.loss, fresh.lanes[0].history.loss)
    link.close()
