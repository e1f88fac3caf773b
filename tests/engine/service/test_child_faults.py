"""What the engine's process logs reaches the log of its parent, under its name, and never as a flood."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.service import child_process as child_process_module
from engine.service import messages as m
from engine.service.child_faults import FOLDER, LONGEST, MOST, SPAN, Logged, ParentsLog, set_aside
from engine.service.process import ProcessEngine
from tests.deadline import DEADLINE
from tests.engine.driving import Driver, until
from tests.engine.helpers import experiment

pytestmark = pytest.mark.expects_log(
    "a warning of somewhere|the thread doomed|Exception ignored|nobody handles"
)

FAULTY = """
import sys; sys.path[:] = {path!r}
import logging, threading
from engine.service import child, serving
def faulty(inbox, mailbox, outbox, loaded, place):
    logging.getLogger("engine.somewhere").warning("a warning of %s", "somewhere")
    logging.getLogger("engine.somewhere").info("too small to be told")
    thread = threading.Thread(target=lambda: 1 / 0, name="doomed")
    thread.start()
    thread.join()
    class Late:
        def __del__(self):
            raise ValueError("too late")
    Late()
    raise RuntimeError("the last word")
child.serve = faulty
child.main({key!r})
"""


def test_whatever_goes_wrong_in_the_child_is_logged_in_the_parent(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(child_process_module, "CODE", FAULTY)
    engine = ProcessEngine()
    engine.start()
    driver = Driver(engine)
    driver.until(lambda: driver.events_of(m.EngineFailed))
    assert engine.close(DEADLINE)
    logged = [(one.name, one.levelno, one.getMessage()) for one in caplog.records]
    assert [one[:2] for one in logged] == [("engine.somewhere", logging.WARNING)] + [
        ("engine.service.child_faults", logging.ERROR)
    ] * 3
    assert logged[0][2] == "a warning of somewhere"
    for (_, _, text), words in zip(
        logged[1:], (("doomed", "ZeroDivisionError"), ("too late",), ("the last word",)), strict=True
    ):
        assert all(word in text for word in words)
    caplog.clear()


def made(text: str) -> logging.LogRecord:
    return logging.LogRecord("engine.x", logging.ERROR, "file", 1, "%s", (text,), None)


def test_a_flood_is_counted_and_a_long_record_ends_with_its_error() -> None:
    sent: list[Logged] = []
    now = [0.0]
    handler = ParentsLog(sent.append, clock=lambda: now[0])
    for number in range(1000):
        handler.handle(made(str(number)))
    assert len(sent) == MOST
    now[0] = SPAN
    handler.handle(made("x" * LONGEST * 3 + "the error"))
    assert len(sent) == MOST + 1
    assert "the error" in sent[-1].text
    assert sent[-1].text.endswith(f"({1000 - MOST} records before it were left out)")
    assert len(sent[-1].text) < LONGEST + 100


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals")
def test_a_crash_leaves_its_traces_and_an_end_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    engine = ProcessEngine()
    driver = Driver(engine)
    driver.send(m.SetExperiment(experiment()))
    engine.start()
    driver.until(lambda: driver.snapshot)
    crashed = engine.pid
    assert crashed is not None
    os.kill(crashed, signal.SIGABRT)
    driver.until(lambda: driver.events_of(m.EngineRestarted))
    until(lambda: engine.pid != crashed)
    assert "Fatal Python error: Aborted" in (tmp_path / f"engine-{crashed}.txt").read_text()
    assert engine.close(DEADLINE)
    assert [one.name for one in tmp_path.iterdir()] == [f"engine-{crashed}.txt"]


def test_without_a_parent_s_log_they_are_printed() -> None:
    """The last handler of logging prints warnings, as it does for those of the window's process."""
    code = "from engine.service.child_faults import Logged; Logged('a.b', 30, 'words of the child').log()"
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=DEADLINE, check=True
    )
    assert shown.stderr == "words of the child\n"


def test_what_a_former_process_with_the_same_number_left_stays_beside_the_new_file(tmp_path: Path) -> None:
    path = tmp_path / "engine-7.txt"
    set_aside(path)
    for text in ("", "Fatal Python error: Aborted"):
        path.write_text(text)
        set_aside(path)
        assert not path.exists()
    assert [one.read_text() for one in tmp_path.glob("engine-former-*.txt")] == [text]
