"""Set-up that all tests share."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from functools import partialmethod
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from pytestqt.qtbot import QtBot

from tests.deadline import DEADLINE
from tests.watchfulness import LogWatch

if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# What tests compile is theirs, also in the processes that they start; the next run finds it.
os.environ.setdefault(
    "NEURAL_SKETCHBOOK_CACHE", str(Path(__file__).parents[1] / ".pytest_cache" / "compiled")
)

# The same examples every time, so that a test fails for what changed; --hypothesis-profile=explore looks further.
settings.register_profile("default", deadline=None, print_blob=True, derandomize=True)
settings.register_profile("explore", deadline=None, print_blob=True, max_examples=1000)
settings.load_profile("default")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Of several processes, each has a screen of its own: only one window of a screen can be active."""
    if os.environ.get("DISPLAY") and shutil.which("Xvfb"):
        screen, node.workerinput["screen"] = _virtual_screen()
        node.config.add_cleanup(screen.wait)
        node.config.add_cleanup(screen.terminate)


def pytest_configure(config: pytest.Config) -> None:
    # What a script starts in the background ignores interrupts, and some tests send them.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    screen = getattr(config, "workerinput", {}).get("screen")
    if screen is not None:
        os.environ["DISPLAY"] = screen


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Ten thousand tests and the modules that they import stay: they are not searched for garbage again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is marked as ``long``, unless ``-m`` speaks of it or it is asked for by its name."""
    if "long" in config.option.markexpr or any("::" in asked for asked in config.args):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    items[:] = [item for item in items if not item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=long)


def _virtual_screen() -> tuple[subprocess.Popen[bytes], str]:
    """A new one, and its name."""
    number, told = os.pipe()
    command = ["Xvfb", "-displayfd", str(told), "-screen", "0", "1920x1080x24", "-nolisten", "tcp"]
    screen = subprocess.Popen(command, pass_fds=[told], stderr=subprocess.DEVNULL)
    os.close(told)
    with os.fdopen(number) as line:
        return screen, f":{line.readline().strip()}"


@pytest.fixture(autouse=True)
def torch_threads() -> None:
    """One, as in the engine: more only slow small networks down. ``make test-cpus`` asks for others."""
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(int(os.environ.get("TEST_TORCH_THREADS", "1")))


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is waited for comes late on a busy machine: no test fails for that, only where it never comes."""
    for name in ("waitUntil", "waitSignal", "waitSignals", "waitExposed", "waitActive"):
        monkeypatch.setattr(QtBot, name, partialmethod(getattr(QtBot, name), timeout=int(1000 * DEADLINE)))


@pytest.fixture(autouse=True)
def log_watch(request: pytest.FixtureRequest) -> Iterator[LogWatch]:
    """Fails a test in which our code logs a warning or an error that ``expects_log`` does not announce."""
    watch = LogWatch()
    logging.root.addHandler(watch)
    yield watch
    logging.root.removeHandler(watch)
    patterns = [pattern for mark in request.node.iter_markers("expects_log") for pattern in mark.args]
    unexpected = watch.unexpected(patterns)
    assert not unexpected, "\n".join(["the program logged:", *unexpected])
