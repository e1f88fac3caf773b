"""When an engine counts as silent, and when it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.service import heartbeat as heartbeat_module
from engine.service import messages as m
from engine.service.heartbeat import BUSY, FIRST, LATE, LOADS, REST, SILENT, TICK, Heartbeat
from tests.engine.driving import until


class Asked:
    """A heartbeat whose ticks are the test's, with what it asked and told."""

    def __init__(self, always_lives: bool = False) -> None:
        self.pings = self.heard = 0
        self.told: list[Any] = []
        self.heartbeat = Heartbeat(self._ping, self.told.append, self.told.append, always_lives)

    def _ping(self) -> None:
        self.pings += 1

    def hear(self) -> None:
        """Give the sign of life that was asked for."""
        if self.pings > self.heard:
            self.heard = self.pings
            self.heartbeat.lives()

    def tick(self, times: int, after: Callable[[], None] = lambda: None) -> None:
        for _ in range(times):
            self.heartbeat.tick()
            after()


@pytest.fixture
def asked() -> Asked:
    return Asked()


def test_an_engine_that_loads_is_not_asked(asked: Asked) -> None:
    asked.tick(LOADS - 1)
    assert (asked.pings, asked.told) == (0, [])


def test_an_engine_that_hangs_while_it_loads_is_silent_once_until_it_is_ready(asked: Asked) -> None:
    assert LOADS * TICK == 20.0
    asked.tick(1000)
    assert (asked.pings, asked.told) == (0, [m.EngineSilent()])
    asked.heartbeat.ready()
    assert asked.told == [m.EngineSilent(), m.EngineAnswers()]
    asked.tick(REST)
    assert asked.pings == 1


def test_the_first_answer_may_take_its_time(asked: Asked) -> None:
    asked.heartbeat.ready()
    asked.tick(REST + FIRST - 1)
    assert (asked.pings, asked.told) == (1, [True])
    asked.tick(1)
    assert asked.told == [True, m.EngineSilent()]


def test_it_is_silent_after_two_seconds_and_answers_again(asked: Asked) -> None:
    assert SILENT * TICK == 2.0
    asked.heartbeat.answered()
    asked.tick(REST + SILENT - 1)
    assert asked.told == [True], "two seconds are not over"
    asked.tick(100)
    assert asked.told == [True, m.EngineSilent()]
    asked.heartbeat.answered()
    assert asked.told == [True, m.EngineSilent(), False, m.EngineAnswers()]
    assert asked.pings == 1, "a silent engine is asked once"


def test_an_engine_that_lives_is_busy_after_half_a_minute_and_never_silent(asked: Asked) -> None:
    assert BUSY * TICK == 30.0
    asked.heartbeat.answered()
    asked.tick(REST + BUSY - 1, asked.hear)
    assert asked.told == [True], "it is sent nothing more, and nothing is said of it"
    assert asked.pings > 10, "it is asked all the time whether it lives"
    asked.tick(500, asked.hear)
    assert asked.told == [True, m.EngineBusy()]
    asked.heartbeat.answered()
    assert asked.told[2:] == [False, m.EngineAnswers()]


def test_a_busy_engine_that_hangs_is_noticed_after_two_seconds_and_is_busy_again(asked: Asked) -> None:
    asked.heartbeat.answered()
    asked.tick(REST + BUSY, asked.hear)
    asked.told.clear()
    asked.tick(REST + SILENT - 1)
    assert asked.told == []
    asked.tick(1)
    assert asked.told == [m.EngineSilent()]
    asked.heartbeat.lives()
    assert asked.told == [m.EngineSilent(), m.EngineBusy()]


def test_an_engine_in_this_process_may_be_busy_and_is_never_silent() -> None:
    asked = Asked(always_lives=True)
    asked.heartbeat.ready()
    asked.tick(1000)
    assert asked.told == [True, m.EngineBusy()]
    assert asked.pings > 1


def test_an_engine_that_answers_in_time_is_asked_twice_a_second_at_most(asked: Asked) -> None:
    asked.heartbeat.ready()
    seconds = 60

    def answer() -> None:
        if asked.pings > len(answered):
            answered.append(asked.pings)
            asked.heartbeat.answered()

    answered: list[int] = []
    asked.tick(int(seconds / TICK), answer)
    assert 0 < asked.pings <= 2 * seconds
    assert asked.told == []


def test_a_long_command_below_two_seconds_is_no_silence(asked: Asked) -> None:
    asked.heartbeat.answered()
    for _ in range(10):
        asked.tick(REST + SILENT - 1)
        asked.heartbeat.answered()
    assert m.EngineSilent() not in asked.told
    assert asked.told == [True, False] * 10, "meanwhile it was sent nothing more"
    assert LATE < SILENT


def test_it_does_not_ask_an_engine_that_has_ended(asked: Asked) -> None:
    asked.heartbeat.ready()
    asked.heartbeat.rest()
    asked.tick(1000)
    assert asked.pings == 0
    assert asked.told == []


def short_of_memory(asked: list[int], failures: int) -> Callable[[], None]:
    """Asks, which fails for want of memory the first few times."""

    def ask() -> None:
        asked.append(len(asked))
        if len(asked) <= failures:
            raise MemoryError

    return ask


def test_a_question_that_could_not_be_asked_is_asked_with_the_next_tick_and_nobody_waits_for_its_answer() -> (
    None
):
    asked: list[int] = []
    told: list[Any] = []
    heartbeat = Heartbeat(short_of_memory(asked, FIRST), told.append, told.append)
    heartbeat.answered()
    for _ in range(REST - 1):
        heartbeat.tick()
    for _ in range(FIRST):
        with pytest.raises(MemoryError):
            heartbeat.tick()
    assert told == []
    heartbeat.tick()
    heartbeat.lives()
    heartbeat.tick()
    assert (len(asked), told) == (FIRST + 1, [])


@pytest.mark.expects_log("could not be asked whether it answers")
def test_memory_that_is_short_for_a_moment_does_not_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat_module, "TICK", 0.001)
    asked: list[int] = []
    heartbeat = Heartbeat(short_of_memory(asked, 3), lambda _: None, lambda _: None)
    heartbeat.answered()
    heartbeat.start()
    until(lambda: len(asked) == 4)
    heartbeat.stop()
