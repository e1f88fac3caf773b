"""Whose a lock file is."""

import os
import sys

import pytest
from PySide6.QtCore import QSysInfo

from gui_app.session.lock_files import is_held_elsewhere, lock_at


def lines(pid: int, host: str, boot: str) -> str:
    return f"{pid}\n{sys.executable.rpartition(os.sep)[2]}\n{host}\n\n{boot}\n"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.lock"


def test_a_lock_of_this_process_is_not_taken_from_it(path):
    first = lock_at(path)
    assert first.isLocked()
    assert is_held_elsewhere(lock_at(path))
    first.unlock()
    assert lock_at(path).isLocked()


@pytest.mark.skipif(sys.platform == "win32", reason="numbers of processes and names of machines of POSIX")
@pytest.mark.parametrize("pid", ["own", "living"])
@pytest.mark.parametrize("host", ["the same", "another container"])
def test_a_dead_process_whose_number_lives_again_holds_nothing(path, pid, host):
    """As in a container, where the app has the same number at each start."""
    name = QSysInfo.machineHostName() if host == "the same" else "c0ffee"
    number = os.getpid() if pid == "own" else os.getppid()
    path.write_text(lines(number, name, QSysInfo.bootUniqueId().data().decode()))
    assert lock_at(path).isLocked()


def test_a_lock_of_another_machine_is_left_alone(path):
    path.write_text(lines(os.getpid(), "elsewhere", "another-boot"))
    assert is_held_elsewhere(lock_at(path))


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_a_pipe_is_no_lock_and_holds_nobody_up(path):
    os.mkfifo(path)
    assert not lock_at(path).isLocked()
