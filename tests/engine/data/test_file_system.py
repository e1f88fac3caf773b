"""Questions to the file system: each has an answer, whatever the path."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.data.file_system import (
    absolute,
    delete,
    exists,
    home,
    is_folder,
    make_folder,
    names_in,
    resolved,
    status,
)


def long_name(folder: Path) -> Path:
    return folder / ("a" * 250 + ".sketch.json")


def loop(folder: Path) -> Path:
    (folder / "loop").symlink_to(folder / "loop")
    return folder / "loop"


def below_a_file(folder: Path) -> Path:
    (folder / "file").write_text("precious")
    return folder / "file" / "a.json"


def vanished(folder: Path) -> Path:
    (folder / "gone").mkdir()
    (folder / "gone").rmdir()
    return folder / "gone" / "a.json"


def zero_character(folder: Path) -> Path:
    return folder / "a\0b"


BAD: dict[Callable[[Path], Path], str] = {
    long_name: os.strerror(errno.ENAMETOOLONG),
    loop: os.strerror(errno.ELOOP),
    below_a_file: os.strerror(errno.ENOTDIR),
    vanished: os.strerror(errno.ENOENT),
    zero_character: "its name has a zero character",
}
"""Paths that cannot be used, and why."""
bad_paths = pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.__name__)


@bad_paths
def test_a_path_that_cannot_be_used_is_not_there(bad: Callable[[Path], Path], tmp_path: Path) -> None:
    path = bad(tmp_path)
    assert status(path) is None
    assert not exists(path)
    assert not is_folder(path)
    assert names_in(path) == []
    assert absolute(path) == path
    assert resolved(path) == path


@bad_paths
def test_a_folder_there_is_one_sentence(bad: Callable[[Path], Path], tmp_path: Path) -> None:
    if bad is vanished:
        make_folder(bad(tmp_path))
        return
    path = bad(tmp_path) / "folder"
    with pytest.raises(OSError, match="could not make the folder") as caught:
        make_folder(path)
    assert str(caught.value) == f"could not make the folder {path}: {BAD[bad]}".replace("\0", "\\0")


def test_a_folder_that_one_may_not_enter_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    for name in ("stat", "listdir"):
        monkeypatch.setattr(os, name, refuse)
    assert not exists(tmp_path)
    assert not is_folder(tmp_path)
    assert names_in(tmp_path) == []


def test_a_working_folder_that_has_vanished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / "here").rmdir()
    assert absolute("a") == Path("a")
    assert resolved("a") == Path("a")


def test_a_user_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(cls: type[Path]) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", classmethod(fail))
    assert home() == Path(os.sep)


def test_what_is_there_is_found(tmp_path: Path) -> None:
    make_folder(tmp_path / "b" / "c")
    make_folder(tmp_path / "b" / "c")
    (tmp_path / "a.json").write_text("1")
    (tmp_path / "link.json").symlink_to(tmp_path / "b" / ".." / "a.json")
    assert exists(tmp_path / "link.json")
    assert is_folder(tmp_path / "b")
    assert not is_folder(tmp_path / "a.json")
    assert names_in(tmp_path, ".json") == [tmp_path / "a.json", tmp_path / "link.json"]
    assert resolved(tmp_path / "link.json") == tmp_path / "a.json"
    delete(tmp_path / "a.json")
    delete(tmp_path / "a.json")
    assert not exists(tmp_path / "link.json")
