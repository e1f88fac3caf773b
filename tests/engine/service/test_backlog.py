"""Commands that wait for an engine: what newer ones take away, and what they never do."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.experiment import Experiment, Points, edit
from engine.service import backlog as backlog_module
from engine.service import messages as m
from engine.service.backlog import FEW, Backlog, Counted, Refused
from tests.engine.helpers import experiment, with_points
from tests.observing import watch_prediction


def with_rate(rate: float) -> Experiment:
    return edit(experiment(), "lanes.0.training.learning_rate", rate)


ONE, TWO = m.SetExperiment(with_rate(0.1)), m.SetExperiment(with_rate(0.2))
ANEW, EDITED = (m.SetExperiment(with_rate(rate), turn=1) for rate in (0.3, 0.4))
LOAD, OTHER = m.LoadRun(experiment(), b"run"), m.LoadRun(experiment(), b"another")
WATCH, SPEED = watch_prediction(1), m.SetSpeed(1.0)
PLAY, PAUSE, STEP, RESET = m.Play(), m.Pause(), m.StepBatch(), m.Reset()
SAVE = m.SaveRun("a")


def weight(value: float, column: int = 0, gesture: int | None = 1) -> m.SetParameter:
    return m.SetParameter(0, 1, "weight", 0, column, value, gesture)


def left_of(*commands: m.Command) -> list[object]:
    backlog = Backlog()
    for command in commands:
        backlog.put(command)
    return [one.command for one in backlog.waiting]


@pytest.mark.parametrize(
    ("commands", "left"),
    [
        ([ONE, TWO], [TWO]),
        ([ONE, WATCH, SPEED, TWO, watch_prediction(2)], [SPEED, TWO, watch_prediction(2)]),
        ([ONE, PLAY, TWO], [ONE, PLAY, TWO]),
        ([ONE, ANEW, WATCH, EDITED], [WATCH, EDITED]),
        ([m.KeepRun("a"), ONE, m.KeepRun(None)], [ONE, m.KeepRun(None)]),
        ([PLAY, PAUSE, PLAY, STEP, STEP, RESET, RESET], [PLAY, PAUSE, PLAY, STEP, STEP, RESET, RESET]),
        ([ONE, PLAY, WATCH, LOAD, TWO], [WATCH, LOAD, TWO]),
        ([LOAD, PLAY, OTHER], [OTHER]),
        ([LOAD, SAVE, PLAY, OTHER], [LOAD, SAVE, OTHER]),
        ([ONE, PLAY, SAVE, m.Shutdown()], [m.Shutdown()]),
    ],
)
def test_what_is_replaced_is_left_out(commands: list[m.Command], left: list[m.Command]) -> None:
    assert left_of(*commands) == left


@pytest.mark.parametrize(
    ("commands", "left"),
    [
        ([PLAY, ONE, PAUSE, TWO] * FEW, [TWO, PAUSE]),
        ([m.StepEpoch(2)] * 100, [m.StepEpoch(200)]),
        ([PLAY, STEP, STEP, RESET] * FEW, [PAUSE, RESET]),
        ([PLAY, RESET] * FEW, [PLAY, RESET]),
        ([SAVE, *[PLAY, PAUSE] * FEW, m.SaveRun("b")], [SAVE, PAUSE, m.SaveRun("b")]),
        ([m.RestoreBest((0,))] * 100, [m.RestoreBest((0,))]),
        ([STEP] * 100, [STEP]),
        ([m.StepEpoch(3), *[PLAY, PAUSE] * FEW], [PAUSE]),
    ],
)
def test_what_an_engine_misses_together_is_merged(
    commands: list[m.Command], left: list[m.Command], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(left_of(*commands)) <= FEW + 1
    assert left_of(*commands)[-1] == commands[-1] or isinstance(commands[-1], m.StepEpoch)
    monkeypatch.setattr(backlog_module, "FEW", 1)
    assert left_of(*commands) == left


def test_a_reset_is_never_merged_away() -> None:
    restores = [m.RestoreBest((lane,)) for lane in (0, 1)] * FEW
    assert left_of(PAUSE, RESET, *restores)[:2] == [PAUSE, RESET]
    assert left_of(RESET, *[STEP, m.RestoreBest()] * FEW)[0] == RESET


DRIVING = [PLAY, PAUSE, STEP, m.StepEpoch(2), RESET, m.RestoreBest(), m.RestoreBest((1,)), SAVE, LOAD]


@given(st.lists(st.sampled_from([*DRIVING, Refused(), ONE, TWO, ANEW, WATCH, SPEED, m.Ping()]), max_size=150))
def test_the_window_s_count_of_commands_is_that_of_the_engine_whatever_was_merged(
    commands: list[m.Command | Refused],
) -> None:
    backlog, counted, sent = Backlog(), Counted(7), 0
    for command in commands:
        backlog.put(command)
    for waiting in backlog.waiting:
        counted.note(waiting)
        sent += m.is_driving(waiting.command)
    assert counted.at(sent) == 7 + sum(map(m.is_driving, commands)) + commands.count(Refused())
    if not commands.count(SAVE):
        assert len(backlog.waiting) <= 2 * FEW
    answers = [one.command for one in backlog.waiting if isinstance(one.command, m.SaveRun)]
    assert len(answers) == commands.count(SAVE)


def test_a_crowd_of_edits_waits_as_one() -> None:
    backlog = Backlog()
    crowd = m.SetExperiment(with_points(experiment(), Points([[0.0, 1.0]] * 5000, [1] * 5000)))
    backlog.put(crowd)
    size = backlog.size
    for _ in range(300):
        for command in (crowd, WATCH, SPEED):
            backlog.put(command)
    assert backlog.size < 2 * size


def test_a_ping_is_not_held_back() -> None:
    """An engine that got it late could not answer otherwise."""
    backlog = Backlog()
    for command in (PLAY, m.Ping(), PAUSE):
        backlog.put(command)
    backlog.hold(True)
    taken = backlog.take()
    assert taken is not None
    assert taken.command == m.Ping()
    backlog.hold(False)
    assert [one.command for one in (backlog.take(), backlog.take()) if one] == [PLAY, PAUSE]


def test_nothing_is_taken_while_it_is_held_but_the_end() -> None:
    backlog, taken = Backlog(), []
    backlog.put(PLAY)
    backlog.hold(True)
    thread = threading.Thread(target=lambda: taken.append(backlog.take()))
    thread.start()
    backlog.put(PAUSE)
    assert [one.command for one in backlog.waiting] == [PLAY, PAUSE]
    backlog.put(m.Shutdown())
    thread.join()
    assert [one.command for one in taken] == [m.Shutdown()]
    backlog.close()
    assert backlog.take() is None


def test_of_many_values_of_one_weight_the_newest_is_set() -> None:
    drag = [weight(value / 100.0) for value in range(FEW + 1)]
    assert left_of(*drag) == [drag[-1]]
    apart = [weight(0.5, gesture=2), weight(0.5, 1, gesture=2), weight(0.6, gesture=2)]
    assert left_of(*drag[: FEW - 2], *apart) == [drag[FEW - 3], *apart]
