"""What a killed process has left beside a file goes, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.data import leftovers
from engine.data.leftovers import remove_leftovers, temporary_beside

KILLED = """
import os, signal, sys
from engine.data import atomic_write
os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
atomic_write(sys.argv[1], "new")
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_what_a_killed_process_left_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"{'a' * 240}.sketch"
    path.write_text("old")
    subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert len(os.listdir(tmp_path)) == 3
    # It may still be written, by a process of another machine with the same number.
    remove_leftovers(path)
    assert len(os.listdir(tmp_path)) == 3
    monkeypatch.setattr(leftovers, "OLD", 0.0)
    remove_leftovers(tmp_path / "another")
    assert len(os.listdir(tmp_path)) == 3
    remove_leftovers(path)
    assert os.listdir(tmp_path) == [path.name]
    assert path.read_text() == "old"


def test_nothing_else_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "OLD", 0.0)
    path = tmp_path / "a"
    name = temporary_beside(path).name
    living, dead = (name.replace(f"-{os.getpid()}-", f"-{pid}-") for pid in (os.getppid(), 999999999))
    others = [living, f".{'a' * 16}.tmp", "a.tmp", f"{dead}.txt", dead[1:]]
    for name in others:
        (tmp_path / name).write_text("x")
    (tmp_path / dead).mkdir()
    remove_leftovers(path)
    remove_leftovers(tmp_path / "none" / "a")
    remove_leftovers("zero\0character")
    assert set(os.listdir(tmp_path)) == {*others, dead}
