"""The log of a process: whatever is logged and whoever runs, it is there and harms nothing."""

import logging
import os
import pwd
import signal
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from engine.data import processes
from gui_app import __main__ as program
from gui_app.session.report import without_paths
from gui_app.startup import application
from gui_app.startup.hooks import Hooks
from gui_app.startup.log import BYTES, KEPT, Homeless, Log, LogFile, file_name, sweep
from gui_app.startup.signals import Signals, heard

MINE = file_name(os.getpid())
LOG = logging.getLogger("gui_app.somewhere")


@pytest.fixture
def log(tmp_path, monkeypatch):
    """The only handlers there are: those of pytest fail a test for a call that cannot be logged."""
    monkeypatch.setattr(logging.root, "handlers", [])
    log = Log(tmp_path)
    log.start("Started")
    yield log
    log.stop()


def test_a_user_without_a_home_has_a_log_and_a_report(monkeypatch):
    def nobody(_):
        raise KeyError

    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    with pytest.raises(RuntimeError):
        Path.home()
    record = logging.LogRecord("gui_app", logging.INFO, "", 0, "at /a/b", (), None)
    assert Homeless().format(record).endswith("at /a/b")
    assert without_paths("nothing") == "nothing"


class Unspeakable:
    def __str__(self):
        raise ValueError("no words")


@pytest.mark.parametrize("call", [("%d points", "many"), ("%s", Unspeakable()), ("%s and %s", 1)])
def test_a_log_call_that_fails_is_an_error_of_its_own_and_not_of_the_disk(log, tmp_path, call):
    noted = []
    hooks = Hooks(type("Noted", (), {"report_message": lambda self, *words: noted.append(words)})())
    hooks.install()
    said = []
    log.failed = said.append
    LOG.info(*call)
    hooks.remove()
    LOG.info("The next line")
    for lines in ("\n".join(log.tail.lines), (tmp_path / MINE).read_text()):
        assert f"ERROR gui_app.somewhere: A log call at {__file__}:" in lines
        assert "The next line" in lines
    assert len(noted) == 1
    assert (said, log.problem) == ([], "")


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_disk_that_fails_after_a_bad_call_is_still_said(log, tmp_path, monkeypatch):
    said = []
    log.failed = said.append
    LOG.info("%d points", "many")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(LogFile, "shouldRollover", full)
    LOG.info("x")
    LOG.info("y")
    assert said == ["No space left on device"]


def test_each_process_turns_over_files_of_its_own(log, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "getpid", lambda: 4711)
    other = LogFile(tmp_path, lambda error: pytest.fail(str(error)))
    for _ in range(2):
        other.emit(logging.LogRecord("gui_app", logging.INFO, "", 0, BYTES * 2 // 3 * "y", (), None))
        LOG.info("mine")
    other.close()
    text = (tmp_path / MINE).read_text()
    assert (text.count("mine"), text.count("y" * 100)) == (2, 0)
    assert file_name(4711) in {path.name for path in tmp_path.iterdir()}


def test_the_files_of_a_few_dead_processes_stay(tmp_path, monkeypatch):
    dead = range(100, 100 + KEPT + 2)
    monkeypatch.setattr("gui_app.startup.log.lives", lambda process: process not in dead)
    for number in (*dead, 7):
        for name in (file_name(number), file_name(number) + ".1"):
            (tmp_path / name).write_text("x")
            os.utime(tmp_path / name, (number, number))
    for name in ("log.txt", "log-9.txt.mine"):
        (tmp_path / name).write_text("x")
    os.utime(tmp_path / "log.txt", (1, 1))
    sweep(tmp_path)
    kept = {file_name(number) for number in (*dead[2:], 7)}
    assert {path.name for path in tmp_path.iterdir()} == kept | {f"{name}.1" for name in kept} | {
        "log-9.txt.mine"
    }


def test_a_process_lives_until_it_has_ended():
    assert processes.lives(os.getpid())
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    assert not processes.lives(child)


# -- the start


@pytest.mark.expects_log("The app has ended")
def test_what_keeps_the_window_from_being_built_is_logged(monkeypatch, qapp, data_home):
    def fail(*_, **__):
        logging.getLogger("gui_app.window").info("being built")
        raise ValueError("no window today")

    monkeypatch.setattr(application, "make_application", lambda: qapp)
    monkeypatch.setattr(application, "make_window", fail)
    monkeypatch.setattr(program, "display_missing", lambda environment: "")
    monkeypatch.setattr("gui_app.startup.watching.watch_process", lambda folder: None)
    with pytest.raises(ValueError, match="no window today"):
        program.main([])
    (file,) = data_home.rglob(MINE)
    text = file.read_text()
    assert "INFO gui_app.window: being built" in text
    assert "ValueError: no window today" in text


def test_a_signal_whose_handler_was_not_set_from_python_is_given_back_as_it_is_by_default(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
):
    before = signal.getsignal(signal.SIGTERM)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(signal, "signal", lambda *_: None)
            signals = Signals(qapp)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signals.end()
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_signal_that_is_to_be_ignored_stays_ignored(qapp: QApplication):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        signals = Signals(qapp)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGTERM) not in (signal.SIG_IGN, signal.SIG_DFL)
        assert heard([signal.SIGHUP, signal.SIGTERM]) == [signal.SIGTERM]
        signals.end()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
