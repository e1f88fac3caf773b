"""atomic_write: all of the new content, or all of the old."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.data import atomic_write, write_csv
from engine.data.file_state import stamp, stamp_of
from engine.experiment.points import Points
from tests.file_faults import NUMBERS, STAGES, Faults


def test_writes_new_files_and_replaces_old_ones(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    atomic_write(target, "größer\n")
    assert target.read_bytes() == "größer\n".encode()
    atomic_write(str(target), b"\x00\xff")
    assert target.read_bytes() == b"\x00\xff"
    assert os.listdir(tmp_path) == ["a.txt"]


def full_disk(*_: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def interrupted(*_: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("stage", ["fsync", "replace"])
@pytest.mark.parametrize("fail", [full_disk, interrupted])
def test_a_failure_leaves_the_old_file_alone(
    stage: str, fail: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")
    monkeypatch.setattr(os, stage, fail)
    with pytest.raises((OSError, KeyboardInterrupt)) as caught:
        atomic_write(target, "new")
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]
    if fail is full_disk:
        assert str(caught.value) == f"could not write {target}: {os.strerror(errno.ENOSPC)}"
        assert isinstance(caught.value, OSError)
        assert caught.value.errno == errno.ENOSPC


def test_a_failing_write_or_open_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")
    monkeypatch.setattr(Path, "open", full_disk)
    with pytest.raises(OSError, match="could not write"):
        atomic_write(target, "new")
    monkeypatch.undo()
    with pytest.raises(TypeError):
        atomic_write(target, 5)  # type: ignore[arg-type]
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_last_look_may_stop_it(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")

    def look() -> None:
        assert target.read_text() == "old"
        raise LookupError("no more")

    with pytest.raises(LookupError, match="no more"):
        atomic_write(target, "new", last_look=look)
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_what_was_written_is_told_apart_from_what_came_after_it(tmp_path: Path) -> None:
    written = atomic_write(tmp_path / "a.txt", "new")
    assert os.path.samestat(written, (tmp_path / "a.txt").stat())
    assert stamp_of(written) == stamp(tmp_path / "a.txt")


def test_a_missing_folder_and_a_folder_as_target_are_named(tmp_path: Path) -> None:
    for target in (tmp_path / "none" / "a.txt", tmp_path):
        with pytest.raises(OSError, match="could not write") as caught:
            atomic_write(target, "new")
        assert str(target) in str(caught.value)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("stage", STAGES)
def test_the_old_content_survives_each_fault(
    stage: str, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")
    before = target.stat()
    faults = Faults(monkeypatch, stage, number)
    with pytest.raises(OSError, match="could not write") as caught:
        atomic_write(target, "new")
    monkeypatch.undo()
    assert faults.happened == 1
    assert str(caught.value) == f"could not write {target}: {os.strerror(number)}"
    assert caught.value.errno == number
    assert target.read_text() == "old"
    assert target.stat().st_ino == before.st_ino
    assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP])
def test_a_folder_that_cannot_be_synced_is_no_fault(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = Faults(monkeypatch, "folder's fsync", number)
    atomic_write(tmp_path / "a.txt", "new")
    assert faults.happened == 1
    assert (tmp_path / "a.txt").read_text() == "new"


def test_a_file_system_without_links_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", unknown)
    (tmp_path / "a.txt").write_text("old")
    atomic_write(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").read_text() == "new"
    assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices of POSIX")
@pytest.mark.parametrize("kind", ["pipe", "device", "loop", "name", "zero", "below a file"])
def test_what_is_no_file_is_never_replaced(kind: str, tmp_path: Path) -> None:
    target = tmp_path / "odd"
    reason = {
        "pipe": "it is a named pipe, not a file",
        "device": "it is a device, not a file",
        "loop": os.strerror(errno.ELOOP),
        "name": os.strerror(errno.ENAMETOOLONG),
        "zero": "its name has a zero character",
        "below a file": os.strerror(errno.ENOTDIR),
    }[kind]
    if kind == "pipe":
        os.mkfifo(target)
    elif kind == "device":
        target.symlink_to(os.devnull)
    elif kind == "loop":
        target.symlink_to(target)
    elif kind == "below a file":
        target.write_text("precious")
        target = target / "a.txt"
    else:
        target = tmp_path / ("a" * 256 if kind == "name" else "a\0b")
    before = os.listdir(tmp_path)
    with pytest.raises(OSError, match="could not write") as caught:
        atomic_write(target, "new")
    assert str(caught.value) == f"could not write {target}: {reason}".replace("\0", "\\0")
    assert os.listdir(tmp_path) == before
    assert kind != "pipe" or stat.S_ISFIFO(target.stat().st_mode)


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_private_file_is_private(tmp_path: Path) -> None:
    atomic_write(tmp_path / "a.txt", "new", mode=0o600)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="permissions and links of POSIX")
def test_permissions_and_links_are_kept(tmp_path: Path) -> None:
    target, link = tmp_path / "a.txt", tmp_path / "link.txt"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    atomic_write(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_csv_file_is_written_atomically(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.csv"
    target.write_text("old")
    monkeypatch.setattr(os, "replace", full_disk)
    with pytest.raises(OSError, match="could not write"):
        write_csv(Points([[0, 0]], [0]), "surface", target)
    assert target.read_text() == "old"


def test_a_write_protected_file_is_not_replaced(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_text("old")
    # Who runs tests may be allowed everything.
    monkeypatch.setattr(os, "access", lambda file, mode: mode != os.W_OK)
    with pytest.raises(OSError, match="write-protected"):
        atomic_write(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
