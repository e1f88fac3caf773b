"""Whatever is done to a window, in any order: nothing is lost, nothing is silent, and all agree."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as examples
from hypothesis.stateful import run_state_machine_as_test
from PySide6.QtWidgets import QApplication

from tests.end_to_end.machine.answering import Answers
from tests.end_to_end.machine.noticing import Noticed
from tests.end_to_end.machine.studio import Studio, census
from tests.end_to_end.machine.window_machine import WindowMachine
from tests.gui_app.truth import Workers

pytestmark = pytest.mark.window
MANY = 10_000
"""Actions of the long run."""


@pytest.fixture
def machine(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], type[WindowMachine]]:
    """Makes a machine for windows with an engine of a kind."""
    monkeypatch.setenv("HOME", str(tmp_path))
    answers, noticed, numbers, workers = Answers(monkeypatch), Noticed(), count(), Workers(monkeypatch)
    failures: list[str] = []

    def make_studio(engine: str) -> Studio:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        return Studio(qapp, folder, engine, workers if engine == "thread" else None)

    def make(engine: str) -> type[WindowMachine]:
        first = make_studio(engine)
        first.settle()
        assert first.close()
        members = {
            "make_studio": staticmethod(lambda: make_studio(engine)),
            "answers": answers,
            "noticed": noticed,
            "baseline": census(),
            "first_failures": failures,
        }
        return type("WindowMachine", (WindowMachine,), members)

    yield make
    answers.stop()
    noticed.stop()
    # What hypothesis could not repeat has failed, too.
    print(*failures)
    assert not failures


def settings(**numbers: int) -> examples:
    unlike = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    # A silent engine is waited for in each of many tries to make a failure smaller; the trail tells of it sooner.
    phases = [Phase.generate]
    return examples(deadline=None, suppress_health_check=unlike, phases=phases, **numbers)


def test_a_window_keeps_its_promises(machine) -> None:
    run_state_machine_as_test(machine("thread"), settings=settings(max_examples=3, stateful_step_count=25))


@pytest.mark.long
@pytest.mark.timeout(6 * 3600)
def test_a_window_keeps_its_promises_for_ten_thousand_actions(machine) -> None:
    used = machine("process")
    run_state_machine_as_test(used, settings=settings(max_examples=250, stateful_step_count=50))
    assert used.actions >= MANY
