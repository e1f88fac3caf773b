"""read_bounded: regular files only, within a bound, and without waiting for anybody."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from engine.data.bounded_reading import read_bounded, read_start


def refusal(path: Path | str, most: int = 2**20) -> str:
    with pytest.raises(OSError, match=r"Errno") as caught:
        read_bounded(path, most)
    assert caught.value.filename == os.fspath(path)
    return str(caught.value.strerror)


def test_reads_a_file_up_to_the_bound_and_no_larger_one(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(bytes(2**20))
    assert read_bounded(path, 2**20) == bytes(2**20)
    assert refusal(path, 2**20 - 1) == "the file has more than 1 MB, the most that is read"
    link = tmp_path / "link"
    link.symlink_to(path)
    assert len(read_bounded(link)) == 2**20
    assert read_start(path, 3) == bytes(3)


def test_a_file_that_grows_while_it_is_read_stays_within_the_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"x" * 100)
    read = os.read
    asked: list[int] = []

    def growing(descriptor: int, count: int) -> bytes:
        asked.append(count)
        with path.open("ab") as file:
            file.write(b"y" * 1000)
        return read(descriptor, min(count, 300))

    monkeypatch.setattr(os, "read", growing)
    assert "more than" in refusal(path, 2000)
    assert len(asked) == 7, "it reads one byte more than the bound, and no more"


def test_what_is_no_regular_file_is_named_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(tmp_path) == "this is a folder, not a file; choose a file"
    os.mkfifo(tmp_path / "fifo")
    assert refusal(tmp_path / "fifo") == "this is a named pipe, not a file; choose a file"
    assert refusal("/dev/zero") == "this is a device, not a file; choose a file"
    with socket.socket(socket.AF_UNIX) as server:
        monkeypatch.chdir(tmp_path)  # the path of a socket must be short
        server.bind("socket")
        assert refusal(tmp_path / "socket")
    assert refusal("a\0b") == "the path holds a character that no path may hold"
    assert refusal(tmp_path / "none") == "No such file or directory"


def test_a_file_of_the_system_without_a_size_is_read() -> None:
    assert b"Linux" in read_bounded("/proc/version")
