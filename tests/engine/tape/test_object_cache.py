"""Object code is executed: what is not whole, or may be another user's, is never returned, and nothing ever raises."""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.tape import object_cache
from engine.tape.object_cache import FOLDER_VARIABLE, ObjectCache, user_cache_folder

pytestmark = pytest.mark.expects_log(
    "compiled steps are not kept on disk", "is damaged; its step is compiled"
)

KEY, OTHER = "c0ffee" * 8, "deadbeef" * 6
CODE = bytes(range(256)) * 4
HEADER = 52
"""Bytes before the code."""
NOT_KEPT = "compiled steps are not kept on disk: "

as_someone = pytest.mark.skipif(not hasattr(os, "getuid"), reason="Windows has no such owners")
not_as_root = pytest.mark.skipif(
    not hasattr(os, "getuid") or os.geteuid() == 0, reason="root may do anything"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def cache(folder: Path) -> ObjectCache:
    return ObjectCache(folder)


def file_of(folder: Path, key: str = KEY) -> Path:
    return folder / f"{key}.object"


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


# -- as it should be


def test_code_comes_back_in_this_process_and_in_another_one(folder, cache):
    cache.put(KEY, CODE)
    assert cache.get(KEY) == ObjectCache(folder).get(KEY) == CODE
    assert cache.get(OTHER) is None
    read = f"print(ObjectCache(Path({str(folder)!r})).get({KEY!r}).hex())"
    assert in_process(read).stdout.strip() == CODE.hex()


@pytest.mark.parametrize("code", [b"", b"\0", b"\n" * 3, os.urandom(300_000)], ids=len)
def test_every_length(cache, code):
    cache.put(KEY, code)
    assert cache.get(KEY) == code


def test_the_last_code_of_a_key_counts(cache):
    cache.put(KEY, b"first")
    cache.put(KEY, b"second, longer")
    assert cache.get(KEY) == b"second, longer"


def test_the_file_says_what_it_is(folder, cache):
    cache.put(KEY, CODE)
    content = file_of(folder).read_bytes()
    assert content[:8] == b"NSKETCH\n"
    assert int.from_bytes(content[8:12], "little") == 1
    assert int.from_bytes(content[12:20], "little") == len(CODE)
    assert content[20:52] == hashlib.sha256(KEY.encode() + b"\n" + CODE).digest()
    assert content[52:] == CODE


@as_someone
@pytest.mark.parametrize("umask", [0o000, 0o002, 0o022, 0o077])
def test_only_the_user_may_write_whatever_is_usual_for_new_files(folder, cache, umask):
    before = os.umask(umask)
    try:
        cache.put(KEY, CODE)
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file_of(folder).stat().st_mode) == 0o600
    assert cache.get(KEY) == CODE


def test_looking_into_a_folder_that_is_not_there_makes_none(folder, cache, caplog):
    assert cache.get(KEY) is None
    assert not folder.exists()
    assert lines(caplog) == []


def test_folders_above_are_made(tmp_path):
    cache = ObjectCache(tmp_path / "a" / "b" / "c")
    cache.put(KEY, CODE)
    assert cache.get(KEY) == CODE


def test_a_folder_named_relative_stays_where_it_was(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cache = ObjectCache(Path("here"))
    cache.put(KEY, CODE)
    monkeypatch.chdir("/")
    assert cache.get(KEY) == CODE


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "C0FFEE", "c0 ffee", "c0ffee\n", "c0ffee.object"])
def test_a_key_that_is_no_digest_is_a_mistake_of_the_caller(cache, key):
    for call in (lambda: cache.get(key), lambda: cache.put(key, CODE)):
        with pytest.raises(ValueError, match="not a hexadecimal digest"):
            call()


# -- damage


def test_a_file_cut_off_anywhere_is_no_code_and_is_removed(folder, cache):
    cache.put(KEY, b"seven bytes and more")
    content = file_of(folder).read_bytes()
    for length in range(len(content)):
        file_of(folder).write_bytes(content[:length])
        assert cache.get(KEY) is None
        assert not file_of(folder).exists()
    cache.put(KEY, b"again")
    assert cache.get(KEY) == b"again"


def test_a_file_with_more_at_its_end_is_no_code(folder, cache, caplog):
    cache.put(KEY, CODE)
    file_of(folder).write_bytes(file_of(folder).read_bytes() + b"\0")
    assert cache.get(KEY) is None
    assert lines(caplog) == [f"{file_of(folder)} is damaged; its step is compiled again"]


@given(st.lists(st.tuples(st.integers(0, HEADER + 63), st.integers(1, 255)), min_size=1, max_size=8))
def test_no_changed_byte_goes_unnoticed(flips):
    with tempfile.TemporaryDirectory() as name:
        cache, path = ObjectCache(Path(name)), file_of(Path(name))
        cache.put(KEY, CODE[:64])
        whole = path.read_bytes()
        changed = bytearray(whole)
        for place, flip in flips:
            changed[place] ^= flip
        path.write_bytes(changed)
        if bytes(changed) == whole:
            assert cache.get(KEY) == CODE[:64]
        else:
            assert cache.get(KEY) is None
            assert not path.exists()


@given(st.binary(max_size=300))
def test_any_content_at_all_is_no_code(content):
    with tempfile.TemporaryDirectory() as name:
        cache = ObjectCache(Path(name))
        file_of(Path(name)).write_bytes(content)
        assert cache.get(KEY) is None


def test_a_file_under_the_name_of_another_key_is_no_code(folder, cache):
    cache.put(KEY, CODE)
    file_of(folder, OTHER).write_bytes(file_of(folder).read_bytes())
    assert cache.get(OTHER) is None
    assert cache.get(KEY) == CODE


def test_a_file_of_another_version_of_the_format_is_no_code(folder, cache, monkeypatch):
    monkeypatch.setattr(object_cache, "_VERSION", 2)
    cache.put(KEY, CODE)
    assert cache.get(KEY) == CODE
    monkeypatch.undo()
    assert cache.get(KEY) is None


# -- size


def test_those_used_longest_ago_go_first(folder):
    size = HEADER + 1000
    cache = ObjectCache(folder, most_bytes=3 * size)
    for number, key in enumerate(("aa", "bb", "cc")):
        cache.put(key, bytes(1000))
        os.utime(file_of(folder, key), (0, 1000.0 + number))
    assert cache.get("aa") == bytes(1000)
    cache.put("dd", bytes(1000))
    assert {key for key in ("aa", "bb", "cc", "dd") if cache.get(key) is not None} == {"aa", "cc", "dd"}


def test_what_was_just_put_stays_though_others_are_of_the_future(folder):
    cache = ObjectCache(folder, most_bytes=2 * (HEADER + 10))
    for key in ("aa", "bb"):
        cache.put(key, bytes(10))
        os.utime(file_of(folder, key), (0, time.time() + 1e6))
    cache.put("cc", bytes(10))
    assert cache.get("cc") == bytes(10)
    assert len(list(folder.iterdir())) == 2


def test_more_than_the_bound_is_never_kept(folder):
    cache = ObjectCache(folder, most_bytes=HEADER + 10)
    cache.put("aa", bytes(10))
    cache.put("bb", bytes(11))
    assert cache.get("aa") == bytes(10)
    assert cache.get("bb") is None


def test_a_lower_bound_than_before_holds_from_the_next_file_on(folder):
    for key in ("aa", "bb", "cc"):
        ObjectCache(folder).put(key, bytes(100))
    ObjectCache(folder, most_bytes=HEADER + 10).put("dd", bytes(10))
    assert [path.name for path in folder.iterdir()] == ["dd.object"]


def test_files_of_other_programs_are_left_alone(folder):
    folder.mkdir(mode=0o700)
    foreign = ["README", "aa.object.bak", "AA.object", "aa.part", ".aa-1.part", "x.object", "aa.txt"]
    for name in foreign:
        (folder / name).write_bytes(bytes(5000))
        os.utime(folder / name, (0, 0))
    (folder / "more").mkdir()
    cache = ObjectCache(folder, most_bytes=200)
    for key in ("aa", "bb"):
        cache.put(key, bytes(100))
    assert {path.name for path in folder.iterdir()} == {*foreign, "more", "bb.object"}


def test_unfinished_files_go_when_they_are_old(folder, cache):
    folder.mkdir(mode=0o700)
    names = {"aa-old.part": -7200.0, "aa-future.part": 7200.0, "aa-new.part": -60.0}
    for name, age in names.items():
        (folder / name).write_bytes(b"half a")
        os.utime(folder / name, (0, time.time() + age))
    cache.put(KEY, CODE)
    assert {path.name for path in folder.iterdir()} == {"aa-new.part", f"{KEY}.object"}


# -- whose is it


@as_someone
@pytest.mark.parametrize("mode", [0o770, 0o702, 0o777, 0o1777])
def test_a_folder_that_others_may_write_into_is_not_trusted(folder, cache, caplog, mode):
    cache.put(KEY, CODE)
    folder.chmod(mode)
    cache.put(OTHER, CODE)
    assert cache.get(KEY) is cache.get(OTHER) is None
    assert lines(caplog) == [
        f"{NOT_KEPT}other users may write into the folder, which `chmod go-w` mends ({folder})"
    ]
    folder.chmod(0o755)
    assert cache.get(KEY) == CODE


@as_someone
def test_a_file_that_others_may_write_into_is_not_trusted_but_replaced(folder, cache, caplog):
    cache.put(KEY, CODE)
    file_of(folder).chmod(0o666)
    assert cache.get(KEY) is cache.get(KEY) is None
    assert lines(caplog) == [
        f"{NOT_KEPT}other users may write into a file, which `chmod go-w` mends ({folder})"
    ]
    cache.put(KEY, CODE)
    assert cache.get(KEY) == CODE


@as_someone
def test_what_belongs_to_another_user_is_not_trusted(folder, cache, caplog, monkeypatch):
    cache.put(KEY, CODE)
    owner = folder.stat().st_uid
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    cache.put(OTHER, CODE)
    assert cache.get(KEY) is None
    assert not file_of(folder, OTHER).exists()
    assert lines(caplog) == [f"{NOT_KEPT}the folder belongs to another user ({folder})"]


@pytest.mark.skipif(not hasattr(os, "getuid") or os.geteuid() != 0, reason="only root gives files away")
def test_a_file_given_away_is_not_trusted(folder, cache, caplog):
    cache.put(KEY, CODE)
    os.chown(file_of(folder), 65534, -1)
    assert cache.get(KEY) is None
    assert lines(caplog) == [f"{NOT_KEPT}a file belongs to another user ({folder})"]


@as_someone
def test_a_link_to_elsewhere_is_not_followed(folder, cache, tmp_path):
    cache.put(KEY, CODE)
    file_of(folder).rename(tmp_path / "elsewhere")
    file_of(folder).symlink_to(tmp_path / "elsewhere")
    assert cache.get(KEY) is None
    cache.put(KEY, b"new")
    assert cache.get(KEY) == b"new"
    assert (tmp_path / "elsewhere").read_bytes()[HEADER:] == CODE


@as_someone
def test_a_pipe_without_a_writer_does_not_wait(folder, cache):
    folder.mkdir(mode=0o700)
    os.mkfifo(file_of(folder), 0o600)
    assert cache.get(KEY) is None


# -- what a file system does


def test_a_folder_that_is_a_file(folder, cache, caplog):
    folder.write_bytes(b"a file")
    cache.put(KEY, CODE)
    assert cache.get(KEY) is None
    assert folder.read_bytes() == b"a file"
    assert all(line.startswith(NOT_KEPT) for line in lines(caplog))
    assert len(lines(caplog)) <= 2


def test_a_folder_below_a_file(folder, tmp_path):
    folder.write_bytes(b"a file")
    cache = ObjectCache(folder / "below")
    cache.put(KEY, CODE)
    assert cache.get(KEY) is None


def test_a_file_that_is_a_folder(folder, cache):
    file_of(folder).mkdir(parents=True)
    folder.chmod(0o700)
    cache.put(KEY, CODE)
    assert cache.get(KEY) is None
    assert [path.name for path in folder.iterdir()] == [f"{KEY}.object"]


@not_as_root
def test_a_folder_that_cannot_be_written(folder, cache, caplog):
    cache.put(KEY, CODE)
    folder.chmod(0o500)
    for _ in range(3):
        cache.put(OTHER, CODE)
    assert cache.get(KEY) == CODE
    folder.chmod(0o700)
    assert lines(caplog) == [f"{NOT_KEPT}Permission denied ({folder})"]


@not_as_root
def test_a_folder_that_cannot_be_read(folder, cache):
    cache.put(KEY, CODE)
    folder.chmod(0o000)
    cache.put(KEY, CODE)
    assert cache.get(KEY) is None
    folder.chmod(0o700)


@pytest.mark.parametrize("call", ["mkdir", "mkstemp", "replace", "scandir"])
def test_each_call_may_be_refused(folder, cache, caplog, monkeypatch, call):
    cache.put(KEY, CODE)

    def refuse(*arguments, **named):
        raise OSError(30, "Read-only file system", "some file")

    place = {"mkdir": Path, "mkstemp": tempfile}.get(call, os)
    monkeypatch.setattr(place, call, refuse)
    for _ in range(3):
        cache.put(OTHER, CODE)
    assert cache.get(KEY) == CODE
    assert lines(caplog) == [f"{NOT_KEPT}Read-only file system ({folder})"]
    monkeypatch.undo()
    assert not list(folder.glob("*.part"))


def test_a_file_used_now_cannot_be_touched_or_removed(folder, cache, monkeypatch):
    def refuse(*arguments, **named):
        raise PermissionError(13, "Permission denied")

    cache.put(KEY, CODE)
    monkeypatch.setattr(os, "utime", refuse)
    assert cache.get(KEY) == CODE
    file_of(folder).write_bytes(b"damaged")
    monkeypatch.setattr(Path, "unlink", refuse)
    monkeypatch.setattr(os, "unlink", refuse)
    assert cache.get(KEY) is None
    cache.put(KEY, CODE)
    assert cache.get(KEY) == CODE


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk(folder, cache, caplog, monkeypatch):
    cache.put(KEY, CODE)
    make = tempfile.mkstemp

    def on_a_full_disk(*arguments):
        descriptor, name = make(*arguments)
        os.close(descriptor)
        return os.open("/dev/full", os.O_WRONLY), name

    monkeypatch.setattr(tempfile, "mkstemp", on_a_full_disk)
    for code in (b"little", bytes(100_000)):
        cache.put(OTHER, code)
    assert cache.get(OTHER) is None
    assert cache.get(KEY) == CODE
    assert lines(caplog) == [f"{NOT_KEPT}No space left on device ({folder})"]
    assert [path.name for path in folder.iterdir()] == [f"{KEY}.object"]


# -- several processes


def in_process(code: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", PRELUDE + code], capture_output=True, text=True, **options)


PRELUDE = """
import os, signal
from pathlib import Path
from engine.tape.object_cache import ObjectCache
"""


def test_two_processes_write_and_remove_at_once_and_a_third_reads(folder):
    write = PRELUDE + (
        f"cache = ObjectCache(Path({str(folder)!r}), most_bytes=60_000)\n"
        "for number in range(300):\n"
        "    for key in ('aa', 'bb', f'{number % 7:x}'):\n"
        "        cache.put(key, key.encode() + bytes([SIGN]) * 20_000)\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", write.replace("SIGN", sign)]) for sign in "12"]
    cache = ObjectCache(folder)
    seen: set[bytes | None] = set()
    while any(writer.poll() is None for writer in writers):
        seen |= {cache.get("aa"), cache.get("bb")}
    assert [writer.returncode for writer in writers] == [0, 0]
    possible = {key + bytes([sign]) * 20_000 for key in (b"aa", b"bb") for sign in (1, 2)}
    assert seen <= {None, *possible}
    assert seen & possible
    assert {path.suffix for path in folder.iterdir()} == {".object"}


@as_someone
def test_a_writer_killed_before_its_file_is_whole(folder, cache):
    kill = (
        "os.replace = lambda *names: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"ObjectCache(Path({str(folder)!r})).put({KEY!r}, bytes(1000))"
    )
    assert in_process(kill).returncode == -signal.SIGKILL
    (left,) = folder.iterdir()
    assert left.suffix == ".part"
    assert cache.get(KEY) is None
    cache.put(KEY, CODE)
    assert cache.get(KEY) == CODE
    os.utime(left, (0, 0))
    cache.put(OTHER, CODE)
    assert not left.exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_uses_the_cache_of_its_parent(folder):
    fork = (
        f"cache = ObjectCache(Path({str(folder)!r}))\n"
        "cache.put('aa', b'parent')\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    good = cache.get('aa') == b'parent'\n"
        "    cache.put('bb', b'child')\n"
        "    os._exit(0 if good else 1)\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
        "print(cache.get('bb'))"
    )
    assert in_process(fork).stdout.strip() == "b'child'"


# -- where


PLATFORMS = {
    "linux": ("linux", "posix", {}, ".cache/neural-sketchbook"),
    "linux, named": ("linux", "posix", {"XDG_CACHE_HOME": "/x/c"}, "/x/c/neural-sketchbook"),
    "linux, relative": ("linux", "posix", {"XDG_CACHE_HOME": "c"}, ".cache/neural-sketchbook"),
    "linux, empty": ("linux", "posix", {"XDG_CACHE_HOME": ""}, ".cache/neural-sketchbook"),
    "mac": ("darwin", "posix", {"XDG_CACHE_HOME": "/x/c"}, "Library/Caches/neural-sketchbook"),
    "windows": ("win32", "nt", {"LOCALAPPDATA": "/local"}, "/local/neural-sketchbook"),
    "windows, unnamed": ("win32", "nt", {}, "AppData/Local/neural-sketchbook"),
}


@pytest.mark.parametrize(("platform", "system", "variables", "expected"), PLATFORMS.values(), ids=PLATFORMS)
def test_the_place_by_platform(tmp_path, monkeypatch, platform, system, variables, expected):
    for name in (FOLDER_VARIABLE, "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(object_cache, "_WINDOWS", system == "nt")
    assert user_cache_folder() == tmp_path / expected


def test_a_place_named_by_the_user(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "mine"))
    assert user_cache_folder() == tmp_path / "mine"
    ObjectCache().put(KEY, CODE)
    assert ObjectCache(tmp_path / "mine").get(KEY) == CODE
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(FOLDER_VARIABLE, "~/other")
    assert user_cache_folder() == Path("~/other").expanduser()


@pytest.mark.parametrize("value", ["", " "])
def test_an_empty_name_keeps_nothing_and_needs_no_words(monkeypatch, caplog, value):
    monkeypatch.setenv(FOLDER_VARIABLE, value)
    cache = ObjectCache()
    cache.put(KEY, CODE)
    assert cache.get(KEY) is user_cache_folder() is None
    assert lines(caplog) == []


def test_no_home_folder(monkeypatch, caplog):
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for name in (FOLDER_VARIABLE, "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    cache = ObjectCache()
    cache.put(KEY, CODE)
    assert cache.get(KEY) is None
    assert lines(caplog) == [f"{NOT_KEPT}Could not determine home directory."]


def test_it_is_quick_to_load_and_knows_no_torch():
    loaded = in_process("import sys; print('torch' in sys.modules, 'llvmlite' in sys.modules)")
    assert loaded.stdout.split() == ["False", "False"]
