"""Compiled training where something is missing, broken, old, shared or moved."""

from __future__ import annotations

import gc
import logging
import os
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch

pytest.importorskip("llvmlite")

from engine.experiment import Experiment, edit_many
from engine.tape import object_cache
from engine.tape.compiler import code as code_module
from engine.tape.compiler import native, programs
from engine.tape.compiler.driver import driver
from engine.tape.object_cache import ObjectCache
from engine.tape.ways import Way
from engine.training.trainer import Trainer
from tests.engine.helpers import bits, experiment, lane, row, trained, with_lanes, with_points
from tests.engine.training.step.compiled_child import digest

pytestmark = pytest.mark.expects_log(
    "is damaged; its step is compiled", "compiled steps are not kept on disk"
)

CHILD = "tests.engine.training.step.compiled_child"


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Path], None]:
    """Forgets all that is compiled in this process, and keeps files in a folder from then on."""

    def forget(folder: Path = tmp_path) -> None:
        driver.cache_clear()
        monkeypatch.setattr(code_module, "_LOADED", OrderedDict())
        monkeypatch.setattr(code_module, "_KERNELS", OrderedDict())
        monkeypatch.setattr(programs, "_REMEMBERED", OrderedDict())
        monkeypatch.setattr(code_module, "_CACHE", [ObjectCache(folder)])

    forget()
    return forget


def compiled(settings: Experiment | None = None) -> tuple[bytes, ...]:
    """The bits of some epochs."""
    trainer = trained(settings or experiment(), 3, way="compiled")
    assert trainer.runs[0].way is Way.COMPILED
    return bits(trainer)


def child(kind: str, folder: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, object_cache.FOLDER_VARIABLE: str(folder)}
    command = [sys.executable, "-m", CHILD, kind]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    where = Path(__file__).parents[4]
    return subprocess.Popen(command, text=True, env=environment, cwd=where, **pipes)  # type: ignore[call-overload, no-any-return]


def answers(*children: subprocess.Popen[str]) -> list[tuple[str, str]]:
    told = [one.communicate(timeout=250) for one in children]
    assert all(one.returncode == 0 for one in children), told
    return told


# -- what a file may be


def test_a_damaged_file_is_made_again(
    fresh: Callable[..., None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    expected = compiled()
    files = sorted(tmp_path.glob("*.object"))
    assert files
    whole = {file: file.read_bytes() for file in files}
    for number, file in enumerate(files):
        content = bytearray(whole[file])
        content[len(content) // 2] ^= 0xFF
        file.write_bytes(bytes(content if number % 2 else content[: len(content) // 2]))
    fresh()
    with caplog.at_level(logging.WARNING):
        assert compiled() == expected
    assert len(caplog.records) == len(files)
    assert all("is damaged; its step is compiled again" in record.getMessage() for record in caplog.records)
    assert {file: file.read_bytes() for file in files} == whole


def test_code_of_another_version_of_the_compiler_is_not_read(
    fresh: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = compiled()
    cache, old = ObjectCache(tmp_path), sorted(tmp_path.glob("*.object"))
    for file in old:
        cache.put(file.stem, b"what another version made")
    there = native.identity()
    monkeypatch.setattr(code_module, "identity", lambda: f"{there} of another version")
    fresh()
    assert compiled() == expected
    assert set(old) < set(tmp_path.glob("*.object"))


def test_a_second_start_compiles_nothing(fresh: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    expected = compiled()
    fresh()
    monkeypatch.setattr(code_module, "object_code", lambda text: pytest.fail("compiled again"))
    assert compiled() == expected


def test_layers_that_another_network_had_are_not_compiled_again(
    fresh: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One more hidden layer needs the code that calls its functions, but no function of layers that is not there."""
    modules: list[str] = []
    real = code_module.object_code
    monkeypatch.setattr(code_module, "object_code", lambda text: (modules.append(text), real(text))[1])

    def made(hidden: int) -> tuple[int, tuple[bytes, ...]]:
        modules.clear()
        found = compiled(experiment({"lanes.0.network.hidden": [8] * hidden}))
        return len(modules), found

    first, _ = made(3)
    second, among_others = made(4)
    assert second < first / 2
    fresh()
    assert made(4)[1] == among_others


def test_a_folder_that_is_none(
    fresh: Callable[..., None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    expected = compiled()
    (tmp_path / "file").write_text("")
    fresh(tmp_path / "file" / "folder")
    with caplog.at_level(logging.WARNING):
        assert compiled() == expected
    assert len(caplog.records) == 1
    assert "compiled steps are not kept on disk" in caplog.text


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may do anything")
def test_a_folder_that_must_not_be_written(
    fresh: Callable[..., None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    expected = compiled()
    folder = tmp_path / "read only"
    folder.mkdir(mode=0o500)
    fresh(folder)
    with caplog.at_level(logging.WARNING):
        assert compiled() == expected
    assert len(caplog.records) == 1


# -- other processes


def test_without_llvmlite_steps_are_replayed_and_one_line_says_so(tmp_path: Path) -> None:
    ((told, said),) = answers(child("without llvmlite", tmp_path))
    assert told.split()[0] == Way.REPLAY
    assert said.splitlines() == [
        "steps are replayed, not compiled: llvmlite is not installed (pip install neural-sketchbook[fast])"
    ]
    assert not list(tmp_path.iterdir())


def test_two_processes_that_compile_the_same_at_once(tmp_path: Path) -> None:
    """Both have the bits of this process, and the folder has whole files alone."""
    told = [out.strip() for out, _ in answers(child("one", tmp_path), child("other", tmp_path))]
    assert told == [digest()] * 2
    names = [path.name for path in tmp_path.iterdir()]
    assert names
    assert all(name.endswith(".object") for name in names)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_has_the_same_bits(tmp_path: Path) -> None:
    ((told, _),) = answers(child("forked", tmp_path))
    assert told.strip() == digest()


# -- memory that moved

LANES = [lane(name, {"seed": seed, "training.optimizer": "adam"}) for seed, name in enumerate("ABCDE")]
BASE = experiment()


def litter() -> None:
    """Give memory back and fill what is free with other numbers."""
    gc.collect()
    for size in (16, 64, 256, 1024, 4096):
        for _ in range(20):
            torch.full((size,), torch.nan)


def moved(edits: Sequence[Experiment]) -> Trainer:
    """Two epochs after each edit."""
    trainer = Trainer(edits[0], way="compiled")
    for settings in edits:
        trainer.set_experiment(settings)
        litter()
        for _ in range(2):
            trainer.train_epoch()
        litter()
    return trainer


def test_lanes_come_and_go() -> None:
    """A stack with more, fewer or other lanes has other memory; the lane that stays has the bits of one alone."""
    a, b, c, d, _ = LANES
    found = moved([with_lanes(BASE, *lanes) for lanes in ([a], [b, a], [c, b, d, a], [a, d], [a])])
    assert bits_without_marks(found) == bits_without_marks(trained_alone(10))


def bits_without_marks(trainer: Trainer) -> bytes:
    return row(trainer).numpy().tobytes()


def trained_alone(epochs: int) -> Trainer:
    trainer = Trainer(with_lanes(BASE, LANES[0]), way="compiled")
    for _ in range(epochs):
        trainer.train_epoch()
    return trainer


def test_points_change_while_others_come_and_go() -> None:
    points = trained_alone(0).points
    alone = [with_points(with_lanes(BASE, LANES[0]), points[number:]) for number in (0, 1, 12, 0)]
    among = [
        with_points(with_lanes(BASE, *LANES[:count]), points[number:])
        for count, number in ((1, 0), (3, 1), (5, 12), (2, 0))
    ]
    assert bits_without_marks(moved(among)) == bits_without_marks(moved(alone))


def test_another_program_and_back() -> None:
    """An edit that makes the step another program, beside a lane that has it from the beginning."""
    edits = [{}, {"lanes.0.regularization.l2": 0.01}, {"lanes.0.regularization.dropout.rate": 0.3}, {}]
    alone = [edit_many(with_lanes(BASE, LANES[0]), one) for one in edits]
    among = [edit_many(with_lanes(BASE, *LANES[:3]), one) for one in edits]
    assert bits_without_marks(moved(among)) == bits_without_marks(moved(alone))
