"""Memory that two processes share."""

from __future__ import annotations

import importlib.util
import mmap
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from engine.service import shared_memory as arena_module
from engine.service.shared_memory import Arena, create, descriptors, open_arena

posix = pytest.mark.skipif(sys.platform == "win32", reason="is about descriptors")
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks descriptors up in /proc")


@pytest.fixture
def arena() -> Iterator[Arena]:
    arena = Arena(mmap.mmap(-1, 4096))
    yield arena
    arena.close()


def test_what_is_put_in_comes_out(arena: Arena) -> None:
    places = [arena.put(memoryview(data)) for data in (b"first", b"", b"second")]
    assert places == [(0, 5), (5, 0), (5, 6)]
    assert [arena.get(*place) for place in places if place] == [b"first", b"", b"second"]


def test_it_fills_to_the_last_byte_and_not_beyond(arena: Arena) -> None:
    assert arena.put(memoryview(bytes(4095))) == (0, 4095)
    assert arena.put(memoryview(b"ab")) is None
    assert arena.put(memoryview(b"c")) == (4095, 1)
    assert arena.put(memoryview(b"d")) is None
    assert arena.get(4095, 1) == b"c"


def test_a_copy_stays_when_the_next_value_is_written(arena: Arena) -> None:
    place = arena.put(memoryview(b"before"))
    assert place is not None
    copy = arena.get(*place)
    arena.clear()
    assert arena.put(memoryview(b"after!")) == place
    assert (copy, arena.get(*place)) == (b"before", b"after!")


@pytest.mark.parametrize(
    "place", [(0, 4097), (4096, 1), (4097, 0), (1 << 40, 8), (8, (1 << 64) - 1), (-1, 1), (5, -3)]
)
def test_a_place_outside_is_refused(arena: Arena, place: tuple[int, int]) -> None:
    with pytest.raises(ConnectionError, match="4096 bytes has no"):
        arena.get(*place)


@posix
def test_another_process_finds_it_by_its_key() -> None:
    arena, key = create(1 << 16)
    arena.put(memoryview(b"from here"))
    code = (
        f"import sys; sys.path[:] = {sys.path!r}\n"
        "from engine.service.shared_memory import open_arena\n"
        f"arena = open_arena({key!r}, 1 << 16)\n"
        "assert arena.get(0, 9) == b'from here'\n"
        "arena.put(memoryview(b'and there'))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, pass_fds=descriptors(key))
    assert arena.get(0, 9) == b"and there"
    arena.close()
    os.close(int(key))


@posix
def test_a_child_inherits_it_only_when_told_to() -> None:
    arena, key = create()
    assert not os.get_inheritable(int(key))
    arena.close()
    os.close(int(key))


@linux
def test_nothing_of_it_is_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = set(os.listdir("/proc/self/fd"))
    for _ in range(3):
        arena, key = create()
        open_arena(key).close()
        arena.close()
    assert set(os.listdir("/proc/self/fd")) == before
    assert not list(tmp_path.iterdir())


@posix
def test_where_there_are_no_memory_files_a_file_without_a_name_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def forbidden(name: str) -> int:
        raise PermissionError("not here")

    monkeypatch.setattr(os, "memfd_create", forbidden, raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    arena, key = create(1 << 16)
    assert not list(tmp_path.iterdir())
    there = open_arena(key, 1 << 16)
    arena.put(memoryview(b"shared"))
    assert there.get(0, 6) == b"shared"
    arena.close()
    there.close()


@linux
def test_an_arena_that_cannot_be_made_leaves_no_descriptor(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError("no space left")

    before = set(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(os, "ftruncate", full)
    with pytest.raises(OSError, match="no space left"):
        create()
    assert set(os.listdir("/proc/self/fd")) == before


def as_on_windows(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module as Windows would read it."""
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", "win32")
        spec = importlib.util.spec_from_file_location("arena_on_windows", arena_module.__file__)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return module


def test_on_windows_a_tag_that_nobody_else_has_leads_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    windows = as_on_windows(monkeypatch)
    mappings: dict[str, bytearray] = {}

    def tagged(descriptor: int, size: int, tagname: str) -> bytearray:
        assert descriptor == -1
        return mappings.setdefault(tagname, bytearray(size))

    monkeypatch.setattr(mmap, "mmap", tagged)
    (one, key), (_other, other_key) = windows.create(64), windows.create(64)
    assert key != other_key
    assert windows.descriptors(key) == ()
    one.put(memoryview(b"shared"))
    assert windows.open_arena(key, 64).get(0, 6) == b"shared"
    assert windows.open_arena(other_key, 64).get(0, 6) == bytes(6)
