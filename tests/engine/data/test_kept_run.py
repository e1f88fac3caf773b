"""A run in a folder: whole at any moment, small in what it writes again, private, and read by whoever is left."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data import kept_run
from engine.data.kept_run import Growing, RunFolder, read_facts, read_kept
from engine.experiment.kept_run import (
    MOST_ARRAYS,
    Kept,
    RunError,
    facts,
    fitted,
    from_text,
    pack,
    to_text,
    unpack,
)

WEIGHTS = np.arange(6, dtype=np.float32)


def rows(count: int, identity: Any = 0, width: int = 2) -> Growing:
    when = np.stack([np.arange(count), 10 * np.arange(count)], 1)
    return Growing(identity, when, np.arange(count * width, dtype=np.float64).reshape(count, width))


def kept(epoch: int) -> Kept:
    return Kept(epoch, 1, {"epoch": epoch}, {"weights": WEIGHTS + epoch})


def read(folder: Path) -> Kept:
    run = read_kept(folder)
    assert run is not None
    return unpack(run)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 2)), min_size=1, max_size=8))
def test_the_folder_holds_what_was_written_last(
    tmp_path_factory: pytest.TempPathFactory, writes: list[tuple[int, int]]
) -> None:
    """However rows grow, begin again or get fewer: what is read is the latest, and no other file is left."""
    folder = tmp_path_factory.mktemp("run")
    run_folder = RunFolder(folder)
    for epoch, (count, identity) in enumerate(writes):
        # Rows of one identity only grow.
        grown = max(c for c, i in writes[: epoch + 1] if i == identity)
        count = grown
        run_folder.write(kept(epoch), {"losses": rows(count, identity), "layers": rows(3, width=4)})
        now = read(folder)
        assert (now.epoch, now.content) == (epoch, {"epoch": epoch})
        assert now.arrays["weights"].tolist() == (WEIGHTS + epoch).tolist()
        assert now.arrays["losses"].tobytes() == rows(count, identity).records().tobytes()
        assert now.arrays["layers"].tobytes() == rows(3, width=4).records().tobytes()
    assert len(list(folder.iterdir())) == 3


def test_only_new_rows_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, written = RunFolder(tmp_path / "run"), []
    write = kept_run._write

    def noted(path: Path, data: bytes, flags: int, at: int = 0) -> None:
        written.append((path.name.partition("-")[0], len(data)))
        write(path, data, flags, at)

    monkeypatch.setattr(kept_run, "_write", noted)
    folder.write(kept(0), {"losses": rows(100)})
    written.clear()
    folder.write(kept(1), {"losses": rows(103)})
    assert [size for name, size in written if name == "rows"] == [3 * 4 * 8]


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    RunFolder(tmp_path / "deep" / "run").write(kept(0), {"losses": rows(2)})
    assert stat.S_IMODE((tmp_path / "deep" / "run").stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "deep" / "run").iterdir()} == {0o600}


def test_another_writer_takes_the_folder_over(tmp_path: Path) -> None:
    RunFolder(tmp_path).write(kept(0), {"losses": rows(5)})
    RunFolder(tmp_path).write(kept(1), {"losses": rows(2)})
    assert len(read(tmp_path).arrays["losses"]) == 2
    assert len(list(tmp_path.iterdir())) == 2


def test_a_run_is_read_by_its_turn_alone(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.write(kept(3), {"losses": rows(5)})
    assert (tmp_path / "state").exists(), "where versions that count no turns look for it"
    folder.write(kept(1), {"losses": rows(2, identity=1)}, turn=7)
    assert [read_kept(tmp_path, turn) is None for turn in (0, 6, 7, 8)] == [True, True, False, True]
    assert len(list(tmp_path.iterdir())) == 2


def test_what_is_spared_stays_for_a_while_beside_the_next_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(kept_run.time, "monotonic", lambda: now[0])
    folder = RunFolder(tmp_path)
    folder.write(kept(3), {"losses": rows(5)})
    folder.spare(10.0)
    for now[0], is_there in ((100.0, True), (109.0, True), (110.0, False)):
        folder.write(kept(1), {"losses": rows(2, identity=1)}, turn=7)
        former = read_kept(tmp_path, 0)
        assert (former is not None) == is_there
        if former is not None:
            assert (facts(former).epoch, len(unpack(former).arrays["losses"])) == (3, 5)
        assert read_kept(tmp_path, 7) is not None
    assert len(list(tmp_path.iterdir())) == 2


def test_each_turn_that_is_spared_has_its_own_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(kept_run.time, "monotonic", lambda: now[0])
    folder = RunFolder(tmp_path)
    folder.write(kept(3), {})
    for turn, now[0], there in (
        (1, 100.0, [0, 1]),
        (2, 103.0, [0, 1, 2]),
        (2, 111.0, [1, 2]),
        (2, 113.0, [2]),
    ):
        if (now[0], turn) in ((100.0, 1), (103.0, 2)):
            folder.spare(10.0)
        folder.write(kept(1), {}, turn)
        assert [turn for turn in range(3) if read_kept(tmp_path, turn) is not None] == there


def test_what_somebody_has_removed_meanwhile_is_written_whole(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    for epoch, damage in enumerate((shutil.rmtree, lambda path: _rows_file(path).write_bytes(b"")), 1):
        folder.write(kept(0), {"losses": rows(10 * epoch)})
        damage(tmp_path / "run")  # type: ignore[operator]
        for more in (0, 2):
            folder.write(kept(epoch), {"losses": rows(10 * epoch + more)})
            now = read(tmp_path / "run")
            assert (now.epoch, len(now.arrays["losses"])) == (epoch, 10 * epoch + more)


def _rows_file(folder: Path) -> Path:
    (file,) = folder.glob("rows-*")
    return file


def test_another_writer_of_the_same_process_overwrites_nothing_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An engine in a thread that was started again, and is interrupted before its first state is there."""
    RunFolder(tmp_path).write(kept(1), {"losses": rows(10)})
    with monkeypatch.context() as full:
        full.setattr(kept_run.os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
        with pytest.raises(OSError, match="full"):
            RunFolder(tmp_path).write(kept(2), {"losses": rows(3, identity=9)})
    assert len(read(tmp_path).arrays["losses"]) == 10


def test_removing_it_leaves_nothing(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.write(kept(0), {"losses": rows(5)})
    folder.remove()
    assert not (tmp_path / "run").exists()
    assert read_kept(tmp_path / "run") is None


def damaged(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def damage(file: Path) -> None:
        file.write_bytes(change(file.read_bytes()))

    return damage


DAMAGES: dict[str, Callable[[Path], None]] = {
    "cut": damaged(lambda data: data[:-1]),
    "empty": damaged(lambda data: b""),
    "flipped": damaged(lambda data: data[:-3] + bytes([data[-3] ^ 1]) + data[-2:]),
    "gone": Path.unlink,
}


@pytest.mark.parametrize("how", DAMAGES)
def test_what_is_damaged_is_no_run(tmp_path: Path, how: str) -> None:
    RunFolder(tmp_path).write(kept(0), {"losses": rows(5)})
    DAMAGES[how](tmp_path / "state")
    assert read_kept(tmp_path) is None


@pytest.mark.parametrize("how", DAMAGES)
def test_damaged_rows_cost_themselves_alone(tmp_path: Path, how: str) -> None:
    RunFolder(tmp_path).write(kept(3), {"losses": rows(5), "layers": rows(3)})
    DAMAGES[how](max(tmp_path.glob("rows-*"), key=lambda file: file.stat().st_size))
    now = read(tmp_path)
    assert (now.epoch, now.content) == (3, {"epoch": 3})
    assert now.arrays.keys() == {"weights", "layers"}
    assert now.arrays["layers"].tobytes() == rows(3).records().tobytes()


@pytest.mark.parametrize("call", ["open", "replace"])
@pytest.mark.parametrize("rotated", [False, True])
def test_a_write_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, rotated: bool
) -> None:
    folder = RunFolder(tmp_path)
    folder.write(kept(0), {"losses": rows(5)})

    def fail(*args: Any, **kwargs: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr(os, call, fail)
        with pytest.raises(OSError, match="No space"):
            folder.write(kept(1), {"losses": rows(7, identity=int(rotated))})
    assert read(tmp_path).epoch == 0
    folder.write(kept(2), {"losses": rows(9, identity=int(rotated))})
    assert len(read(tmp_path).arrays["losses"]) == 9


def test_a_write_that_ends_halfway_is_mended_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = RunFolder(tmp_path)
    folder.write(kept(0), {"losses": rows(5)})
    write = kept_run._write

    def half(path: Path, data: bytes, flags: int, at: int = 0) -> None:
        write(path, data[: len(data) // 2 + 1], flags, at)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr(kept_run, "_write", half)
        with pytest.raises(OSError, match="No space"):
            folder.write(kept(1), {"losses": rows(8)})
    assert len(read(tmp_path).arrays["losses"]) == 5
    folder.write(kept(2), {"losses": rows(8)})
    assert read(tmp_path).arrays["losses"].tobytes() == rows(8).records().tobytes()


def test_a_reader_beside_a_writer_finds_a_whole_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between a reader's two looks the writer goes on, and removes the file that the former state named."""
    folder = RunFolder(tmp_path)
    folder.write(kept(0), {"losses": rows(5)})
    read_rows, looks = kept_run._read_rows, []

    def meanwhile(*args: Any, **kwargs: Any) -> Any:
        looks.append(1)
        if len(looks) == 1:
            folder.write(kept(1), {"losses": rows(3, identity=1)})
        return read_rows(*args, **kwargs)

    monkeypatch.setattr(kept_run, "_read_rows", meanwhile)
    assert read(tmp_path).epoch == 1


# -- as text


@given(st.integers(0, 10**6), st.binary(max_size=50))
def test_text_holds_a_run(epoch: int, data: bytes) -> None:
    run = pack(Kept(epoch, 2, [1.5, None, "é"], {"a": np.frombuffer(data, np.uint8)}))
    assert from_text(to_text(run)) == run
    assert facts(run).epoch == epoch


@settings(max_examples=200)
@given(st.text(max_size=80))
def test_other_text_holds_none(text: str) -> None:
    with pytest.raises(RunError):
        from_text(text)


def test_text_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    run = pack(Kept(0, 1, {}, {"zeros": np.zeros(10**6)}))
    monkeypatch.setattr("engine.experiment.kept_run.MOST_UNPACKED", 10**6)
    with pytest.raises(RunError, match="larger"):
        from_text(to_text(run))


def test_a_run_of_another_arrangement_says_so() -> None:
    run = bytearray(pack(kept(0)))
    run[6:7] = b"2"
    with pytest.raises(RunError, match="another version"):
        unpack(bytes(run))


# -- in a document


def long_run(epochs: int, lanes: int = 1) -> Kept:
    rng = np.random.default_rng(0)
    when = np.stack([np.arange(epochs), np.arange(epochs)], 1)
    losses = rng.random((epochs, 7))
    losses[:, 2] = np.nan
    histories = {f"{lane}.losses": Growing(0, when, losses).records() for lane in range(lanes)}
    return Kept(epochs - 1, lanes, {}, {"0.now.row": WEIGHTS, **histories})


def test_a_short_run_is_saved_as_it_is() -> None:
    run = pack(long_run(20_000))
    assert fitted(run) is run


@pytest.mark.parametrize("lanes", [1, 8])
def test_a_long_history_loses_rows_but_not_its_shape(lanes: int) -> None:
    kept = long_run(100_001, lanes)
    best = {"epoch": 54_321, "step": 0, "loss": [0, 0, 0]}
    kept = replace(kept, content={"lanes": [{"best": best, "first_best": None}] * lanes})
    short = unpack(fitted(pack(kept)))
    before, rows = kept.arrays["0.losses"], short.arrays["0.losses"]
    assert 1000 < len(rows) < 60_000 / lanes
    assert rows["when"][:1000].tolist() == before["when"][:1000].tolist()
    assert rows["when"][-1].tolist() == before["when"][-1].tolist()
    assert (np.diff(rows["when"][:, 0]) > 0).all()
    assert 54_321 in rows["when"][:, 0]
    for column in (0, 1, 3):
        assert rows["numbers"][:, column].min() == before["numbers"][:, column].min()
        assert rows["numbers"][:, column].max() == before["numbers"][:, column].max()
    assert short.arrays["0.now.row"].tolist() == WEIGHTS.tolist()
    assert len(to_text(pack(short))) < 6 << 20


def test_weights_that_are_too_many_for_a_document_are_left_out() -> None:
    with pytest.raises(RunError, match=r"it has 16.8 MB, and a document holds at most 16 MB"):
        fitted(pack(Kept(0, 1, {}, {"0.now.row": np.zeros(4 << 20, np.float32)})))


def test_a_run_of_countless_arrays_is_refused() -> None:
    few = {str(number): np.zeros(0) for number in range(MOST_ARRAYS)}
    facts(pack(Kept(1, 1, {}, few)))
    with pytest.raises(RunError, match="more than 10,000 arrays"):
        facts(pack(Kept(1, 1, {}, {**few, "one more": np.zeros(0)})))


@pytest.mark.parametrize("number", [np.inf, -np.inf, np.nan, 1e308, -1e308])
def test_a_long_history_loses_rows_whatever_its_numbers(number: float) -> None:
    """An infinite number is as extreme as any, and NaN never is: the true extremes of its column stay."""
    kept = long_run(60_000, lanes=4)
    losses = kept.arrays["0.losses"].copy()
    losses["numbers"][:, 1] += 10.0
    losses["numbers"][::2, 1] = number
    losses["numbers"][1001, 1], losses["numbers"][1003, 1] = 9.5, 11.5
    rows = unpack(fitted(pack(replace(kept, arrays={**kept.arrays, "0.losses": losses})))).arrays["0.losses"]
    assert np.nanmin(rows["numbers"][:, 1]) == np.nanmin(losses["numbers"][:, 1])
    assert np.nanmax(rows["numbers"][:, 1]) == np.nanmax(losses["numbers"][:, 1])


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
@pytest.mark.parametrize(("which", "arrays"), [("state", None), ("rows-*", set())])
def test_a_pipe_among_the_files_is_not_read(tmp_path: Path, which: str, arrays: set[str] | None) -> None:
    rows = Growing(1, np.array([[0, 0]]), np.array([[0.7]]))
    RunFolder(tmp_path).write(Kept(1, 1, {}, {}), {"losses": rows})
    (file,) = tmp_path.glob(which)
    file.unlink()
    os.mkfifo(file)
    run = read_kept(tmp_path)
    assert (None if run is None else set(unpack(run).arrays)) == arrays
    with pytest.raises(OSError, match="No such device"):
        kept_run._write(file, b"rows", 0)


def test_a_run_without_epochs_is_worth_something_once_a_weight_was_set_by_hand(tmp_path):
    for kind, worth in (("weight", True), ("settings", False)):
        kept = Kept(0, 1, {"lanes": [{"marks": [{"kind": kind}]}]}, {})
        RunFolder(tmp_path / kind).write(
            kept, {"0.losses": Growing(1, np.array([[0, 0]]), np.array([[0.7]]))}
        )
        run = read_kept(tmp_path / kind)
        assert read_facts(tmp_path / kind) == facts(run) == facts(pack(kept))
        assert facts(run).worth is worth
